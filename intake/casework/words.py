"""The words of what people decide: fixed lists, shared by types, columns and commands."""

from __future__ import annotations

from typing import Final, Literal, get_args

Word = Literal["approve", "deny"]
"""What a person decides."""

Standing = Literal["awaiting", "final", "sent_back", "undone", "reopened"]
"""What became of a verdict: it may await a second person; only `final` ones count."""

ReasonCode = Literal[
    "as_proposed",
    "misread",
    "other_evidence",
    "goodwill",
    "duplicate_claim",
    "suspected_fraud",
    "legal",
    "other",
]
"""Why a person decides as they do."""

REASON_CODES: Final[tuple[ReasonCode, ...]] = get_args(ReasonCode)
MIN_REASON: Final = 10
"""Characters of a reason where one is asked for: less explains nothing."""
