"""Worker processes that can be killed: each message has a budget, and one that exceeds it stops no other.

Raw bytes go in, values come back as JSON (`codec`). One thread a worker keeps it busy: the next small
messages lie in its pipe while it has one in hand, because a thread that waits for its turn wakes late.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from intake.log import Event, emit
from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker.main import Task
from intake.worker.process import GoneError, WorkerError, WorkerProcess

_IN_HAND: Final = 8  # messages that one worker has: one under work, the others in its pipe
# bytes of them together: what a socket surely holds, so that no side waits for the other
_PIPE: Final = 64 * 1024
# a worker may be killed by somebody else; twice over the same message is the message's doing
_DEATHS: Final = 2
_AHEAD: Final = 64
_AHEAD_BYTES: Final = 16 * 1024 * 1024
_END_S: Final = 5.0


@dataclass(slots=True, kw_only=True)
class _Job:
    raw: RawMessage
    future: Future[Processed] = field(default_factory=Future)
    deaths: int = 0


class Workers:
    """A fixed number of worker processes, started with the first message. For any number of threads.

    Args:
        task: What each of them has to know.
        count: How many there are.
        seconds: How long one message may take.
    """

    def __init__(self, task: Task, *, count: int, seconds: float) -> None:
        self._task = task
        self._seconds = seconds
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{number}", daemon=True)
            for number in range(count)
        ]

    def start(self) -> None:
        """Starts the processes, without waiting for them."""
        with self._changed:
            for thread in self._threads:
                if thread.ident is None:
                    thread.start()

    def submit(self, raw: RawMessage) -> Future[Processed]:
        """Queues one message.

        The future raises `StageError` where the message cannot be processed, within its budget or at all, and
        `WorkerError` where no worker could be started.
        """
        job = _Job(raw=raw)
        self.start()
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        return job.future

    def each(self, raws: Iterable[RawMessage]) -> Iterator[tuple[RawMessage, Processed | StageError]]:
        """The results in the order of the messages; a few are read ahead, bounded by count and bytes.

        Raises:
            WorkerError: no worker could be started.
        """
        ahead: deque[tuple[RawMessage, Future[Processed]]] = deque()
        size = 0
        for raw in raws:
            ahead.append((raw, self.submit(raw)))
            size += len(raw.data)
            while len(ahead) > _AHEAD or size > _AHEAD_BYTES:
                first, future = ahead.popleft()
                size -= len(first.data)
                yield first, _outcome(future)
        for first, future in ahead:
            yield first, _outcome(future)

    def close(self) -> None:
        """Ends the processes after the messages that they have in hand; what is queued is cancelled."""
        with self._changed:
            self._closed = True
            while self._jobs:
                self._jobs.popleft().future.cancel()
            self._changed.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        """One worker's thread: until closed and nothing is in hand."""
        worker: WorkerProcess | None = None
        hand: deque[_Job] = deque()
        sent = 0
        while self._take(hand):
            try:
                if worker is None:
                    worker, sent = WorkerProcess(self._task), 0
                while sent < len(hand):
                    worker.send(hand[sent].raw)
                    sent += 1
                result = worker.receive(self._seconds)
            except WorkerError as error:
                hand.popleft().future.set_exception(error)
                continue
            except GoneError as gone:
                assert worker is not None  # noqa: S101 - it was, a moment ago
                worker.end()
                worker = None
                _bury(hand, gone)
                continue
            sent -= 1
            _settle(hand.popleft(), result)
            if isinstance(result, StageError) and result.code == "over_budget":
                worker.end()  # what is left of such a message in its memory is not worth knowing
                worker = None
        if worker is not None:
            worker.end(wait_s=_END_S)

    def _take(self, hand: deque[_Job]) -> bool:
        """Adds what a worker can have in hand, waits where that is nothing; False: nothing will come any more."""
        with self._changed:
            while True:
                while self._jobs and len(hand) < _IN_HAND and (not hand or _fits(hand, self._jobs[0])):
                    job = self._jobs.popleft()
                    if job.future.set_running_or_notify_cancel():
                        hand.append(job)
                if hand or self._closed:
                    return bool(hand)
                self._changed.wait()  # also where all that was there had been cancelled


def _fits(hand: deque[_Job], job: _Job) -> bool:
    return sum(len(held.raw.data) for held in hand) + len(job.raw.data) <= _PIPE


def _bury(hand: deque[_Job], gone: GoneError) -> None:
    """Who was in hand when a worker ended was the reason: at once where it took too long, else the second time."""
    emit(Event.WORKER_RESTARTED, stage=gone.stage, cause=gone.cause)
    hand[0].deaths += 1
    if gone.cause == "time" or hand[0].deaths >= _DEATHS:
        _settle(hand.popleft(), StageError(stage=gone.stage, code="over_budget", detail=gone.cause))


def _outcome(future: Future[Processed]) -> Processed | StageError:
    try:
        return future.result()
    except StageError as error:
        return error


def _settle(job: _Job, result: Processed | StageError) -> None:
    if isinstance(result, StageError):
        job.future.set_exception(result)
    else:
        job.future.set_result(result)
