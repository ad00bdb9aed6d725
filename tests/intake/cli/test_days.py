"""A day is over when it is over in the policy's own zone; commands do not chatter to whoever pipes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from intake.cli import acting, main
from intake.cli.queue import days as queue_days
from intake.keys import Keys
from intake.store.store import Store
from intake.store.tables import Case

MIDNIGHT_IN_MOSCOW = datetime(2026, 6, 10, 21, 0, tzinfo=UTC)
JUST_BEFORE = datetime(2026, 6, 10, 20, 59, 59, tzinfo=UTC)


@pytest.fixture
def due(place: Path) -> Path:
    """One case that was due on 10 June, by the calendar of Moscow."""
    keys = Keys.load(place / "secret-key")
    with Store.open(f"sqlite:///{place / 'intake.db'}", keys) as store, store.writing() as connection:
        connection.execute(update(Case).where(Case.c.id == 1).values(due=date(2026, 6, 10)))
        connection.execute(update(Case).where(Case.c.id == 2).values(due=date(2026, 6, 11)))
    return place


@pytest.mark.parametrize(("now", "late"), [(JUST_BEFORE, []), (MIDNIGHT_IN_MOSCOW, ["R-1001"])])
def test_a_day_is_over_at_midnight_in_moscow(
    due: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, now: datetime, late: list[str]
) -> None:
    class At(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override] # all that is asked of it
            return now.astimezone(tz)

    monkeypatch.setattr(queue_days, "datetime", At)
    monkeypatch.setattr("intake.cli.queue.out.datetime", At)
    found = json.loads(run("ana", "queue", "list", "--overdue", "--json").stdout)
    assert [row["case"] for row in found] == late
    assert json.loads(run("ana", "queue", "stats", "--json").stdout)["overdue"] == len(late)
    marked = [line.split()[0] for line in run("ana", "queue", "list").stdout.splitlines() if "!" in line]
    assert marked == late
    exported = run("ana", "queue", "export", "--overdue", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["case"] for line in exported] == late


def test_the_zone_is_shown(due: Path, run: Callable[..., Any]) -> None:
    assert "Europe/Moscow" in run("ana", "queue", "list", "--overdue").stderr
    assert "due 2026-06-10 (Europe/Moscow)" in run("ana", "queue", "show", "R-1001").stdout


@pytest.mark.parametrize(("options", "told"), [((), False), (("-v",), True)])
def test_what_is_piped_holds_no_chatter(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    told: bool,  # noqa: FBT001 - a table
) -> None:
    (place / "intake.toml").write_text(f'state_dir = "{place}"\n', encoding="utf-8")
    monkeypatch.setattr(acting, "os_login", lambda: "os-ana")
    done = CliRunner().invoke(
        main.app, ["-c", str(place / "intake.toml"), *options, "queue", "claim", "R-1001"]
    )
    assert done.stdout.startswith("R-1001 v2  in_review")
    assert ("case.state_changed" in done.stderr) is told
