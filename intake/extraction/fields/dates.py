"""Every day that a part names, with its exact span: figures, month names, days of a month, relative words."""

from __future__ import annotations

from itertools import pairwise

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.figure_dates import figure_dates
from intake.extraction.fields.named_dates import named_dates
from intake.extraction.fields.page import Page
from intake.extraction.fields.relative_dates import day_before, days_after, relative_dates
from intake.extraction.fields.single_days import single_days

_TOLD = frozenset({"relative", "weekday"})
_OPENING = 16  # characters between the days: " (on Friday, "
_LEADING_IN = frozenset(
    {"on", "the", "am", "den", "dem", "le", "el", "то", "есть", "тобто", "also", "so", "i", ".", "e", ","}
)
OLDEST_DAYS = 3 * 366  # what lies further back is no payment anyone asks back, but a birthday or a law
_FUTURE_DAYS = 1  # a sender's clock may lag behind the calendar of the place that charged


def read_dates(page: Page) -> list[DaySpan]:
    """The days named in a part, in order and not overlapping; days that lie ahead are left out."""
    used = bytearray(len(page.text))
    found: list[DaySpan] = []
    for reader in (figure_dates, named_dates, single_days, relative_dates):
        for span in reader(page):
            if not any(used[span.start : span.end]):
                used[span.start : span.end] = b"\x01" * (span.end - span.start)
                found.append(span)
    if any(mark.kind == "-1" for mark in page.group("when")):
        found = [day_before(page, span) for span in found]
    found += [span for span in days_after(page, found) if not any(used[span.start : span.end])]
    today = page.today
    if today is not None:
        found = [span for span in found if -OLDEST_DAYS <= (span.day - today).days <= _FUTURE_DAYS]
    return _without_explained(page, sorted(found, key=lambda span: span.start))


def _without_explained(page: Page, found: list[DaySpan]) -> list[DaySpan]:
    """The days without the relative ones that brackets explain: "the same evening (9 September)" is the 9th."""
    explained = {
        id(span)
        for span, told in pairwise(found)
        if span.form in _TOLD and told.form not in _TOLD and _bracketed(page, span.end, told)
    }
    return [span for span in found if id(span) not in explained]


def _bracketed(page: Page, end: int, told: DaySpan) -> bool:
    """Whether a day fills brackets that open right behind another one."""
    before, behind = page.text[end : told.start], page.text[told.end : told.end + 1]
    opening = before.lstrip()
    if len(before) > _OPENING or not opening.startswith("(") or behind != ")":
        return False
    first = page.tokens.range(told.start, told.end)[0]
    words = page.tokens.words[page.tokens.range(end, end)[0] + 1 : first]
    weekday = page.ending("weekday", first)
    return (
        not words
        or set(words) <= _LEADING_IN
        or (weekday is not None and weekday.last - weekday.first == len(words))
    )
