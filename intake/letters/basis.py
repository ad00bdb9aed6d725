"""What a letter is made from: a case as it is now, its mail as far as headers need it, what a person decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from intake.casework.identity import Relation
from intake.casework.states import State
from intake.casework.words import Word
from intake.letters.kinds import Addressee, LetterKind, Standing, Way
from intake.redaction.text import Redacted
from rules.types import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a person decided, and nobody can take back any more."""

    word: Word
    amount: str | None  # in major units, "49.00"
    currency: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A letter that was made before."""

    kind: LetterKind
    day: date
    made_at: datetime
    actor: str
    way: Way
    standing: Standing
    language: str
    addressee: Addressee
    recipient: Redacted
    own_id: str
    subject: Redacted
    text: Redacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One case, for its letters."""

    label: str
    case_id: int
    version: int
    mailbox: str
    policy: str
    state: State
    owner: str | None
    language: str
    identity: Relation | None
    flags: tuple[str, ...]
    decision: Decision  # the newest preliminary one
    facts: Mapping[str, object]  # that it rests on: groups of plain JSON values
    account: Redacted | None  # the account's address: of the records, else as it was claimed
    sender: Redacted | None  # who opened the case
    thread: tuple[str, ...]  # Message-IDs of the customer's mail and of our letters, oldest first
    ruled: Ruled | None
    letters: tuple[Made, ...]

    def fact(self, key: str) -> object:
        """The value of `order.paid_on`, say; None where it is unknown."""
        group, _, name = key.partition(".")
        found = self.facts.get(group)
        return found.get(name) if isinstance(found, Mapping) else None
