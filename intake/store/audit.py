"""The audit: one HMAC chain a case, over salted hashes of the values, which themselves can be erased."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from intake.store.documents import Document
from intake.store.tables import Audit, AuditValue, Case, Meta

_HASH: Final = hashlib.sha256
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a case's chain."""

    position: int
    mac: str


START: Final = Head(position=0, mac="0" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened to a case."""

    case_id: int
    at: datetime
    actor: str
    action: str
    version: int
    before: Document | None
    after: Document | None


def append(key: bytes, head: Head, entry: Entry) -> tuple[Head, Row, list[Row]]:
    """The next link: the new head, the row of the chain, and the rows with values and salts."""
    position = head.position + 1
    values: list[Row] = []
    digests: dict[str, str | None] = {}
    for side, value in (("before", entry.before), ("after", entry.after)):
        digests[side] = None
        if value is not None:
            salt = secrets.token_hex(16)
            digests[side] = _digest(key, salt, value)
            values.append(
                {
                    "case_id": entry.case_id,
                    "position": position,
                    "side": side,
                    "salt": salt,
                    "value": value,
                }
            )
    row: Row = {
        "case_id": entry.case_id,
        "position": position,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "version": entry.version,
        **digests,
    }
    row["mac"] = _mac(key, head.mac, row)
    return Head(position=position, mac=row["mac"]), row, values


def head(connection: Connection, case_id: int) -> Head:
    """The end of a case's chain as it is stored."""
    last = (
        select(Audit.c.position, Audit.c.mac)
        .where(Audit.c.case_id == case_id)
        .order_by(Audit.c.position.desc())
    )
    found = connection.execute(last.limit(1)).one_or_none()
    return START if found is None else Head(position=found.position, mac=found.mac)


def seal(key: bytes, case_id: int, end: Head) -> str:
    """What the case keeps of its chain's end: without the key nobody cuts the newest rows off unseen."""
    return hmac.digest(key, f"end:{case_id}:{end.position}:{end.mac}".encode(), _HASH).hex()


def broken(connection: Connection, key: bytes) -> Iterator[tuple[int, int]]:
    """Case and position of each row that was altered, lost, put in, or whose values do not match.

    A value that was erased together with its salt breaks nothing. A case that lost the end of its chain is
    told with the position that it has left; position 0: the case itself is gone.
    """
    ends: dict[int, Head] = {}
    yield from _broken_rows(connection, key, ends)
    kept = {row.id: row.chain for row in connection.execute(select(Case.c.id, Case.c.chain))}
    for case, stored in sorted(kept.items()):
        end = ends.get(case, START)
        # none: not changed since a version that kept none
        if stored is not None and not hmac.compare_digest(seal(key, case, end), stored):
            yield case, end.position
    given = connection.scalar(select(Meta.c.next_case)) or 1
    yield from ((case, 0) for case in range(1, given) if case not in kept)  # numbers have no gaps


def _broken_rows(connection: Connection, key: bytes, ends: dict[int, Head]) -> Iterator[tuple[int, int]]:
    """The same, row by row; leaves the end of each chain in `ends`."""
    digests: dict[tuple[int, int, str], str] = {
        (row.case_id, row.position, row.side): _digest(key, row.salt, row.value)
        for row in connection.execute(select(*AuditValue.c))
    }
    last, case = START, 0
    for found in connection.execute(select(*Audit.c).order_by(Audit.c.case_id, Audit.c.position)):
        row: Row = dict(found._mapping)  # noqa: SLF001 - the documented way to read a row as a mapping
        if row["case_id"] != case:
            last, case = START, row["case_id"]
        sides_hold = all(
            digests.get((case, row["position"], side), row[side]) == row[side] for side in ("before", "after")
        )
        chained = row["position"] == last.position + 1 and hmac.compare_digest(
            _mac(key, last.mac, row), row["mac"]
        )
        if not (sides_hold and chained):
            yield row["case_id"], row["position"]
        ends[case] = last = Head(position=row["position"], mac=row["mac"])


def _digest(key: bytes, salt: str, value: Document) -> str:
    return hmac.digest(key, f"{salt}:{value.json}".encode("utf-8", "surrogatepass"), _HASH).hex()


def _mac(key: bytes, previous: str, row: Row) -> str:
    covered = [
        previous,
        row["case_id"],
        row["position"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor"],
        row["action"],
        row["version"],
        row["before"],
        row["after"],
    ]
    return hmac.digest(key, json.dumps(covered).encode(), _HASH).hex()
