"""Bytes to `ParsedMessage`: whatever the mail, either its parts or an `UnreadableError`.

The stdlib's parser builds the tree from bytes (its policy compat32 never raised on 2,100 real messages,
`policy.default` did on 12). mail-parser then reads addresses and dates (`headers` says
why no more than that), and our own walk reads bodies and attachments (`mime`), because mail-parser raises on some
trees, loses text attachments and decodes wrongly labelled charsets with losses.
"""

from __future__ import annotations

from email import message_from_bytes

from intake.mail.content import Budget, Content, unread_part
from intake.mail.headers import MailHeaders, read_headers
from intake.mail.limits import DEFAULT_LIMITS, ParseLimits, UnreadableError
from intake.mail.lines import parted
from intake.mail.message import Attachment, ParsedMessage, RawMessage
from intake.mail.mime import read_part
from intake.mail.structured import structured_lines
from intake.redaction.text import Sensitive

__all__ = ["DEFAULT_LIMITS", "ParseLimits", "UnreadableError", "parse"]

_BEFORE_HEADERS = b"\xef\xbb\xbf\r\n \t"  # a byte order mark or blank lines, from exports and broken gateways


def parse(raw: RawMessage, limits: ParseLimits = DEFAULT_LIMITS) -> ParsedMessage:
    """Takes a message apart.

    Raises:
        UnreadableError: `unreadable`: there is no header at all, or the nesting has no end;
            `too_large`: more bytes than `limits.message_bytes`.
    """
    if len(raw.data) > limits.message_bytes:
        raise UnreadableError("too_large")
    try:
        message = message_from_bytes(raw.data.lstrip(_BEFORE_HEADERS))
    except RecursionError:  # the stdlib descends by recursion: some 900 levels of nesting
        raise UnreadableError("unreadable") from None
    found = read_headers(message)
    if not found:
        raise UnreadableError("unreadable")
    budget = Budget(limits=limits)
    content = read_part(message, budget)
    headers = MailHeaders(found)
    date = headers.date()
    return ParsedMessage(
        raw=raw,
        message_id=headers.message_id(),
        references=headers.references(),
        sender=next(iter(headers.addresses("from")), None),
        reply_to=next(iter(headers.addresses("reply-to")), None),
        recipients=headers.addresses("to") + headers.addresses("cc"),
        subject=Sensitive(headers.subject()),
        date=date,
        received_at=raw.received_at or headers.received() or date or raw.received_fallback,
        headers=found,
        body=Sensitive(parted(content.text)),
        other_bodies=tuple(map(Sensitive, content.others)),
        structured=Sensitive(structured_lines(content.html)),
        attachments=_attachments(content, overrun=budget.overrun),
        defects=tuple(
            dict.fromkeys(type(defect).__name__ for part in message.walk() for defect in part.defects)
        ),
    )


def _attachments(content: Content, *, overrun: bool) -> tuple[Attachment, ...]:
    """Where limits left something out, or the only text is in a form that we do not read, an unread part says so."""
    if overrun or (content.unread_text and not content.text.strip()):
        return (*content.attachments, unread_part("application/octet-stream"))
    return content.attachments
