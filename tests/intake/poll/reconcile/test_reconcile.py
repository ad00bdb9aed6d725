"""What lies on the server and has no row is found, said and taken in; what is gone is no error."""

from __future__ import annotations

from datetime import date

import pytest
from imapclient import IMAPClient
from sqlalchemy import delete
from structlog.testing import capture_logs

from intake.poll.reconcile import Reconciled, reconcile
from intake.poll.values import Counts
from intake.store.store import Store
from intake.store.tables import Fact, Field, Finding, Message, MessagePart, Outbox
from tests.crash.world import MAILBOX, letter
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.poll.replace.conftest import Make

pytestmark = pytest.mark.dovecot
THANKS = {"text": "Where is your office?\n", "subject": "Office"}


def forget(store: Store, uid: int) -> None:
    """Loses a row, as a restored backup does, with the cursor where it was."""
    with store.writing() as connection:
        (ident,) = connection.execute(Message.select().where(Message.c.uid == uid)).one()[:1]
        for table in (Outbox, Fact, Field, Finding, MessagePart):
            connection.execute(delete(table).where(table.c.message == ident))
        connection.execute(delete(Message).where(Message.c.id == ident))


def compared(found: list[Reconciled]) -> tuple[int, int, int, int, int]:
    (done,) = found
    return done.server, done.rows, done.missing, done.fetched, done.gone


def test_a_message_without_a_row_is_said_and_taken_in(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    server.deliver(*(letter(number, **THANKS) for number in range(1, 5)), user=user)
    poller = make("keep")
    poller.poll()
    assert compared(list(reconcile(poller, store))) == (4, 4, 0, 0, 0)
    forget(store, 2)
    assert poller.poll() == Counts()  # the cursor is beyond it
    with capture_logs() as logs:
        assert compared(list(reconcile(poller, store))) == (4, 3, 1, 1, 0)
    (told,) = [entry for entry in logs if entry["event"] == "reconcile.difference"]
    assert (told["log_level"], told["missing"], told["fetched"]) == ("error", 1, 1)
    assert compared(list(reconcile(poller, store))) == (4, 4, 0, 0, 0)
    assert store.counts(MAILBOX)["set_aside"] == 4


def test_what_was_moved_or_deleted_is_gone_and_no_error(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    server.deliver(*(letter(number, **THANKS) for number in range(1, 4)), user=user)
    poller = make("move")
    poller.poll()
    with capture_logs() as logs:
        assert compared(list(reconcile(poller, store))) == (0, 3, 0, 0, 3)
    assert not [entry for entry in logs if entry["log_level"] == "error"]


def test_mail_from_before_the_first_day_is_not_missing(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.plain_login(user, PASSWORD)
        from datetime import UTC, datetime

        for day in (1, 2, 20, 21):
            when = datetime(2026, 5, day, 12, tzinfo=UTC)
            client.append("INBOX", letter(day, **THANKS), (), when)
    poller = make("keep", start_from=date(2026, 5, 10))
    assert poller.poll().seen == 2
    assert compared(list(reconcile(poller, store))) == (2, 2, 0, 0, 0)
    assert poller.poll(since=date(2026, 5, 2)).seen == 1  # taken in on purpose: not gone, though older
    assert compared(list(reconcile(poller, store))) == (2, 3, 0, 0, 0)


def test_a_folder_that_was_numbered_anew_is_the_next_poll_s(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    server.deliver(letter(1, **THANKS), user=user)
    poller = make("keep")
    poller.poll()
    poller.source.close()
    server.stop()
    server.renumber(user)
    server.start()
    assert compared(list(reconcile(poller, store))) == (0, 0, 0, 0, 0)
    assert poller.poll() == Counts(seen=1, duplicates=1)


@pytest.mark.parametrize("window", [2, 3])
def test_a_large_folder_is_compared_in_pieces(
    make: Make, server: Dovecot, user: str, store: Store, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr("intake.poll.reconcile._WINDOW", window)
    server.deliver(*(letter(number, **THANKS) for number in range(1, 8)), user=user)
    poller = make("keep")
    poller.poll()
    for uid in (1, 4, 7):
        forget(store, uid)
    assert compared(list(reconcile(poller, store))) == (7, 4, 3, 3, 0)
