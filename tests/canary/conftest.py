"""What the canary's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary.house import House, house
from tests.canary.plants import plants


@pytest.fixture
def planted_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """A house whose mailbox has a secret in every place."""
    with house(tmp_path, plants(), monkeypatch, capfd) as made:
        yield made


@pytest.fixture
def small_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """A house with every fifth place: enough where the errors themselves repeat all that is planted."""
    with house(tmp_path, plants()[::5], monkeypatch, capfd) as made:
        yield made
