"""One Dovecot for the tests of a worker process; each test has a mailbox user and a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.poll.poller import Poller
from intake.store.store import Store
from tests.crash.world import KEYS, make_poller, settings
from tests.dovecot import Dovecot, require_dovecot

_USERS = [f"user{number}" for number in range(60)]
_next = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot(_USERS) as dovecot:
        yield dovecot


@pytest.fixture
def user(server: Dovecot) -> str:
    return _USERS[next(_next)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", KEYS) as opened:
        yield opened


Make = Callable[..., Poller]


@pytest.fixture
def make(server: Dovecot, user: str, store: Store, tmp_path: Path) -> Iterator[Make]:
    made: list[Poller] = []

    def one(after: str = "redact", **others: object) -> Poller:
        poller = make_poller(settings(server, user, after, **others), store, tmp_path)
        made.append(poller)
        return poller

    yield one
    for poller in made:
        poller.source.close()
