from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.calendars import days_off, known_country
from rules.deadlines import NO_DAYS_OFF, DaysOff, last_day
from rules.facts import Facts
from rules.types import Deadline
from tests.rules.policies import clause, facts, shipped_policies, small

RUSSIA = days_off(shipped_policies().in_force("eofferix", None))
TEN = Deadline(start=("claim.completed_on", "claim.requested_on"), days=10, business=True)


def asked(day: str) -> Facts:
    return facts(claim={"requested_on": day})


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-06-01", "2026-06-16"),  # 12 June is a day off
        ("2025-12-30", "2026-01-23"),  # 31 December 2025 and 1 to 9 January 2026 off, as decreed
        ("2026-04-27", "2026-05-13"),  # 1 and 11 May off
        ("2026-12-21", "2027-01-13"),  # 31 December 2026 off, moved from January
        ("2026-02-13", "2026-03-02"),  # 23 February
        ("2027-10-25", "2027-11-10"),  # 4 and 5 November 2027, the fifth moved
        ("2027-12-30", "2028-01-21"),  # not decreed yet: 1 to 8 January by law, nothing moved
        ("2028-10-25", "2028-11-09"),  # Saturday, 4 November 2028: by law Monday is off
        ("2029-10-25", "2029-11-09"),  # Sunday, 4 November 2029
        ("2030-02-15", "2030-03-04"),  # Saturday, 23 February 2030
    ],
)
def test_ten_business_days_in_the_russian_calendar(day: str, last: str) -> None:
    assert str(last_day(asked(day), TEN, RUSSIA)) == last


def test_calendar_days_are_counted_from_the_day_after_and_never_moved() -> None:
    week = Deadline(start=("claim.requested_on",), days=7)
    assert last_day(asked("2026-06-06"), week, NO_DAYS_OFF) == date(2026, 6, 13)


def test_no_day_to_count_from_and_no_day_that_can_be_written() -> None:
    week = Deadline(start=("claim.requested_on",), days=7)
    assert last_day(facts(), week, NO_DAYS_OFF) is None
    assert last_day(asked("9999-12-30"), week, NO_DAYS_OFF) is None
    assert last_day(asked("9999-12-30"), TEN, RUSSIA) is None


@given(start=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(1, 30))
def test_a_business_deadline_is_a_business_day_and_has_so_many_before_it(start: date, days: int) -> None:
    off = DaysOff(of_year=lambda year: {date(year, 1, 1), date(year, 5, 9)}, decreed_until=2026)
    line = Deadline(start=("claim.requested_on",), days=days, business=True)
    last = last_day(asked(start.isoformat()), line, off)
    assert last is not None
    between = [start + timedelta(days=step) for step in range(1, (last - start).days + 1)]
    business = [day for day in between if day.weekday() < 5 and day not in off.of_year(day.year)]
    assert len(business) == days
    assert business[-1] == last


def test_a_policy_without_a_calendar_has_no_days_off() -> None:
    assert days_off(small(clause("1", "true"))) is NO_DAYS_OFF


def test_an_own_policy_may_use_another_country() -> None:
    german = days_off(small(clause("1", "true"), head='calendar = "DE"\n'))
    assert date(2026, 10, 3) in german.of_year(2026)
    assert known_country("DE")
    assert not known_country("ZZ")
