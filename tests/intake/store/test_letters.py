"""Letters, threads, clocks and notifications as rows, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from intake.casework.states import State
from intake.letters.kinds import LetterKind
from intake.people import Actor, Role
from intake.redaction.text import sealed
from intake.store import clocks, deliveries, letters
from intake.store.letters import LetterTwiceError
from intake.store.store import Store
from intake.store.values import Lease
from tests.intake.casework import stories
from tests.intake.store import make
from tests.intake.threads.test_threads import incomplete, proven, token

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
ANA = Actor(name="ana", role=Role.AGENT)


def take(store: Store, lease: Lease, *items: Any) -> None:
    store.record(lease, items, after=make.KEEP, last_uid=None, judge=stories.judge())


def row(**changes: Any) -> dict[str, Any]:
    made = {
        "case_id": 1,
        "kind": LetterKind.ASK,
        "day": date(2026, 6, 9),
        "made_at": NOW,
        "actor": "person:ana",
        "way": "send",
        "standing": "begun",
        "language": "en",
        "addressee": "sender",
        "recipient": sealed("ann@example.org"),
        "recipient_print": make.KEYS.sender("ann@example.org"),
        "own_id": "r-1001.one@example.com",
        "mail_print": make.KEYS.message_id("r-1001.one@example.com"),
        "subject": sealed("What we need"),
        "text": sealed("Which order?"),
    }
    return made | changes


def test_a_letter_stands_once_a_day_and_answers_find_it(store: Store, lease: Lease) -> None:
    take(store, lease, incomplete())
    with store.writing() as connection:
        assert letters.begin(connection, row()) == "r-1001.one@example.com"
        with pytest.raises(LetterTwiceError):
            letters.begin(connection, row(own_id="x@y", mail_print="0" * 64))
        letters.settle(connection, "r-1001.one@example.com", "failed")
        again = row(own_id="x@y", mail_print="0" * 64, way="draft")
        assert letters.begin(connection, again) == "r-1001.one@example.com"
        letters.settle(connection, "r-1001.one@example.com", "done")
    with store.reading() as connection:
        basis = letters.basis(connection, "R-1001", settled_before=NOW)
        (waiting,) = clocks.waiting(connection)
    assert basis.thread == ("<r-1001.one@example.com>",)
    assert [one.way for one in basis.letters] == ["draft"]
    assert waiting.asked_at == NOW


def test_threads_and_pauses_are_read_from_rows(store: Store, lease: Lease) -> None:
    take(store, lease, incomplete())
    take(store, lease, proven(stories.answer(2, "mail1", order_number="A-1")))
    take(store, lease, token(stories.answer(3, "mail2", method="card"), 1))
    (found,) = store.cases()
    assert (found.state, found.messages) == (State.READY, 3)
    with store.reading() as connection:
        assert [state for _, state in clocks.states(connection, 1)] == ["needs_information", "ready"]
        assert found.due is not None
        (soon,) = clocks.unreminded(connection, found.due)
        assert clocks.unreminded(connection, found.due - timedelta(days=1)) == []
    with store.writing() as connection:
        clocks.remember(connection, soon, NOW)
        assert clocks.unreminded(connection, found.due) == []


def test_a_notification_is_claimed_once_told_and_done(store: Store, lease: Lease) -> None:
    take(store, lease, proven(stories.mail(1)))
    events = ("case.created", "case.ready", "case.decided")
    with store.writing() as connection:
        since = deliveries.greet(connection, "erp", news_of=timedelta(days=3))
        assert deliveries.greet(connection, "erp", news_of=timedelta(days=1)) == since
        claim = partial(deliveries.claim, connection, "erp", lease_s=60, events=events, since=since)
        first, second = claim(), claim()
        assert first is not None
        assert second is not None
        assert {first.event, second.event} == {"case.created", "case.ready"}
        assert claim() is None
        deliveries.delivered(connection, first.id, "erp")
        deliveries.failed(connection, second.id, "erp", code="status_500", retry_in_s=0)
        again = claim()
        assert again is not None
        assert (again.id, again.attempts) == (second.id, 2)
        deliveries.failed(connection, again.id, "erp", code="status_500", retry_in_s=None)
        assert claim() is None
        assert deliveries.counts(connection) == {"delivered": 1, "given_up": 1, "failed": 2}
        other = deliveries.claim(connection, "bi", lease_s=60, events=("case.ready",), since=since)
        assert other is not None
        assert (other.event, other.attempts) == ("case.ready", 1)


def test_two_daemons_never_tell_the_same_at_once(store: Store, lease: Lease) -> None:
    take(store, lease, *(proven(stories.mail(uid, order_number=f"A-{uid}")) for uid in range(1, 9)))
    with store.writing() as connection:
        since = deliveries.greet(connection, "erp", news_of=timedelta(days=3))

    def work(_: int) -> list[str]:
        found: list[str] = []
        while True:
            with store.writing() as connection:
                told = deliveries.claim(connection, "erp", lease_s=60, events=("case.ready",), since=since)
            if told is None:
                return found
            found.append(told.id)

    with ThreadPoolExecutor(3) as pool:
        told = [ident for part in pool.map(work, range(3)) for ident in part]
    assert len(told) == len(set(told)) == 8
