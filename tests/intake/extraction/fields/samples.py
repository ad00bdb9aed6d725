"""Messages already redacted, written by hand: reading fields needs neither MIME nor the redactor."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from intake.extraction.fields import read_fields
from intake.extraction.types import Field, FieldName, Money, json_value
from intake.mail.redacted import (
    Author,
    Quote,
    RedactedAttachment,
    RedactedMessage,
    SenderCheck,
)
from intake.mail.settings import ReadingSettings
from intake.redaction.text import sealed

WRITTEN = datetime(2026, 6, 17, 10, 0, tzinfo=timezone(timedelta(hours=2)))  # a Wednesday
SETTINGS = ReadingSettings(support_addresses=frozenset({"support@shop.example"}))


def message(body: str, subject: str = "", **changes: Any) -> RedactedMessage:
    parts: dict[str, Any] = {
        "source": "letter.eml",
        "message_id": None,
        "received_at": WRITTEN,
        "date": WRITTEN,
        "sender_email": sealed("writer@example.org"),
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
    return RedactedMessage(**(parts | changes))


def quote(text: str, author: Author, *, forwarded: bool = False) -> Quote:
    return Quote(text=sealed(text), author=author, forwarded=forwarded)


def attachment(text: str | None) -> RedactedAttachment:
    return RedactedAttachment(
        name=sealed("a.txt"),
        content_type="text/plain",
        size=1,
        text=sealed(text) if text is not None else None,
    )


def shown(field: Field | None) -> str:
    """A field as the tables of letters write it: "-" for none, "12.50 EUR" for a sum."""
    if field is None:
        return "-"
    value = field.chosen.value
    if isinstance(value, Money) and value.currency:
        return f"{json_value(value)} {value.currency}"
    return json_value(value)


def assert_evidence_is_exact(found: dict[FieldName, Field | None], letter: RedactedMessage) -> None:
    for field in found.values():
        for candidate in (field.chosen, *field.others) if field else ():
            evidence = candidate.evidence
            assert letter.part(evidence.part).text[evidence.start : evidence.end] == evidence.text.text
            assert evidence.text
            assert 0 <= candidate.confidence <= 1


def read(
    letter: RedactedMessage | str, language: str = "en", settings: ReadingSettings = SETTINGS
) -> dict[str, str]:
    """Each field of a letter by its name; the evidence of every candidate is checked on the way."""
    whole = message(letter) if isinstance(letter, str) else letter
    found = read_fields(whole, language, settings)
    assert_evidence_is_exact(found, whole)
    return {name.value: shown(field) for name, field in found.items()}


def numbered(*cases: tuple[Any, ...] | str) -> list[ParameterSet]:
    """Cases of a table whose names are their numbers: no mail text in a test's name."""
    return [
        pytest.param(*((case,) if isinstance(case, str) else case), id=str(number))
        for number, case in enumerate(cases, 1)
    ]
