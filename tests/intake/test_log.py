"""What an operator finds in the log at night, and what nobody may find there."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys

import pytest
import structlog

from intake.config.model import MailboxConfig
from intake.engine.engine import policies_in_use
from intake.log import Event, configure, emit, failure_place, silence_libraries
from rules.load import policies_in

CARD = "4111 1111 1111 1111"
CONTRACT_NAMES = re.compile(r"[a-z]+\.[a-z_]+")


@pytest.fixture(autouse=True)
def _plain() -> None:
    structlog.contextvars.clear_contextvars()


def lines(form: str, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    configure(form=form, level=level, stream=stream)
    return stream


def test_a_line_is_one_json_object_with_its_time_level_event_and_run() -> None:
    out = lines("json")
    emit(Event.POLL_FINISHED, mailbox="support", seen=3)
    told = json.loads(out.getvalue())
    assert list(told)[:3] == ["ts", "level", "event"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["ts"])
    assert (told["level"], told["event"], told["seen"]) == ("info", "poll.finished", 3)
    assert told["run_id"]


@pytest.mark.parametrize("form", ["json", "logfmt", "console"])
def test_no_card_and_no_address_leaves_whoever_put_it_there(form: str) -> None:
    out = lines(form)
    for event in (event for event in Event if event.level != "debug"):
        for name in event.fields:
            emit(event, **{name: f"ann@example.org paid {CARD}"})
    assert out.getvalue().count("\n") > 50
    assert not re.search(r"4111|ann@", out.getvalue())


def test_a_long_number_leaves_a_line_that_is_json_and_a_uid_stays_whole() -> None:
    out = lines("json")
    uid = 1_152_921_504_606_846_975  # the longest that mail from files gets
    emit(Event.MESSAGE_QUARANTINED, uidvalidity=0, uid=uid, bytes=int(CARD.replace(" ", "")), attempt=2)
    told = json.loads(out.getvalue())
    assert (told["uidvalidity"], told["uid"], told["bytes"], told["attempt"]) == (0, uid, "<number>", 2)


def test_the_log_says_which_policies_judge() -> None:
    boxes = {
        policy: MailboxConfig(host="imap.example.org", username="u", policy=policy, start_from="all")
        for policy in ("eofferix", "pars")
    }
    out = lines("json")
    emit(Event.SERVICE_STARTED, policy_version=policies_in_use(policies_in(None), boxes))
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["policy_version"] == "eofferix 2026-05-24, pars 2015-01-01"


@pytest.mark.parametrize("words", ["two\nlines", 'she said "no"', "a long story " * 20, "\x1b[31mred"])
def test_words_of_a_mail_are_withheld(words: str) -> None:
    out = lines("json")
    emit(Event.MESSAGE_IGNORED, mailbox="support", reason=words)
    assert json.loads(out.getvalue())["reason"] == "<withheld>"


def test_an_undeclared_field_or_a_value_that_is_no_label_is_a_bug() -> None:
    lines("json")
    with pytest.raises(TypeError, match="subject"):
        emit(Event.MESSAGE_STORED, subject="hello")
    with pytest.raises(TypeError, match="reason"):
        emit(Event.MESSAGE_IGNORED, reason=["hello"])  # type: ignore[arg-type] # what a careless caller does


def test_every_event_has_a_name_of_two_words_and_one_meaning() -> None:
    assert all(CONTRACT_NAMES.fullmatch(event.label) for event in Event)
    assert len({(event.label, event.level) for event in Event}) == len(Event)


def test_quiet_is_quiet() -> None:
    out = lines("json", "error")
    emit(Event.POLL_HEARTBEAT, mailbox="support", polls=60, new=0)
    assert out.getvalue() == ""


def test_journald_gets_its_priorities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    out = lines("json")
    emit(Event.MESSAGE_QUARANTINED, mailbox="support", stage="parse")
    emit(Event.DB_CREATED, to="0001")
    first, second = out.getvalue().splitlines()
    assert (first[:4], second[:4]) == ("<3>{", "<6>{")


def test_of_a_foreign_error_class_and_place_are_told_never_its_words() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(CARD)
    code, place = failure_place(caught.value)
    assert code == "ValueError"
    assert place.startswith(f"{__name__}:test_of_a_foreign_error")


@pytest.mark.parametrize(
    "name", ["imapclient.imaplib", "mailparser", "sqlalchemy.engine", "apscheduler.executors"]
)
def test_other_people_s_loggers_are_shut(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    silence_libraries()
    logging.getLogger(name).critical(CARD)
    assert CARD not in "".join(capsys.readouterr())


def test_the_library_comes_with_the_first_event_and_finds_the_settings_waiting() -> None:
    code = (
        "import sys; from intake.log import Event, configure, emit\n"
        "configure(form='json', level='warning')\n"
        "print('structlog' in sys.modules)\n"
        "emit(Event.LEASE_HELD, mailbox='support'); emit(Event.LEASE_LOST, mailbox='support', epoch=2)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["lease.lost"]
