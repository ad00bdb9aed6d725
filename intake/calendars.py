"""Days off of a policy's calendar: public holidays and moved days off, from the `holidays` package."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

from rules.deadlines import NO_DAYS_OFF, SATURDAY, DaysOff
from rules.types import Policy

DECREED_UNTIL: Final[Mapping[str, int]] = MappingProxyType({"RU": 2027})
"""Last year whose days off are decreed, by country, as of November 2026; later years hold the law's days only."""
UNDECREED: Final = 2026
"""The same for a country of a user's own policy: the year in which this table was last looked over."""


@cache
def _of_year(country: str, year: int) -> frozenset[date]:
    import holidays  # here, so that commands that count no days start without it

    days = frozenset(holidays.country_holidays(country, years=year))
    if country == "RU" and year > DECREED_UNTIL[country]:
        return days | frozenset(_moved_by_law(days))
    return days


def _moved_by_law(days: frozenset[date]) -> Iterator[date]:
    """What follows a holiday on a weekend: the next working day is off. Those of January are moved by decree alone.

    Labour Code of the Russian Federation, article 112, part 2. No two of these holidays share a weekend.
    """
    for day in days:
        if day.month > 1 and day.weekday() >= SATURDAY:
            yield day + timedelta(days=7 - day.weekday())


def known_country(country: str) -> bool:
    """Whether there is a calendar of this country."""
    import holidays

    return country in holidays.list_supported_countries()


def days_off(policy: Policy) -> DaysOff:
    """The days off that a policy's business days leave out: public holidays, days off moved by decree included.

    Args:
        policy: its `calendar` is an ISO 3166 country (see `known_country`), or empty where none is needed.
    """
    country = policy.calendar
    if not country:
        return NO_DAYS_OFF
    return DaysOff(
        of_year=lambda year: _of_year(country, year), decreed_until=DECREED_UNTIL.get(country, UNDECREED)
    )
