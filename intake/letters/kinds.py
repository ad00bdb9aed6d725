"""The letters that there are."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal


class LetterKind(StrEnum):
    """One template each, in every language."""

    ASK = "ask"  # everything that is missing or has to be proven, at once
    PROOF = "proof"  # the same where identity is in doubt: asks, and tells nothing
    RECEIVED = "received"
    REVIEW_BY = "review_by"  # complete; answered by that day
    REFUSED = "refused"  # with its clauses
    APPROVED = "approved"  # with amount and breakdown
    NO_CARDS = "no_cards"  # please never send card data


Addressee = Literal["sender", "account"]
"""Whose address a letter goes to: whoever wrote, or the account that the case is about."""

Way = Literal["draft", "send"]
"""How a letter leaves: into the drafts folder, or by SMTP."""

Standing = Literal["begun", "done", "failed", "bounced"]
"""What became of a letter. `begun`: it may have left before a kill, so nobody makes it again that day; `failed`: it
surely did not; `bounced`: it left and came back."""

LANGUAGES: Final = ("en", "ru", "de", "fr", "es")
"""Languages that letters are written in; any other customer is answered in the first."""

ASKING: Final = frozenset({LetterKind.ASK, LetterKind.PROOF})
"""Letters that wait for an answer: silence after them may close a case."""

FORMAL: Final = frozenset({LetterKind.RECEIVED, LetterKind.REVIEW_BY, LetterKind.NO_CARDS})
"""Letters that hold no decision of a person and want no answer: marked as made by a machine (RFC 3834 §5)."""

VERDICT_OF: Final = {LetterKind.APPROVED: "approve", LetterKind.REFUSED: "deny"}
"""Letters that tell what a person decided."""
