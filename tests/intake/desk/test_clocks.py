"""The due day rests while we wait for the customer; silence closes; people are reminded once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.casework.clocks import Pause, due_day, pauses, reminds, silent
from intake.casework.states import Action, State
from intake.config.letters import ClocksConfig
from intake.config.model import Config
from intake.config.review import ReviewConfig
from intake.desk.desk import Desk
from intake.engine.errands import Errands, errands
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.redaction.settings import RedactionSettings
from intake.store.facts import claims
from intake.store.store import Store
from tests.intake.casework import stories
from tests.intake.desk.conftest import more

ANA = Actor(name="ana", role=Role.AGENT)


def at(day: int, hour: int = 12, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def due(
    waits: list[Pause],
    now: datetime,
    state: State = State.READY,
    outcome: str = "approve_if_verified",
    policy: str = "eofferix",
) -> date | None:
    mail = stories.mail(1, policy=policy)
    judged = stories.judge().judge(policy, list(claims(mail, 1, at(2))))
    return due_day(judged, {"state": state, "outcome": outcome}, waits, now)


def test_the_due_day_is_the_policys_and_later_by_what_we_waited() -> None:
    plain = due([], at(2))
    assert plain == date(2026, 6, 17)  # ten business days after 2 June, less Russia's 12 June
    waited = due([Pause(start=at(4), end=at(8))], at(9))  # Thursday to Monday: one business day, and Friday
    assert waited == date(2026, 6, 19)
    assert due([Pause(start=at(4), end=None)], at(8)) == waited  # a pause that ends just now
    assert due([Pause(start=at(6), end=at(7))], at(9)) == plain  # a weekend costs nobody anything
    assert due([Pause(start=at(1), end=at(2))], at(9)) == plain  # before the period began


def test_a_deadline_of_calendar_days_rests_by_calendar_days() -> None:
    assert due([], at(2), policy="pars") == date(2026, 6, 9)  # seven days after the request
    weekend = [Pause(start=at(6), end=at(8))]
    assert due(weekend, at(9), policy="pars") == date(2026, 6, 11)
    assert (
        due(weekend, at(7), State.NEEDS_INFORMATION, policy="pars", outcome="needs_information") is not None
    )
    waiting = due(weekend, at(7), State.NEEDS_INFORMATION, policy="pars")
    assert waiting is None  # while the customer is asked nothing is due, whatever the deadline is called


@pytest.mark.parametrize(("hour", "later"), [(20, 1), (21, 0)])
def test_days_of_waiting_end_at_midnight_in_moscow(hour: int, later: int) -> None:
    """Asked at 23:00 and at 24:00 of Moscow's Wednesday, answered on its Friday: the day of asking is ours."""
    asked = datetime(2026, 6, 3, hour, tzinfo=UTC)
    found = due([Pause(start=asked, end=at(5, hour=9))], at(9))
    plain = due([], at(9))
    assert plain is not None
    assert found == plain + timedelta(days=1 + later)


def test_while_it_waits_there_is_none() -> None:
    assert due([Pause(start=at(4), end=None)], at(8), State.NEEDS_INFORMATION) is None


def test_pauses_are_read_off_the_history() -> None:
    moves = [(at(1), "ready"), (at(2), "needs_information"), (at(3), "needs_information"), (at(4), "ready")]
    assert pauses(moves) == [Pause(start=at(2), end=at(4))]
    assert pauses([*moves, (at(6), "needs_information")])[-1] == Pause(start=at(6), end=None)
    assert pauses([]) == []


@pytest.mark.parametrize(
    ("day", "days", "is_time"), [(7, 2, False), (8, 2, True), (10, 2, True), (11, 2, False), (9, 0, False)]
)
def test_reminders_come_before_the_due_day(day: int, days: int, is_time: bool) -> None:  # noqa: FBT001 - a table
    assert reminds(date(2026, 6, 10), date(2026, 6, day), days) is is_time


def test_silence_lasts_more_than_its_days_or_never() -> None:
    assert not silent(date(2026, 6, 1), date(2026, 6, 15), 14)
    assert silent(date(2026, 6, 1), date(2026, 6, 16), 14)
    assert not silent(date(2026, 6, 1), date(2030, 6, 16), 0)


@pytest.fixture
def work(store: Store, tmp_path: Path) -> Iterator[Errands]:
    desk = Desk(
        store=store, judge=stories.judge(), review=ReviewConfig(), redactor=Redactor(RedactionSettings())
    )
    with errands(Config(state_dir=tmp_path, mailbox={}), store, desk, threading.Event()) as made:
        yield made


def ask(store: Store) -> Any:
    with store.change("R-1001") as change:
        change.act(Action.CLAIM, ANA, owner="ana", held_until=change.now_ms + 60_000)
        change.act(Action.ASK, ANA)
    found = store.case("R-1001")
    assert found is not None
    return found.row


def later(days: int) -> Any:
    moment = datetime.now(UTC) + timedelta(days=days)
    return lambda: moment


def test_a_case_that_was_asked_about_is_closed_after_silence(store: Store, work: Errands) -> None:
    row = ask(store)
    assert (row.state, row.due) == (State.NEEDS_INFORMATION, None)
    assert replace(work, now=later(14)).clocks() == 0
    assert replace(work, now=later(16)).clocks() == 1
    case = store.case("R-1001")
    assert case is not None
    assert case.row.state is State.CLOSED
    assert case.history[-1].action == "case.expired"
    assert replace(work, now=later(17)).clocks() == 0


def test_nobody_is_silent_who_was_never_asked(store: Store, work: Errands) -> None:
    lease = store.take_lease("support", "host:1", 60)
    assert lease is not None
    from tests.intake.store import make

    store.record(
        lease,
        [stories.mail(2, order_number=None, payment_date=None, method=None)],
        after=make.KEEP,
        last_uid=2,
    )
    found = store.case("R-1002")
    assert found is not None
    assert found.row.state is State.NEEDS_INFORMATION
    assert replace(work, now=later(400)).clocks() == 0


def test_a_frozen_hosts_sessions_are_ended_and_told_of(
    work: Errands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    work.run()
    assert "db.sessions_ended" not in capsys.readouterr().out  # nobody sleeps, nothing is said
    monkeypatch.setattr("intake.engine.errands.end_frozen", lambda _connection: 2)
    work.run()
    (told,) = (line for line in capsys.readouterr().out.splitlines() if "db.sessions_ended" in line)
    assert "count=2" in told


def test_people_are_reminded_once(store: Store, work: Errands, capsys: pytest.CaptureFixture[str]) -> None:
    row = store.cases()[0]
    assert row.due is not None
    near = datetime.combine(row.due, datetime.min.time(), UTC) - timedelta(days=1)
    for _ in range(2):
        replace(work, now=lambda: near).clocks()
    assert capsys.readouterr().out.count("case.due_soon") + _told(store) == 2  # one line, one row
    off = Config(state_dir=work.config.state_dir, mailbox={}, clocks=ClocksConfig(remind_days=0))
    replace(work, config=off, now=lambda: near).clocks()


def _told(store: Store) -> int:
    from sqlalchemy import func, select

    from intake.store.tables import Reminder

    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(Reminder)).scalar_one()


def test_who_answers_while_the_clock_is_looked_at_is_not_silent(store: Store, work: Errands) -> None:
    ask(store)
    looking = replace(work, now=later(16))
    (found,) = looking._silent()
    more(store, stories.answer(2, "mail1", method="card"))
    assert looking._closed(found) is False
    assert looking.clocks() == 0
    case = store.case("R-1001")
    assert case is not None
    assert case.row.state is State.READY
