"""The shape of a policy file: which keys each table may have, of which type. Data for `read`."""

from typing import Final, Literal

from rules.types import AmountBasis, Otherwise, Then

TOP: Final[dict[str, type]] = {
    "id": str,
    "title": str,
    "version": str,
    "in_force_from": object,  # a TOML date
    "language": str,
    "calendar": str,
    "timezone": str,
    "otherwise": str,
    "account_default": str,
    "support_addresses": list,
    "authserv_ids": list,
    "table": list,
    "ground": str,
    "needs_information_cites": list,
    "proofs": list,
    "settles": dict,
    "refund": dict,
    "define": dict,
    "deadline": dict,
    "required": list,
    "clause": list,
    "alternative": list,
    "question": dict,
}
NEEDED: Final = ("id", "title", "version", "in_force_from", "language", "clause")

CLAUSE: Final[dict[str, type]] = {
    "id": str,
    "text": str,
    "source": str,
    "when": str,
    "then": str,
    "overrides": list,
    "amount": str,
    "cites": list,
    "beside": list,
    "open": bool,
}
REQUIRED: Final[dict[str, type]] = {"field": str, "when": str, "met": str}
ALTERNATIVE: Final[dict[str, type]] = {"id": str, "when": str}
DEADLINE: Final[dict[str, type]] = {
    "from": object,  # one fact or a list of them
    "days": int,
    "count": str,
    "when_complete": bool,
    "unless": list,
}
REFUND: Final[dict[str, type]] = {
    "method": str,
    "to": str,
    "period_products": list,
    "no_share_for": list,
    "failure_reasons": list,
    "provided_from": dict,
}

THENS: Final[tuple[Then, ...]] = ("approve", "deny", "manual_review", "hold_identity", "cite", "note")
BESIDE: Final = ("approve", "deny", "manual_review", "hold_identity")
OUTCOMES: Final = (*BESIDE, "approve_if_verified", "needs_information")
AMOUNTS: Final[tuple[AmountBasis, ...]] = ("none", "whole", "claimed", "cancelled")
OTHERWISE: Final[tuple[Otherwise, ...]] = ("manual_review", "deny")
COUNTS: Final[tuple[Literal["calendar", "business"], ...]] = ("calendar", "business")
METHODS: Final[tuple[Literal["recalculated", "whole"], ...]] = ("recalculated", "whole")
DESTINATIONS: Final[tuple[Literal["original", "wish"], ...]] = ("original", "wish")
ACCOUNT_DEFAULTS: Final[tuple[Literal["sender", "none"], ...]] = ("sender", "none")
DEADLINE_NAMES: Final = ("claim_by", "review_by", "refund_by")
"""The deadlines that decisions show, in the order of the JSON."""
