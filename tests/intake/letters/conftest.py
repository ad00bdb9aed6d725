"""An office with one case that lacks details, and hands that take its letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.config.load import parse_config
from intake.desk.office import Office
from intake.letters.kinds import LetterKind
from intake.people import Actor, Role
from intake.store.store import Store
from rules.load import policies_in
from tests.intake.casework import stories
from tests.intake.store import make
from tests.intake.threads.test_threads import incomplete

ANA = Actor(name="ana", role=Role.AGENT)
BOX = 'host = "imap.example.org"\nusername = "u"\npolicy = "eofferix"\nstart_from = "all"\n'


class Post:
    """Takes letters, or fails as told."""

    def __init__(self, *fails: Exception) -> None:
        self.fails = list(fails)
        self.letters: list[tuple[bytes, str, str, str]] = []

    def __call__(self, data: bytes, own_id: str, sender: str, recipient: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.letters.append((data, own_id, sender, recipient))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    config = parse_config(f'state_dir = "."\n[mailbox.support]\n{BOX}', tmp_path / "intake.toml")
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as store:
        lease = store.take_lease("support", "host:1", 60)
        assert lease is not None
        store.record(lease, [incomplete()], after=make.KEEP, last_uid=None, judge=stories.judge())
        yield Office(config=config, store=store, keys=make.KEYS, policies=policies_in(None))


def send(
    office: Office, post: Post, kind: LetterKind | None = None, actor: Actor = ANA, way: str = "send"
) -> None:
    office.post(office.ready("R-1001", kind), way, actor, post)


def case(office: Office) -> Any:
    found = office.store.case("R-1001")
    assert found is not None
    return found
