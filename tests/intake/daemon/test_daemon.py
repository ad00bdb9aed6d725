"""The daemon's patience: how long it waits after what, what it says, and that it ends when told to."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from intake.config.model import Config, MailboxConfig
from intake.daemon import run
from intake.daemon.job import HEARTBEAT_S, REFUSED_S, MailboxJob, backoff
from intake.errors import IntakeError, Problem, UnavailableError
from intake.mail.source import MisconfiguredError, RefusedError, UnreachableError
from intake.poll.lock import BusyError
from intake.poll.values import Counts
from intake.store.errors import LeaseLostError, StoreError

BOX = MailboxConfig(
    host="imap.example.org", username="u", policy="pars", start_from="all", poll_interval_s=60, idle=False
)


class FakePoller:
    def __init__(self, name: str = "support", box: MailboxConfig = BOX) -> None:
        self.name = name
        self.box = box
        self.beat = 0.0
        self.outcomes: list[Counts | Exception] = []
        self.polled = threading.Event()

    def poll(self) -> Counts:
        outcome = self.outcomes.pop(0) if self.outcomes else Counts()
        self.polled.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Job:
    """A job on a clock that the test moves."""

    def __init__(self, *outcomes: Counts | Exception) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.poller = FakePoller()
        self.poller.outcomes = list(outcomes)
        self.job = MailboxJob(
            self.poller,
            postpone=lambda _name, wait: self.waits.append(wait),
            ticks=lambda: self.now,
            chance=lambda: 0.0,
        )

    def run(self, times: int = 1) -> list[dict[str, Any]]:
        with capture_logs() as logs:
            for _ in range(times):
                self.job.run()
        return [dict(entry) for entry in logs]


def unreachable() -> UnreachableError:
    return UnreachableError("timeout", where="mailbox support", what="no answer in time")


def test_an_outage_is_waited_out_with_growing_patience_and_an_error_from_the_fifth() -> None:
    job = Job(*(unreachable() for _ in range(11)))
    logs = job.run(11)
    assert job.waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert {entry["event"] for entry in logs} == {"imap.connect_failed"}
    assert [entry["log_level"] for entry in logs] == ["warning"] * 4 + ["error"] * 7
    assert logs[0] | {"error_code": "timeout", "attempt": 1, "retry_in_s": 1.0} == logs[0]


def test_after_success_the_patience_starts_anew() -> None:
    job = Job(unreachable(), unreachable(), Counts(seen=1, cases=1), unreachable())
    job.run(4)
    assert job.waits == [1, 2, 1]


def test_a_refused_login_waits_a_quarter_of_an_hour_and_is_an_error_at_once() -> None:
    job = Job(RefusedError("login", where="mailbox support", what="the login was refused"))
    (entry,) = job.run()
    assert job.waits == [REFUSED_S] == [900]
    assert (entry["event"], entry["log_level"]) == ("imap.auth_failed", "error")


def test_what_a_person_must_mend_is_an_error_at_once() -> None:
    job = Job(MisconfiguredError("folder_missing", where="mailbox support", what="no folder"))
    (entry,) = job.run()
    assert (entry["log_level"], entry["error_code"]) == ("error", "folder_missing")
    assert job.waits == [300]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnavailableError(Problem(where="database", what="locked")), "UnavailableError"),
        (StoreError("SQLITE_FULL"), "SQLITE_FULL"),
    ],
)
def test_a_database_that_is_away_is_waited_for(error: IntakeError, code: str) -> None:
    job = Job(error)
    (entry,) = job.run()
    assert (entry["event"], entry["error_code"]) == ("db.failed", code)
    assert job.waits == [1]


@pytest.mark.parametrize(
    ("error", "event"), [(BusyError("support"), "lease.held"), (LeaseLostError("support"), "lease.lost")]
)
def test_a_mailbox_that_others_work_on_is_looked_at_again_soon(error: IntakeError, event: str) -> None:
    job = Job(error)
    (entry,) = job.run()
    assert entry["event"] == event
    assert job.waits == [15]


def test_a_wake_asks_for_a_pass_now_but_not_while_the_server_is_waited_for() -> None:
    job = Job(Counts(), unreachable())
    job.job.wake()  # before the first pass nothing is known of the server
    job.run()
    job.job.wake()
    assert job.waits == [0]
    job.run()
    job.job.wake()
    assert job.waits == [0, 1]


def test_a_wake_in_the_middle_of_a_pass_is_followed_by_another() -> None:
    job = Job()
    job.run()
    passes: list[int] = []

    def poll() -> Counts:
        passes.append(1)
        if len(passes) == 1:
            job.job.wake()
        return Counts()

    job.poller.poll = poll  # type: ignore[method-assign] # mail that comes while mail is read
    job.run()
    assert (len(passes), job.waits) == (2, [])


def test_a_heartbeat_an_hour_counts_quiet_polls() -> None:
    job = Job(Counts(), Counts(seen=3, cases=2, pending=1))
    assert job.run(2) == []
    job.now += HEARTBEAT_S
    with capture_logs() as logs:
        job.job.watch()
        job.job.watch()
    (beat,) = [entry for entry in logs if entry["event"] == "poll.heartbeat"]
    assert (beat["polls"], beat["new"]) == (2, 2)


def test_a_mailbox_that_stands_still_is_told_of_but_not_every_time() -> None:
    job = Job(unreachable())
    job.run()
    with capture_logs() as logs:
        for _ in range(40):
            job.now += 15
            job.job.watch()
    (stalled,) = [entry for entry in logs if entry["event"] == "poll.stalled"]
    assert (stalled["log_level"], stalled["error_code"]) == ("error", "timeout")


def test_a_pass_that_the_wall_clock_forgot_is_called_by_the_clock_that_never_jumps() -> None:
    job = Job(Counts())
    job.run()
    job.now += 60
    assert not job.job.watch()
    job.now += 60
    assert job.job.watch()
    assert not job.job.watch()


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_never_below_a_second_nor_above_five_minutes(attempt: int, chance: float) -> None:
    assert 1 <= backoff(attempt, lambda: chance) <= 300


def config(tmp_path: Path) -> Config:
    return Config(state_dir=tmp_path, mailbox={"support": BOX})


@pytest.fixture
def pollers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[FakePoller]:
    made = [FakePoller("one"), FakePoller("two")]

    @contextmanager
    def opened(settings: Config, **_: object) -> Iterator[Any]:
        workers = type("NoWorkers", (), {"start": lambda: None})
        parts = {
            "config": settings,
            "pollers": made,
            "policies": "eofferix 1",
            "secrets": {},
            "workers": workers,
        }
        yield type("Opened", (), parts)

    monkeypatch.setattr(run, "open_engine", opened)
    return made


def test_a_signal_ends_it_cleanly_and_both_mailboxes_were_polled(
    pollers: list[FakePoller], tmp_path: Path
) -> None:
    def kill() -> None:
        try:
            polled.extend(poller.polled.wait(60) for poller in pollers)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # whatever was seen, or the daemon goes on for ever

    polled: list[bool] = []

    killer = threading.Thread(target=kill)
    killer.start()
    with capture_logs() as logs:
        run.run_daemon(config(tmp_path))
    killer.join()
    assert polled == [True, True]
    names = [entry["event"] for entry in logs]
    assert names == ["service.started", "service.ready", "service.stopping", "service.stopped"]
    assert logs[-1]["signal"] == "SIGTERM"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_bug_in_one_mailbox_is_told_by_class_and_place_and_tried_again(
    pollers: list[FakePoller], tmp_path: Path
) -> None:
    pollers[0].outcomes = [KeyError("ann@example.org")]
    stop = threading.Event()

    def again() -> Counts:
        if not pollers[0].outcomes:
            stop.set()
        return FakePoller.poll(pollers[0])

    pollers[0].poll = again  # type: ignore[method-assign] # ends the test at the second try
    with capture_logs() as logs:
        run.run_daemon(config(tmp_path), stop=stop)
    (bug,) = [entry for entry in logs if entry["event"] == "service.bug"]
    assert bug["error_code"] == "KeyError"
    assert "ann@" not in str(logs)


def test_a_database_that_is_away_at_the_start_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stop = threading.Event()
    tries: list[int] = []

    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[Any]:
        tries.append(1)
        if len(tries) == 2:
            stop.set()
        raise UnavailableError(Problem(where="database", what="away"))
        yield

    monkeypatch.setattr(run, "open_engine", opened)
    monkeypatch.setattr(run, "backoff", lambda _attempt: 0.01)
    with capture_logs() as logs:
        run.run_daemon(config(tmp_path), stop=stop)
    assert [entry["event"] for entry in logs] == ["db.failed", "db.failed", "service.stopped"]
