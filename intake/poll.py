r"""One mailbox, one pass: fetch → pipeline → record → tell the server, oldest message first.

The order is what nothing is lost or doubled by: a message's rows and the cursor that says so are one
transaction; the server hears of it afterwards, from the outbox, as often as it takes. \Seen means nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from intake.clock import Ticks, monotonic
from intake.config_model import MailboxConfig
from intake.errors import IntakeError
from intake.lock import BusyError, mailbox_lock
from intake.log import Event, emit
from intake.mail.message import MessageKey, RawMessage
from intake.mail.source import FolderState, Listed, Source, Unfetched, UnreachableError
from intake.pipeline import StageError
from intake.poll_log import tell_recorded
from intake.poll_outbox import work_off
from intake.poll_values import LEASE_S, Counts, Deaf, Observer, Processor, batches
from intake.processed import Processed
from intake.replace import Copier, Replacer
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.values import After, Failed, Lease, Recorded

_CHUNK = 500  # messages described at once: sizes are small, bodies are not
_GIVE_UP_AFTER = 3  # broken connections over one and the same message, before it is quarantined


@dataclass(slots=True)
class _Trouble:
    """Where fetching broke the connection: from there on one by one, to find the message that does it."""

    until: int = 0
    uid: int = 0
    times: int = 0
    code: str = ""


class Poller:
    """Takes in the mail of one mailbox. Not for two threads at once."""

    def __init__(  # noqa: PLR0913 - everything that a pass touches, named where it is put together
        self,
        *,
        name: str,
        box: MailboxConfig,
        source: Source,
        processor: Processor,
        fingerprint: Callable[[bytes], str],
        store: Store,
        copier: Copier,
        state_dir: Path,
        owner: str,
        stop: threading.Event,
        observer: Observer | None = None,
        ticks: Ticks = monotonic,
    ) -> None:
        self.name = name
        self.box = box
        self.source = source
        self._processor = processor
        self._fingerprint = fingerprint
        self._store = store
        self._replacer = Replacer(store=store, source=source, copier=copier, box=box)
        self._state_dir = state_dir
        self._owner = owner
        self._stop = stop
        self._observer = observer or Deaf()
        self._ticks = ticks
        self._renewed = 0.0
        self._trouble: dict[str, _Trouble] = {}
        moves = box.after == "move"
        self._after = After(
            kind=box.after,
            keyword=box.keyword or None if box.after == "keep" else None,
            folder=box.move_to if moves else None,
        )

    def poll(self, *, limit: int | None = None) -> Counts:
        """One pass over all folders; ends early, with what is left as `pending`, when told to stop.

        Raises:
            SourceError: the mail server; what was recorded before stays recorded.
            UnavailableError, StoreError: the database.
            BusyError, LeaseLostError: somebody else has this mailbox.
        """
        started = self._ticks()
        counts = Counts()
        last_uid = 0
        with mailbox_lock(self._state_dir, self.name):
            lease = self._store.take_lease(self.name, self._owner, LEASE_S)
            if lease is None:
                raise BusyError(self.name)
            self._renewed = self._ticks()
            try:
                for folder in self.box.folders:
                    last_uid = self._folder(lease, folder, counts, limit)
            finally:
                with suppress(IntakeError):  # a lease that cannot be given back expires
                    self._store.release(lease)
        took = round((self._ticks() - started) * 1000)
        if counts.seen:
            emit(
                Event.POLL_FINISHED,
                mailbox=self.name,
                **counts.to_dict(),
                last_uid=last_uid,
                duration_ms=took,
            )
        else:
            emit(Event.POLL_QUIET, mailbox=self.name, seen=0, last_uid=last_uid, duration_ms=took)
        self._observer.pass_finished(self.name, counts)
        return counts

    def _folder(self, lease: Lease, folder: str, counts: Counts, limit: int | None) -> int:
        """All that is new in one folder; gives the cursor."""
        self._tell_server(lease)  # what an earlier pass could not
        state = self.source.open(folder)
        cursor = self._cursor(lease, folder, state)
        since = None if self.box.start_from == "all" else self.box.start_from
        found = self.source.uids_after(cursor, since)
        todo = found if limit is None else found[: max(0, limit - counts.seen)]
        whole = len(todo) == len(found)
        for batch in self._batches(folder, state, todo):
            if self._stop.is_set() or state.uidvalidity != self.source.open(folder).uidvalidity:
                whole = False
                break
            cursor = self._batch(lease, folder, state, batch, counts)
            self._tell_server(lease)
        if not whole or self._stop.is_set():
            counts.leave(sum(1 for uid in found if uid > cursor))
            return cursor
        # all that was there is stored, or vanished, or older than start_from: it is not asked for again
        end = max([cursor, *found[-1:], (state.uidnext or 1) - 1])
        if end > cursor:
            self._store.set_progress(lease, folder, state.uidvalidity, end)
        return end

    def _tell_server(self, lease: Lease) -> None:
        work_off(self._store, self.source, self._replacer, lease, self._stop)

    def _cursor(self, lease: Lease, folder: str, state: FolderState) -> int:
        """The last UID that is done with; 0 after the server has numbered its messages anew (RFC 9051 §2.3.1.1)."""
        progress = self._store.progress(self.name, folder)
        if progress is None:
            return 0
        if progress.uidvalidity == state.uidvalidity:
            return progress.last_uid
        emit(
            Event.IMAP_UIDVALIDITY_CHANGED,
            mailbox=self.name,
            folder=folder,
            old=progress.uidvalidity,
            new=state.uidvalidity,
            resync=state.exists,
        )
        self._store.set_progress(lease, folder, state.uidvalidity, 0)
        return 0

    def _batches(self, folder: str, state: FolderState, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """What to fetch together: bounded by count and bytes; alone, where fetching broke the connection."""
        box = self.box
        for start in range(0, len(uids), _CHUNK):
            chunk = uids[start : start + _CHUNK]
            known = self._store.known_uids(self.name, folder, state.uidvalidity, chunk)
            self.source.open(folder)
            listed = self.source.describe([uid for uid in chunk if uid not in known])
            until = self._trouble[folder].until if folder in self._trouble else 0
            yield from ([message] for message in listed if message.uid <= until)
            rest = [message for message in listed if message.uid > until]
            yield from batches(
                rest, messages=box.batch_messages, size=box.batch_bytes, cap=box.max_message_bytes
            )

    def _batch(
        self, lease: Lease, folder: str, state: FolderState, batch: Sequence[Listed], counts: Counts
    ) -> int:
        """Fetches, processes and records one batch; gives the cursor."""
        items: list[Processed | Failed] = []
        last_uid = batch[-1].uid  # also where that one has vanished meanwhile
        for got in self._fetch(folder, batch):
            items.append(self._item(folder, state, got))
            if self._ticks() - self._renewed > LEASE_S / 3:
                self._store.renew(lease, LEASE_S)
                self._renewed = self._ticks()
            if self._stop.is_set():  # the message in hand is finished and committed, the rest is left
                last_uid = got.uid if isinstance(got, Unfetched) else _key(got).uid
                break
        for item, recorded in self._record(lease, items, last_uid):
            if recorded.fresh:
                counts.add(recorded.disposition)
            tell_recorded(item, recorded)
            self._observer.message_recorded(self.name, recorded)
        return last_uid

    def _fetch(self, folder: str, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """The batch's messages; remembers where the connection broke, and gives up on a message that does it."""
        first, alone = batch[0], len(batch) == 1
        trouble = self._trouble.get(folder, _Trouble())
        if alone and trouble.uid == first.uid and trouble.times >= _GIVE_UP_AFTER:
            yield Unfetched(uid=first.uid, size=first.size, code=trouble.code)
            return
        try:
            yield from self.source.fetch(batch)
        except UnreachableError as error:
            again = trouble.times if trouble.uid == first.uid else 0
            until = max(trouble.until, batch[-1].uid)
            times = again + 1 if alone else 0
            self._trouble[folder] = _Trouble(until=until, uid=first.uid, times=times, code=error.code)
            raise

    def _item(self, folder: str, state: FolderState, got: RawMessage | Unfetched) -> Processed | Failed:
        if isinstance(got, Unfetched):
            key = MessageKey(mailbox=self.name, folder=folder, uidvalidity=state.uidvalidity, uid=got.uid)
            return Failed(
                key=key,
                stage="fetch",
                error_code=got.code,
                place="server",
                size=got.size,
                raw_fingerprint=None,
            )
        try:
            return self._processor.process(got)
        except StageError as error:
            return Failed(
                key=_key(got),
                stage=error.stage,
                error_code=error.code,
                place=error.detail,
                size=len(got.data),
                raw_fingerprint=self._fingerprint(got.data),
            )

    def _record(
        self, lease: Lease, items: Sequence[Processed | Failed], last_uid: int
    ) -> list[tuple[Processed | Failed, Recorded]]:
        """One transaction for all; where the database refuses one of them, one for each."""
        if not items:
            return []
        try:
            done = self._store.record(
                lease, items, after=self._after, last_uid=last_uid, flood_limit=self.box.flood_limit
            )
        except StoreError:
            return [self._record_one(lease, item) for item in items]
        return list(zip(items, done, strict=True))

    def _record_one(self, lease: Lease, item: Processed | Failed) -> tuple[Processed | Failed, Recorded]:
        uid = _key(item).uid
        try:
            return item, self._store.record(
                lease, [item], after=self._after, last_uid=uid, flood_limit=self.box.flood_limit
            )[0]
        except StoreError as error:
            failed = Failed(
                key=item.key,
                stage="store",
                error_code=error.code,
                place="store",
                size=item.size,
                raw_fingerprint=item.fingerprints.raw
                if isinstance(item, Processed)
                else item.raw_fingerprint,
            )
            return failed, self._store.record(
                lease, [failed], after=self._after, last_uid=uid, flood_limit=self.box.flood_limit
            )[0]


def _key(message: RawMessage | Processed | Failed) -> MessageKey:
    if message.key is None:
        raise AssertionError("what comes from a server has a key")
    return message.key
