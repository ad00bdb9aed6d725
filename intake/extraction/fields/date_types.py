"""A day that was read, and how a day without a year is placed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_LEEWAY_DAYS = 1  # the sender's zone may be behind


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A day and the slice that names it."""

    day: date
    start: int  # code points in the part
    end: int
    form: str  # "full", "no_year", "day_only", "relative", "weekday"
    other: date | None = None  # the second reading of 03/06, where both are possible


def valid_day(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(figures: str) -> int:
    """A year written with two or four figures."""
    return int(figures) + 2000 if len(figures) == 2 else int(figures)


def latest_past(today: date, month: int, day: int) -> date | None:
    """The last such day up to `today`: people write about payments that were made."""
    for year in (today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4):
        found = valid_day(year, month, day)
        if found and (found - today).days <= _LEEWAY_DAYS:
            return found
    return None
