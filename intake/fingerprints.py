"""Keyed fingerprints of a message: to know it again without keeping a word of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from intake.keys import Keys
from intake.mail.message import ParsedMessage
from intake.processed import Fingerprints
from intake.returned import HEADS, STATUS_TYPES, Words, returned
from intake.threads import named_case

_DELIVERY = ("delivered-to", "x-original-to", "envelope-to")  # the address that a server delivered to


def fingerprints(parsed: ParsedMessage, keys: Keys) -> Fingerprints:
    """All fingerprints of one message; made before redaction, in memory, from the words as received."""
    sender = parsed.sender.email.reveal().strip().casefold() if parsed.sender else ""
    case = named_case(_addressed(parsed), keys)
    return Fingerprints(
        raw=keys.fingerprint(parsed.raw.data),
        content=keys.fingerprint(b"".join(_framed(parsed))),
        message_id=keys.message_id(parsed.message_id) if parsed.message_id else None,
        references=tuple(keys.message_id(reference) for reference in parsed.references),
        sender=keys.sender(sender) if sender else None,
        attachments=tuple(keys.fingerprint(attachment.data) for attachment in parsed.attachments),
        token_case=case,
        returned=returned(parsed, _words(parsed, sender), keys, addressed=case),
    )


def _addressed(parsed: ParsedMessage) -> Iterator[str]:
    """Where a thread token of ours comes back: never the body, which may quote somebody else's mail."""
    yield parsed.subject.reveal()
    for address in parsed.recipients:
        yield address.email.reveal()
    for name in _DELIVERY:
        yield from parsed.headers.get(name, ())


def _words(parsed: ParsedMessage, sender: str) -> Words:
    """What a delivery report is known by."""
    texts = [(one.content_type, one.text.reveal()) for one in parsed.attachments if one.text is not None]
    return Words(
        sender=sender,
        status="\n".join(text for kind, text in texts if kind in STATUS_TYPES),
        heads=tuple(text for kind, text in texts if kind in HEADS),
    )


def _framed(parsed: ParsedMessage) -> Iterator[bytes]:
    """Message-ID, From, Date and decoded parts, each with its length: no two messages run together.

    Trace headers (Received, Delivered-To …) differ between two mailboxes, so they do not count. A message
    without Message-ID and Date is told apart by its raw bytes' parts alone.
    """
    header = (
        parsed.message_id or "",
        parsed.sender.email.reveal() if parsed.sender else "",
        parsed.date.isoformat() if parsed.date else "",
        parsed.subject.reveal(),
        parsed.body.reveal(),
    )
    for read in header:
        text = read if read.isascii() else unicodedata.normalize("NFC", read)
        data = text.encode("utf-8", "surrogatepass")
        yield len(data).to_bytes(8, "big") + data
    for attachment in parsed.attachments:
        yield len(attachment.data).to_bytes(8, "big") + attachment.data
    if parsed.raw.truncated:  # what was not fetched cannot vouch for equality
        yield parsed.raw.data
