"""What systemd, `intake status` and an operator's SIGHUP see of the daemon."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from intake.config.model import Config, MailboxConfig
from intake.daemon import run
from intake.daemon.job import MailboxJob
from intake.daemon.systemd import ServiceManager
from intake.errors import ConfigError, Problem, UnavailableError
from intake.mail.source import UnreachableError
from intake.poll.values import Counts

BOX = MailboxConfig(
    host="imap.example.org", username="u", policy="pars", start_from="all", poll_interval_s=60, idle=False
)


class Listener:
    """systemd's end of the line."""

    def __init__(self, path: Path) -> None:
        self.environ = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "90000000"}
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))
        self._line.setblocking(False)

    def heard(self) -> list[str]:
        found: list[str] = []
        while True:
            try:
                found += self._line.recv(4096).decode().split("\n")
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    listener = Listener(tmp_path / "notify")
    for name, value in listener.environ.items():
        monkeypatch.setenv(name, value)
    yield listener
    listener.close()


class FakePoller:
    def __init__(self, *outcomes: Counts | Exception | Callable[[], None]) -> None:
        self.name, self.box, self.beat = "support", BOX, 0.0
        self.outcomes = list(outcomes)
        self.polled = threading.Event()

    def poll(self) -> Counts:
        outcome = self.outcomes.pop(0) if self.outcomes else Counts()
        self.polled.set()
        if isinstance(outcome, Exception):
            raise outcome
        if callable(outcome):
            outcome()
            return Counts()
        return outcome


