"""A parsed message as one text: headers, body, attachments. Still `Sensitive`: for `intake redact`."""

from __future__ import annotations

from collections.abc import Iterator

from intake.mail.message import Address, ParsedMessage
from intake.redaction.text import Sensitive


def transcript(parsed: ParsedMessage) -> Sensitive:
    """What a reader sees of a message; an attachment that could not be read is named, never shown."""
    return Sensitive("\n".join(_lines(parsed)))


def _lines(parsed: ParsedMessage) -> Iterator[str]:
    if parsed.sender:
        yield f"From: {_address(parsed.sender)}"
    if parsed.recipients:
        yield "To: " + ", ".join(map(_address, parsed.recipients))
    yield f"Subject: {parsed.subject.reveal()}"
    if parsed.date:
        yield f"Date: {parsed.date.isoformat()}"
    yield from ("", parsed.body.reveal())
    for attachment in parsed.attachments:
        read = "" if attachment.text else ", not read"
        yield from ("", f"-- {attachment.name.reveal()} ({attachment.content_type}{read})")
        if attachment.text:
            yield attachment.text.reveal()


def _address(address: Address) -> str:
    return f"{address.name.reveal()} <{address.email.reveal()}>".lstrip()
