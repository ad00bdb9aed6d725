"""Messages already redacted, written by hand: reading them needs neither MIME nor the redactor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from intake.extraction.extract import extract
from intake.extraction.types import Extraction, FieldName
from intake.mail.redacted import Author, Quote, RedactedMessage, SenderCheck
from intake.mail.settings import ReadingSettings
from intake.redaction.text import sealed

WRITTEN = datetime(2026, 6, 17, 21, 30, tzinfo=UTC)
SETTINGS = ReadingSettings(support_addresses=frozenset({"support@shop.example"}), account_default="sender")
QUESTION = "Could you please send us the details of the payment? We can also offer credits instead."


def letter(body: str, subject: str = "", **changes: Any) -> RedactedMessage:
    """A message of one customer; `changes` replace parts of it."""
    parts: dict[str, Any] = {
        "source": "letter.eml",
        "message_id": None,
        "received_at": WRITTEN,
        "date": WRITTEN,
        "sender_email": sealed("customer@example.org"),
        "sender_name": None,
        "reply_to": None,
        "recipients": (),
        "subject": sealed(subject),
        "body": sealed(body),
        "signature": sealed(""),
        "quotes": (),
        "structured": sealed(""),
        "attachments": (),
        "findings": (),
        "sender_check": SenderCheck(),
        "automatic": None,
        "is_reply": False,
        "unread": False,
        "truncated": False,
    }
    return RedactedMessage(**parts | changes)


def answer(body: str, subject: str = "", question: str = QUESTION) -> RedactedMessage:
    """A message that answers one of support."""
    quote = Quote(text=sealed(question), author=Author.OTHER)
    return letter(body, subject, is_reply=True, quotes=(quote,))


def read(body: str, subject: str = "", **changes: Any) -> Extraction:
    """What is read out of a message."""
    return extract(letter(body, subject, **changes), SETTINGS)


def reason_of(extraction: Extraction) -> str | None:
    """The main reason."""
    field = extraction.fields[FieldName.REASON]
    return str(field.chosen.value) if field else None


def flags_of(extraction: Extraction) -> set[str]:
    """The flags raised."""
    return {seen.flag.value for seen in extraction.flags}