class Opened:
    """Stands for the engine; each config that is opened is noted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *pollers: FakePoller) -> None:
        self.pollers = pollers
        self.configs: list[Config] = []
        self.refuses: Callable[[Config], Exception | None] = lambda _config: None
        monkeypatch.setattr(run, "open_engine", self.open)
        monkeypatch.setattr(run, "SLICE_S", 0.02)

    @contextmanager
    def open(self, config: Config, **_: object) -> Iterator[Any]:
        if error := self.refuses(config):
            raise error
        self.configs.append(config)
        workers = type("NoWorkers", (), {"start": lambda: None})
        parts = {
            "config": config,
            "pollers": self.pollers,
            "policies": "p@1",
            "secrets": {},
            "workers": workers,
        }
        yield type("Opened", (), parts)


@contextmanager
def meanwhile(*steps: Callable[[], object]) -> Iterator[threading.Event]:
    """Does the steps one after the other beside the daemon, then ends it by the event that it gives."""
    stop, failed = threading.Event(), list[Exception]()

    def do() -> None:
        try:
            for step in steps:
                step()
        except AssertionError as error:
            failed.append(error)
        finally:
            stop.set()

    thread = threading.Thread(target=do)
    thread.start()
    yield stop
    thread.join()
    assert failed == []


def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)


def waits_for(condition: Callable[[], bool]) -> Callable[[], None]:
    def wait() -> None:
        for _ in range(2000):
            if condition():
                return
            threading.Event().wait(0.01)
        raise AssertionError("waited in vain")

    return wait


def test_systemd_hears_that_it_stands_that_it_works_and_that_it_stops(
    monkeypatch: pytest.MonkeyPatch, systemd: Listener, tmp_path: Path
) -> None:
    poller = FakePoller()
    Opened(monkeypatch, poller)
    heard: list[str] = []

    def alive() -> bool:
        heard.extend(systemd.heard())
        return "WATCHDOG=1" in heard

    with meanwhile(waits_for(alive)) as stop:
        run.run_daemon(Config(state_dir=tmp_path, mailbox={"support": BOX}), stop=stop)
    heard += systemd.heard()
    assert heard.index("READY=1") < heard.index("WATCHDOG=1") < heard.index("STOPPING=1")
    assert "STATUS=1 mailbox, all well" in heard


def test_a_job_that_comes_no_step_further_is_no_longer_vouched_for() -> None:
    now = 0.0
    poller = FakePoller()
    job = MailboxJob(poller, postpone=lambda *_: None, ticks=lambda: now)
    job.run()
    assert job.goes_on()
    now = 70.0
    assert job.goes_on()
    now = 2000.0  # its pass should have begun long ago
    assert not job.goes_on()
    job.running, poller.beat = True, 1500.0
    assert job.goes_on()
    now = 2500.0
    assert not job.goes_on()


def test_waiting_for_a_database_asks_for_time_instead_of_being_killed(
    monkeypatch: pytest.MonkeyPatch, systemd: Listener, tmp_path: Path
) -> None:
    opened = Opened(monkeypatch, FakePoller())
    opened.refuses = lambda _config: UnavailableError(Problem(where="database", what="away"))
    monkeypatch.setattr(run, "backoff", lambda _attempt: 0.05)
    heard: list[str] = []

    def asked() -> bool:
        heard.extend(systemd.heard())
        return any(line.startswith("EXTEND_TIMEOUT_USEC=") for line in heard)

    with meanwhile(waits_for(asked)) as stop:
        run.run_daemon(Config(state_dir=tmp_path, mailbox={"support": BOX}), stop=stop)
    assert "READY=1" not in heard


def test_nothing_is_told_where_nobody_listens(tmp_path: Path) -> None:
    ServiceManager({}).ready("well")
    gone = ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "1"})
    gone.ready("well")
    gone.alive()
    assert not ServiceManager({"NOTIFY_SOCKET": "@x"}).watches
    assert not ServiceManager({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}).watches


def test_sighup_reads_the_config_again_and_goes_on_with_it(
    monkeypatch: pytest.MonkeyPatch, systemd: Listener, tmp_path: Path
) -> None:
    opened = Opened(monkeypatch, FakePoller())
    first = Config(state_dir=tmp_path, mailbox={"support": BOX})
    second = first.with_poll_interval(5)
    steps = (
        waits_for(lambda: len(opened.configs) == 1),
        hang_up,
        waits_for(lambda: len(opened.configs) == 2),
    )
    with capture_logs() as logs, meanwhile(*steps) as stop:
        run.run_daemon(first, stop=stop, reread=lambda: second)
    assert opened.configs == [first, second]
    (again,) = [entry for entry in logs if entry["event"] == "service.reloaded"]
    assert again["changed"] == "mailbox"
    heard = systemd.heard()
    assert heard.index("READY=1") < heard.index("RELOADING=1")
    assert "READY=1" in heard[heard.index("RELOADING=1") :]


@pytest.mark.parametrize("when", ["read", "opened"])
def test_a_config_that_cannot_be_used_is_told_of_and_the_old_one_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, when: str
) -> None:
    opened = Opened(monkeypatch, FakePoller())
    first = Config(state_dir=tmp_path, mailbox={"support": BOX})
    broken = ConfigError(
        Problem(where="intake.toml: mailbox.support.port", what="not a number", remedy="mend it")
    )

    def reread() -> Config:
        if when == "read":
            raise broken
        return first.with_poll_interval(5)

    opened.refuses = lambda config: None if config == first else broken
    steps = (
        waits_for(lambda: len(opened.configs) == 1),
        hang_up,
        waits_for(lambda: len(opened.configs) == 2),
    )
    with capture_logs() as logs, meanwhile(*steps) as stop:
        run.run_daemon(first, stop=stop, reread=reread)
    assert opened.configs == [first, first]
    (told,) = [entry for entry in logs if entry["event"] == "config.invalid"]
    assert (told["key"], told["log_level"]) == ("intake.toml: mailbox.support.port", "error")


def test_a_mailbox_that_fails_shows_in_the_state_until_it_is_read_again() -> None:
    lost = UnreachableError("timeout", where="w", what="w")
    job = MailboxJob(FakePoller(lost, Counts()), postpone=lambda *_: None, ticks=lambda: 0.0)
    assert job.status().ok
    job.run()
    assert (job.status().ok, job.status().error_code, job.status().failures) == (False, "timeout", 1)
    job.run()
    assert job.status().ok
