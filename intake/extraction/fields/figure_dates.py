"""Dates in figures: 2026-06-14, 14.06.2026, 14/6/26, 14.06."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from intake.extraction.fields.date_types import DaySpan, full_year, latest_past, valid_day
from intake.extraction.fields.page import Page

# What stands before a figure is asked after its first sign: a search that knows its first sign is ten times as fast.
_YEAR_FIRST = re.compile(r"(2(?<![\w.,/+-]2)0\d\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d/]|[-.]\d)")
_YEAR_LAST = re.compile(
    r"(\d(?<![\w.,/+:-]\d)\d?)([./-]) ?(\d{1,2})\2((?: ?20)?\d\d)(?!\d|[/-]\d|[.,]\d)", re.ASCII
)
_NO_YEAR = re.compile(r"(\d(?<![\w.,/+:№#*-]\d)\d?)([./])(\d{1,2})(?![\w%]|[.,:/-]\d| ?[%€$£₽](?!\d))")
_TIME = re.compile(r",? \d{1,2}:\d\d")
_MONTH_FIRST_ZONES = range(-10 * 60, -4 * 60 + 1)  # minutes from UTC: Hawaii to New York in summer
_RECENT = 31
_LONG_AGO = 75


def figure_dates(page: Page) -> Iterator[DaySpan]:
    """Dates written in figures, those with a year first."""
    text = page.masked
    if not page.figures:
        return
    for match in page.starting_at_figures(_YEAR_FIRST, text):
        day = valid_day(int(match[1]), int(match[3]), int(match[4]))
        if day:
            yield DaySpan(day=day, start=match.start(), end=match.end(), form="full")
    dated = list(page.starting_at_figures(_YEAR_LAST, text))
    plain = page.starting_at_figures(_NO_YEAR, text) if page.today else ()
    bare = [match for match in plain if _is_date(page, match)]
    if not (dated or bare):
        return
    month_first = _month_first(page, dated)
    for match in dated:
        year = full_year(match[4])
        readings = (
            valid_day(year, int(match[3]), int(match[1])),
            valid_day(year, int(match[1]), int(match[3])),
        )
        yield from _choose(page, match, readings, month_first=month_first, form="full")
    if page.today is None:
        return
    for match in bare:
        first, second = int(match[1]), int(match[3])
        readings = (latest_past(page.today, second, first), latest_past(page.today, first, second))
        yield from _choose(page, match, readings, month_first=month_first, form="no_year")


def _choose(
    page: Page,
    match: re.Match[str],
    readings: tuple[date | None, date | None],
    *,
    month_first: bool,
    form: str,
) -> Iterator[DaySpan]:
    """Settles day and month: the dot and other languages leave no doubt, the slash in English does.

    Then plausibility: the future is out, and a payment of last week beats one of last winter.
    """
    day_first, american = readings
    if match[2] != "/" or page.lexicon.language != "en":
        # the dot is European; an impossible month (6.25.2026) still has its American reading
        chosen, other = (day_first or american), None
    else:
        chosen, other = (american, day_first) if month_first else (day_first, american)
        chosen, other = _plausible(page.today, chosen, other)
        if form == "no_year" and page.today and other and (page.today - other).days > _LONG_AGO:
            other = None  # nobody writes of last autumn without its year
    if chosen:
        distinct = other if other != chosen else None
        yield DaySpan(
            day=chosen,
            start=match.start(),
            end=match.end(),
            form=form,
            other=distinct,
        )


def _plausible(
    today: date | None, first: date | None, second: date | None
) -> tuple[date | None, date | None]:
    if first is None or second is None:
        return first or second, None
    if today is None:
        return first, second
    ago, other_ago = (today - first).days, (today - second).days
    if ago < -1 and other_ago >= -1:
        return second, None
    if other_ago < -1:
        return first, None
    if ago > _LONG_AGO and other_ago <= _RECENT:
        return second, first
    return first, second


def _month_first(page: Page, dated: Iterable[re.Match[str]]) -> bool:
    """Whether this writer puts the month first: proved by another date of the part, else by language and zone."""
    for match in dated:
        if match[2] == "/" and int(match[1]) <= 12 < int(match[3]):
            return True
        if match[2] == "/" and int(match[3]) <= 12 < int(match[1]):
            return False
    offset = page.part.written.utcoffset() if page.part.written else None
    return (
        page.lexicon.language == "en"
        and offset is not None
        and int(offset.total_seconds() // 60) in _MONTH_FIRST_ZONES
    )


def _price_tag(page: Page, begin: int) -> bool:
    """Whether a currency with no figures of its own stands right before: "EUR 12.06", not "5,99 евро 10.06."."""
    currency = page.ending("currency", begin)
    return currency is not None and not (currency.first and page.tokens.words[currency.first - 1].isdecimal())


def _priced(page: Page, end: int, *, slash: bool) -> bool:
    """Whether a currency that belongs to the figures follows them: "12.06 EUR", but not "31/05 USD 74,00"."""
    currency, words = page.beginning("currency", end), page.tokens.words
    if currency is None:
        return False
    return not (slash and currency.last < len(words) and words[currency.last].isdecimal())


def _is_date(page: Page, match: re.Match[str]) -> bool:
    """Whether two figures round a dot or slash are a day and a month, and not a sum, a share or a version."""
    first, second = int(match[1]), int(match[3])
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12) or (first, second) == (
        24,
        7,
    ):
        return False
    begin, end = page.tokens.range(match.start(), match.end())
    if _priced(page, end, slash=match[2] == "/") or _price_tag(page, begin):
        return False
    if page.beginning("unit", end):
        return False
    if match[2] == "/":
        return True
    if second > 12 or len(match[3]) != 2:
        return page.folded[match.end() : match.end() + 1] == "." and second <= 12
    preposition = page.ending("since", begin)
    # English has no dates with dots, but statements of accounts do: at the head of a line, or with the time
    told = preposition is not None or _TIME.match(page.masked, match.end()) is not None
    head = page.masked[page.masked.rfind("\n", 0, match.start()) + 1 : match.start()]
    listed = page.folded[match.end() : match.end() + 2] == ".,"  # "paid 06.06., cancelled 08.06."
    return told or listed or page.lexicon.language != "en" or not head.strip() or _lately_paid(page, match)


def _lately_paid(page: Page, match: re.Match[str]) -> bool:
    """Whether English with dots tells a day: "62 usd, paid 16.09 with usdt", where the sum has its own currency."""
    day = latest_past(page.today, int(match[3]), int(match[1])) if page.today else None
    paid = page.ending("cue", page.tokens.range(match.start(), match.end())[0])
    return (
        page.today is not None
        and day is not None
        and (page.today - day).days <= _RECENT
        and paid is not None
        and paid.kind == "pay"
        and bool(page.group("currency"))
    )
