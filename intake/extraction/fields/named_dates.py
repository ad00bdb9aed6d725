"""Dates with a month's name (14 June 2026, le 1er juillet, 14-го июня, 18 y el 19 de junio) and holidays on one day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.extraction.fields.date_types import DaySpan, full_year, latest_past, valid_day
from intake.extraction.fields.page import Mark, Page

_BETWEEN = frozenset(
    {".", "-", "º", "ª", "°", "/", ",", "of", "de", "d", "del", "the", "day", "im", "in"}
)  # «1 d septiembre»
_YEAR_BETWEEN = frozenset({",", ".", "-", "of", "de", "d", "del", "/", "'"})
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er", "eme", "e", "ro", "o", "го", "ого", "е", "ое"})
_AND = frozenset({"and", "&", "und", "et", "y", "e", "и", "та", "і", "й", "+", ",", "-", "bzw"})
_ARTICLES = frozenset({"the", "on", "am", "den", "le", "el", "du", "del", "vom", "с", "за", "от", "на"})
_YEAR = re.compile(r"20\d\d")
_MOST_LISTED = 3
_LAST_DAY = 32  # "the last day of May"
_TO_DAY = frozenset({",", "el", "dia", "am", "le", "on"})  # "en junio, el día 12": they need one of these
_MONTH_FIRST = frozenset({"en"})  # elsewhere a figure after the month is no day: "за июнь 1 500 руб."


def named_dates(page: Page) -> Iterator[DaySpan]:
    """Dates with a month's name, the days listed before them that share the month, and holidays such as Halloween."""
    for mark in page.group("holiday"):
        number, _, day = mark.kind.partition("-")
        year, last = _year_after(page, mark.last, strict=True)
        yield from _Month(number=int(number), year=year).span(page, int(day), mark.first, last)
    for mark in page.group("month"):
        numeral = _day_before(page, mark)
        if numeral is not None:
            year, last = _year_after(page, mark.last, strict=False)
            month = _Month(number=int(mark.kind), year=year)
            yield from month.span(page, numeral.day, numeral.first, last)
            yield from _listed(page, month, numeral.first)
            continue
        numeral = _day_after(page, mark)
        if numeral is not None:
            words = page.tokens.words
            last = numeral.last + (numeral.last < len(words) and words[numeral.last] in _SUFFIXES)
            year, last = _year_after(page, last, strict=True)
            yield from _Month(number=int(mark.kind), year=year).span(page, numeral.day, mark.first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numeral:
    """The number of a day, in figures or as a word, by its tokens."""

    day: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A month as named, with its year where one is given."""

    number: int
    year: int | None

    def span(self, page: Page, day: int, first: int, last: int) -> Iterator[DaySpan]:
        """A day of this month, shown by the tokens `first` up to `last`."""
        found = self._day(page.today, day)
        if found:
            form = "full" if self.year else "no_year"
            yield DaySpan(
                day=found, start=page.tokens.starts[first], end=page.tokens.ends[last - 1], form=form
            )

    def _day(self, today: date | None, day: int) -> date | None:
        if day == _LAST_DAY:
            year = self.year or (today.year - (self.number >= today.month) if today else None)
            return date(year, self.number, monthrange(year, self.number)[1]) if year else None
        if self.year is not None:
            return valid_day(self.year, self.number, day)
        return latest_past(today, self.number, day) if today else None


def _is_day(word: str) -> bool:
    return word.isdecimal() and word.isascii() and len(word) <= 2 and 1 <= int(word) <= 31


def _day_before(page: Page, mark: Mark) -> _Numeral | None:
    """The day's number before the month: "14", "14th of", "14-го", "14.", "second of", "второго"."""
    words = page.tokens.words
    for last in range(mark.first, max(mark.first - 4, 0), -1):
        if _is_day(words[last - 1]):
            if _ends_time(page, last - 1):
                return None
            return _Numeral(day=int(words[last - 1]), first=last - 1, last=last)
        spelled = page.ending("nth", last)
        if spelled is not None and (last < mark.first or page.lexicon.language not in _MONTH_FIRST):
            return _Numeral(day=int(spelled.kind), first=spelled.first, last=last)
        if words[last - 1] not in _BETWEEN and words[last - 1] not in _SUFFIXES:
            return None
    return None


def _ends_time(page: Page, at: int) -> bool:
    """Whether the figures at `at` are the minutes of "11:04"."""
    words, starts, ends = page.tokens.words, page.tokens.starts, page.tokens.ends
    return at > 1 and words[at - 1] == ":" and words[at - 2].isdecimal() and ends[at - 1] == starts[at]


def _begins_time(page: Page, at: int) -> bool:
    """Whether the figures at `at` are the hours of "11:04", unlike "a line for June 10: EUR 12"."""
    words, starts, ends = page.tokens.words, page.tokens.starts, page.tokens.ends
    return words[at + 1 : at + 2] == [":"] and words[at + 2 : at + 3] != [] and starts[at + 2] == ends[at + 1]


def _day_after(page: Page, mark: Mark) -> _Numeral | None:
    """The day's number after the month: "June 14", "Sept. 1st", "June the 14th"; elsewhere "en junio, el día 14"."""
    words, at = page.tokens.words, mark.last
    english, apart = page.lexicon.language in _MONTH_FIRST, False
    for _ in range(3):
        if at < len(words) and (words[at] in _TO_DAY or words[at] in {".", "the", "-"}):
            apart |= words[at] in _TO_DAY
            at += 1
    if at >= len(words) or page.tokens.sentences[at] != page.tokens.sentences[mark.first]:
        return None
    spelled = page.beginning("nth", at)
    if spelled is not None and english and page.text[page.tokens.starts[mark.first]].isupper():
        return _Numeral(day=int(spelled.kind), first=at, last=spelled.last)
    if not _is_day(words[at]) or _begins_time(page, at):
        return None
    if english and apart:
        told = words[at + 1 : at + 2] != [] and words[at + 1] in _SUFFIXES
    else:
        counted = page.beginning("since", at + 1)
        told = english or apart or (counted is not None and counted.kind == "month")
    if not told or page.beginning("currency", at + 1) or page.beginning("unit", at + 1):
        return None
    return _Numeral(day=int(words[at]), first=at, last=at + 1)


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
        yield from month.span(page, int(words[before]), before, before + 1)
        at = before
