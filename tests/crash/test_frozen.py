"""A host that freezes in the middle of a transaction: the database lets go of what it holds."""

from __future__ import annotations

import threading

import pytest

from intake.errors import UnavailableError
from intake.store import engine, leases
from intake.store.store import Store
from tests.crash.matrix import databases_of
from tests.crash.world import KEYS, MAILBOX


def test_its_mailbox_can_be_taken_over_and_it_writes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SILENT_S", 1)
    taken = threading.Event()
    with databases_of("postgresql") as urls:
        url = next(urls)
        with Store.open(url, KEYS) as frozen, Store.open(url, KEYS) as other:
            lease = frozen.take_lease(MAILBOX, "one", 1)
            assert lease is not None

            def take() -> None:  # waits for the lock, then finds that the lease is over
                while other.take_lease(MAILBOX, "two", 60) is None:
                    pass
                taken.set()

            taker = threading.Thread(target=take)

            def freeze() -> None:
                with frozen.writing() as connection:
                    leases.fence(connection, lease)
                    taker.start()
                    assert taken.wait(60)
                    leases.fence(connection, lease)

            with pytest.raises(UnavailableError):
                freeze()
            taker.join()
