"""The clocks of a case: the due day that rests while the customer is asked, reminders, closing after silence.

Days are those of the policy's zone; business days those of its calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from intake.calendars import days_off
from intake.casework.states import State, evaluated
from rules.deadlines import SATURDAY, DaysOff

if TYPE_CHECKING:
    from intake.casework.judge import Judged
    from rules.types import Deadline, Policy

_DUE: Final = ("review_by", "refund_by")
"""What people see as due is the first of these deadlines that the policy has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which the case waited for the customer; `end` None: it still does."""

    start: datetime
    end: datetime | None


def pauses(moves: Iterable[tuple[datetime, str]]) -> list[Pause]:
    """The pauses in a history of states, oldest first."""
    found: list[Pause] = []
    since: datetime | None = None
    for at, state in moves:
        waits = state == State.NEEDS_INFORMATION
        if waits and since is None:
            since = at
        elif not waits and since is not None:
            found.append(Pause(start=since, end=at))
            since = None
    return found + ([Pause(start=since, end=None)] if since is not None else [])


def due_day(judged: Judged, row: Mapping[str, object], waits: Iterable[Pause], now: datetime) -> date | None:
    """The day on which an answer is due: the policy's, later by the days that we waited for the customer.

    Args:
        judged: what the rules say now.
        row: the case's columns as they were before: state and outcome.
        waits: its pauses so far.
        now: for a pause that ends just now.
    """
    decision = judged.decision
    state = row["state"]
    assert isinstance(state, State)  # noqa: S101 - the column's type
    name = next((one for one in _DUE if decision.deadlines.get(one) is not None), None)
    last = None if name is None else decision.deadlines[name]
    if name is None or last is None:
        return None
    if evaluated(state, before=str(row["outcome"]), after=decision.outcome) is State.NEEDS_INFORMATION:
        return None
    deadline = judged.policy.deadlines[name]
    known = (judged.known.get(fact) for fact in (*deadline.start, "claim.requested_on"))
    begin = next((day for day in known if isinstance(day, date)), last)
    spent = {
        day
        for wait in waits
        for day in _days(wait, now, ZoneInfo(judged.policy.timezone))
        if day > begin  # before that the period had not begun
    }
    return _later(last, spent, deadline, judged.policy)


def today(policy: Policy, now: datetime) -> date:
    """The day in the policy's zone."""
    return now.astimezone(ZoneInfo(policy.timezone)).date()


def reminds(due: date, day: date, days: int) -> bool:
    """Whether people are reminded on `day`: from `days` before the due day up to it. 0: never."""
    return days > 0 and due - timedelta(days=days) <= day <= due


def silent(since: date, day: date, days: int) -> bool:
    """Whether a customer who was asked, and last heard of or written to on `since`, kept silent. 0: never."""
    return days > 0 and day - since > timedelta(days=days)


def _days(wait: Pause, now: datetime, zone: ZoneInfo) -> Iterable[date]:
    """The days that a pause took: the day of asking is ours, the day of the answer the customer's."""
    day, last = wait.start.astimezone(zone).date(), (wait.end or now).astimezone(zone).date()
    while day < last:
        day += timedelta(days=1)
        yield day


def _later(day: date, spent: set[date], deadline: Deadline, policy: Policy) -> date:
    """As many days later as were spent, both counted as the deadline counts."""
    free = days_off(policy) if deadline.business else None
    left = sum(_counts(one, free) for one in spent)
    while left:
        day += timedelta(days=1)
        left -= _counts(day, free)
    return day


def _counts(day: date, free: DaysOff | None) -> bool:
    return free is None or (day.weekday() < SATURDAY and day not in free.of_year(day.year))
