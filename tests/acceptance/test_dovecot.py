"""From a real server's mailbox to the queue: everything accounted for, nothing twice, whatever happens."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from intake.errors import Exit
from tests.acceptance.conftest import Installation
from tests.dovecot import Dovecot
from tests.load import load, mixed

pytestmark = pytest.mark.dovecot
COUNTS = ("cases", "replies", "ignored", "set_aside", "duplicates", "quarantined", "pending")


def until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Looks again and again; a test that waits in vain, or for the dead, says so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the daemon is gone"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.mark.slow
def test_five_hundred_messages_are_accounted_for_and_a_second_poll_changes_nothing(
    installation: Installation, server: Dovecot
) -> None:
    messages = mixed(500)
    server.deliver(*messages[:250], seen=True)  # somebody has read them already: that means nothing
    server.deliver(*messages[250:])
    installation.mailbox()
    (counts,) = installation.poll()
    assert counts["seen"] == 500 == sum(counts[name] for name in COUNTS)
    assert counts["pending"] == 0
    assert counts["quarantined"] <= 10
    assert counts["duplicates"] >= 10
    assert counts["ignored"] >= 10
    queue = installation.queue()
    assert len(queue) == counts["cases"] > 100
    (again,) = installation.poll()
    assert again == {"mailbox": "support", "seen": 0, **dict.fromkeys(COUNTS, 0)}
    assert installation.queue() == queue
    flags = [path.name.partition(":2,")[2] for path in (server.maildir() / "cur").iterdir()]
    assert sum("S" in flag for flag in flags) == 250  # \Seen is as it was
    marked = sum(any(letter.islower() for letter in flag) for flag in flags)  # Maildir's way to keep keywords
    assert marked >= 500 - counts["quarantined"]


def test_two_mailboxes_by_two_policies_one_of_them_moving(
    installation: Installation, server: Dovecot
) -> None:
    server.deliver(*load(6, seed=2))
    server.deliver(*load(5, seed=3), user="pars")
    installation.mailbox("support", tls="starttls", port=server.port, after="move", move_to="Refunds/Taken ä")
    installation.mailbox("pars", policy="pars", tls="none", port=server.port, ca_file=None)
    counts = {row["mailbox"]: row for row in installation.poll()}
    assert (counts["support"]["seen"], counts["pars"]["seen"]) == (6, 5)
    assert {(row["mailbox"], row["policy"]) for row in installation.queue()} <= {
        ("support", "eofferix"),
        ("pars", "pars"),
    }
    assert server.count(folder="Refunds.Taken &AOQ-") == 6
    assert server.count() == 0
    assert server.count("pars") == 5
    assert [row["seen"] for row in installation.poll()] == [0, 0]


def test_a_server_that_numbers_anew_doubles_nothing(installation: Installation, server: Dovecot) -> None:
    server.deliver(*load(8))
    installation.mailbox()
    (first,) = installation.poll()
    server.stop()
    server.renumber()
    server.start()
    (second,) = installation.poll()
    assert second["seen"] == second["duplicates"] == 8
    assert len(installation.queue()) == first["cases"]
    assert len(installation.events("imap.uidvalidity_changed")) == 1


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"username": "nobody"}, Exit.NO_PERMISSION),
        ({"ca_file": None}, Exit.UNAVAILABLE),
        ({"folders": ["Nowhere"]}, Exit.CONFIG),
        ({"port": 1}, Exit.UNAVAILABLE),
    ],
    ids=["login refused", "unknown authority", "no such folder", "nobody listens"],
)
def test_check_and_poll_end_with_the_status_that_says_why(
    installation: Installation, settings: dict[str, object], status: Exit
) -> None:
    installation.mailbox(**settings)
    out = installation.run("check", status=status)
    assert "->" in next(line for line in out.splitlines() if line.startswith("fail"))
    installation.run("poll", "--once", status=status)


def test_check_is_content_with_what_is_right(installation: Installation, server: Dovecot) -> None:
    server.deliver(*load(2))
    installation.mailbox()
    assert "2 messages" in installation.run("check")
    installation.poll()
    assert "schema is current" in installation.run("check")


@pytest.mark.slow
def test_the_daemon_outlives_its_server_and_ends_at_a_word(
    installation: Installation, server: Dovecot
) -> None:
    server.deliver(*load(3))
    installation.mailbox()
    daemon = installation.start("run")
    try:
        until(lambda: _seen(installation) == 3, daemon)
        server.stop()
        until(lambda: bool(installation.events("imap.connect_failed")), daemon)
        server.start()
        server.deliver(*load(4, seed=9))
        until(lambda: _seen(installation) == 7, daemon)
        assert daemon.poll() is None
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    finally:
        daemon.kill()
        daemon.communicate()
    assert daemon.returncode == 0
    (stopped,) = installation.events("service.stopped")
    assert stopped["signal"] == "SIGTERM"
    text = installation.log.read_text()
    assert "@" not in text
    assert "Traceback" not in text


def _seen(installation: Installation) -> int:
    return sum(event["seen"] for event in installation.events("poll.finished"))
