from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.store.store import Store
from tests.intake.casework import stories
from tests.intake.store import make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as opened:
        lease = opened.take_lease("support", "host:1", 60)
        assert lease is not None
        opened.record(lease, [stories.mail(1)], after=make.KEEP, last_uid=1)
        yield opened
