"""Messages between fetching and recording: handed to the workers, taken back in the order of their UIDs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Final

from intake.mail.message import MessageKey, RawMessage
from intake.mail.source import Unfetched
from intake.poll.values import Processor
from intake.processed import Processed, StageError
from intake.store.values import Failed

_LOOK_S: Final = 1.0  # how often whoever waits for a result says that it is alive, and looks whether to stop


@dataclass(slots=True, kw_only=True)
class Batch:
    """What was fetched together, oldest first."""

    last_uid: int  # the cursor once all of it is recorded; also where that message vanished meanwhile
    work: list[tuple[MessageKey, Unfetched | tuple[RawMessage, Future[Processed]]]] = field(
        default_factory=list
    )

    def cancel(self) -> None:
        """What no worker has begun is not worked on any more."""
        for _, item in self.work:
            if not isinstance(item, Unfetched):
                item[1].cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Hands messages to whoever works on them, and turns what comes back into what is stored.

    Attributes:
        processor: who works on them.
        fingerprint: of the bytes of a message that could not be worked on.
        stop: once it is set, what nobody has begun is left.
    """

    processor: Processor
    fingerprint: Callable[[bytes], str]
    stop: threading.Event

    def begin(self, batch: Batch, place: MessageKey, got: RawMessage | Unfetched) -> None:
        """Hands one message of a batch over."""
        work = got if isinstance(got, Unfetched) else (got, self.processor.submit(got))
        batch.work.append((place, work))

    def results(self, batch: Batch, alive: Callable[[], None]) -> Iterator[tuple[int, Processed | Failed]]:
        """UID and result of each message; told to stop, of those only that were in hand already.

        `alive` is called while it waits: a slow message is no poller that hangs.

        Raises:
            WorkerError: no worker could be started.
        """
        self._await(batch, alive)
        for place, item in batch.work:
            if isinstance(item, Unfetched):
                yield place.uid, _unfetched(place, item)
                continue
            raw, future = item
            try:
                yield place.uid, self._wait(future, alive)
            except StageError as error:
                yield place.uid, self._failed(place, raw, error)
            except CancelledError:
                return

    def _await(self, batch: Batch, alive: Callable[[], None]) -> None:
        """Sleeps until all is done, or it is to stop: woken by each message, it would be in the workers' way."""
        futures = [item[1] for _, item in batch.work if not isinstance(item, Unfetched)]
        while not self.stop.is_set() and wait(futures, _LOOK_S).not_done:
            alive()

    def _wait(self, future: Future[Processed], alive: Callable[[], None]) -> Processed:
        while True:
            if self.stop.is_set():
                future.cancel()
            try:
                return future.result(_LOOK_S)
            except TimeoutError:
                alive()

    def _failed(self, place: MessageKey, raw: RawMessage, error: StageError) -> Failed:
        return Failed(
            key=place,
            stage=error.stage,
            error_code=error.code,
            place=error.detail,
            size=len(raw.data),
            raw_fingerprint=self.fingerprint(raw.data),
        )


def _unfetched(place: MessageKey, got: Unfetched) -> Failed:
    return Failed(
        key=place, stage="fetch", error_code=got.code, place="server", size=got.size, raw_fingerprint=None
    )


def uid_of(got: RawMessage | Unfetched) -> int:
    """The number of what a server delivered, or did not."""
    if isinstance(got, Unfetched):
        return got.uid
    if got.key is None:
        raise AssertionError("what comes from a server has a key")
    return got.key.uid
