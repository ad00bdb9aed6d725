"""The daemon reconciles after its first pass, then once an hour, and what fails is told like a failed pass."""

from __future__ import annotations

from structlog.testing import capture_logs

from intake.config.model import MailboxConfig
from intake.daemon.job import RECONCILE_S, MailboxJob
from intake.errors import Problem, UnavailableError
from intake.poll.values import Counts

BOX = MailboxConfig(host="imap.example.org", username="u", policy="pars", start_from="all")


class Quiet:
    name = "support"
    box = BOX
    beat = 0.0

    def poll(self) -> Counts:
        return Counts()


def test_once_an_hour() -> None:
    now = [0.0]
    done: list[float] = []
    job = MailboxJob(
        Quiet(), postpone=lambda *_: None, reconcile=lambda: done.append(now[0]), ticks=lambda: now[0]
    )
    for minute in range(0, 181, 10):
        now[0] = minute * 60.0
        job.run()
    assert done == [0.0, RECONCILE_S, 2 * RECONCILE_S, 3 * RECONCILE_S]


def test_one_that_fails_is_done_again_with_the_next_pass() -> None:
    tries: list[int] = []

    def fails_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise UnavailableError(Problem(where="database", what="locked"))

    waits: list[float] = []
    job = MailboxJob(Quiet(), postpone=lambda _name, wait: waits.append(wait), reconcile=fails_once)
    with capture_logs() as logs:
        for _ in range(3):
            job.run()
    assert [entry["event"] for entry in logs] == ["db.failed"]
    assert (len(tries), len(waits)) == (2, 1)


def test_what_broke_the_line_is_looked_after_with_every_pass_that_went_through() -> None:
    done: list[str] = []
    job = MailboxJob(Quiet(), postpone=lambda *_: None, retry=lambda: done.append("retry"))
    for _ in range(3):
        job.run()
    assert len(done) == 3
