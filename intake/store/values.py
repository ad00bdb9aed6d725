"""What goes into the store, what becomes of it, and the queue: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from intake.casework.states import State
from intake.mail.message import MessageKey
from intake.redaction.text import Redacted


class Disposition(StrEnum):
    """What became of a message; each message has exactly one."""

    CASE = "case"  # opened a case
    REPLY = "reply"  # joined one
    IGNORED = "ignored"  # nobody asks for anything (its reason says why)
    SET_ASIDE = "set_aside"  # a person writes, but asks for no money back
    DUPLICATE = "duplicate"  # the same mail is stored already
    QUARANTINED = "quarantined"  # could not be processed


class Origin(StrEnum):
    """Who says that a field has a value."""

    READER = "reader"  # the machine, out of the mail
    PERSON = "person"
    RECORDS = "records"  # the company's order records


class ServerActionKind(StrEnum):
    """What the mail server is told after the commit."""

    MARK = "mark"
    MOVE = "move"
    REPLACE = "replace"  # by a redacted copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A claim on a mailbox that expires; `epoch` is its fencing number."""

    mailbox: str
    owner: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a folder was read: a cache, the rows are the record."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A message that could not be processed: where it lies, where it stopped; no text."""

    key: MessageKey | None
    stage: str
    error_code: str
    place: str
    size: int  # bytes
    raw_fingerprint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What happens to a message on its server once it is stored."""

    kind: Literal["keep", "move", "redact"]
    keyword: str | None = None  # the mark, where the server keeps keywords; redact: of the copy
    folder: str | None = None  # move: where to


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of one message."""

    key: MessageKey
    disposition: Disposition
    case_id: str | None = None  # its label, R-1042
    version: int | None = None  # of the case
    of_case: str | None = None  # of a duplicate: the case of the mail that is stored
    reason: str | None = None
    fresh: bool = True  # False: it was stored before, nothing was written now


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAction:
    """One thing to tell the mail server; safe to repeat."""

    id: int
    kind: ServerActionKind
    key: MessageKey
    target: str  # the keyword, or the folder
    attempts: int
    message: int  # the number of its row
    begun: Progress | None  # a try may have added a message to the folder, above this UID


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPrints:
    """The keyed fingerprints of a redacted copy of ours."""

    message: int  # the number of the row whose original it replaces
    raw: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases, most urgent first: due day, then number."""

    states: tuple[State, ...] = ()  # none: all
    mailbox: str | None = None
    policy: str | None = None
    outcome: str | None = None
    due_before: date | None = None  # overdue on that day
    days: tuple[tuple[str, date], ...] = ()  # what day that is by the zone of a policy, where it is another
    owner: str | None = None  # who reviews it; "" for nobody
    identity: str | None = None
    missing: str | None = None  # this field
    amount_from: Decimal | None = None  # the claimed sum, whatever its currency
    amount_to: Decimal | None = None
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as the queue shows it."""

    label: str
    mailbox: str
    policy: str
    policy_version: str
    kind: str
    language: str
    account_email: Redacted | None
    order_number: Redacted | None
    amount: Decimal | None
    currency: str | None
    reason: str | None
    outcome: str
    state: State
    missing: tuple[str, ...]
    flags: tuple[str, ...]
    due: date | None
    received_at: datetime | None
    messages: int
    version: int
    identity: str | None = None  # None: opened by an older version
    owner: str | None = None  # who reviews it
    resolution: str | None = None  # of a closed case
    state_since: datetime | None = None

    def to_dict(self) -> dict[str, object]:
        """The object of `queue list --json` (contract.py)."""
        return {
            "case": self.label,
            "mailbox": self.mailbox,
            "policy": self.policy,
            "kind": self.kind,
            "language": self.language,
            "account_email": self.account_email.text if self.account_email else None,
            "order_number": self.order_number.text if self.order_number else None,
            "amount": None if self.amount is None else format(self.amount, "f"),
            "currency": self.currency,
            "reason": self.reason,
            "outcome": self.outcome,
            "state": self.state.value,
            "missing": list(self.missing),
            "flags": list(self.flags),
            "due": self.due.isoformat() if self.due else None,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "messages": self.messages,
            "version": self.version,
        }
