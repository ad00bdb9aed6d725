r"""One mailbox, one pass: fetch → pipeline → record → tell the server, oldest message first.

The order is what nothing is lost or doubled by: a message's rows and the cursor that says so are one
transaction; the server hears of it afterwards, from the outbox, as often as it takes. \Seen means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from datetime import date

from intake.casework.judge import Judge
from intake.clock import monotonic
from intake.config.model import MailboxConfig
from intake.log import Event, emit
from intake.mail.message import MessageKey
from intake.mail.source import FolderState, Listed, MisconfiguredError, Source, SourceError
from intake.poll.fetch import Fetcher
from intake.poll.hold import Holder
from intake.poll.outbox import Outbox
from intake.poll.record import Recorder
from intake.poll.replace import Copier, Replacer
from intake.poll.tell import tell_recorded
from intake.poll.values import Counts, Deaf, Observer
from intake.poll.work import Batch, Workshop, uid_of
from intake.store.store import Store
from intake.store.values import Lease


class Poller:
    """Takes in the mail of one mailbox. Not for two threads at once.

    Args:
        name: the mailbox, as the config names it.
        box: its settings.
        source: its server.
        store: where its mail goes.
        holder: who keeps others off it meanwhile.
        workshop: who works on its messages, until told to stop.
        copier: makes what takes the place of originals.
        judge: decides again on cases that answers changed.
        after_pass: what is to be done for a mailbox once its mail is in.
        observer: hears of each message.
    """

    def __init__(  # noqa: PLR0913 - everything that a pass touches, named where it is put together
        self,
        *,
        name: str,
        box: MailboxConfig,
        source: Source,
        store: Store,
        holder: Holder,
        workshop: Workshop,
        copier: Copier,
        judge: Judge | None = None,
        after_pass: Callable[[str], None] | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.name = name
        self.box = box
        self.source = source
        self._store = store
        self._holder = holder
        self._workshop = workshop
        self._stop = workshop.stop
        self._fetcher = Fetcher(name=name, box=box, source=source, known=store)
        self._recorder = Recorder.polling(box, store, judge)
        replacer = Replacer(store=store, source=source, copier=copier, box=box)
        self._outbox = Outbox(store=store, source=source, replacer=replacer, stop=workshop.stop)
        self._after_pass = after_pass
        self._observer = observer or Deaf()
        self.beat = monotonic()  # when a pass last came a step further

    def poll(self, *, limit: int | None = None, since: date | None = None) -> Counts:
        """One pass over all folders; ends early, with what is left as `pending`, when told to stop.

        `since` looks at all mail received from that day on, whatever the cursor says, and leaves the cursor
        where it is: so older mail can be taken in later, and none between is skipped.

        Raises:
            SourceError: the mail server; what was recorded before stays recorded.
            UnavailableError, StoreError: the database.
            BusyError, LeaseLostError: somebody else has this mailbox.
        """
        started = monotonic()
        counts = Counts()
        last_uid = 0
        missing: MisconfiguredError | None = None
        with self.holding() as lease:
            for folder in self.source.expand(self.box.folders):
                try:
                    last_uid = self._folder(lease, folder, counts, limit, since)
                except MisconfiguredError as error:
                    if error.code != "folder_missing":
                        raise
                    missing = error  # told when the others, which do not wait for it, are done
        took = round((monotonic() - started) * 1000)
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
        if missing is not None:
            raise missing
        if self._after_pass is not None:
            self._after_pass(self.name)
        self._observer.pass_finished(self.name, counts)
        return counts

    def holding(self) -> AbstractContextManager[Lease]:
        """The lease on this mailbox: nobody else works on it meanwhile.

        Raises:
            BusyError: somebody else does.
        """
        return self._holder.holding(self.name)

    def take(self, lease: Lease, folder: str, state: FolderState, uids: Sequence[int]) -> Counts:
        """Takes in these messages of an open folder, whether they are accounted for or not; the cursor stays.

        Raises:
            SourceError, UnavailableError, StoreError, LeaseLostError: as `poll` does.
        """
        counts = Counts()
        for listed in self._fetcher.chosen(folder, uids):
            if self._stop.is_set():
                break
            self._finish(lease, self._start(folder, state, listed), 0, counts, moves=False)
            self._tell_server(lease)
            self.source.open(folder)
        return counts

    def _folder(
        self, lease: Lease, folder: str, counts: Counts, limit: int | None, since: date | None
    ) -> int:
        """All that is new in one folder; gives the cursor."""
        self._tell_server(lease)  # what an earlier pass could not
        state = self.source.open(folder)
        cursor = begun = self._cursor(lease, folder, state)
        there = self._there(cursor, since)
        found = self._fetcher.unknown(folder, state, there)
        todo = found if limit is None else found[: max(0, limit - counts.seen)]
        with closing(self._ahead(folder, state, todo)) as started:
            for batch in started:
                cursor = self._finish(lease, batch, cursor, counts, moves=since is None)
                self._tell_server(lease)
                if cursor != batch.last_uid:
                    break  # told to stop: what follows in line must not be recorded before what was left out
        changed = self.source.open(folder).uidvalidity != state.uidvalidity
        if len(todo) < len(found) or self._stop.is_set() or changed:
            counts.leave(sum(1 for uid in found if uid > cursor))
            return cursor
        if since is not None:
            return begun
        # all that was there is stored, or vanished, or older than start_from: it is not asked for again
        end = max([cursor, *there[-1:], (state.uidnext or 1) - 1])
        if end > cursor:
            self._store.set_progress(lease, folder, state.uidvalidity, end)
        return end

    def _there(self, cursor: int, since: date | None) -> list[int]:
        """The UIDs that this pass is about, accounted for or not."""
        if since is not None:
            return self.source.uids_after(0, since)
        first_day = None if self.box.start_from == "all" else self.box.start_from
        return self.source.uids_after(cursor, first_day)

    def _ahead(self, folder: str, state: FolderState, todo: Sequence[int]) -> Generator[Batch]:
        """Each batch once the one after it is fetched: the server delivers while the workers work.

        Where the server fails, what was fetched before is given first.
        """
        ready: Batch | None = None
        try:
            for listed in self._fetcher.batches(folder, todo):
                if self._stop.is_set() or state.uidvalidity != self.source.open(folder).uidvalidity:
                    break
                begun, ready = ready, None
                try:
                    ready = self._start(folder, state, listed)
                except SourceError:
                    if begun is not None:
                        yield begun
                    raise
                if begun is not None:
                    yield begun
            if ready is not None:
                yield ready
        finally:
            if ready is not None:
                ready.cancel()

    def _tell_server(self, lease: Lease) -> None:
        self._outbox.work_off(lease)

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

    def _start(self, folder: str, state: FolderState, listed: Sequence[Listed]) -> Batch:
        """Fetches one batch and hands it to the workers."""
        batch = Batch(last_uid=listed[-1].uid)
        try:
            for got in self._fetcher.fetch(folder, listed):
                uid = uid_of(got)
                key = MessageKey(mailbox=self.name, folder=folder, uidvalidity=state.uidvalidity, uid=uid)
                self._workshop.begin(batch, key, got)
                self._alive()
                if self._stop.is_set():  # the message in hand is finished and committed, the rest is left
                    batch.last_uid = uid
                    break
        except SourceError:
            batch.cancel()
            raise
        return batch

    def _finish(self, lease: Lease, batch: Batch, cursor: int, counts: Counts, *, moves: bool) -> int:
        """Records one batch, as far as it was worked on; gives the cursor."""
        items = []
        for uid, item in self._workshop.results(batch, self._alive):
            cursor = uid
            items.append(item)
            self._alive()
        if len(items) == len(batch.work):
            cursor = batch.last_uid
        for item, recorded in self._recorder.record(lease, items, cursor if moves else None):
            if recorded.fresh:
                counts.add(recorded.disposition)
            tell_recorded(item, recorded)
            self._observer.message_recorded(self.name, recorded)
        return cursor

    def _alive(self) -> None:
        """A step further: tells whoever watches."""
        self.beat = monotonic()
