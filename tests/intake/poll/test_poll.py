"""One pass over a mailbox: everything accounted for, nothing twice, one bad message stops none of the others."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.extraction.types import Kind
from intake.poll.batches import batches
from intake.poll.values import Counts
from intake.store.store import Store
from intake.store.values import Recorded
from tests.intake.poll.conftest import Make
from tests.intake.poll.fake_source import MAILBOX, FakePipeline, FakeSource


def test_every_message_is_accounted_for_and_a_second_pass_changes_nothing(
    make_poller: Make, source: FakeSource, pipeline: FakePipeline, store: Store
) -> None:
    source.fill(range(1, 121))
    pipeline.kinds = {2: Kind.AUTOMATIC, 3: Kind.OTHER}
    pipeline.fails = {4}
    counts = make_poller().poll()
    assert counts == Counts(seen=120, cases=117, ignored=1, set_aside=1, quarantined=1)
    assert [len(batch) for batch in source.fetched] == [50, 50, 20]
    assert sum(store.counts(MAILBOX).values()) == 120
    assert make_poller().poll() == Counts()
    assert len(source.fetched) == 3


def test_what_is_new_is_taken_by_the_next_pass(make_poller: Make, source: FakeSource) -> None:
    make_poller().poll()
    source.fill([5, 9])
    assert make_poller().poll().cases == 2
    source.fill([12])
    assert make_poller().poll().seen == 1
    assert source.fetched == [[5, 9], [12]]


def test_new_numbers_are_read_again_and_found_to_be_the_same_mail(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill(range(1, 6))
    make_poller().poll()
    source.uidvalidity = 8
    counts = make_poller().poll()
    assert counts == Counts(seen=5, duplicates=5)
    assert len(store.cases()) == 5


def test_a_message_that_vanishes_before_it_is_fetched_is_no_loss(
    make_poller: Make, source: FakeSource
) -> None:
    source.fill(range(1, 4))
    source.on_fetch = lambda uid: source.folders["INBOX"].pop(3, None) and None if uid == 2 else None
    assert make_poller().poll() == Counts(seen=2, cases=2)
    assert make_poller().poll() == Counts()


def test_told_to_stop_it_finishes_the_message_in_hand_and_leaves_the_rest(
    make_poller: Make, source: FakeSource
) -> None:
    source.fill(range(1, 101))
    stop = threading.Event()
    source.on_fetch = lambda uid: stop.set() if uid == 20 else None
    counts = make_poller(stop=stop).poll()
    assert counts == Counts(seen=100, cases=20, pending=80)
    source.on_fetch = lambda _uid: None
    assert make_poller().poll() == Counts(seen=80, cases=80)


def test_a_limit_leaves_the_rest_for_the_next_pass(make_poller: Make, source: FakeSource) -> None:
    source.fill(range(1, 31))
    assert make_poller().poll(limit=10) == Counts(seen=30, cases=10, pending=20)
    assert make_poller().poll() == Counts(seen=20, cases=20)


def test_the_server_is_told_after_the_commit(make_poller: Make, source: FakeSource, store: Store) -> None:
    source.fill(range(1, 4))
    stored_then: list[int] = []
    tell = source._tell

    def telling(what: str, uids: object, target: str) -> bool:
        stored_then.append(sum(store.counts(MAILBOX).values()))
        return tell(what, uids, target)  # type: ignore[arg-type] # what the source was given

    source._tell = telling  # type: ignore[method-assign] # a spy
    make_poller(keyword="Done").poll()
    assert source.told == [("mark", (1, 2, 3), "Done")]
    assert stored_then == [3]
    assert store.pending_actions(MAILBOX) == 0


def test_the_first_day_goes_to_the_server_and_older_mail_is_not_asked_for_again(
    make_poller: Make, source: FakeSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.fill(range(1, 1001))
    monkeypatch.setattr(source, "uids_after", lambda last, since: [] if since == date(2026, 6, 1) else [last])
    assert make_poller(start_from=date(2026, 6, 1)).poll() == Counts()
    progress = store.progress(MAILBOX, "INBOX")
    assert progress is not None
    assert progress.last_uid == 1000


def test_several_folders_are_read_in_turn(make_poller: Make, source: FakeSource) -> None:
    source.folders = {"INBOX": {1: 10, 2: 10}, "Entwürfe": {1: 10}}
    counts = make_poller(folders=["INBOX", "Entwürfe"]).poll()
    assert counts.seen == 3


def test_an_observer_hears_of_every_message_after_its_commit(make_poller: Make, source: FakeSource) -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[int] = []
            self.passes: list[Counts] = []

        def message_recorded(self, _mailbox: str, recorded: Recorded) -> None:
            self.heard.append(recorded.key.uid)

        def pass_finished(self, _mailbox: str, counts: Counts) -> None:
            self.passes.append(counts)

    source.fill(range(1, 4))
    poller, ear = make_poller(), Ear()
    poller._observer = ear
    poller.poll()
    assert (ear.heard, [counts.seen for counts in ear.passes]) == ([1, 2, 3], [3])


def test_the_contract_s_counts_sum_up_to_what_was_seen() -> None:
    shown = Counts(
        seen=40, cases=29, replies=3, ignored=4, set_aside=2, duplicates=1, quarantined=1
    ).to_dict()
    names = ["seen", "cases", "replies", "ignored", "set_aside", "duplicates", "quarantined", "pending"]
    assert list(shown) == names
    assert shown.pop("seen") == sum(shown.values())


@given(
    st.lists(st.integers(0, 500), max_size=60),
    st.integers(1, 10),
    st.integers(1, 900),
    st.integers(1, 600),
)
def test_batches_keep_order_and_bounds(sizes: list[int], messages: int, size: int, cap: int) -> None:
    cut = list(batches(sizes, count=messages, size=size, weight=lambda weight: min(weight, cap)))
    assert [weight for batch in cut for weight in batch] == sizes
    for batch in cut:
        assert 1 <= len(batch) <= messages
        assert len(batch) == 1 or sum(min(weight, cap) for weight in batch) <= size
