"""The daemon beside a server that says when mail comes: nobody waits for the next poll."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Installation
from tests.acceptance.test_dovecot import until
from tests.dovecot import Dovecot
from tests.load import load

pytestmark = pytest.mark.dovecot


def test_new_mail_is_taken_in_long_before_the_next_poll(installation: Installation, server: Dovecot) -> None:
    server.deliver(*load(2))
    installation.mailbox(poll_interval_s=86400)
    daemon = installation.start("run")

    def seen() -> int:
        return sum(event["seen"] for event in installation.events("poll.finished"))

    try:
        until(lambda: seen() == 2 and bool(installation.events("imap.idle_started")), daemon)
        for number in (3, 4):
            server.deliver(*load(1, seed=number))
            until(lambda number=number: seen() == number, daemon)  # type: ignore[misc] # bound now
    finally:
        daemon.terminate()
        daemon.communicate(timeout=30)
    assert daemon.returncode == 0
