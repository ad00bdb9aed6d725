"""What is stored already and what the batch in hand adds to it: the memory of one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Table, and_, false, or_, select

from intake.casework.states import State
from intake.mail.message import MessageKey
from intake.processed import Fingerprints, Processed
from intake.redaction.text import Redacted
from intake.store.audit import START, Head
from intake.store.base import AnyRow
from intake.store.tables import Message, OwnCopy, Quarantine
from intake.store.values import Disposition, Failed

_COLUMNS = (
    Message.c.id,
    Message.c.mailbox,
    Message.c.folder,
    Message.c.uidvalidity,
    Message.c.uid,
    Message.c.disposition,
    Message.c.reason,
    Message.c.case_id,
    Message.c.original_id,
    Message.c.raw_fingerprint,
    Message.c.content_fingerprint,
)


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
    places, raw, content = set(keys), {p.raw for p in prints}, {p.content for p in prints}
    for row in _messages(connection, or_(_lies(Message, keys), _has(Message, raw, content))):
        seen = _seen(row)
        if seen.key in places:
            known.places[seen.key] = seen
        if row.raw_fingerprint in raw:
            known.raw.setdefault(row.raw_fingerprint, seen)
        if row.content_fingerprint in content:
            known.content.setdefault(row.content_fingerprint, seen)
    copies = select(OwnCopy.c.raw_fingerprint, OwnCopy.c.content_fingerprint).where(
        _has(OwnCopy, raw, content)
    )
    known.own.update(found for row in connection.execute(copies) for found in row if found in raw | content)
    _load_quarantine(connection, known, keys)
    return known


def _load_quarantine(connection: Connection, known: Known, keys: Sequence[MessageKey]) -> None:
    columns = (
        Quarantine.c.mailbox,
        Quarantine.c.folder,
        Quarantine.c.uidvalidity,
        Quarantine.c.uid,
        Quarantine.c.attempts,
    )
    for row in connection.execute(select(*columns).where(_lies(Quarantine, keys))):
        known.quarantined[_key(row)] = row.attempts


def _messages(connection: Connection, condition: ColumnElement[bool]) -> Iterable[AnyRow]:
    return connection.execute(select(*_COLUMNS).where(condition).order_by(Message.c.id))


def _lies(table: Table, keys: Iterable[MessageKey]) -> ColumnElement[bool]:
    """At one of these places; a batch is of one folder, nearly always."""
    uids: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for key in keys:
        uids[key.mailbox, key.folder, key.uidvalidity].append(key.uid)
    here = (
        and_(
            table.c.mailbox == mailbox,
            table.c.folder == folder,
            table.c.uidvalidity == uidvalidity,
            table.c.uid.in_(found),
        )
        for (mailbox, folder, uidvalidity), found in uids.items()
    )
    return or_(false(), *here)


def _has(table: Table, raw: Collection[str], content: Collection[str]) -> ColumnElement[bool]:
    """With one of these fingerprints."""
    return or_(table.c.raw_fingerprint.in_(sorted(raw)), table.c.content_fingerprint.in_(sorted(content)))


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
