"""One daemon a mailbox: leases expire by the database's clock, and an old epoch can write nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from intake.keys import Keys
from intake.store.engine import database_url, make_engine
from intake.store.errors import LeaseLostError
from intake.store.store import Store
from intake.store.tables import Mailbox
from intake.store.values import Disposition, Lease
from tests.intake.store import make
from tests.intake.store.conftest import MAILBOX, TTL_S


def run_out(url: str) -> None:
    """Puts the lease's end into the past, as if its owner had slept."""
    engine = make_engine(database_url(url))
    with engine.begin() as connection:
        connection.execute(update(Mailbox).values(leased_until=1))
    engine.dispose()


def test_a_mailbox_is_held_by_one(store: Store, lease: Lease) -> None:
    assert store.take_lease(MAILBOX, "host:2", TTL_S) is None
    assert store.take_lease("billing", "host:2", TTL_S) is not None
    store.release(lease)
    taken = store.take_lease(MAILBOX, "host:2", TTL_S)
    assert taken is not None
    assert taken.epoch > lease.epoch


def test_who_slept_cannot_write_any_more(store: Store, lease: Lease, url: str) -> None:
    store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)
    (action,) = store.due_actions(MAILBOX, 10)
    run_out(url)
    other = store.take_lease(MAILBOX, "host:2", TTL_S)
    assert other is not None
    writes: list[Callable[[], object]] = [
        lambda: store.record(lease, [make.processed(2)], after=make.KEEP, last_uid=2),
        lambda: store.set_progress(lease, "INBOX", 7, 99),
        lambda: store.actions_done(lease, [action.id]),
        lambda: store.action_failed(lease, action.id, "NO", 60),
        lambda: store.renew(lease, TTL_S),
        lambda: store.release(lease),
    ]
    for write in writes:
        with pytest.raises(LeaseLostError):
            write()
    assert store.counts(MAILBOX)["case"] == 1
    assert store.due_actions(MAILBOX, 10) == [action]
    store.record(other, [make.processed(2)], after=make.KEEP, last_uid=2)


def test_a_lease_that_ran_out_must_be_renewed_before_writing(store: Store, lease: Lease, url: str) -> None:
    run_out(url)
    with pytest.raises(LeaseLostError):
        store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)
    store.renew(lease, TTL_S)
    assert store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)[0].fresh


def test_a_restarted_daemon_of_the_same_name_fences_its_former_self(store: Store, lease: Lease) -> None:
    again = store.take_lease(MAILBOX, lease.owner, TTL_S)
    assert again is not None
    with pytest.raises(LeaseLostError):
        store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)


def test_of_many_who_want_a_new_mailbox_one_gets_it(new_database: Callable[[], str], keys: Keys) -> None:
    url = new_database()
    Store.open(url, keys).close()

    def want(number: int) -> Lease | None:
        with Store.open(url, keys) as store:
            return store.take_lease(MAILBOX, f"host:{number}", TTL_S)

    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(want, range(8)))
    assert sum(lease is not None for lease in leases) == 1


def test_two_mailboxes_written_at_once_share_no_number_and_double_nothing(
    new_database: Callable[[], str], keys: Keys
) -> None:
    url = new_database()
    Store.open(url, keys).close()

    def work(mailbox: str) -> list[Disposition]:
        with Store.open(url, keys) as store:
            lease = store.take_lease(mailbox, f"host:{mailbox}", TTL_S)
            assert lease is not None
            done = []
            for uid in range(1, 21):  # the same twenty mails lie in both
                key = make.key(uid, mailbox=mailbox)
                prints = make.prints(f"mail{uid}", raw=make.prints(f"{mailbox}{uid}").raw)
                item = make.processed(uid, key=key, fingerprints=prints)
                done += store.record(lease, [item], after=make.KEEP, last_uid=uid)
            return [recorded.disposition for recorded in done]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, ("support", "billing"))
    assert len(first) == len(second) == 20
    assert sum(what is Disposition.CASE for what in first + second) == 20
    with Store.open(url, keys) as store:
        assert [row.label for row in store.cases()] == [f"R-{1001 + n}" for n in range(20)]
        assert store.broken_audit() == []
