"""One mailbox's polling job: runs a pass, and knows how long to wait after whatever went wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

from intake.clock import Ticks, monotonic
from intake.config.model import MailboxConfig
from intake.daemon.status import MailboxStatus
from intake.errors import IntakeError, TryAgainError
from intake.log import Event, emit, failure_place
from intake.mail.source import MisconfiguredError, RefusedError, SourceError, UnreachableError
from intake.poll.values import Counts
from intake.store.errors import LeaseLostError, StoreError
from intake.worker.process import WorkerError

REFUSED_S = 900.0  # between logins that were refused: providers lock accounts that knock too often
_FIRST_S, _MOST_S = 1.0, 300.0
_HELD_S = 15.0  # before the next look at a mailbox that another host works on
_ERROR_FROM = 5  # attempts that fail in a row before a warning becomes an error
HEARTBEAT_S = 3600.0
RECONCILE_S = 3600.0
_STALLED_AGAIN_S = 900.0
# every wait for a socket, a lock or a worker ends long before: whoever waits longer is stuck
_STUCK_S = 900.0


class Pass(Protocol):
    """What the job runs: a Poller."""

    name: str
    box: MailboxConfig
    beat: float  # when it last came a step further

    def poll(self) -> Counts:
        """One pass."""


def backoff(attempt: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds before the next try: 1, 2, 4 … up to 300, less up to a half, so that clients do not knock in step."""
    return max(_FIRST_S, min(_MOST_S, _FIRST_S * 2.0 ** min(attempt - 1, 20)) * (1 - chance() / 2))


