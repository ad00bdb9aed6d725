"""Quarantine: listed, tried again through the same pipeline, given up; a newer version tries by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from intake.mail.message import RawMessage
from intake.pipeline import Pipeline
from intake.poll.poller import Poller
from intake.poll.reconcile import reconcile
from intake.poll.retry import Retried, retry
from intake.poll.values import Counts
from intake.processed import Processed, StageError
from intake.store import quarantine
from intake.store.quarantine import Quarantined
from intake.store.store import Store
from intake.store.tables import Quarantine
from tests.crash.world import MAILBOX, letter
from tests.dovecot import Dovecot
from tests.intake.poll.replace.conftest import Make

pytestmark = pytest.mark.dovecot
THANKS = {"text": "Where is your office?\n", "subject": "Office"}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A reader that fails on the message with `poison` in it, until `undo`."""
    process = Pipeline.process

    def failing(self: Pipeline, raw: RawMessage, *rest: object) -> Processed:
        if b"poison" in raw.data:
            raise StageError(stage="parse", code="unreadable", detail="ValueError at x:y:1")
        return process(self, raw, *rest)  # type: ignore[arg-type] # as it was given

    monkeypatch.setattr(Pipeline, "process", failing)
    return monkeypatch


def listed(store: Store, *, dropped: bool = False) -> list[Quarantined]:
    with store.reading() as connection:
        return quarantine.rows(connection, dropped=dropped)


def again(poller: Poller, store: Store) -> Retried:
    with poller.holding() as lease:
        return retry(poller, store, lease, listed(store))


def test_a_message_is_tried_until_it_can_be_read_and_its_neighbours_do_not_wait(
    make: Make, server: Dovecot, user: str, store: Store, broken: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(1, **THANKS), letter(2, "poison\n"), letter(3, **THANKS), user=user)
    poller = make("keep")
    assert poller.poll() == Counts(seen=3, set_aside=2, quarantined=1)
    assert again(poller, store) == Retried(failed=1)
    (row,) = listed(store)
    assert (row.key.uid, row.stage, row.error_code, row.attempts) == (2, "parse", "unreadable", 2)
    assert "poison" not in repr(row.to_dict())
    broken.undo()
    assert again(poller, store) == Retried(stored=1)
    assert listed(store) == []
    assert sum(store.counts(MAILBOX).values()) == 3


def test_what_was_given_up_stays_out_and_is_not_missing(
    make: Make, server: Dovecot, user: str, store: Store, broken: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(2, "poison\n"), user=user)
    poller = make("keep")
    poller.poll()
    with store.writing() as connection:
        assert quarantine.drop(connection, [row.id for row in listed(store)], by="person:ana") == 1
    assert listed(store) == []
    assert [row.dropped_by for row in listed(store, dropped=True)] == ["person:ana"]
    (done,) = reconcile(poller, store)
    assert (done.missing, done.server) == (0, 1)
    assert store.counts(MAILBOX)["quarantined"] == 0


def test_what_is_gone_from_the_server_is_given_up(
    make: Make, server: Dovecot, user: str, store: Store, broken: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(2, "poison\n"), user=user)
    poller = make("keep")
    poller.poll()
    poller.source.open("INBOX")
    poller.source.delete([1])
    assert again(poller, store) == Retried(gone=1)
    assert listed(store) == []


def test_a_newer_version_tries_again_by_itself_once(
    make: Make, server: Dovecot, user: str, store: Store, broken: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(2, "poison\n"), user=user)
    poller = make("keep")
    poller.poll()
    list(reconcile(poller, store))
    assert [row.attempts for row in listed(store)] == [1]  # the same version would fail again
    with store.writing() as connection:
        connection.execute(update(Quarantine).values(version="0.0.1"))
    list(reconcile(poller, store))
    list(reconcile(poller, store))
    assert [row.attempts for row in listed(store)] == [2]
    broken.undo()
    with store.writing() as connection:
        connection.execute(update(Quarantine).values(version="0.0.1"))
    list(reconcile(poller, store))
    assert listed(store) == []
    assert len(store.cases()) == 1
