"""One Dovecot for the tests of a worker process; each test has a mailbox user of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.mail.imap import ImapSource
from tests.dovecot import PASSWORD, Dovecot, require_dovecot

_USERS = [f"user{number}" for number in range(100)]
_next = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot(_USERS) as dovecot:
        yield dovecot


@pytest.fixture
def user(server: Dovecot) -> str:
    return _USERS[next(_next)]


def settings(server: Dovecot, user: str, **others: object) -> MailboxConfig:
    base: dict[str, object] = {"host": server.host, "port": server.port, "tls": "none", "username": user}
    return MailboxConfig.model_validate(base | {"policy": "pars", "start_from": "all"} | others)


Connect = Callable[..., ImapSource]


@pytest.fixture
def connect(server: Dovecot, user: str) -> Iterator[Connect]:
    opened: list[ImapSource] = []

    def make(*, password: str = PASSWORD, readonly: bool = False, **others: object) -> ImapSource:
        box = settings(server, user, **others)
        opened.append(ImapSource("box", box, lambda: SecretStr(password), readonly=readonly))
        return opened[-1]

    yield make
    for source in opened:
        source.close()
