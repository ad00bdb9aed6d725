"""One case, locked, and everything that changes with it: facts, decision, state, audit, notifications.

The one door for whoever changes a case that is stored: commands, pages, the poller, the clocks. A change is
made inside a transaction of the store (`Store.change`), is written by `finish`, and raises the version by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from intake.case_label import case_id_of, label
from intake.casework.facts import FactSource, Stated, plain, winners
from intake.casework.states import Action, State, allowed, evaluated, state_of
from intake.errors import no_such_case
from intake.log import Event, Label
from intake.people import SYSTEM, Actor, Role
from intake.store import audit, facts
from intake.store.base import AnyRow
from intake.store.changes_rows import case_columns, decision_row, unchanged
from intake.store.changes_since import AUDITED, ConflictError, changed_since
from intake.store.decisions import decision_of, logged, newest_decision
from intake.store.documents import document
from intake.store.engine import moment_ms
from intake.store.errors import VersionConflictError
from intake.store.notifications import notification_row
from intake.store.tables import Audit, AuditValue, Case, Decision, Notification
from rules.types import IN_DOUBT

if TYPE_CHECKING:
    from intake.casework.judge import Judge, Judged

Values = Mapping[str, object]


class CaseChange:
    """A case under its lock. `row` is what it becomes: read it freely, change it through the methods."""

    def __init__(self, connection: Connection, row: dict[str, Any], *, key: bytes, now_ms: int) -> None:
        self.connection = connection
        self.row = row
        self.now_ms = now_ms
        self.at = datetime.fromtimestamp(now_ms / 1000, UTC)
        self.version: int = row["version"] + 1
        self.events: list[tuple[Event, dict[str, Label]]] = []  # to be logged once the transaction stands
        self._stored_version: int = row["version"]
        self._was = dict(row)
        self._key = key
        self._entries: list[audit.Entry] = []

    @classmethod
    def begin(
        cls,
        connection: Connection,
        name: str,
        *,
        key: bytes,
        expected: int | None = None,
        grown: bool = False,
    ) -> CaseChange:
        """Locks a case.

        Args:
            connection: of a writing transaction.
            name: its label.
            key: of the audit.
            expected: the version that whoever changes it has seen.
            grown: the version was raised earlier in this transaction (the poller's batch): not again.

        Raises:
            NoInputError: there is no such case.
            ConflictError: it is at another version; says what changed.
        """
        ident = case_id_of(name)
        query = select(*Case.c).where(Case.c.id == ident).with_for_update()
        found = connection.execute(query).one_or_none() if ident else None
        if found is None:
            raise no_such_case(name)
        row: dict[str, Any] = dict(found._mapping)  # noqa: SLF001 - the documented way to read a row as a mapping
        if expected is not None and row["version"] != expected:
            raise ConflictError(
                label(row["id"]), expected, row["version"], changed_since(connection, row["id"], expected)
            )
        change = cls(connection, row, key=key, now_ms=moment_ms(connection))
        if grown:
            change.version = row["version"]
        return change

    @property
    def label(self) -> str:
        """R-1042."""
        return label(self.row["id"])

    @property
    def state(self) -> State:
        """Where it stands now, in this change."""
        state: State = self.row["state"]
        return state

    @property
    def known(self) -> dict[str, Stated]:
        """The statements that the rules go by, by fact."""
        return winners(self.stated)

    @property
    def stated(self) -> list[Stated]:
        """Everything that was stated."""
        return facts.stated(self.connection, self.row["id"])

    def act(self, action: Action, actor: Actor, *, told: Values | None = None, **columns: object) -> None:
        """Does what the States table allows, and writes it into the history.

        Args:
            action: what.
            actor: who.
            told: further values for the history: typed, text redacted.
            columns: what else changes in the case's row; `state` only where the table leaves it open.

        Raises:
            ForbiddenError: not for this role.
            WrongStateError: not in this state.
            HeldError: somebody else holds the case.
        """
        row = allowed(action, case=self.label, state=self.state, actor=actor, owner=self.row["owner"])
        if row.target is not None:
            columns["state"] = row.target
        before = dict(self.row)
        self.row |= columns
        if self.state is not before["state"]:
            self._moved(before["state"], actor)
        changed = [name for name in AUDITED if self.row[name] != before[name]]
        after = {name: self.row[name] for name in changed} | dict(told or {})
        self.note(action, actor, {name: before[name] for name in changed} or None, after or None)

    def state_facts(
        self, source: FactSource, said: Iterable[Stated], *, actor: Actor, keys: Iterable[str] | None = None
    ) -> bool:
        """Puts statements in the place of those of the same source; whether that changed anything.

        Args:
            source: whose word it is.
            said: the statements.
            actor: who does it, for the history.
            keys: the facts that the source speaks of now; those it does not state any more are taken back.
                None: all of its facts.
        """
        new = {one.key: one for one in said}
        wanted = None if keys is None else set(keys)
        old = {
            one.key: one
            for one in self.stated
            if one.source is source and (wanted is None or one.key in wanted)
        }
        touched = sorted(
            key
            for key in old.keys() | new.keys()
            if key not in old or key not in new or plain(old[key].value) != plain(new[key].value)
        )
        if not touched:
            return False
        facts.replace(
            self.connection,
            self.row["id"],
            source=source,
            said=[new[key] for key in touched if key in new],
            keys=touched,
        )
        self.note(
            "facts.stated",
            actor,
            {key: facts.storable_value(old[key].value) if key in old else None for key in touched},
            {key: facts.storable_value(new[key].value) if key in new else None for key in touched},
        )
        return True

    def doubt(self, newest: AnyRow) -> str | None:
        """Why it is not sure that the case asks for a refund, as its newest decision says.

        Neither mail nor records settle that, nor another policy: only what a person states.
        """
        if any(one.source is FactSource.PERSON for one in self.stated):
            return None
        steps = (step for step in decision_of(newest).steps if step.rule == IN_DOUBT)
        return next((step.because[0] for step in steps), None)

    def decide_again(self, judge: Judge, *, actor: Actor = SYSTEM) -> Judged:
        """Lets the rules speak on what is known now; a case that nobody works on follows its outcome.

        Raises:
            FactErrors: the facts cannot be true together; nothing may be written then.
        """
        newest = newest_decision(self.connection, self.row["id"])
        judged = judge.judge(self.row["policy"], self.stated, doubt=self.doubt(newest))
        columns = case_columns(self.connection, self.row, judged)
        after = judged.decision.outcome
        # whoever edits a case that was asked about although nothing was missing has what it waited for
        told = (
            actor.role is not Role.SYSTEM
            and self.state is State.NEEDS_INFORMATION
            and state_of(after) is State.READY
        )
        same = unchanged(newest, judged) and all(self.row[name] == value for name, value in columns.items())
        if same and not told:
            return judged
        before: str = self.row["outcome"]
        columns["state"] = state_of(after) if told else evaluated(self.state, before=before, after=after)
        self.act(Action.EVALUATE, actor, told={"policy_version": judged.decision.policy_version}, **columns)
        row = decision_row(self.row["id"], self.version, judged, newest, self.at)
        if newest.version == self.version:  # a batch that opened the case and then had its reply
            keep = {"case_id", "version"}
            values = {name: value for name, value in row.items() if name not in keep}
            here = (Decision.c.case_id == self.row["id"], Decision.c.version == self.version)
            self.connection.execute(update(Decision).where(*here).values(**values))
        else:
            self.connection.execute(insert(Decision), [row])
        self.log(Event.CASE_EVALUATED, **logged(judged.decision))
        return judged

    def note(self, action: str, actor: Actor, before: Values | None, after: Values | None) -> None:
        """One more row of the history, for what is no action of the States table too."""
        self._entries.append(
            audit.Entry(
                case_id=self.row["id"],
                at=self.at,
                actor=actor.label,
                action=str(action),
                version=self.version,
                before=None if before is None else document(before),
                after=None if after is None else document(after),
            )
        )

    def notify(self, event: str, *, hold_s: int = 0, more: Values | None = None) -> None:
        """Has others told of the case as it is now; in `hold_s` seconds, until which it can be taken back."""
        row = notification_row(
            self.row | {"version": self.version}, event, at=self.at, hold_s=hold_s, more=more
        )
        self.connection.execute(insert(Notification), [row])

    def log(self, event: Event, **fields: Label) -> None:
        """Has an event logged once the transaction stands."""
        self.events.append((event, {"case_id": self.label, "version": self.version, **fields}))

    def finish(self) -> int:
        """Writes it all; gives the version. Nothing is written where nothing happened.

        Raises:
            VersionConflictError: somebody changed the case without waiting for the lock.
        """
        if not self._entries:
            self.version = self._stored_version
            return self.version
        if self.state is State.READY and self._was["state"] not in {State.READY, State.IN_REVIEW}:
            self.notify("case.ready")
        self._write_history()
        columns = {name: value for name, value in self.row.items() if name != "id"}
        columns |= {"version": self.version, "updated_at": self.at}
        here = (Case.c.id == self.row["id"], Case.c.version == self._stored_version)
        if self.connection.execute(update(Case).where(*here).values(**columns)).rowcount != 1:
            raise VersionConflictError(self.label)
        return self.version

    def _write_history(self) -> None:
        end, links, values = audit.head(self.connection, self.row["id"]), [], []
        for entry in self._entries:
            end, link, found = audit.append(self._key, end, entry)
            links.append(link)
            values += found
        self.connection.execute(insert(Audit), links)
        if values:
            self.connection.execute(insert(AuditValue), values)
        self.row["chain"] = audit.seal(self._key, self.row["id"], end)

    def _moved(self, before: State, actor: Actor) -> None:
        self.row["state_since"] = self.at
        if self.state is not State.IN_REVIEW:
            self.row |= {"owner": None, "held_until": None}
        if self.state is not State.CLOSED:
            self.row["resolution"] = None
        if self.state is State.NEEDS_INFORMATION:
            self.row["due"] = None  # the clock rests while the customer is asked
        self.log(
            Event.CASE_STATE_CHANGED,
            from_state=before.value,
            to_state=self.state.value,
            actor=actor.label,
            role=actor.role.value,
        )
