"""A poller with a source and a pipeline in memory, and a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.config.model import MailboxConfig
from intake.keys import Keys
from intake.mail.limits import DEFAULT_LIMITS
from intake.poll.hold import Holder
from intake.poll.poller import Poller
from intake.poll.replace import Copier
from intake.poll.work import Workshop
from intake.redaction.redactor import Redactor
from intake.store.store import Store
from tests.intake.poll.fake_source import MAILBOX, FakePipeline, FakeSource

KEYS = Keys(bytes(range(32)))
Make = Callable[..., Poller]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", KEYS) as opened:
        yield opened


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def make_poller(store: Store, source: FakeSource, pipeline: FakePipeline, tmp_path: Path) -> Make:
    def make(*, stop: threading.Event | None = None, owner: str = "here", **settings: object) -> Poller:
        base: dict[str, object] = {"host": "imap.example.org", "username": "u", "policy": "eofferix"}
        box = MailboxConfig.model_validate(
            base | {"start_from": "all", "keyword": "", "flood_limit": 0} | settings
        )
        return Poller(
            name=MAILBOX,
            box=box,
            source=source,
            store=store,
            holder=Holder(store=store, state_dir=tmp_path, owner=owner),
            workshop=Workshop(
                processor=pipeline, fingerprint=KEYS.fingerprint, stop=stop or threading.Event()
            ),
            copier=Copier(redactor=Redactor(), limits=DEFAULT_LIMITS, keys=KEYS),
        )

    return make
