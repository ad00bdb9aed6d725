"""A processed message as rows: plain dicts for bulk inserts; the column types check every value again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from intake.casework.identity import Relation, relation
from intake.casework.states import State, state_of
from intake.extraction.types import Candidate, FieldName, Flag, Money
from intake.mail.media_types import known_media_type
from intake.mail.redacted import Author, RedactedMessage
from intake.processed import Processed
from intake.redaction.text import Redacted
from intake.store.documents import Document, facts_document
from intake.store.values import Disposition, Origin

if TYPE_CHECKING:
    from rules.types import Decision

Row = dict[str, Any]

MAX_REFERENCES: Final = 100  # of a message: the newest; hostile headers name thousands
MAX_CANDIDATES: Final = 10  # of a field


def message_row(item: Processed, *, disposition: Disposition, stored_at: datetime) -> Row:
    """The row of `message` without its ids: what is known of it whatever becomes of it."""
    message, extraction, prints = item.message, item.extraction, item.fingerprints
    if item.key is None:
        raise ValueError("a message without a place cannot be recorded")
    return {
        "mailbox": item.key.mailbox,
        "folder": item.key.folder,
        "uidvalidity": item.key.uidvalidity,
        "uid": item.key.uid,
        "size": item.size,
        "raw_fingerprint": prints.raw,
        "content_fingerprint": prints.content,
        "message_id": prints.message_id,
        "sender": prints.sender,
        "disposition": disposition,
        "reason": None,
        "case_id": None,
        "original_id": None,
        "stored_at": stored_at,
        "received_at": message.received_at,
        "sent_at": message.date,
        "kind": extraction.kind,
        "language": extraction.language,
        "reader_version": _slug(extraction.reader_version),
        "is_reply": message.is_reply,
        "unread": message.unread,
        "truncated": message.truncated,
        "spf": message.sender_check.spf,
        "dkim": message.sender_check.dkim,
        "dmarc": message.sender_check.dmarc,
        "from_domain_passed": message.sender_check.from_domain_passed,
        "flags": tuple(seen.flag.value for seen in extraction.flags),
        "sender_email": None,
        "sender_name": None,
        "reply_to": None,
        "redacted_id": None,
        "facts": None,
    }


def words_of(item: Processed) -> Row:
    """The columns of `message` that hold a person's words; left out for duplicates and automatic mail."""
    message = item.message
    return {
        "sender_email": message.sender_email,
        "sender_name": message.sender_name,
        "reply_to": message.reply_to,
        "redacted_id": message.message_id,
    }


def facts_of(item: Processed) -> Document:
    """What the message claims; every text in it is one that the redactor let through."""
    found: dict[str, Redacted] = {}
    for fact in (FieldName.ACCOUNT_EMAIL, FieldName.ORDER_NUMBER):
        field = item.extraction.fields.get(fact)
        if field is not None and isinstance(field.chosen.value, Redacted):
            found[fact.value] = field.chosen.value
    if item.message.sender_email is not None:  # a policy may take an unstated account from the sender
        found.setdefault(FieldName.ACCOUNT_EMAIL.value, item.message.sender_email)
    return facts_document(item.facts, found)


def part_rows(message: RedactedMessage, ident: int) -> Iterator[Row]:
    """Every redacted part that has text."""
    plain = {name: getattr(message, name) for name in ("subject", "body", "signature", "structured")}
    plain |= {
        f"attachment:{index}": attachment.text
        for index, attachment in enumerate(message.attachments)
        if attachment.text is not None
    }
    for name, text in plain.items():
        if text or name in {"subject", "body"}:
            yield _part(ident, name, text)
    for index, quote in enumerate(message.quotes):
        yield _part(ident, f"quoted:{index}", quote.text, author=quote.author, forwarded=quote.forwarded)


def subject_row(message: RedactedMessage, ident: int) -> Row:
    """The subject alone: all that is kept of automatic mail."""
    return _part(ident, "subject", message.subject)


def _part(
    ident: int, name: str, text: Redacted, *, author: Author | None = None, forwarded: bool = False
) -> Row:
    return {"message": ident, "name": name, "author": author, "forwarded": forwarded, "text": text}


def attachment_rows(item: Processed, ident: int) -> Iterator[Row]:
    """Attachments by name and size. A type that no register knows is the sender's free text: not stored."""
    prints = item.fingerprints.attachments
    for index, attachment in enumerate(item.message.attachments):
        yield {
            "message": ident,
            "position": index,
            "name": attachment.name,
            "content_type": known_media_type(attachment.content_type),
            "size": attachment.size,
            "fingerprint": prints[index],
            "readable": attachment.text is not None,
        }


