"""Secrets in every place that mail has, taken in without trouble: no byte of them is left anywhere."""

from __future__ import annotations

import json
from pathlib import Path

from tests.canary.house import House


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
        assert planted_house.intake("queue", "show", case)[0] == 0
        assert planted_house.intake("queue", "show", case, "--json")[0] == 0
    assert planted_house.leaks() == []


def test_commands_on_files_say_nothing_of_them(planted_house: House, tmp_path_factory: object) -> None:
    outside = Path(str(planted_house.root) + "-mail")  # the mail itself is not what is searched
    outside.mkdir()
    for number, plant in enumerate(planted_house.plants):
        (outside / f"{number:02d}.eml").write_bytes(plant.data)
    for how in (["--json"], ["--explain"], []):
        status, _ = planted_house.intake("process", str(outside), "--policy", "eofferix", *how)
        assert status == 0
    for path in sorted(outside.iterdir()):
        assert planted_house.intake("redact", str(path))[0] == 0
        assert planted_house.intake("redact", str(path), "--json")[0] == 0
    assert planted_house.leaks() == []


def test_the_search_would_see_what_the_store_writes(planted_house: House) -> None:
    planted_house.intake("poll", "--once")
    stored = "\n".join(planted_house.texts())
    assert "EO-700100" in stored
    assert any(b"EO-700100" in path.read_bytes() for path in planted_house.root.rglob("intake.db*"))
