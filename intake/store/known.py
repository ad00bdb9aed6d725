"""What is stored already and what the batch in hand adds to it: the memory of one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, select, tuple_

from intake.mail.message import MessageKey
from intake.processed import Fingerprints, Processed
from intake.redaction.text import Redacted
from intake.store.audit import START, Head
from intake.store.base import AnyRow
from intake.store.tables import Message, OwnCopy, Quarantine
from intake.store.values import Disposition, Failed, State


@dataclass(slots=True, kw_only=True)
class Seen:
    """A stored message, as far as later ones are compared with it."""

    id: int
    key: MessageKey
    disposition: Disposition
    reason: str | None
    case_id: int | None
    original_id: int | None


@dataclass(slots=True, kw_only=True)
class OpenCase:
    """A case that a reply of this batch may join; `version` is the one to be written."""

    id: int
    version: int
    stored_version: int  # 0: the case is new in this batch
    messages: int
    state: State
    order_number: Redacted | None
    head: Head = START


@dataclass(slots=True, kw_only=True)
class Known:
    """Stored messages by place, bytes and content."""

    places: dict[MessageKey, Seen] = field(default_factory=dict)
    raw: dict[str, Seen] = field(default_factory=dict)
    content: dict[str, Seen] = field(default_factory=dict)
    quarantined: dict[MessageKey, int] = field(default_factory=dict)  # attempts so far
    own: set[str] = field(default_factory=set)  # fingerprints of redacted copies of ours, raw and of content

    def add(self, seen: Seen, prints: Fingerprints) -> None:
        """Remembers a message. Of several with one fingerprint the first stands for all."""
        self.places[seen.key] = seen
        self.raw.setdefault(prints.raw, seen)
        self.content.setdefault(prints.content, seen)


def load(connection: Connection, items: Sequence[Processed | Failed]) -> Known:
    """What the database knows of these messages, in a handful of queries whatever their number."""
    known = Known()
    keys = [item.key for item in items if item.key is not None]
    prints = [item.fingerprints for item in items if isinstance(item, Processed)]
    place = tuple_(Message.mailbox, Message.folder, Message.uidvalidity, Message.uid)
    for row in _messages(connection, place.in_([_place(key) for key in keys])):
        known.places[_seen(row).key] = _seen(row)
    for row in _messages(connection, Message.raw_fingerprint.in_([p.raw for p in prints])):
        known.raw.setdefault(row.raw_fingerprint, _seen(row))
    for row in _messages(connection, Message.content_fingerprint.in_([p.content for p in prints])):
        known.content.setdefault(row.content_fingerprint, _seen(row))
    for column, wanted_prints in (
        (OwnCopy.raw_fingerprint, [p.raw for p in prints]),
        (OwnCopy.content_fingerprint, [p.content for p in prints]),
    ):
        known.own.update(connection.scalars(select(column).where(column.in_(wanted_prints))))
    _load_quarantine(connection, known, keys)
    return known


def _load_quarantine(connection: Connection, known: Known, keys: Sequence[MessageKey]) -> None:
    place = tuple_(Quarantine.mailbox, Quarantine.folder, Quarantine.uidvalidity, Quarantine.uid)
    columns = (
        Quarantine.mailbox,
        Quarantine.folder,
        Quarantine.uidvalidity,
        Quarantine.uid,
        Quarantine.attempts,
    )
    for row in connection.execute(select(*columns).where(place.in_([_place(key) for key in keys]))):
        known.quarantined[_key(row)] = row.attempts


def _messages(connection: Connection, condition: ColumnElement[bool]) -> Iterable[AnyRow]:
    return connection.execute(select(*_COLUMNS).where(condition).order_by(Message.id))


_COLUMNS = (
    Message.id,
    Message.mailbox,
    Message.folder,
    Message.uidvalidity,
    Message.uid,
    Message.disposition,
    Message.reason,
    Message.case_id,
    Message.original_id,
    Message.raw_fingerprint,
    Message.content_fingerprint,
)


def _place(key: MessageKey) -> tuple[str, str, int, int]:
    return key.mailbox, key.folder, key.uidvalidity, key.uid


def _key(row: AnyRow) -> MessageKey:
    return MessageKey(mailbox=row.mailbox, folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid)


def _seen(row: AnyRow) -> Seen:
    return Seen(
        id=row.id,
        key=_key(row),
        disposition=row.disposition,
        reason=row.reason,
        case_id=row.case_id,
        original_id=row.original_id,
    )
