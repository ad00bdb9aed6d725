"""One pass that changes nothing: folders are opened with EXAMINE, messages are read and counted, nothing is stored.

Without a database it cannot know which mail is stored already nor which case a reply would join, so a reply
counts as one by its own words, and a double only where both copies are in this pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from intake.clock import monotonic
from intake.config.model import MailboxConfig
from intake.extraction.types import Kind
from intake.log import Event, emit
from intake.mail.message import MessageKey
from intake.mail.source import FolderState, Listed, Source
from intake.poll.fetch import Fetcher, Known
from intake.poll.values import Counts, Deaf, Observer
from intake.poll.work import Batch, Workshop, uid_of
from intake.processed import Processed
from intake.store.values import Disposition, Failed, Progress

_FATES: Final = {
    Kind.REFUND_REQUEST: Disposition.CASE,
    Kind.REPLY: Disposition.REPLY,
    Kind.OTHER: Disposition.SET_ASIDE,
    Kind.AUTOMATIC: Disposition.IGNORED,
}


class Places(Known, Protocol):
    """What is stored already: the store, or nothing."""

    def progress(self, mailbox: str, folder: str) -> Progress | None:
        """How far a folder was read; None: never."""


class DryPoller:
    """Reads one mailbox as `Poller` would, and tells what it would make of it. Not for two threads at once."""

    def __init__(  # noqa: PLR0913 - everything that a pass touches, named where it is put together
        self,
        *,
        name: str,
        box: MailboxConfig,
        source: Source,
        places: Places,
        workshop: Workshop,
        observer: Observer | None = None,
    ) -> None:
        self.name = name
        self.box = box
        self._source = source
        self._places = places
        self._workshop = workshop
        self._stop = workshop.stop
        self._observer = observer or Deaf()
        self._fetcher = Fetcher(name=name, box=box, source=source, known=places)
        self._prints: set[str] = set()
        self.beat = monotonic()  # when a pass last came a step further

    def poll(self, *, limit: int | None = None, since: date | None = None) -> Counts:
        """One pass over all folders.

        Raises:
            SourceError: the mail server.
            UnavailableError: the database.
        """
        started, counts, last_uid = monotonic(), Counts(), 0
        self._prints.clear()
        for folder in self._source.expand(self.box.folders):
            last_uid = self._folder(folder, counts, limit, since)
        took = round((monotonic() - started) * 1000)
        emit(
            Event.POLL_FINISHED,
            mailbox=self.name,
            **counts.to_dict(),
            last_uid=last_uid,
            duration_ms=took,
        )
        self._observer.pass_finished(self.name, counts)
        return counts

    def _folder(self, folder: str, counts: Counts, limit: int | None, since: date | None) -> int:
        state = self._source.open(folder)
        progress = self._places.progress(self.name, folder)
        known = progress is not None and progress.uidvalidity == state.uidvalidity and since is None
        cursor = progress.last_uid if progress is not None and known else 0
        first_day = since or (None if self.box.start_from == "all" else self.box.start_from)
        found = self._fetcher.unknown(folder, state, self._source.uids_after(cursor, first_day))
        todo = found if limit is None else found[: max(0, limit - counts.seen)]
        for listed in self._fetcher.batches(folder, todo):
            if self._stop.is_set():
                break
            cursor = self._batch(folder, state, listed, counts)
        if len(todo) < len(found) or self._stop.is_set():
            counts.leave(sum(1 for uid in found if uid > cursor))
        return cursor

    def _batch(self, folder: str, state: FolderState, listed: Sequence[Listed], counts: Counts) -> int:
        batch = Batch(last_uid=listed[-1].uid)
        for got in self._fetcher.fetch(folder, listed):
            uid = uid_of(got)
            key = MessageKey(mailbox=self.name, folder=folder, uidvalidity=state.uidvalidity, uid=uid)
            self._workshop.begin(batch, key, got)
            self._alive()
        cursor = 0
        for uid, item in self._workshop.results(batch, self._alive):
            counts.add(self._fate(item))
            cursor = uid
            self._alive()
        return cursor

    def _fate(self, item: Processed | Failed) -> Disposition:
        if isinstance(item, Failed):
            return Disposition.QUARANTINED
        if item.fingerprints.raw in self._prints:
            return Disposition.DUPLICATE
        self._prints.add(item.fingerprints.raw)
        return Disposition.CASE if item.extraction.doubtful else _FATES[item.extraction.kind]

    def _alive(self) -> None:
        """A step further: tells whoever watches."""
        self.beat = monotonic()
