"""What goes wrong round one pass, and what it must not cost."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.errors import Problem, UnavailableError
from intake.mail.source import UnreachableError
from intake.poll.lock import BusyError, mailbox_lock
from intake.poll.poller import Poller
from intake.poll.retry import retry_broken
from intake.poll.values import Counts
from intake.store import quarantine
from intake.store.errors import LeaseLostError
from intake.store.store import Store
from intake.store.values import Recorded
from tests.intake.poll.conftest import Make
from tests.intake.poll.fake_source import MAILBOX, FakePipeline, FakeSource


def test_a_message_that_the_database_refuses_is_quarantined_alone(
    make_poller: Make, source: FakeSource, pipeline: FakePipeline
) -> None:
    source.fill(range(1, 6))
    pipeline.unstorable = {3}
    counts = make_poller().poll()
    assert (counts.cases, counts.quarantined, counts.seen) == (4, 1, 5)


def test_a_giant_that_was_not_fetched_is_quarantined(make_poller: Make, source: FakeSource) -> None:
    source.fill([1, 3]).fill([2], size=20_000_000)
    counts = make_poller().poll()
    assert (counts.cases, counts.quarantined) == (2, 1)


def test_one_that_breaks_the_connection_again_and_again_is_found_and_quarantined(
    make_poller: Make, source: FakeSource
) -> None:
    source.fill(range(1, 101))
    source.breaks_at = {30}
    poller, failures, counts = make_poller(), 0, Counts()
    for _ in range(10):
        try:
            counts = poller.poll()
        except UnreachableError:
            failures += 1
    assert failures == 4  # once in its batch, then three times alone
    assert counts == Counts()
    assert sum(len(batch) == 1 for batch in source.fetched) < 60


def test_a_line_that_stays_down_is_not_blamed_on_the_message_over_which_it_broke(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill([1])
    source.breaks_at = {1}
    source.on_break = lambda: setattr(source, "down", True)
    poller = make_poller()
    for _ in range(6):
        with pytest.raises(UnreachableError):
            poller.poll()
        source.down = False
    assert store.counts(MAILBOX)["quarantined"] == 0
    source.breaks_at = set()
    assert poller.poll() == Counts(seen=1, cases=1)


def test_what_broke_the_line_is_tried_again_by_itself_with_growing_patience(
    make_poller: Make, source: FakeSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.fill([1, 2])
    source.breaks_at = {1}
    poller = make_poller()
    _until_quarantined(poller)
    retry_broken(poller, store)
    assert store.counts(MAILBOX)["quarantined"] == 1  # not at once

    monkeypatch.setattr(quarantine, "FIRST_PAUSE", timedelta(0))
    for _ in range(3):
        with pytest.raises(UnreachableError):
            retry_broken(poller, store)
    retry_broken(poller, store)
    assert [row.attempts for row in _quarantined(store)] == [2]

    source.breaks_at = set()
    retry_broken(poller, store)
    assert store.counts(MAILBOX)["case"] == 2
    assert _quarantined(store) == []


def test_what_failed_for_another_reason_waits_for_a_person(
    make_poller: Make,
    source: FakeSource,
    pipeline: FakePipeline,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quarantine, "FIRST_PAUSE", timedelta(0))
    source.fill([1]).fill([2], size=20_000_000)
    pipeline.fails = {1}
    poller = make_poller()
    poller.poll()
    source.fetched.clear()
    retry_broken(poller, store)
    assert source.fetched == []


def _until_quarantined(poller: Poller) -> None:
    for _ in range(10):
        with suppress(UnreachableError):
            poller.poll()


def _quarantined(store: Store) -> list[quarantine.Quarantined]:
    with store.reading() as connection:
        return quarantine.rows(connection)


def test_a_database_that_refuses_nothing_holds_each_message_once_whatever_breaks(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill(range(1, 61))
    source.breaks_at = {55}
    with pytest.raises(UnreachableError):
        make_poller().poll()
    assert sum(store.counts(MAILBOX).values()) == 50
    source.breaks_at = set()
    assert make_poller().poll() == Counts(seen=10, cases=10)


def test_a_database_that_goes_away_loses_nothing(
    make_poller: Make, source: FakeSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.fill(range(1, 101))
    record, calls = store.record, []

    def away(*args: Any, **kwargs: Any) -> list[Recorded]:
        calls.append(1)
        if len(calls) == 2:
            raise UnavailableError(Problem(where="database", what="locked"))
        return record(*args, **kwargs)

    monkeypatch.setattr(store, "record", away)
    with pytest.raises(UnavailableError):
        make_poller().poll()
    assert make_poller().poll() == Counts(seen=50, cases=50)


def test_a_refusal_is_put_off_and_a_broken_line_is_made_good_by_the_next_pass(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill([1])
    source.refuses = {"move"}
    poller = make_poller(after="move", move_to="Taken", keyword="Done")
    assert poller.poll().cases == 1
    assert store.pending_actions(MAILBOX) == 1
    assert store.due_actions(MAILBOX, 10) == []  # not at once


def test_actions_for_old_numbers_are_dropped(make_poller: Make, source: FakeSource, store: Store) -> None:
    source.fill([1])

    def lost(*_: object) -> bool:
        raise UnreachableError("timeout", where="w", what="w")

    tell, source._tell = source._tell, lost  # type: ignore[method-assign] # a line that breaks
    with pytest.raises(UnreachableError):
        make_poller(keyword="Done").poll()
    source._tell = tell  # type: ignore[method-assign] # mended
    source.uidvalidity = 8
    make_poller(keyword="Done").poll()
    assert ("mark", (1,), "Done") in source.told  # of the message by its new number, as a duplicate
    assert store.pending_actions(MAILBOX) == 0


def test_two_passes_at_once_are_refused(make_poller: Make, tmp_path: Path) -> None:
    with mailbox_lock(tmp_path, MAILBOX), pytest.raises(BusyError):
        make_poller().poll()
    make_poller().poll()


def test_a_mailbox_that_another_host_holds_is_left_alone(make_poller: Make, store: Store) -> None:
    assert store.take_lease(MAILBOX, "elsewhere", 60)
    with pytest.raises(BusyError):
        make_poller().poll()


def test_one_that_was_killed_takes_its_own_lease_back_at_once(make_poller: Make, store: Store) -> None:
    assert store.take_lease(MAILBOX, "here", 60)
    assert make_poller(owner="here").poll() == Counts()


def test_whoever_lost_the_mailbox_writes_nothing_more(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill(range(1, 201))
    source.on_fetch = lambda uid: store.take_lease(MAILBOX, "here", 60) and None if uid == 120 else None
    with pytest.raises(LeaseLostError):
        make_poller().poll()
    assert sum(store.counts(MAILBOX).values()) == 50
