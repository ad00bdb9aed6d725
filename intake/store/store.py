"""The store: everything that outlives a process, behind one class. Rows, SQL and drivers end here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, func, select

from intake.case_label import label
from intake.keys import Keys
from intake.log import emit
from intake.store import audit, cases, cursor, leases, outbox, schema
from intake.store.engine import database_url, make_engine, reading, writing
from intake.store.errors import StoreError, edge
from intake.store.tables import Folder, Message, Quarantine
from intake.store.values import (
    After,
    CaseQuery,
    CaseRow,
    CopyPrints,
    Disposition,
    Failed,
    Lease,
    Progress,
    Recorded,
    ServerAction,
)
from intake.store.views import CaseDetail

if TYPE_CHECKING:
    from intake.casework.judge import Judge
    from intake.processed import Processed
    from intake.store.changes import CaseChange
    from intake.store.next_case import Pick


class Store:
    """One database, open. Every method is one transaction, or a few where it says so.

    Every method raises `UnavailableError` where the database cannot be used now, and `StoreError` where it
    refuses the values; neither ever carries a value.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys

    @classmethod
    def open(cls, url: str, keys: Keys, *, create: bool = True) -> Self:
        """Opens the database at `url` (SQLite file or PostgreSQL); an empty one gets its tables if `create`.

        Raises:
            ConfigError: no usable URL, an older or newer schema, or a database made under another secret key.
        """
        with edge():
            engine = make_engine(database_url(url), create=create)
            with ExitStack() as undo:
                undo.callback(engine.dispose)
                schema.check(engine, create=create)
                schema.check_key(engine, keys)
                undo.pop_all()
            return cls(engine, keys)

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take_lease(self, mailbox: str, owner: str, ttl_s: int) -> Lease | None:
        """The mailbox for `ttl_s` seconds by the database's clock; None: another daemon holds it."""
        with edge():
            return leases.take(self._engine, mailbox, owner, ttl_s)

    def renew(self, lease: Lease, ttl_s: int) -> None:
        """Holds the mailbox for `ttl_s` more seconds.

        Raises:
            LeaseLostError: another daemon took it.
        """
        with edge():
            leases.renew(self._engine, lease, ttl_s)

    def release(self, lease: Lease) -> None:
        """Gives the mailbox free.

        Raises:
            LeaseLostError: another daemon took it before.
        """
        with edge():
            leases.release(self._engine, lease)

    def progress(self, mailbox: str, folder: str) -> Progress | None:
        """How far a folder was read; None: never."""
        query = select(Folder.c.uidvalidity, Folder.c.last_uid).where(
            Folder.c.mailbox == mailbox, Folder.c.name == folder
        )
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Progress(uidvalidity=row.uidvalidity, last_uid=row.last_uid)

    def set_progress(self, lease: Lease, folder: str, uidvalidity: int, last_uid: int) -> None:
        """Moves the cursor of a folder; within one UIDVALIDITY it never goes back, except to 0.

        Raises:
            LeaseLostError: the lease ran out or was taken.
        """
        with self.writing() as connection:
            leases.fence(connection, lease)
            cursor.move(connection, lease.mailbox, folder, uidvalidity, last_uid)

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
        """Those of `uids` that are accounted for: stored, or in quarantine."""
        wanted, found = list(uids), set[int]()
        with self.reading() as connection:
            for start in range(0, len(wanted), 500):  # drivers limit the parameters of one statement
                chunk = wanted[start : start + 500]
                for table in (Message, Quarantine):
                    query = select(table.c.uid).where(
                        table.c.mailbox == mailbox,
                        table.c.folder == folder,
                        table.c.uidvalidity == uidvalidity,
                        table.c.uid.in_(chunk),
                    )
                    found.update(connection.scalars(query))
        return found

    def record(  # noqa: PLR0913 - what is stored, and by which rules, each by its name
        self,
        lease: Lease,
        items: Sequence[Processed | Failed],
        *,
        after: After,
        last_uid: int | None,
        flood_limit: int = 0,
        judge: Judge | None = None,
    ) -> list[Recorded]:
        """Stores messages with all that follows from them, in one transaction, and moves the cursor.

        Messages that are stored already are told as they are, and nothing is written for them. `last_uid`
        needs messages of one folder and UIDVALIDITY; None leaves the cursor alone. `flood_limit` is how many
        messages of one sender in an hour may make cases; 0: any number. `judge` decides again on cases that a
        customer's answer changed; without one answers are for review.

        Raises:
            LeaseLostError: the lease ran out or was taken.
            StoreError: one of the messages cannot be stored: nothing was. Record them one by one.
            ValueError: a message of another mailbox or without a place.
        """
        from intake.store import floods, growth, known, threads  # who only reads starts without
        from intake.store.ledger import Ledger
        from intake.store.record import Recording

        end = cursor.after(lease, items, last_uid)
        with self.writing() as connection:
            at = leases.fence(connection, lease)
            ledger = Ledger(connection, audit_key=self._keys.audit, at=at)
            run = Recording(
                known=known.load(connection, items),
                threads=threads.load(connection, items),
                floods=floods.load(connection, items, flood_limit),
                ledger=ledger,
                after=after,
                at=at,
                decides=judge is not None,
            )
            try:
                done = [run.take(item) for item in items]
            except (LookupError, TypeError, ValueError) as error:  # a value that has no place in any column
                raise StoreError(type(error).__name__) from None
            ledger.write()
            events = growth.settle(connection, run.joined, run.came_back, judge, key=self._keys.audit)
            if end is not None:
                cursor.move(connection, lease.mailbox, *end)
        for event, fields in events:
            emit(event, **fields)
        return done

    def due_actions(self, mailbox: str, limit: int) -> list[ServerAction]:
        """What the mail server is to be told now, oldest first."""
        with self.reading() as connection:
            return outbox.due(connection, mailbox, limit)

    def pending_actions(self, mailbox: str) -> int:
        """How much the mail server has not been told, due or not."""
        with self.reading() as connection:
            return outbox.pending(connection, mailbox)

    def begin_actions(
        self, lease: Lease, ids: Sequence[int], *, above: Progress, copies: Sequence[CopyPrints] = ()
    ) -> None:
        """Notes that the server will be told to add messages above `above`, our own `copies` among them.

        Raises:
            LeaseLostError: the lease ran out or was taken.
        """
        with self.writing() as connection:
            leases.fence(connection, lease)
            outbox.begin(connection, lease.mailbox, ids, above=above, copies=copies)

    def actions_done(self, lease: Lease, ids: Iterable[int]) -> None:
        """The mail server was told.

        Raises:
            LeaseLostError: the lease ran out or was taken.
        """
        with self.writing(durable=False) as connection:  # what was told may be told again
            leases.fence(connection, lease)
            outbox.done(connection, lease.mailbox, ids)

    def action_failed(self, lease: Lease, action_id: int, error_code: str, retry_in_s: int) -> None:
        """The mail server could not be told: again in `retry_in_s` seconds.

        Raises:
            LeaseLostError: the lease ran out or was taken.
        """
        with self.writing() as connection:
            leases.fence(connection, lease)
            outbox.failed(connection, lease.mailbox, action_id, error_code=error_code, retry_in_s=retry_in_s)

    def cases(self, query: CaseQuery | None = None) -> list[CaseRow]:
        """The queue, most urgent first."""
        with self.reading() as connection:
            return cases.rows(connection, query or CaseQuery())

    def case(self, name: str) -> CaseDetail | None:
        """One case in full; None: there is none of that name."""
        with self.reading() as connection:
            return cases.detail(connection, name)

    @contextmanager
    def change(self, case: str | Pick, *, expected: int | None = None) -> Iterator[CaseChange]:
        """One case, locked, for changing it in one transaction; an error inside leaves all as it was.

        `case` is its label, or whatever picks one inside the transaction.

        Raises:
            NoInputError: there is no such case.
            ConflictError: it is at another version than the one that was `expected`.
        """
        from intake.store.changes import CaseChange

        with self.writing() as connection:
            name = case if isinstance(case, str) else case(connection)
            change = CaseChange.begin(connection, name, key=self._keys.audit, expected=expected)
            yield change
            change.finish()
        for event, fields in change.events:
            emit(event, **fields)

    def facts_of_open_cases(self, policy: str | None = None) -> Iterator[dict[str, object]]:
        """The facts file of each open case, with its label as `id`."""
        with self.reading() as connection:
            found = cases.open_facts(connection, policy)
        yield from found

    def counts(self, mailbox: str) -> dict[str, int]:
        """How many messages of a mailbox are stored, by disposition; every disposition is a key."""
        counted = dict.fromkeys((disposition.value for disposition in Disposition), 0)
        query = select(Message.c.disposition, func.count()).group_by(Message.c.disposition)
        query = query.where(Message.c.mailbox == mailbox)
        failed = select(func.count()).where(
            Quarantine.c.mailbox == mailbox, Quarantine.c.dropped_at.is_(None)
        )
        with self.reading() as connection:
            counted |= {disposition.value: count for disposition, count in connection.execute(query)}
            counted[Disposition.QUARANTINED.value] = connection.execute(failed).scalar_one()
        return counted

    def broken_audit(self) -> list[tuple[str, int]]:
        """Case and position of every audit row that was altered, lost or put in; empty: the chains hold."""
        with self.reading() as connection:
            return [(label(case), at) for case, at in audit.broken(connection, self._keys.audit)]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, for the modules of this package."""
        with edge(), reading(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that writes, for the modules of this package; `durable`: see `engine.writing`."""
        with edge(), writing(self._engine, durable=durable) as connection:
            yield connection
