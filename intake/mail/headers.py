"""Headers: addresses, dates and identifiers. The one typed adapter round mail-parser (which ships no types).

mail-parser reads addresses and dates, where it is careful: it takes a mailbox apart before it decodes words, so
an encoded name cannot smuggle in another address, and it reads dates without guessing. It is given the headers
alone. Given whole messages it raises on some bodies, drops the text of others, and spends a third of its time on
`Received`; our own walk over the parts (`mime`) has none of that. Where it gives no answer for a header that has
one (it is strict: `Ann ann@example.org` is nothing to it), the stdlib's lenient readers answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.errors import HeaderParseError
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from mailparser.utils import convert_mail_date, get_addresses

from intake.mail.charsets import clean, decode_header, raw_header
from intake.mail.message import Address
from intake.redaction.text import Sensitive

_FOLD = re.compile(r"[\r\n]+[ \t]*")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_BARE_ADDRESS = re.compile(r"[^\s<>()\",;:@]{1,64}@[^\s<>()\",;:@]{1,255}")
_MAX_ADDRESS_HEADER = 16_000  # characters: some 200 recipients; mail-parser takes 0.05 ms for each
_MAX_REFERENCES = 200
# What most mail has: one mailbox, its name plain words or in quotes. Every reader reads it alike, so the careful one,
# which looks at each character several times, is spared it: a seventh of what parsing a message costs.
_PLAIN_MAILBOX = re.compile(
    r"""(?:"([\w.'-]+(?:\ [\w.'-]+)*)"\ |([A-Za-z0-9]+(?:\ [A-Za-z0-9]+)*)\ )?
    <([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>""",
    re.ASCII | re.VERBOSE,
)
_ADDRESSES = ("from", "reply-to", "to", "cc")

Headers = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What mail-parser reads."""

    addresses: dict[str, list[tuple[str, str]]]  # name and address, of those headers that are there
    date: datetime | None


def read_headers(message: Message[str, str]) -> Headers:
    """Every header: names in lower case, values unfolded, raw octets decoded, encoded words left; topmost first."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(_FOLD.sub(" ", raw_header(str(value))).strip())
    return {name: tuple(values) for name, values in found.items()}


class MailHeaders:
    """What mail-parser and, where it has no answer, the stdlib read in the headers of one message."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._read = _read(headers)

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The mailboxes of an address header (RFC 5322 §3.6.3), in order; empty where there is none."""
        value = next(iter(self._headers.get(name, ())), "")[:_MAX_ADDRESS_HEADER]
        if not value:
            return ()
        found = self._read.addresses[name] if self._read else []
        return tuple(_address(*pair) for pair in found or _lenient(value))

    def date(self) -> datetime | None:
        """The sender's Date, aware, in the sender's own zone; None where no date can be read."""
        value = next(iter(self._headers.get("date", ())), "")
        return (self._read.date if self._read else None) or parse_date(value)

    def received(self) -> datetime | None:
        """When the topmost Received header says that our server took the message (RFC 5321 §4.4)."""
        for value in self._headers.get("received", ())[:1]:
            return parse_date(value.rpartition(";")[2])
        return None

    def subject(self) -> str:
        """The subject, encoded words decoded."""
        return decode_header(next(iter(self._headers.get("subject", ())), "")).strip()

    def message_id(self) -> str | None:
        """The Message-ID with its angle brackets, else as typed; a hint only (it may be absent or repeated)."""
        value = next(iter(self._headers.get("message-id", ())), "").strip()
        found = _MESSAGE_ID.search(value)
        return found[0] if found else clean(value[:990]) or None

    def references(self) -> tuple[str, ...]:
        """References, then In-Reply-To, each id once (RFC 5322 §3.6.4)."""
        text = " ".join((*self._headers.get("references", ()), *self._headers.get("in-reply-to", ())))
        return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[-_MAX_REFERENCES:]


def parse_date(value: str) -> datetime | None:
    """A date of RFC 5322 §3.3 and its obsolete forms, or of ISO 8601; aware, `-0000` and no zone count as UTC."""
    value = clean(value[:200]).strip()
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = read(value)
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
            date.astimezone(UTC)  # OverflowError at the calendar's edges
        # what the stdlib raises on hostile dates
        except (ValueError, TypeError, IndexError, OverflowError, RecursionError):
            continue
        return date
    return None


def _read(headers: Headers) -> _Read | None:
    """mail-parser's reading of the address and date headers; None where it fails."""
    try:
        return _Read(
            addresses={
                name: _mailboxes(value[:_MAX_ADDRESS_HEADER])
                for name in _ADDRESSES
                for value in headers.get(name, ())[:1]
            },
            date=next(map(_date, headers.get("date", ())), None),
        )
    # each seen on real mail
    except (AttributeError, LookupError, TypeError, ValueError, HeaderParseError, RecursionError):
        return None


def _mailboxes(value: str) -> list[tuple[str, str]]:
    if plain := _PLAIN_MAILBOX.fullmatch(value):
        return [(plain[1] or plain[2] or "", plain[3])]
    found = get_addresses(value, decode_names=True)
    return [("" if name == email else name, email) for name, email in found if email]


def _date(value: str) -> datetime | None:
    """In the sender's zone; None where there is no date that is certain."""
    try:
        date, hours = convert_mail_date(value[:_MAX_ADDRESS_HEADER])
        zone = timezone(timedelta(hours=float(hours)))
        return date.astimezone(zone) if isinstance(date, datetime) else None
    except (ValueError, OverflowError):  # "+9999"
        return None


def _lenient(value: str) -> list[tuple[str, str]]:
    """Addresses as people and broken clients write them."""
    try:
        pairs = getaddresses([value])
    except (RecursionError, IndexError, ValueError):  # RecursionError: comments in comments in comments
        pairs = []
    found = [(name, email) for name, email in pairs if "@" in email and " " not in email]
    if found:
        return found
    bare = _BARE_ADDRESS.search(value)
    return [(value.replace(bare[0], "").strip(" <>\"'"), bare[0])] if bare else [(value, "")]


def _address(name: str, email: str) -> Address:
    return Address(name=Sensitive(decode_header(name).strip()), email=Sensitive(clean(email).strip()))
