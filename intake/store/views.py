"""A case in full, as it comes out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from intake.extraction.types import FieldName, Source
from intake.mail.message import MessageKey
from intake.mail.redacted import SenderCheck
from intake.redaction.findings import SecretType
from intake.redaction.text import Redacted
from intake.store.values import CaseRow, Disposition, Origin

if TYPE_CHECKING:
    from intake.letters.basis import Made
    from intake.store.lookups import Lookup
    from intake.store.verdicts import StoredVerdict
    from rules.types import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredField:
    """One reading of a field, with the slice of the redacted part that shows it."""

    name: FieldName
    value: str  # as `queue show --json` shows it
    currency: str | None
    evidence: Redacted
    part: str
    start: int  # code points
    end: int
    source: Source
    confidence: float  # 0 to 1
    rule: str
    chosen: bool  # the case goes by it
    origin: Origin
    actor: str

    def to_dict(self) -> dict[str, object]:
        """The field as the JSON of `process` has it, and how it came to be."""
        shown: dict[str, object] = {"name": self.name.value, "value": self.value}
        if self.name is FieldName.AMOUNT:
            shown["currency"] = self.currency
        return shown | {
            "evidence": self.evidence.text,
            "span": {"part": self.part, "start": self.start, "end": self.end},
            "source": self.source.value,
            "confidence": self.confidence,
            "rule": self.rule,
            "chosen": self.chosen,
            "origin": self.origin.value,
            "actor": self.actor,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """What was cut out of a message, by type."""

    type: SecretType
    part: str
    start: int
    end: int
    last_four: str | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttachment:
    """An attachment by name and size; its bytes were never stored."""

    name: Redacted
    content_type: str
    size: int  # bytes
    fingerprint: str
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message of a case, redacted."""

    key: MessageKey
    disposition: Disposition
    trust: str | None  # of a reply, how it is known to belong here: token, known_sender, for_review
    received_at: datetime | None
    sender: Redacted | None
    sender_name: Redacted | None
    language: str
    sender_check: SenderCheck
    parts: Mapping[str, Redacted]
    attachments: tuple[StoredAttachment, ...]
    secrets: tuple[StoredSecret, ...]
    fields: tuple[StoredField, ...]

    def to_dict(self) -> dict[str, object]:
        """The message as JSON."""
        return {
            "disposition": self.disposition.value,
            "trust": self.trust,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "from": self.sender.text if self.sender else None,
            "language": self.language,
            "parts": {name: text.text for name, text in self.parts.items()},
            "attachments": [
                {
                    "name": attachment.name.text,
                    "type": attachment.content_type,
                    "size": attachment.size,
                    "fingerprint": attachment.fingerprint,
                    "read": attachment.readable,
                }
                for attachment in self.attachments
            ],
            "redactions": [
                {"type": secret.type.value, "part": secret.part, "last_four": secret.last_four}
                for secret in self.secrets
            ],
            "fields": [found.to_dict() for found in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One entry of a case's audit."""

    at: datetime
    actor: str
    action: str
    version: int
    after: Mapping[str, object] | None  # None: erased, or nothing to show
    before: Mapping[str, object] | None = None

    def to_dict(self) -> dict[str, object]:
        """The entry as JSON."""
        return {
            "at": self.at.isoformat(),
            "version": self.version,
            "actor": self.actor,
            "action": self.action,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact that the rules go by, and the statements that contradict it: (value, who, when)."""

    key: str
    value: object  # as a facts file has it
    source: str  # person, records, claim, assumed
    actor: str
    at: datetime
    others: tuple[tuple[object, str, datetime], ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The fact as JSON."""
        return {
            "fact": self.key,
            "value": self.value,
            "source": self.source,
            "by": self.actor,
            "at": self.at.isoformat(),
            "others": [
                {"value": value, "by": actor, "at": at.isoformat()} for value, actor, at in self.others
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """A case in full."""

    row: CaseRow
    messages: tuple[StoredMessage, ...]
    decision: Decision  # the newest
    facts: Mapping[str, object]
    history: tuple[HistoryRow, ...]
    known: tuple[KnownFact, ...] = ()
    verdicts: tuple[StoredVerdict, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # cases that belong together with it: label, why
    lookup: Lookup | None = None  # what the company's records said last
    letters: tuple[Made, ...] = ()  # to the customer, oldest first

    def to_dict(self) -> dict[str, object]:
        """The case as JSON: the queue's object, and beside it mail, fields, decision, facts, history."""
        return {
            **self.row.to_dict(),
            "mail": [message.to_dict() for message in self.messages],
            "decision": self.decision.to_dict(),
            "facts": dict(self.facts),
            "known": [fact.to_dict() for fact in self.known],
            "records": None if self.lookup is None else self.lookup.to_dict(),
            "links": [{"case": name, "kind": kind} for name, kind in self.links],
            "letters": [
                {"kind": one.kind.value, "day": one.day.isoformat(), "way": one.way, "standing": one.standing}
                for one in self.letters
            ],
            "identity": self.row.identity,
            "owner": self.row.owner,
            "resolution": self.row.resolution,
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "history": [entry.to_dict() for entry in self.history],
        }