class MailboxJob:
    """The job of one mailbox; `run` is called by one scheduler thread at a time."""

    def __init__(  # noqa: PLR0913 - what it runs, each by its name; clock and chance are for tests
        self,
        poller: Pass,
        *,
        postpone: Callable[[str, float], None],
        retry: Callable[[], object] | None = None,
        reconcile: Callable[[], object] | None = None,
        ticks: Ticks = monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = poller.name
        self._poller = poller
        self._postpone = postpone
        self._retry = retry
        self._reconcile = reconcile
        self._reconciled: float | None = None
        self._ticks = ticks
        self._chance = chance
        self.running = False
        self.wanted = False  # a pass was asked for and has not begun
        self._failures = 0  # in a row
        self._polls = self._new = 0  # since the last heartbeat
        now = ticks()
        self.due = now
        self._beat = now
        self._last_good = now
        self._told_stalled: float | None = None
        self._last_code: str | None = None
        self._polled = False

    @property
    def healthy(self) -> bool:
        """Whether the last pass went through; False before the first."""
        return self._polled and self._last_code is None

    def wake(self) -> None:
        """Asks for a pass now, from any thread; while the server or the database is waited for, that wait holds."""
        if not self.healthy:
            return
        self.wanted = True
        if not self.running:
            self._postpone(self.name, 0)

    def run(self) -> None:
        """A pass, and another where it was asked for meanwhile; any of our own errors is logged, none raised."""
        self._pass()
        while self.wanted and self.healthy:
            self._pass()

    def _pass(self) -> None:
        """One pass; an error of ours puts the next one off."""
        self.wanted = False
        self.running = True
        wait: float | None = backoff(self._failures + 1, self._chance)  # where something unforeseen is raised
        try:
            counts = self._poller.poll()
            if self._retry is not None:
                self._retry()
            self._compare()
        except IntakeError as error:
            self._failures += 1
            wait = self._after(error)
        else:
            self._failures = 0
            self._last_code = None
            self._polled = True
            self._polls += 1
            self._new += counts.seen - counts.pending
            self._last_good = self._ticks()
            self._told_stalled = None
            wait = None
        finally:
            self.running = False
            self.due = self._ticks() + (self._poller.box.poll_interval_s if wait is None else wait)
            if wait is not None:
                self._postpone(self.name, wait)

    def _compare(self) -> None:
        """Reconciles, after the first pass and then once an hour."""
        now = self._ticks()
        if self._reconcile is None or (self._reconciled is not None and now - self._reconciled < RECONCILE_S):
            return
        self._reconcile()
        self._reconciled = now

    def bug(self, error: BaseException) -> None:
        """Something unforeseen was raised in `run`: told by class and place, tried again with growing patience."""
        self._failures += 1
        code, place = failure_place(error)
        self._last_code = code
        emit(Event.BUG, error_code=code, place=place)

    def watch(self) -> bool:
        """Called now and then: heartbeat, and whether a pass is overdue by the clock that never jumps."""
        now = self._ticks()
        interval = self._poller.box.poll_interval_s
        if now - self._beat >= HEARTBEAT_S:
            emit(Event.POLL_HEARTBEAT, mailbox=self.name, polls=self._polls, new=self._new)
            self._beat, self._polls, self._new = now, 0, 0
        age = now - self._last_good
        quiet = self._told_stalled is None or now - self._told_stalled >= _STALLED_AGAIN_S
        if age > max(3 * interval, _MOST_S) and quiet and not self.running:
            emit(Event.POLL_STALLED, mailbox=self.name, age_s=round(age), error_code=self._last_code)
            self._told_stalled = now
        slack = self._poller.box.jitter_s + 10
        if self.running or now <= self.due + slack:
            return False
        self.due = now + interval
        return True

    def goes_on(self) -> bool:
        """Whether this mailbox is worked on, or waits for a moment that is still to come."""
        last = self._poller.beat if self.running else self.due + self._poller.box.jitter_s
        return self._ticks() - last <= _STUCK_S

    def status(self) -> MailboxStatus:
        """How this mailbox does."""
        now = self._ticks()
        age = now - self._last_good
        late = age > max(3 * self._poller.box.poll_interval_s, _MOST_S) and not self.running
        return MailboxStatus(
            mailbox=self.name,
            ok=self._last_code in {None, "busy"} and not late,
            running=self.running,
            error_code=self._last_code,
            failures=self._failures,
            last_good_s=round(age) if self._polled else None,
            next_s=0 if self.running else max(0, round(self.due - now)),
        )

    def _after(self, error: IntakeError) -> float | None:
        """Logs a failed pass; gives the seconds to wait, None for the usual interval."""
        if isinstance(error, SourceError):
            return self._after_server(error)
        if isinstance(error, TryAgainError):
            self._failures = 0
            self._last_code = "busy"
            lost = isinstance(error, LeaseLostError)
            emit(Event.LEASE_LOST if lost else Event.LEASE_HELD, mailbox=self.name)
            # whoever holds it may have been killed: its lease is over in half a minute, ours within the whole
            return min(_HELD_S, self._poller.box.poll_interval_s)
        wait = backoff(self._failures, self._chance)
        code, place = failure_place(error)
        if isinstance(error, WorkerError):
            self._last_code = "worker"
            emit(Event.WORKER_FAILED, error_code=code, place=place, retry_in_s=round(wait, 1))
            return wait
        self._last_code = error.code if isinstance(error, StoreError) else code
        emit(Event.DB_FAILED, error_code=self._last_code, place=place, retry_in_s=round(wait, 1))
        return wait

    def _after_server(self, error: SourceError) -> float:
        self._last_code = error.code
        box = self._poller.box
        wait = REFUSED_S if isinstance(error, RefusedError) else backoff(self._failures, self._chance)
        event = Event.IMAP_CONNECT_FAILED
        if isinstance(error, UnreachableError):
            wait = max(wait, min(error.wait_s or 0.0, REFUSED_S))
        if isinstance(error, RefusedError):
            event = Event.IMAP_AUTH_FAILED
        elif isinstance(error, MisconfiguredError):
            wait = _MOST_S  # a person has to mend something; when it is mended nobody should have to restart
            event = Event.IMAP_CONNECT_STILL_FAILING
        elif isinstance(error, UnreachableError) and self._failures >= _ERROR_FROM:
            event = Event.IMAP_CONNECT_STILL_FAILING
        emit(
            event,
            mailbox=self.name,
            host=box.host,
            port=box.effective_port,
            tls=box.tls,
            error_code=error.code,
            attempt=self._failures,
            retry_in_s=round(wait, 1),
        )
        return wait
