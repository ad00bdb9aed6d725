"""Last days: calendar days, or Monday to Friday less the calendar's days off. The first day is not counted."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rules.facts import Facts
from rules.types import Deadline

SATURDAY: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysOff:
    """The public holidays of a policy's calendar, moved days off included.

    Attributes:
        of_year: the days off of one year.
        decreed_until: last year whose days are decreed; beyond it a business deadline is provisional.
    """

    of_year: Callable[[int], Collection[date]]
    decreed_until: int


NO_DAYS_OFF: Final = DaysOff(of_year=lambda _year: (), decreed_until=date.max.year)
"""For policies that count no business days."""


def last_day(facts: Facts, deadline: Deadline, days_off: DaysOff) -> date | None:
    """The last day, None while the day to count from is unknown (or the day lies past the calendar's end)."""
    start = next((day for key in deadline.start if (day := facts.day(key)) is not None), None)
    if start is None:
        return None
    try:
        if not deadline.business:
            return start + timedelta(days=deadline.days)
        return _business(start, deadline.days, days_off)
    except OverflowError:  # the year 9999 ends; no such day can be written
        return None


def _business(start: date, days: int, days_off: DaysOff) -> date:
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY and day not in days_off.of_year(day.year)
    return day
