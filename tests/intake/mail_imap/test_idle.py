"""IDLE: new mail wakes the poller at once; a line that dies is noticed, told of, and replaced with patience."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from intake.config.model import MailboxConfig
from intake.daemon import idle
from intake.daemon.idle import IdleWatch, watching
from intake.mail.imap_idle import ANSWER_S, REARM_S, IdleLine
from intake.mail.source import MisconfiguredError, RefusedError, UnreachableError
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.mail_imap.conftest import settings
from tests.intake.mail_imap.scripted import CAPABILITIES, CUT, MUTE, Scripted
from tests.intake.mail_imap.test_reading import mail


class Job:
    def __init__(self) -> None:
        self.healthy = True
        self.woken = threading.Semaphore(0)

    def wake(self) -> None:
        self.woken.release()


def line(box: MailboxConfig, *, rearm_s: float = 30, password: str = PASSWORD) -> IdleLine:
    return IdleLine("box", box, lambda: SecretStr(password), rearm_s=rearm_s, answer_s=0.5)


def to_its_end(server: Scripted) -> None:
    with ExitStack() as stack:
        opened = line(server.box(), rearm_s=0.05)
        stack.callback(opened.cut)
        for _ in opened.arrivals("INBOX"):
            pass


@pytest.fixture
def job() -> Job:
    return Job()


Watch = Callable[..., IdleWatch]


@pytest.fixture
def watch(job: Job, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(idle, "backoff", lambda _attempt: 0.02)
    started: list[IdleWatch] = []

    def start(connect: Callable[[], IdleLine], folder: str = "INBOX") -> IdleWatch:
        started.append(IdleWatch("box", folder, job, connect=connect))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()
        one.join()
        assert not one._thread.is_alive()


def test_a_dead_line_is_noticed_within_two_minutes_and_the_server_s_patience_never_ends() -> None:
    assert REARM_S + ANSWER_S < 120
    assert REARM_S < 29 * 60


@pytest.mark.dovecot
@pytest.mark.parametrize("folder", ["INBOX", 'Entw"ürfe'])
def test_mail_on_a_real_server_wakes_the_job(
    server: Dovecot, user: str, job: Job, watch: Watch, folder: str
) -> None:
    on_disk = "" if folder == "INBOX" else 'Entw"&APw-rfe'
    server.deliver(mail(1), user=user, folder=on_disk)
    watch(lambda: line(settings(server, user)), folder)
    assert job.woken.acquire(timeout=10)  # once at the start: something may have come before
    server.deliver(mail(2), user=user, folder=on_disk)
    assert job.woken.acquire(timeout=10)
    assert not job.woken.acquire(blocking=False)


@pytest.mark.dovecot
def test_it_goes_on_over_tls_after_being_re_armed(server: Dovecot, user: str, job: Job, watch: Watch) -> None:
    box = settings(server, user, tls="tls", port=server.tls_port, ca_file=server.ca_file)
    watch(lambda: line(box, rearm_s=0.05))
    assert job.woken.acquire(timeout=10)
    for number in range(3):
        server.deliver(mail(number), user=user)
        assert job.woken.acquire(timeout=10)


def test_only_growth_wakes(job: Job, watch: Watch) -> None:
    with Scripted(EXAMINE="* 5 EXISTS\nOK done") as server:
        watch(lambda: line(server.box()))
        assert server.idling.acquire(timeout=5)
        assert job.woken.acquire(timeout=5)
        for said in ("* OK Still here", "* 2 EXPUNGE", "* 4 EXISTS", "* 0 RECENT", "* 1 FETCH (FLAGS ())"):
            server.push(said)
        server.push("* 5 EXISTS")
        assert job.woken.acquire(timeout=5)
        server.push("* 5 EXPUNGE\r\n* 5 EXISTS")  # one went, one came
        assert job.woken.acquire(timeout=5)
        assert not job.woken.acquire(blocking=False)


def test_what_comes_between_two_idles_wakes_too(job: Job, watch: Watch) -> None:
    with Scripted(DONE=["* 1 EXISTS\nOK done", "OK done"]) as server:
        watch(lambda: line(server.box(), rearm_s=0.05))
        assert job.woken.acquire(timeout=5)
        assert job.woken.acquire(timeout=5)
        for _ in range(4):
            assert server.idling.acquire(timeout=5)
        assert not job.woken.acquire(blocking=False)


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({"DONE": MUTE}, UnreachableError, "timeout"),
        ({"DONE": CUT}, UnreachableError, "connection_lost"),
        ({"DONE": "* BYE too long"}, UnreachableError, "connection_lost"),
        ({"DONE": "BAD what"}, UnreachableError, "idle_refused"),
        ({"IDLE": "NO not now"}, UnreachableError, "idle_refused"),
        ({"IDLE": "OK already"}, UnreachableError, "protocol"),
        ({"IDLE": MUTE}, UnreachableError, "timeout"),
        ({"DONE": "x" * 1_100_000}, UnreachableError, "protocol"),
        ({"EXAMINE": "NO no such folder"}, MisconfiguredError, "folder_missing"),
        ({"AUTHENTICATE": "NO no"}, RefusedError, "login"),
    ],
)
def test_whatever_goes_wrong_ends_the_line_with_a_label(
    answers: dict[str, str], kind: type[Exception], code: str
) -> None:
    with Scripted(**answers) as server, pytest.raises(kind) as caught:  # type: ignore[arg-type] # no keyword of its own
        to_its_end(server)
    assert caught.value.code == code  # type: ignore[attr-defined] # each is a SourceError


def test_a_lost_line_is_told_of_and_replaced_and_wakes_for_what_was_missed(job: Job, watch: Watch) -> None:
    with Scripted() as server, capture_logs() as logs:
        watch(lambda: line(server.box()))
        assert job.woken.acquire(timeout=5)
        assert server.idling.acquire(timeout=5)
        server.cut()
        assert job.woken.acquire(timeout=5)
        assert server.idling.acquire(timeout=5)
    assert [entry["event"] for entry in logs if entry["event"].startswith("imap.idle")][:3] == [
        "imap.idle_started",
        "imap.idle_lost",
        "imap.idle_started",
    ]
    lost = next(entry for entry in logs if entry["event"] == "imap.idle_lost")
    assert (lost["error_code"], lost["attempt"]) == ("connection_lost", 1)


def test_nobody_knocks_while_the_poller_cannot_get_through(
    job: Job, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "_LOOK_S", 0.02)
    job.healthy = False
    tries: list[int] = []

    def connect() -> IdleLine:
        tries.append(1)
        raise RefusedError("login", where="mailbox box", what="the login was refused")

    one = watch(connect)
    assert not one._stopped.wait(0.1)
    assert tries == []
    with capture_logs() as logs:
        job.healthy = True
        while not logs:
            one._stopped.wait(0.01)
    assert (len(tries), logs[0]["retry_in_s"]) == (1, 900.0)


def test_a_server_without_idle_is_polled_alone(job: Job, watch: Watch) -> None:
    with Scripted(CAPABILITIES.replace("IDLE ", "")) as server, capture_logs() as logs:
        watch(lambda: line(server.box()))._thread.join(5)
    assert [entry["event"] for entry in logs][-1] == "imap.idle_unsupported"
    assert server.count("IDLE") == 0


@pytest.mark.parametrize(
    ("others", "folders"),
    [
        ({}, ["INBOX"]),
        ({"idle": False}, []),
        ({"folders": ("*",)}, ["INBOX"]),
        ({"folders": ("a", "b", "c", "d")}, ["a", "b", "c"]),
        ({"folders": ("a", "b", "c", "d"), "idle_folders": 4}, ["a", "b", "c", "d"]),
    ],
)
def test_the_first_folders_of_each_mailbox_are_watched(
    job: Job, monkeypatch: pytest.MonkeyPatch, others: dict[str, Any], folders: list[str]
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(idle.IdleWatch, "_run", lambda self: seen.append(self._folder))
    with (
        Scripted() as server,
        watching({"box": server.box(**others)}, {"box": lambda: SecretStr("x")}, {"box": job}),
    ):
        pass
    assert seen == folders
