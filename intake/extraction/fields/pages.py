"""The parts of a message in their order of authority."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.extraction.fields.lexicon import Lexicon
from intake.extraction.fields.page import Page, Part, read_page
from intake.extraction.types import Source
from intake.mail.redacted import Author, RedactedMessage
from intake.redaction.text import Redacted

_BODY_LIMIT = 8_000  # code points: five long letters; what follows is a log or an attack
_LIMIT = 4_000
_MOST_PARTS = 6
_QUESTION, _MOST_QUESTIONS = 600, 3  # code points of each of the passages nearest to the answer
_ANSWER = re.compile(r"\s*(?:re|aw|antw|sv|rv|tr|ha|отв|ответ|відп)\s*(?:\[\d+\])?:", re.IGNORECASE)


def read_pages(message: RedactedMessage, lexicon: Lexicon) -> list[Page]:
    """The parts that may speak for the customer, read; other people's quoted words are left out."""
    written = message.date or message.received_at
    question = " ".join(
        quote.text.text[:_QUESTION]
        for quote in message.quotes[:_MOST_QUESTIONS]
        if not quote.forwarded and quote.author is not Author.CUSTOMER
    )
    return [
        read_page(
            Part(
                name=name,
                redacted=redacted,
                source=source,
                authority=authority,
                trust=trust,
                written=written,
                lines=name not in {"body", "subject"} and source is not Source.QUOTED,
                limit=_BODY_LIMIT if name == "body" else _LIMIT,
                question=question if name == "body" else "",
            ),
            lexicon,
        )
        for name, redacted, source, authority, trust in _parts(message)
        if redacted
    ]


def _parts(message: RedactedMessage) -> Iterator[tuple[str, Redacted, Source, int, float]]:
    """Name, text, source, authority (0 first) and trust of each part."""
    repeated = message.is_reply and _ANSWER.match(message.subject.text) is not None
    yield "body", message.body, Source.BODY, 0, 1.0
    yield "subject", message.subject, Source.SUBJECT, 6 if repeated else 1, 0.85 if repeated else 0.97
    yield "signature", message.signature, Source.BODY, 2, 0.8
    yield "structured", message.structured, Source.BODY, 3, 0.96
    for index, quote in enumerate(message.quotes[:_MOST_PARTS]):
        if quote.forwarded:
            yield f"quoted:{index}", quote.text, Source.FORWARDED, 3, 0.95
        elif quote.author is Author.CUSTOMER:
            yield f"quoted:{index}", quote.text, Source.QUOTED, 5, 0.85
    for index, attachment in enumerate(message.attachments[:_MOST_PARTS]):
        if attachment.text is not None:
            source = Source.FORWARDED if attachment.forwarded else Source.ATTACHMENT
            yield f"attachment:{index}", attachment.text, source, 4, 0.92
