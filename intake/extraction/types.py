"""What reading a message yields: kind, fields with evidence, flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from intake.redaction.text import Redacted


class Kind(StrEnum):
    """Kind of message."""

    REFUND_REQUEST = "refund_request"
    REPLY = "reply"
    OTHER = "other"
    AUTOMATIC = "automatic"


ASKING: Final = frozenset({Kind.REFUND_REQUEST, Kind.REPLY})
"""The kinds of which money is asked back, or was."""


class Reason(StrEnum):
    """Why the customer wants the money back; the main one of a message."""

    DUPLICATE_PAYMENT = "duplicate_payment"
    MISTAKEN_PAYMENT = "mistaken_payment"
    NOT_ACTIVATED = "not_activated"
    PROVIDER_FAULT = "provider_fault"
    TECHNICAL_FAILURE = "technical_failure"
    WRONG_ORDER = "wrong_order"
    CANCELLATION = "cancellation"
    UNWANTED_RENEWAL = "unwanted_renewal"
    DISSATISFIED = "dissatisfied"
    OVERDUE_TERMINATION = "overdue_termination"
    UNAUTHORIZED_PAYMENT = "unauthorized_payment"
    LEGAL_RIGHT = "legal_right"
    OTHER = "other"


class Method(StrEnum):
    """How it was paid."""

    CARD = "card"
    APPLE_PAY = "apple_pay"
    GOOGLE_PAY = "google_pay"
    PAYPAL = "paypal"
    BANK_TRANSFER = "bank_transfer"
    DIRECT_DEBIT = "direct_debit"
    SBP = "sbp"
    YOOMONEY = "yoomoney"
    WEBMONEY = "webmoney"
    CRYPTO = "crypto"
    ACCOUNT_BALANCE = "account_balance"
    OTHER = "other"


class Flag(StrEnum):
    """What an agent has to know before deciding."""

    THIRD_PARTY = "third_party"
    LOST_EMAIL_ACCESS = "lost_email_access"
    SENDER_DIFFERS = "sender_differs"
    SENDER_UNVERIFIED = "sender_unverified"
    SECRETS_REDACTED = "secrets_redacted"
    ATTACHMENT_UNREAD = "attachment_unread"
    DECLINES_WAITING = "declines_waiting"
    DECLINES_ALTERNATIVE = "declines_alternative"
    WANTS_BALANCE = "wants_balance"
    WANTS_ORIGINAL_METHOD = "wants_original_method"
    SEVERAL_REQUESTS = "several_requests"


class FieldName(StrEnum):
    """The fields that are read out of the customer's words."""

    ACCOUNT_EMAIL = "account_email"
    ORDER_NUMBER = "order_number"
    PAYMENT_DATE = "payment_date"
    AMOUNT = "amount"
    METHOD = "method"
    REASON = "reason"
    PROBLEM = "problem"


class Source(StrEnum):
    """Where a value was read."""

    BODY = "body"
    SUBJECT = "subject"
    HEADER = "header"
    FORWARDED = "forwarded"
    QUOTED = "quoted"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A claimed sum: decimal as typed, and an ISO 4217 code that may be unknown."""

    amount: Decimal
    currency: str | None


Value = Redacted | date | Money | Method | Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The exact slice of a redacted part (offsets in code points) that shows something."""

    text: Redacted
    part: str  # a part's name, see RedactedMessage
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading of one field."""

    value: Value
    evidence: Evidence
    source: Source
    confidence: float  # 0 to 1
    rule: str  # which cue or grammar spoke, for `--explain`


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The reading that won, and those that lost, best first, for the agent to pick from."""

    chosen: Candidate
    others: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSeen:
    """A flag, with the words that raised it where words did."""

    flag: Flag
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that was read out of one message."""

    kind: Kind
    kind_confidence: float
    kind_evidence: Evidence | None  # the sentence that decided
    language: str  # ISO 639-1
    fields: dict[FieldName, Field | None]  # every name is a key
    flags: tuple[FlagSeen, ...]
    declines_waiting: bool | None  # None: the customer does not say
    declines_alternative: bool | None
    destination: str | None  # "original", "balance", or None
    reader_version: str  # of cue data and classifier, written into the decision's record
    doubtful: bool = False  # `other`, but money may be wanted back all the same: a person has to look

    @property
    def asks(self) -> bool:
        """Whether the message asks for money back, or adds to a case where that was asked."""
        return self.kind in ASKING

    def has(self, flag: Flag) -> bool:
        """Whether `flag` was raised."""
        return any(seen.flag is flag for seen in self.flags)


def json_value(value: Value) -> str:
    """The value as JSON shows it (a sum without its currency)."""
    if isinstance(value, Redacted):
        return value.text
    if isinstance(value, Money):
        return format(value.amount, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value.value
