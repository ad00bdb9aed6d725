"""Where something goes wrong, errors repeat what they choked on: here every one of them tries to."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import imapclient
import pytest
from imapclient.exceptions import IMAPClientError

import intake.pipeline
from intake.mail.redacted import RedactedMessage
from intake.store.tables import Base
from tests.canary.hostile import hostile
from tests.canary.house import House, house

STAGES = ("parse", "fingerprints", "redact_message", "extract", "claim_facts", "check_facts", "decide")
ERRORS: dict[str, Callable[[str], BaseException]] = {
    "ValueError": ValueError,
    "RecursionError": RecursionError,
    "UnicodeDecodeError": lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, text),
    "OSError": lambda text: OSError(5, text, text),
    "an error of its own": lambda text: type(text[:200], (Exception,), {})(text),
}


def _all_planted(house: House) -> str:
    return " ".join(secret.text for secret in house.secrets)


def _raiser(make: Callable[[str], BaseException], text: str) -> Callable[..., NoReturn]:
    def raises(*_: object, **__: object) -> NoReturn:
        error = make(text)
        error.add_note(text)
        raise error from ValueError(text)

    return raises


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails_takes_its_words_with_it(
    planted_house: House, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake.pipeline, stage, _raiser(ValueError, _all_planted(planted_house)))
    status, out = planted_house.intake("poll", "--once", "--json")
    counts = json.loads(out)
    assert status == 0
    assert counts["quarantined"] + counts["duplicates"] == counts["seen"] == len(planted_house.plants)
    planted_house.intake("queue", "list", "--json")
    assert planted_house.leaks() == []


@pytest.mark.parametrize("error", ERRORS)
def test_whatever_kind_of_error_it_is(
    planted_house: House, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake.pipeline, "extract", _raiser(ERRORS[error], _all_planted(planted_house)))
    status, out = planted_house.intake("poll", "--once", "--json")
    assert status == 0
    assert json.loads(out)["quarantined"] > 0
    assert planted_house.leaks() == []


@pytest.mark.parametrize("part", ["subject", "body", "sender_email", "sender_name", "message_id"])
def test_a_plain_string_in_place_of_redacted_text_is_refused(
    planted_house: House, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = intake.pipeline.redact_message
    planted = _all_planted(planted_house)

    def careless(*arguments: Any) -> RedactedMessage:
        return dataclasses.replace(original(*arguments), **{part: planted})

    monkeypatch.setattr(intake.pipeline, "redact_message", careless)
    planted_house.intake("poll", "--once")
    planted_house.intake("queue", "list", "--json")
    assert planted_house.leaks() == []


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_a_database_that_refuses_rows_says_nothing_of_them(planted_house: House, table: str) -> None:
    with closing(sqlite3.connect(planted_house.database)) as connection:
        connection.execute(
            f'CREATE TRIGGER refuse BEFORE INSERT ON "{table}" BEGIN SELECT RAISE(ABORT, "no"); END'
        )
    planted_house.intake("poll", "--once")
    planted_house.intake("queue", "list", "--json")
    assert planted_house.leaks() == []


def test_a_mail_server_that_repeats_mail_in_its_errors(
    planted_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = _all_planted(planted_house)
    for make in (IMAPClientError, OSError, ValueError):
        monkeypatch.setattr(imapclient.IMAPClient, "fetch", _raiser(make, planted))
        planted_house.intake("poll", "--once")
    assert planted_house.leaks() == []


def test_hostile_messages_are_accounted_for_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with house(tmp_path, hostile(), monkeypatch, capfd) as made:
        status, out = made.intake("poll", "--once", "--json")
        counts = json.loads(out)
        assert status == 0
        assert counts["seen"] == len(made.plants)
        assert counts["pending"] == 0
        _, out = made.intake("queue", "list", "--json")
        for row in json.loads(out):
            made.intake("queue", "show", row["case"])
        assert made.leaks() == []
