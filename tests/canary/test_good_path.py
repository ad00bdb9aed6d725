"""Secrets in every place that mail has, taken in without trouble: no byte of them is left anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.canary.house import House
from tests.canary.plants import Plant


@pytest.mark.slow
def test_nothing_is_left_in_database_wal_files_logs_and_output(planted_house: House) -> None:
    status, out = planted_house.intake("poll", "--once", "--json")
    counts = json.loads(out)
    assert status == 0
    assert counts["seen"] == len(planted_house.plants)
    assert counts["pending"] == counts["quarantined"] == 0
    assert planted_house.database.with_name("intake.db-wal").stat().st_size > 0  # searched as well
    status, out = planted_house.intake("queue", "list", "--json")
    cases = [row["case"] for row in json.loads(out)]
    assert status == 0
    assert len(cases) == counts["cases"] > 10
    planted_house.intake("queue", "list")
    for case in cases:
        assert planted_house.intake("queue", "show", case, "--json")[0] == 0
    for case in cases[::6]:
        assert planted_house.intake("queue", "show", case)[0] == 0
    assert planted_house.leaks() == []


@pytest.mark.slow
@pytest.mark.parametrize("how", [["--json"], ["--explain"], []], ids=" ".join)
def test_process_says_nothing_of_them(planted_house: House, how: list[str]) -> None:
    files = _files(planted_house.root, (p for p in planted_house.plants if p.place != "media type"))
    status, _ = planted_house.intake("process", *files, "--policy", "eofferix", *how)
    assert status == 0
    assert planted_house.leaks() == []


def test_process_prints_no_number_for_a_media_type(planted_house: House) -> None:
    files = _files(planted_house.root, (p for p in planted_house.plants if p.place == "media type"))
    planted_house.intake("process", *files, "--policy", "eofferix", "--json")
    assert planted_house.leaks() == []


def test_redact_says_nothing_of_them(planted_house: House) -> None:
    for file in _files(planted_house.root, planted_house.plants):
        assert planted_house.intake("redact", file, "--json")[0] == 0
    assert planted_house.leaks() == []


def test_the_search_would_see_what_the_store_writes(planted_house: House) -> None:
    planted_house.intake("poll", "--once")
    stored = "\n".join(planted_house.texts())
    assert "EO-700100" in stored
    assert any(b"EO-700100" in path.read_bytes() for path in planted_house.root.rglob("intake.db*"))


def _files(root: Path, plants: Iterable[Plant]) -> list[str]:
    """Writes the mail beside the house, for what is searched must not hold it."""
    folder = root.with_name(f"{root.name}-mail")
    folder.mkdir()
    paths = []
    for number, plant in enumerate(plants):
        paths.append(folder / f"{number:02d}.eml")
        paths[-1].write_bytes(plant.data)
    return [str(path) for path in paths]
