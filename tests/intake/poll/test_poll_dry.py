"""`--dry-run` and `--since`: what is told, and what stays as it was."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from intake.config.model import MailboxConfig
from intake.extraction.types import Kind
from intake.poll.dry import DryPoller
from intake.poll.values import Counts
from intake.poll.work import Workshop
from intake.store.store import Store
from tests.intake.poll.conftest import Make
from tests.intake.poll.fake_source import MAILBOX, FakePipeline, FakeSource


@pytest.fixture
def dry(source: FakeSource, pipeline: FakePipeline, store: Store) -> DryPoller:
    box = MailboxConfig(host="imap.example.org", username="u", policy="eofferix", start_from="all")
    workshop = Workshop(processor=pipeline, fingerprint=lambda _data: "", stop=threading.Event())
    return DryPoller(name=MAILBOX, box=box, source=source, places=store, workshop=workshop)


def test_a_dry_pass_counts_by_what_each_message_says_and_stores_nothing(
    dry: DryPoller, source: FakeSource, pipeline: FakePipeline, store: Store
) -> None:
    source.fill(range(1, 61))
    pipeline.kinds = {2: Kind.AUTOMATIC, 3: Kind.OTHER, 5: Kind.REPLY}
    pipeline.fails = {4}
    expected = Counts(seen=60, cases=56, replies=1, ignored=1, set_aside=1, quarantined=1)
    assert dry.poll() == expected
    assert dry.poll() == expected  # nothing was remembered
    assert sum(store.counts(MAILBOX).values()) == 0
    assert store.progress(MAILBOX, "INBOX") is None
    assert source.told == []


def test_a_dry_pass_counts_what_may_be_a_request_as_a_case(
    dry: DryPoller, source: FakeSource, pipeline: FakePipeline
) -> None:
    source.fill([1, 2])
    pipeline.kinds = {1: Kind.OTHER, 2: Kind.OTHER}
    pipeline.doubtful = {2}
    assert dry.poll() == Counts(seen=2, cases=1, set_aside=1)


def test_a_dry_pass_looks_at_what_is_new_alone(dry: DryPoller, make_poller: Make, source: FakeSource) -> None:
    source.fill(range(1, 11))
    make_poller().poll()
    assert dry.poll() == Counts()
    source.fill([11, 12])
    assert dry.poll(limit=1) == Counts(seen=2, cases=1, pending=1)


def test_a_dry_pass_by_day_spends_its_limit_on_what_is_not_stored(
    dry: DryPoller, make_poller: Make, source: FakeSource
) -> None:
    source.fill(range(1, 11))
    make_poller().poll()
    source.fill([11, 12, 13])
    day = date(2026, 6, 1)
    assert dry.poll(limit=2, since=day) == make_poller().poll(limit=2, since=day)
    assert dry.poll(limit=2, since=day) == Counts(seen=1, cases=1)


def test_since_takes_older_mail_in_and_skips_nothing_between(
    make_poller: Make, source: FakeSource, store: Store
) -> None:
    source.fill(range(1, 31))
    taken = [uid for uid in range(1, 31) if uid > 20]
    source.uids_after = lambda last, since: [  # type: ignore[method-assign] # the server's search by day
        uid for uid in range(1, 31) if uid > last and (since is None or uid in taken)
    ]
    assert make_poller().poll(since=date(2026, 6, 1)) == Counts(seen=10, cases=10)
    assert store.progress(MAILBOX, "INBOX") is None  # what came before that day is still to come
    assert make_poller().poll(limit=20) == Counts(seen=20, cases=20)
    assert (
        make_poller().poll(limit=5) == Counts()
    )  # nothing is left: what was taken in by day is not counted again
    assert make_poller().poll(since=date(2026, 6, 1)) == Counts()
