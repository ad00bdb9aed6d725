"""Reconciliation: what lies on the server against what has a row; what is missing is taken in, and said.

The cursor of a folder is a cache. Whatever made it wrong (an old backup put back, a server that showed a message
late, a bug of ours), the rows are the record, and a message below the cursor without one is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from intake.log import Event, emit
from intake.mail.message import MessageKey
from intake.mail.source import FolderState
from intake.poll.poller import Poller
from intake.poll.retry import retry_older
from intake.store.places import uids_between
from intake.store.store import Store
from intake.store.values import Lease

# UIDs asked for at once: imaplib refuses an answer whose line has a million characters
_WINDOW: Final = 80_000
_AT_ONCE: Final = 500  # missing messages taken in at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """One folder, compared."""

    mailbox: str
    folder: str
    server: int  # messages that should have a row: read already, and not from before start_from
    rows: int  # of this numbering (UIDVALIDITY), below the cursor
    missing: int  # without a row
    fetched: int  # of these, taken in now
    gone: int  # rows whose message is not there any more: moved, replaced or deleted, so no error

    def to_dict(self) -> dict[str, object]:
        """As `intake reconcile --json` prints it."""
        return asdict(self)


def reconcile(poller: Poller, store: Store) -> Iterator[Reconciled]:
    """Compares every folder of a mailbox and heals what differs; tries again what an older version could not.

    Raises:
        SourceError: the mail server.
        UnavailableError, StoreError: the database.
        BusyError, LeaseLostError: somebody else has this mailbox.
    """
    with poller.holding() as lease:
        retry_older(poller, store, lease)
        for folder in poller.source.expand(poller.box.folders):
            done = _folder(poller, store, lease, folder)
            if done.missing:
                emit(
                    Event.RECONCILE_DIFFERENCE,
                    mailbox=done.mailbox,
                    folder=folder,
                    missing=done.missing,
                    fetched=done.fetched,
                )
            emit(Event.RECONCILE_FINISHED, **done.to_dict())  # type: ignore[arg-type] # numbers and names
            yield done


def _folder(poller: Poller, store: Store, lease: Lease, folder: str) -> Reconciled:
    state = poller.source.open(folder)
    progress = store.progress(poller.name, folder)
    # what lies above the cursor, or all of it under a new numbering, is the next poll's
    last = progress.last_uid if progress and progress.uidvalidity == state.uidvalidity else 0
    server = rows = gone = 0
    missing: list[int] = []
    for low, high in _windows(state, last):
        there = _on_server(poller, low, high)
        first = MessageKey(mailbox=poller.name, folder=folder, uidvalidity=state.uidvalidity, uid=low)
        with store.reading() as connection:
            known = uids_between(connection, first, high)
        server, rows = server + len(there), rows + len(known)
        missing += sorted(there - known)
        absent = known - there
        if absent and poller.box.start_from != "all":  # start_from may be younger than a row
            absent -= set(poller.source.uids_between(low, high, None))
        gone += len(absent)
    fetched = 0
    for start in range(0, len(missing), _AT_ONCE):
        some = missing[start : start + _AT_ONCE]
        poller.take(lease, folder, state, some)
        fetched += len(store.known_uids(poller.name, folder, state.uidvalidity, some))
    return Reconciled(
        mailbox=poller.name,
        folder=folder,
        server=server,
        rows=rows,
        missing=len(missing),
        fetched=fetched,
        gone=gone,
    )


def _on_server(poller: Poller, low: int, high: int) -> set[int]:
    since = None if poller.box.start_from == "all" else poller.box.start_from
    return set(poller.source.uids_between(low, high, since))


def _windows(state: FolderState, last: int) -> Iterator[tuple[int, int]]:
    """Ranges of UIDs up to `last`, each with an answer of bounded size; one where the folder is no larger."""
    size = max(last, 1) if state.exists <= _WINDOW else _WINDOW
    for low in range(1, last + 1, size):
        yield low, min(low + size - 1, last)
