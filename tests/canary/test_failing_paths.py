"""Where something goes wrong, errors repeat what they choked on: here every one of them tries to."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import imapclient
import pytest
import structlog
from imapclient.exceptions import IMAPClientError

from intake.cli.main import main
from intake.errors import Exit
from intake.store.tables import METADATA
from intake.worker import process as worker_process
from tests.canary.failing import ERRORS, raiser, serve_careless, serve_failing
from tests.canary.hostile import hostile
from tests.canary.house import House, house
from tests.canary.plants import Plant
from tests.canary.search import traces, words

TOO_DEEP_FOR_PYMAP = {"nested two thousand deep", "messages in messages"}
STAGES = ("parse", "fingerprints", "redact_message", "extract", "claim_facts", "check_facts", "decide")


def _all_planted(house: House) -> str:
    return " ".join(secret.text for secret in house.secrets)


def _fail(monkeypatch: pytest.MonkeyPatch, **what: str) -> None:
    """Mail is read in worker processes: that is where a stage fails."""
    monkeypatch.setattr(worker_process, "serve", partial(serve_failing, **what))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails_takes_its_words_with_it(
    small_house: House, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail(monkeypatch, fails=stage, error="ValueError", text=_all_planted(small_house))
    status, out = small_house.intake("poll", "--once", "--json")
    counts = json.loads(out)
    assert status == 0
    assert counts["quarantined"] + counts["duplicates"] == counts["seen"] == len(small_house.plants)
    small_house.intake("queue", "list", "--json")
    assert small_house.leaks() == []


@pytest.mark.parametrize("error", ERRORS)
def test_whatever_kind_of_error_it_is(
    small_house: House, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail(monkeypatch, fails="extract", error=error, text=_all_planted(small_house))
    status, out = small_house.intake("poll", "--once", "--json")
    assert status == 0
    assert json.loads(out)["quarantined"] > 0
    assert small_house.leaks() == []


@pytest.mark.parametrize("part", ["subject", "body", "sender_email", "sender_name", "message_id"])
def test_a_plain_string_in_place_of_redacted_text_is_refused(
    small_house: House, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = partial(serve_careless, part=part, text=_all_planted(small_house))
    monkeypatch.setattr(worker_process, "serve", careless)
    small_house.intake("poll", "--once")
    small_house.intake("queue", "list", "--json")
    assert small_house.leaks() == []


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_a_database_that_refuses_rows_says_nothing_of_them(small_house: House, table: str) -> None:
    with closing(sqlite3.connect(small_house.database)) as connection:
        connection.execute(
            f'CREATE TRIGGER refuse BEFORE INSERT ON "{table}" BEGIN SELECT RAISE(ABORT, "no"); END'
        )
    small_house.intake("poll", "--once")
    small_house.intake("queue", "list", "--json")
    assert small_house.leaks() == []


def test_a_mail_server_that_repeats_mail_in_its_errors(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = _all_planted(small_house)
    for make in (IMAPClientError, OSError, ValueError):
        monkeypatch.setattr(imapclient.IMAPClient, "fetch", raiser(make, planted))
        small_house.intake("poll", "--once")
    assert small_house.leaks() == []


def test_hostile_messages_are_accounted_for_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    served = [plant for plant in hostile() if plant.place not in TOO_DEEP_FOR_PYMAP]
    with house(tmp_path, served, monkeypatch, capfd) as made:
        status, out = made.intake("poll", "--once", "--json")
        counts = json.loads(out)
        assert status == 0
        assert counts["seen"] == len(served)
        assert counts["pending"] == 0
        _, out = made.intake("queue", "list", "--json")
        for row in json.loads(out):
            made.intake("queue", "show", row["case"])
        assert made.leaks() == []


@pytest.mark.parametrize("plant", hostile(), ids=lambda plant: plant.place)
def test_a_hostile_file_is_read_or_refused_without_its_words(
    tmp_path: Path, plant: Plant, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hostile.eml"
    file.write_bytes(plant.data)
    monkeypatch.setattr(sys, "argv", ["intake", "process", str(file), "--policy", "eofferix", "--json"])
    try:
        main()
    except SystemExit as end:
        assert end.code in {0, Exit.BAD_DATA}  # noqa: PT017 - a command that ends well need not raise
    said = "".join(capfd.readouterr())
    structlog.reset_defaults()
    assert json.loads(said.splitlines()[0])
    assert not traces(said.encode(), plant.secrets) + words(said, plant.secrets)
