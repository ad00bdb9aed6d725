"""Messages in quarantine, tried again: fetched anew, through the same pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from intake.log import Event, emit
from intake.mail.source import LINE_CODES
from intake.poll.poller import Poller
from intake.store import quarantine
from intake.store.places import FILES_UIDVALIDITY
from intake.store.quarantine import Quarantined, program_version
from intake.store.store import Store
from intake.store.values import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What became of messages that were tried again."""

    stored: int = 0
    failed: int = 0  # in quarantine again, one attempt more
    gone: int = 0  # not on the server any more, or numbered anew and so taken in anew: given up


def retry(poller: Poller, store: Store, lease: Lease, rows: Sequence[Quarantined]) -> Retried:
    """Tries messages of the poller's mailbox again; those that came from files fail, and are imported again.

    Raises:
        SourceError: the mail server.
        UnavailableError, StoreError, LeaseLostError: as polling does.
    """
    gone: list[Quarantined] = []
    # a file has to be imported again
    lying = [row for row in rows if row.key.uidvalidity != FILES_UIDVALIDITY]
    for (folder, uidvalidity), group in groupby(sorted(lying, key=_place), key=lambda row: _place(row)[:2]):
        asked = list(group)
        state = poller.source.open(folder)
        uids = [row.key.uid for row in asked]
        same = state.uidvalidity == uidvalidity
        there = {listed.uid for listed in poller.source.describe(uids)} if same else set[int]()
        gone += [row for row in asked if row.key.uid not in there]
        if there:
            poller.take(lease, folder, state, sorted(there))
    if gone:
        with store.writing() as connection:
            quarantine.drop(connection, [row.id for row in gone], by="system:gone")
    with store.reading() as connection:
        left = quarantine.rows(connection, ids=[row.id for row in rows])
    failed = sum(row.dropped_at is None for row in left)
    done = Retried(stored=len(rows) - failed - len(gone), failed=failed, gone=len(gone))
    emit(
        Event.QUARANTINE_RETRIED,
        mailbox=poller.name,
        stored=done.stored,
        failed=done.failed,
        gone=done.gone,
    )
    return done


def retry_older(poller: Poller, store: Store, lease: Lease) -> None:
    """Tries again what another version of this program could not process; each version tries once by itself."""
    with store.reading() as connection:
        rows = quarantine.of_other_versions(connection, poller.name, program_version())
    if rows:
        retry(poller, store, lease, rows)


def retry_broken(poller: Poller, store: Store) -> None:
    """Tries again what is due of the messages over which the line broke: it may have been the line after all.

    Raises:
        SourceError, BusyError, LeaseLostError, UnavailableError, StoreError: as polling does.
    """
    with store.reading() as connection:
        rows = quarantine.broken_off(connection, poller.name, LINE_CODES)
    if rows:
        with poller.holding() as lease:
            retry(poller, store, lease, rows)


def _place(row: Quarantined) -> tuple[str, int, int]:
    return row.key.folder, row.key.uidvalidity, row.key.uid
