"""The rows of one batch, gathered and then written with one bulk insert a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, update

from intake.case_label import label
from intake.casework.facts import Stated
from intake.casework.states import State
from intake.mail.message import MessageKey
from intake.processed import Processed
from intake.store import audit, rows
from intake.store.bulk import insert_all
from intake.store.documents import document
from intake.store.errors import VersionConflictError
from intake.store.forms import is_word
from intake.store.known import OpenCase
from intake.store.notifications import notification_row
from intake.store.quarantine import program_version
from intake.store.tables import (
    Attachment,
    Audit,
    AuditValue,
    Case,
    CaseLink,
    Decision,
    Fact,
    Field,
    Finding,
    Message,
    MessagePart,
    MessageReference,
    Meta,
    Notification,
    Outbox,
    Quarantine,
)
from intake.store.values import After, Disposition, Failed, ServerActionKind

# Parents before their children; PostgreSQL and SQLite both check foreign keys row by row.
_ORDER: Final = (
    Case,
    CaseLink,
    Message,
    MessageReference,
    MessagePart,
    Attachment,
    Finding,
    Field,
    Fact,
    Decision,
    Notification,
    Audit,
    AuditValue,
    Outbox,
    Quarantine,
)
_WITH_WORDS: Final = frozenset({Disposition.CASE, Disposition.REPLY, Disposition.SET_ASIDE})


class Ledger:
    """Gathers rows, numbers cases and messages, and writes everything at the end."""

    def __init__(self, connection: Connection, *, audit_key: bytes, at: datetime) -> None:
        self._connection = connection
        self._audit_key = audit_key
        self._at = at
        # one writer at a time over all mailboxes: numbers have no gaps, and the same mail in two
        # mailboxes is seen by whoever comes second (SQLite has but one writer anyway)
        counters = select(Meta.c.next_case, Meta.c.next_message).where(Meta.c.id == 1).with_for_update()
        self._case, self._message = connection.execute(counters).one()
        self._rows: dict[Table, list[rows.Row]] = {table: [] for table in _ORDER}
        self._changed: dict[int, OpenCase] = {}
        self._new: dict[int, rows.Row] = {}

    def next_case(self) -> int:
        """The id of a new case."""
        self._case += 1
        return self._case - 1

    def message(self, item: Processed, row: rows.Row, after: After) -> int:
        """A message with its parts, as far as its disposition keeps them, and the action on the server."""
        ident = self._message
        self._message += 1
        disposition = row["disposition"]
        if disposition in _WITH_WORDS:
            row |= rows.words_of(item)
            self._add(MessagePart, rows.part_rows(item.message, ident))
            self._add(Attachment, rows.attachment_rows(item, ident))
        elif disposition is Disposition.IGNORED:
            self._add(MessagePart, [rows.subject_row(item.message, ident)])
        if disposition is not Disposition.DUPLICATE:
            self._add(MessageReference, rows.reference_rows(item, ident))
            self._add(Finding, rows.finding_rows(item.message, ident))
        self._add(Message, [row | {"id": ident}])
        self._add(Outbox, _actions(row, ident, after))
        return ident

    def fields(self, found: Iterable[rows.Row]) -> None:
        """Readings of fields."""
        self._add(Field, found)

    def state_facts(self, case_id: int, said: Iterable[Stated]) -> None:
        """What a mail that may speak for its case states."""
        from intake.store.facts import fact_row  # and so the vocabulary: who only reads does without

        self._add(Fact, (fact_row(case_id, one) for one in said))

    def open_case(self, case: OpenCase, row: rows.Row, decision: rows.Row) -> None:
        """A new case with its first decision."""
        self._new[case.id] = row
        self._add(Case, [row])
        self._add(Decision, [decision])
        told = ("case.created", "case.ready") if row["state"] is State.READY else ("case.created",)
        self._add(Notification, (notification_row(row, event, at=self._at) for event in told))

    def change_case(self, case: OpenCase) -> None:
        """A case that grew; written once, as it is at the end."""
        if case.id in self._new:
            self._new[case.id] |= {"version": case.version, "messages": case.messages, "state": case.state}
        else:
            self._changed[case.id] = case

    def link(self, older: int, case_id: int, kind: str) -> None:
        """Two cases that belong together."""
        self._add(CaseLink, [{"case_id": older, "other_id": case_id, "kind": kind, "at": self._at}])

    def audit(
        self,
        case: OpenCase,
        *,
        action: str,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
        actor: str,
    ) -> None:
        """One more link of the case's chain."""
        entry = audit.Entry(
            case_id=case.id,
            at=self._at,
            actor=actor,
            action=action,
            version=case.version,
            before=None if before is None else document(before),
            after=None if after is None else document(after),
        )
        case.head, link, values = audit.append(self._audit_key, case.head, entry)
        if case.id in self._new:
            self._new[case.id]["chain"] = self._seal(case)
        self._add(Audit, [link])
        self._add(AuditValue, values)

    def quarantine(self, item: Failed, key: MessageKey, *, attempts: int) -> None:
        """A message that failed, for the first time or again."""
        why = {
            "stage": _word(item.stage),
            "error_code": _word(item.error_code),
            "place": _word(item.place),
            "size": item.size,
            "raw_fingerprint": item.raw_fingerprint,
            "attempts": attempts,
            "last_at": self._at,
            "version": program_version(),
            "dropped_at": None,
            "dropped_by": None,
        }
        if attempts > 1:
            self._connection.execute(update(Quarantine).where(_lies_at(key)).values(**why))
            return
        place = {"mailbox": key.mailbox, "folder": key.folder, "uidvalidity": key.uidvalidity, "uid": key.uid}
        self._add(Quarantine, [{**place, **why, "first_at": self._at}])

    def leave_quarantine(self, key: MessageKey) -> None:
        """A message that failed before and could be processed now."""
        self._connection.execute(delete(Quarantine).where(_lies_at(key)))

    def write(self) -> None:
        """Writes it all.

        Raises:
            VersionConflictError: a case was changed by somebody who did not wait for our lock.
        """
        for table in _ORDER:
            insert_all(self._connection, table, self._rows[table])
        for case in self._changed.values():
            changed = self._connection.execute(
                update(Case)
                .where(Case.c.id == case.id, Case.c.version == case.stored_version)
                .values(
                    version=case.version,
                    messages=case.messages,
                    state=case.state,
                    updated_at=self._at,
                    chain=self._seal(case),
                )
            )
            if changed.rowcount != 1:
                raise VersionConflictError(label(case.id))
        self._connection.execute(
            update(Meta).where(Meta.c.id == 1).values(next_case=self._case, next_message=self._message)
        )

    def _seal(self, case: OpenCase) -> str:
        return audit.seal(self._audit_key, case.id, case.head)

    def _add(self, table: Table, found: Iterable[rows.Row]) -> None:
        self._rows[table].extend(found)


def _lies_at(key: MessageKey) -> ColumnElement[bool]:
    return and_(
        Quarantine.c.mailbox == key.mailbox,
        Quarantine.c.folder == key.folder,
        Quarantine.c.uidvalidity == key.uidvalidity,
        Quarantine.c.uid == key.uid,
    )


def _actions(message: rows.Row, ident: int, after: After) -> Iterable[rows.Row]:
    kind, target = {
        "keep": (ServerActionKind.MARK, after.keyword),
        "move": (ServerActionKind.MOVE, after.folder),
        "redact": (ServerActionKind.REPLACE, message["folder"]),  # the copy goes where the original lies
    }[after.kind]
    if target:
        yield {
            "mailbox": message["mailbox"],
            "message": ident,
            "kind": kind,
            "target": target,
            "attempts": 0,
            "next_try": 0,
            "done": False,
            "error_code": None,
        }


def _word(text: str) -> str:
    """Why a message failed must never itself fail to be stored."""
    return text if is_word(text) else "unknown"
