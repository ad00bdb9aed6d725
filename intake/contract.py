"""The contract: the JSON that others rely on, as models. `intake schema` prints them, tests hold every output to them.

A value that is not known is null, never "". Dates are ISO 8601; money is a decimal string with its currency.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from intake.extraction.types import Flag, Kind, Method, Reason, Source
from intake.redaction.findings import SecretType
from rules.types import Outcome

Decimal_ = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
Instant = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Model):
    """Where the evidence stands: code points of the redacted part."""

    part: str
    start: int
    end: int


class FieldJson(_Model):
    """One field with its evidence, an exact slice of the redacted part."""

    value: str
    evidence: str
    source: Source
    confidence: float
    span: Span


class AmountJson(FieldJson):
    """The sum paid; its currency may be unknown."""

    value: Decimal_
    currency: Currency | None


class DateJson(FieldJson):
    """The day paid or charged."""

    value: Day


class MethodJson(FieldJson):
    """How it was paid."""

    value: Method


class ReasonJson(FieldJson):
    """The main reason."""

    value: Reason


class FieldsJson(_Model):
    """Every field; null where it was not found."""

    account_email: FieldJson | None
    order_number: FieldJson | None
    payment_date: DateJson | None
    amount: AmountJson | None
    method: MethodJson | None
    reason: ReasonJson | None
    problem: FieldJson | None


class RedactionJson(_Model):
    """How often one secret was cut, and what is shown in its place."""

    type: SecretType
    count: int
    shown: str


class AttachmentJson(_Model):
    """An attachment by name, type, size and keyed fingerprint; `read` is false where its text could not be checked."""

    name: str
    type: str
    size: int
    fingerprint: str
    read: bool


class Refund(_Model):
    """What goes back; the amount is null while it cannot be computed."""

    amount: Decimal_ | None
    currency: Currency | None
    to: Literal["original", "balance"] | None


class Deadlines(_Model):
    """Last days; `provisional` names those that reach past the last decreed calendar year."""

    claim_by: Day | None
    review_by: Day | None
    refund_by: Day | None
    provisional: list[str]


class Step(_Model):
    """One rule, its value, and why."""

    rule: str
    clause: str | None
    value: bool | None
    because: list[str]


class DecisionJson(_Model):
    """What `intake decide` prints."""

    id: str | int | None = None
    policy: str
    policy_version: str
    outcome: Outcome
    ground: str | None
    refund: Refund
    clauses: list[str]
    missing: list[str]
    verify: list[str]
    conflicts: list[str]
    deadlines: Deadlines
    alternatives: list[str]
    policy_digest: str
    steps: list[Step]


class Error(_Model):
    """Why a message could not be read; `detail` never repeats its words."""

    code: Literal["unreadable", "too_large", "over_budget", "redaction_failed"]
    detail: str


class ProcessError(_Model):
    """What `intake process` prints for a message that cannot be read."""

    source: str
    error: Error


class ProcessJson(_Model):
    """What `intake process` prints for a message."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    source: str
    message_id: str | None
    received_at: Instant | None
    from_: str | None = Field(alias="from")
    subject: str
    kind: Kind
    language: str
    fields: FieldsJson
    missing: list[str]
    flags: list[Flag]
    redactions: list[RedactionJson]
    body: str
    parts: dict[str, str]  # the other redacted parts, by the names that spans use
    attachments: list[AttachmentJson]
    decision: DecisionJson


class RedactJson(_Model):
    """What `intake redact --json` prints; with `--lines` beside the line's `id`."""

    id: str | int | None = None
    text: str
    redactions: list[RedactionJson]


class QueueRowJson(_Model):
    """A case in `intake queue list --json`."""

    case: str
    mailbox: str
    policy: str
    kind: str
    language: str
    account_email: str | None
    order_number: str | None
    amount: Decimal_ | None
    currency: Currency | None
    reason: str | None
    outcome: Outcome
    state: str
    missing: list[str]
    flags: list[str]
    due: Day | None
    received_at: Instant | None
    messages: int
    version: int


class PollJson(_Model):
    """What one pass over one mailbox did; the counts after `seen` sum up to it."""

    mailbox: str
    seen: int
    cases: int
    replies: int
    ignored: int
    set_aside: int
    duplicates: int
    quarantined: int
    pending: int


SCHEMAS: dict[str, type[BaseModel]] = {
    "process": ProcessJson,
    "process-error": ProcessError,
    "decide": DecisionJson,
    "redact": RedactJson,
    "queue": QueueRowJson,
    "poll": PollJson,
}