def finding_rows(message: RedactedMessage, ident: int) -> Iterator[Row]:
    """What was cut out."""
    for index, finding in enumerate(message.findings):
        yield {
            "message": ident,
            "position": index,
            "type": finding.type,
            "part": finding.part,
            "start": finding.start,
            "end": finding.end,
            "last_four": finding.last_four,
            "rule": _slug(finding.rule),
        }


def reference_rows(item: Processed, ident: int) -> Iterator[Row]:
    """The Message-IDs that it refers to, keyed."""
    for position, reference in enumerate(dict.fromkeys(item.fingerprints.references[-MAX_REFERENCES:])):
        yield {"message": ident, "position": position, "message_id": reference}


def field_rows(
    item: Processed, ident: int, *, case_id: int | None, chosen: bool, actor: str
) -> Iterator[Row]:
    """Every reading of every field; `chosen`: the case goes by the best one, else all are for review."""
    for name, field in item.extraction.fields.items():
        for rank, candidate in enumerate((field.chosen, *field.others)[:MAX_CANDIDATES] if field else ()):
            yield {
                "message": ident,
                "case_id": case_id,
                "name": name,
                "rank": rank,
                "chosen": chosen and rank == 0,
                "origin": Origin.READER,
                "actor": actor,
                **_value(candidate),
                "part": candidate.evidence.part,
                "start": candidate.evidence.start,
                "end": candidate.evidence.end,
                "evidence": candidate.evidence.text,
                "source": candidate.source,
                "confidence": round(min(max(candidate.confidence, 0.0), 1.0) * 1000),
                "rule": _slug(candidate.rule),
            }


def _value(candidate: Candidate) -> Row:
    value = candidate.value
    columns: Row = {"text": None, "day": None, "amount": None, "currency": None, "word": None}
    match value:
        case Redacted():
            columns["text"] = value
        case Money():
            columns |= {"amount": value.amount, "currency": value.currency}
        case date():
            columns["day"] = value
        case _:
            columns["word"] = value.value
    return columns


def case_row(item: Processed, decision: Decision, *, ident: int, at: datetime) -> Row:
    """A new case: the columns that the queue shows come from the reading that won."""
    best = {name: field.chosen.value for name, field in item.extraction.fields.items() if field is not None}
    money = best.get(FieldName.AMOUNT)
    reason = best.get(FieldName.REASON)
    return {
        "id": ident,
        "mailbox": item.key.mailbox if item.key else None,
        "policy": decision.policy,
        "policy_version": decision.policy_version,
        "state": state_of(decision.outcome),
        "resolution": None,
        "version": 1,
        "created_at": at,
        "updated_at": at,
        "received_at": item.message.received_at,
        "messages": 1,
        "kind": item.extraction.kind,
        "language": item.extraction.language,
        "account_email": best.get(FieldName.ACCOUNT_EMAIL),
        "order_number": best.get(FieldName.ORDER_NUMBER),
        "amount": money.amount if isinstance(money, Money) else None,
        "currency": money.currency if isinstance(money, Money) else None,
        "reason": reason,
        "outcome": decision.outcome,
        "missing": tuple(item.missing),
        "flags": tuple(seen.flag.value for seen in item.extraction.flags),
        "due": _due(decision),
        "identity": _identity(item, best.get(FieldName.ACCOUNT_EMAIL)),
        "owner": None,
        "held_until": None,
        "state_since": at,
    }


def _due(decision: Decision) -> date | None:
    """Nothing is due while the customer is asked."""
    if state_of(decision.outcome) is State.NEEDS_INFORMATION:
        return None
    return decision.deadlines.get("review_by") or decision.deadlines.get("refund_by")


def _identity(item: Processed, account: object) -> Relation:
    sender, reply_to = item.message.sender_email, item.message.reply_to
    return relation(
        sender=sender.text if sender else None,
        reply_to=reply_to.text if reply_to else None,
        account=account.text if isinstance(account, Redacted) else None,
        check=item.message.sender_check,
        third_party=item.extraction.has(Flag.THIRD_PARTY),
        lost_email_access=item.extraction.has(Flag.LOST_EMAIL_ACCESS),
    )


def decision_row(item: Processed, decision: Decision, *, case_id: int, at: datetime, facts: Document) -> Row:
    """The decision with the facts that it rests on."""
    # and so the rules' types: who only reads does without
    from intake.store.decisions import decision_columns

    return {
        "case_id": case_id,
        "version": 1,
        "made_at": at,
        "reader_version": _slug(item.extraction.reader_version),
        **decision_columns(decision, facts),
    }


@lru_cache(maxsize=1024)  # there are no more rules than that
def _slug(name: str) -> str:
    """The name of a rule or a version as one word: `beside the sum` is beside_the_sum."""
    return re.sub(r"[^\w.:/+-]+", "_", name).strip("_")[:120] or "unnamed"
