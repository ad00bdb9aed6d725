"""Dates with a month's name: 14 June 2026, June 14th, le 1er juillet, 14 de junio, 14-го июня, 18 y el 19 de junio."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.extraction.fields.date_types import DaySpan, full_year, latest_past, valid_day
from intake.extraction.fields.page import Mark, Page

_BETWEEN = frozenset({".", "-", "º", "ª", "°", "/", ",", "of", "de", "del", "the", "day"})
_YEAR_BETWEEN = frozenset({",", ".", "-", "of", "de", "del", "/", "'"})
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er", "eme", "e", "ro", "o", "го", "ого", "е", "ое"})
_AND = frozenset({"and", "&", "und", "et", "y", "e", "и", "та", "і", "й", "+", ",", "-", "bzw"})
_ARTICLES = frozenset({"the", "on", "am", "den", "le", "el", "du", "del", "vom", "с", "за", "от", "на"})
_YEAR = re.compile(r"20\d\d")
_MOST_LISTED = 3
_MONTH_FIRST = frozenset({"en"})  # elsewhere a figure after the month is no day: "за июнь 1 500 руб."


def named_dates(page: Page) -> Iterator[DaySpan]:
    """Dates with a month's name, and the days listed before them that share the month."""
    for mark in page.group("month"):
        day_at = _day_before(page, mark)
        if day_at is not None:
            year, last = _year_after(page, mark.last, strict=False)
            month = _Month(number=int(mark.kind), year=year)
            yield from month.span(page, day_at, day_at, last)
            yield from _listed(page, month, day_at)
            continue
        day_at = _day_after(page, mark) if page.lexicon.language in _MONTH_FIRST else None
        if day_at is not None:
            words = page.tokens.words
            last = day_at + 1 + (day_at + 1 < len(words) and words[day_at + 1] in _SUFFIXES)
            year, last = _year_after(page, last, strict=True)
            yield from _Month(number=int(mark.kind), year=year).span(page, day_at, mark.first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A month as named, with its year where one is given."""

    number: int
    year: int | None

    def span(self, page: Page, day_at: int, first: int, last: int) -> Iterator[DaySpan]:
        """The day at token `day_at` of this month, shown by the tokens `first` up to `last`."""
        day = self._day(page.today, int(page.tokens.words[day_at]))
        if day:
            form = "full" if self.year else "no_year"
            yield DaySpan(day=day, start=page.tokens.starts[first], end=page.tokens.ends[last - 1], form=form)

    def _day(self, today: date | None, day: int) -> date | None:
        if self.year is not None:
            return valid_day(self.year, self.number, day)
        return latest_past(today, self.number, day) if today else None


def _is_day(word: str) -> bool:
    return word.isdecimal() and word.isascii() and len(word) <= 2 and 1 <= int(word) <= 31


def _day_before(page: Page, mark: Mark) -> int | None:
    """Index of the day's figures before the month: "14", "14th of", "14-го", "14."."""
    words = page.tokens.words
    at = mark.first - 1
    for _ in range(4):
        if at < 0:
            return None
        if _is_day(words[at]):
            return None if _ends_time(page, at) else at
        if words[at] not in _BETWEEN and words[at] not in _SUFFIXES:
            return None
        at -= 1
    return None


def _ends_time(page: Page, at: int) -> bool:
    """Whether the figures at `at` are the minutes of "11:04"."""
    words, starts, ends = page.tokens.words, page.tokens.starts, page.tokens.ends
    return at > 1 and words[at - 1] == ":" and words[at - 2].isdecimal() and ends[at - 1] == starts[at]


def _day_after(page: Page, mark: Mark) -> int | None:
    """Index of the day's figures after the month, as English has it: "June 14", "Sept. 1st", "June the 14th"."""
    words = page.tokens.words
    at = mark.last
    while at < len(words) and at < mark.last + 2 and words[at] in {".", "the", "-"}:
        at += 1
    if (
        at >= len(words)
        or not _is_day(words[at])
        or page.tokens.sentences[at] != page.tokens.sentences[mark.first]
    ):
        return None
    if at + 1 < len(words) and words[at + 1] == ":":
        return None
    return None if page.beginning("currency", at + 1) else at


def _year_after(page: Page, at: int, *, strict: bool) -> tuple[int | None, int]:
    """The year written from token `at` on, and the index after the date; `strict`: only four figures."""
    words, ends, starts = page.tokens.words, page.tokens.ends, page.tokens.starts
    end = at
    for _ in range(2):
        if at < len(words) and words[at] in _YEAR_BETWEEN:
            at += 1
    if at >= len(words):
        return None, end
    word = words[at]
    if _YEAR.fullmatch(word):
        return int(word), at + 1
    attached = at > end and words[at - 1] in {"'", "-", "/"} and ends[at - 1] == starts[at]
    if not strict and attached and len(word) == 2 and word.isdecimal():
        return full_year(word), at + 1
    return None, end


def _listed(page: Page, month: _Month, day_at: int) -> Iterator[DaySpan]:
    """Days before the dated one that share its month: "on the 18th and 19th of June"."""
    words = page.tokens.words
    at = day_at
    for _ in range(_MOST_LISTED):
        before = at - 1
        if before >= 0 and words[before] in _ARTICLES:
            before -= 1
        if before < 1 or words[before] not in _AND:
            return
        before -= 1
        while before > 0 and (words[before] in _SUFFIXES or words[before] in {".", "-"}):
            before -= 1
        if not _is_day(words[before]) or (before and words[before - 1] in {":", ".", ","}):
            return
        yield from month.span(page, before, before, before + 1)
        at = before
