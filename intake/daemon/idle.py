"""Beside the poller: threads that wake its job as soon as the server says that mail has come in.

They take nothing in and change nothing. Whatever becomes of them, polling goes on at its own pace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from intake.clock import Ticks, monotonic
from intake.config.model import MailboxConfig
from intake.daemon.job import REFUSED_S, backoff
from intake.log import Event, emit
from intake.mail.imap_connect import PasswordProvider
from intake.mail.imap_idle import IdleLine
from intake.mail.source import MisconfiguredError, RefusedError, SourceError

_LOOK_S = 2.0  # between two looks at whether the poller gets through
_LIVED_S = 60.0  # a line that ends sooner counts as a failure in a row
_MENDED_S = 300.0  # a person has to mend something
_JOIN_S = 5.0


class Job(Protocol):
    """What is woken: the mailbox's polling job."""

    @property
    def healthy(self) -> bool:
        """Whether the last pass went through: while the poller cannot reach the server, nobody else knocks."""

    def wake(self) -> None:
        """Asks for a pass now; from any thread."""


@contextmanager
def watching(
    boxes: Mapping[str, MailboxConfig], secrets: Mapping[str, PasswordProvider], jobs: Mapping[str, Job]
) -> Iterator[None]:
    """Watches every mailbox that is to be watched, while the context lasts."""
    watches = [
        IdleWatch(name, folder, jobs[name], connect=partial(IdleLine, name, box, secrets[name]))
        for name, box in boxes.items()
        if box.idle
        for folder in _watched(box)
    ]
    for watch in watches:
        watch.start()
    try:
        yield
    finally:
        for watch in watches:
            watch.stop()
        for watch in watches:
            watch.join()


class IdleWatch:
    """Watches one folder of one mailbox, from `start` to `stop`."""

    def __init__(
        self,
        name: str,
        folder: str,
        job: Job,
        *,
        connect: Callable[[], IdleLine],
        ticks: Ticks = monotonic,
    ) -> None:
        self._name = name
        self._folder = folder
        self._job = job
        self._connect = connect
        self._ticks = ticks
        self._stopped = threading.Event()
        self._line: IdleLine | None = None
        self._attempt = 0  # in a row
        self._thread = threading.Thread(target=self._run, name=f"idle-{name}", daemon=True)

    def start(self) -> None:
        """Begins to watch, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the watch, without waiting for it."""
        self._stopped.set()
        if (line := self._line) is not None:
            line.cut()

    def join(self) -> None:
        """Waits until it has ended; one that is just connecting is left behind after a few seconds."""
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stopped.is_set():
            if not self._job.healthy:
                self._stopped.wait(_LOOK_S)
                continue
            try:
                if not self._watch():
                    emit(Event.IMAP_IDLE_UNSUPPORTED, mailbox=self._name)
                    return
            except SourceError as error:
                if not self._stopped.is_set():
                    self._stopped.wait(self._after(error))

    def _watch(self) -> bool:
        """One connection's life; False: the server has no IDLE."""
        line = self._line = self._connect()
        since, first = self._ticks(), True
        try:
            if not line.supported:
                return False
            for _ in line.arrivals(self._folder):
                if self._stopped.is_set():
                    return True
                if first:
                    emit(Event.IMAP_IDLE_STARTED, mailbox=self._name, folder=self._folder)
                first = False
                self._job.wake()
        finally:
            self._line = None
            line.cut()
            if self._ticks() - since >= _LIVED_S:
                self._attempt = 0
        raise AssertionError("arrivals end by an error alone")

    def _after(self, error: SourceError) -> float:
        """Tells of a line that is lost; gives the seconds until the next try."""
        self._attempt += 1
        wait = backoff(self._attempt)
        if isinstance(error, RefusedError):
            wait = REFUSED_S
        elif isinstance(error, MisconfiguredError):
            wait = _MENDED_S
        emit(
            Event.IMAP_IDLE_LOST,
            mailbox=self._name,
            folder=self._folder,
            error_code=error.code,
            attempt=self._attempt,
            retry_in_s=round(wait, 1),
        )
        return wait


def _watched(box: MailboxConfig) -> list[str]:
    """The first few by name; of "all", the one where mail comes in."""
    return ["INBOX" if folder == "*" else folder for folder in box.folders[: box.idle_folders]]
