"""A letter as a message: text and HTML, in the customer's thread, marked so that no machine answers it."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Protocol

from intake.errors import IntakeError
from intake.letters.kinds import FORMAL, LetterKind
from intake.letters.template import Filled

# what no server stumbles over; one that the redactor cut into is none (RFC 5322 §3.6.4)
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,300}>")
_MOST_REFERENCES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom, in which thread."""

    sender: Address
    recipient: str
    own_id: str  # without brackets
    token: str  # of the case's thread
    reply_to: str | None  # an address that bears the token; None: the subject alone does
    thread: tuple[str, ...]  # Message-IDs with brackets, oldest first
    date: datetime


class UncertainError(IntakeError):
    """The line broke when the letter may have been taken over already (1): it is not made again that day."""


class Deliver(Protocol):
    """What hands a letter over."""

    def __call__(self, data: bytes, own_id: str, sender: str, recipient: str, /) -> None:
        """Hands over a message with its Message-ID (without brackets), the addresses of sender and recipient.

        Raises:
            UncertainError: nobody can tell whether it left.
            IntakeError: it surely did not.
        """


def new_mail_id(label: str, domain: str) -> str:
    """A Message-ID of ours, without brackets: nobody can guess it."""
    return f"{label.lower()}.{b32encode(secrets.token_bytes(10)).decode().lower()}@{domain}"


def with_mark(subject: str, token: str) -> str:
    """A subject with the mark by which an answer finds its case."""
    return f"{subject} [{token}]"


def usable_ids(found: Sequence[str]) -> tuple[str, ...]:
    """Those Message-IDs that a header can carry, each once, the newest of them."""
    return tuple(dict.fromkeys(text for text in found if _MESSAGE_ID.fullmatch(text)))[-_MOST_REFERENCES:]


def letter_mail(kind: LetterKind, language: str, filled: Filled, envelope: Envelope) -> bytes:
    """The message, ready to be sent or saved: CRLF line ends, nothing beyond ASCII."""
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = with_mark(filled.subject.text, envelope.token)
    message["Date"] = format_datetime(envelope.date)
    if envelope.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=envelope.reply_to)
    if kind in FORMAL:
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: nobody's machine answers
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange's word for the same
    message.set_content(filled.text.text, cte="quoted-printable")
    message.add_alternative(filled.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # at last: setting a content takes away what began with Content-
    return _thread_lines(envelope) + message.as_bytes()


def _thread_lines(envelope: Envelope) -> bytes:
    """Folded by hand: the stdlib turns a long Message-ID into encoded words, and then nobody knows it again."""
    lines = [f"Message-ID: <{envelope.own_id}>"]
    if envelope.thread:
        lines += [f"In-Reply-To: {envelope.thread[-1]}", "References: " + "\r\n ".join(envelope.thread)]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
