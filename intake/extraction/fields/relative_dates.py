"""Days told from the day of writing: yesterday, three days ago, vor einer Woche, last Friday, в среду."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.elapsed import since_paid
from intake.extraction.fields.page import Mark, Page

_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_LONGEST = 400
_SHORT = 4  # weekday names up to this length are abbreviations and need a preposition
_BEFORE_SHORT = frozenset(
    {"on", "last", "this", "в", "во", "у", "since", "from", "by", "until", "am", "le", "el", "past"}
)

_EVE_REACH = 6  # tokens between "the day before" and its day
_WEEKDAY_REACH = 3  # tokens between "a week ago" and its weekday
_NO_DAY_AFTER = frozenset({"-1", "not"})  # "the day before", "at today's rate"
_LISTING = frozenset({",", ";", "/", ".", ")", "("})
_AFTER_DAY = frozenset({".", "/", "-", "st", "nd", "rd", "th", "го"})
_BEFORE_DAY = frozenset({",", ".", "(", "the", "den", "dem", "der", "le", "el"})


def relative_dates(page: Page) -> Iterator[DaySpan]:
    """Days that only the date of writing tells; in the sender's own zone."""
    today = page.today
    if today is None:
        return
    for mark in page.group("when"):
        if mark.kind.isdecimal() and not _hour_of_day(page, mark) and not _so_many(page, mark):
            yield _span(page, today - timedelta(days=int(mark.kind)), mark.first, mark.last, "relative")
    yield from _weeks_before(page, today)
    yield from _ago(page)
    for unit in since_paid(page):
        count, first = _count(page, unit)
        if count:
            yield from _back(page, unit, count, first, unit.last)
    yield from _weekdays(page, today)


def day_before(page: Page, span: DaySpan) -> DaySpan:
    """The day itself, or the one before it: "the day before my birthday on the 3rd", «накануне 3-го»."""
    first = page.tokens.range(span.start, 0)[0]
    for mark in page.group("when"):
        near = 0 <= first - mark.last <= _EVE_REACH and mark.kind == "-1"
        if near and page.tokens.clauses[mark.last - 1] == page.tokens.clauses[first]:
            day = span.day - timedelta(days=1)
            return replace(span, day=day, start=page.tokens.starts[mark.first], form="relative", other=None)
    return span


def days_after(page: Page, found: Sequence[DaySpan]) -> Iterator[DaySpan]:
    """Days told from the one named before them: "paid the same day", "am Tag darauf"."""
    for mark in page.group("when"):
        if mark.kind.isdecimal() or mark.kind in _NO_DAY_AFTER:
            continue
        if mark.kind == "hour":
            if not _hour_of_day(page, mark):
                yield from _by_hour(page, mark, found)
            continue
        start = page.tokens.starts[mark.first]
        before = [span.day for span in sorted(found, key=lambda span: span.start) if span.end <= start]
        if before:
            # "on 30/06 and 01/07 … the next day": a day that is named as well, else the one after the last
            later = [day + timedelta(days=int(mark.kind[1:])) for day in reversed(before)]
            day = next((one for one in later if one in before), later[0])
            yield _span(page, day, mark.first, mark.last, "relative")


def _by_hour(page: Page, mark: Mark, found: Sequence[DaySpan]) -> Iterator[DaySpan]:
    """The day of a bare «утром»: the one that its sentence has named before, else today."""
    sentences = page.tokens.sentences
    named = [
        span.day
        for span in sorted(found, key=lambda span: span.start)
        for first in (page.tokens.range(span.start, 0)[0],)
        if first < mark.first and sentences[first] == sentences[mark.first] and not _since(page, first)
    ]
    day = named[-1] if named else page.today
    if day is not None:
        yield _span(page, day, mark.first, mark.last, "relative")


def _since(page: Page, first: int) -> bool:
    """Whether the day says from or until when: «не работает с 5 июня, а утром списали»."""
    told = page.ending("since", first)
    return told is not None and told.kind == "since"


def _hour_of_day(page: Page, mark: Mark) -> bool:
    """Whether "in the morning", "today" only goes with a day beside it: «в субботу утром», "two weeks ago today"."""
    before = page.ending("weekday", mark.first) or page.ending("month", mark.first)
    ago = page.ending("ago", mark.first)
    return before is not None or (ago is not None and ago.kind == "after") or _counts_back(page, mark.last)


def _so_many(page: Page, mark: Mark) -> bool:
    """Whether the word for today is but a number of days: "2 day before", not "2day"."""
    tokens = page.tokens
    apart = tokens.starts[mark.last - 1] > tokens.ends[mark.first]
    return apart and mark.last - mark.first == 2 and tokens.words[mark.first].isdecimal()


def _counts_back(page: Page, at: int) -> bool:
    """Whether "ago" with a number of days or weeks begins at a token: "heute vor zwei Wochen", "hoy hace 3 días"."""
    ago = page.beginning("ago", at)
    if ago is None or ago.kind != "before":
        return False
    number = page.beginning("quantity", ago.last)
    unit = page.beginning("unit", number.last if number else ago.last + 1)
    return unit is not None and unit.kind in _DAYS


def _span(page: Page, day: date, first: int, last: int, form: str) -> DaySpan:
    return DaySpan(day=day, start=page.tokens.starts[first], end=page.tokens.ends[last - 1], form=form)


def _ago(page: Page) -> Iterator[DaySpan]:
    """Such as "3 days ago", "неделю назад", "il y a deux semaines", "vor drei Tagen"."""
    for unit in page.group("unit"):
        if unit.kind == "year":
            continue  # "a year ago" names no day
        count, first = _count(page, unit)
        counted = page.beginning("quantity", unit.last) if count is None else None
        if counted and (told := page.beginning("ago", counted.last)) and told.kind == "after":
            yield from _back(page, unit, int(counted.kind), unit.first, told.last)  # «дней десять назад»
            continue
        after = page.beginning("ago", unit.last)
        if after and (
            after.kind == "after" or (after.kind == "bare" and count and _nothing_named(page, after.last))
        ):
            yield from _back(page, unit, count or 1, first, after.last)
            continue
        before = page.ending("ago", first)
        if before and before.kind == "before" and count:
            yield from _back(page, unit, count, before.first, unit.last)


def _nothing_named(page: Page, at: int) -> bool:
    """Whether "3 days before" counts from today: nothing that it could be before follows."""
    words = page.tokens.words
    ends = at >= len(words) or page.tokens.sentences[at] != page.tokens.sentences[at - 1]
    return (
        ends
        or not words[at].isalnum()
        or words[at] in page.lexicon.joins
        or page.beginning("src", at) is not None
    )


def _count(page: Page, unit: Mark) -> tuple[int | None, int]:
    """The number before a unit, and the index at which it begins."""
    at = unit.first - 1
    if at >= 0 and page.tokens.words[at].isdecimal() and len(page.tokens.words[at]) <= 3:
        return int(page.tokens.words[at]), at
    number = page.ending("quantity", unit.first)
    return (int(number.kind), number.first) if number else (None, unit.first)


def _back(page: Page, unit: Mark, count: int, first: int, last: int) -> Iterator[DaySpan]:
    written = page.part.written
    if written is None or count > _LONGEST:
        return
    if unit.kind in _DAYS:
        days = count * _DAYS[unit.kind]
        if days <= _LONGEST:
            yield _span(
                page,
                _months_back(written.date(), count)
                if unit.kind == "month"
                else written.date() - timedelta(days=days),
                first,
                last,
                "relative",
            )
    else:
        seconds = count * (3600 if unit.kind == "hour" else 60)
        yield _span(page, (written - timedelta(seconds=seconds)).date(), first, last, "relative")


def _weeks_before(page: Page, today: date) -> Iterator[DaySpan]:
    """Such as "a week ago Tuesday", "a week last Friday", «неделю назад во вторник», "Sonntag vor einer Woche"."""
    units = [mark for mark in page.group("unit") if mark.kind == "week"] if page.group("weekday") else []
    for unit in units:
        count, first = _count(page, unit)
        after, before = page.beginning("ago", unit.last), page.ending("ago", first)
        last = after.last if after and after.kind == "after" else unit.last
        first = before.first if before and before.kind == "before" else first
        weekday = page.touching(first, last, "weekday", before=_WEEKDAY_REACH - 1, after=_WEEKDAY_REACH)
        count = count or int(last > unit.last)  # «неделю назад во вторник»
        if (
            not count
            or not weekday
            or _dated(page, weekday)
            or (last == unit.last and not before and not after)
        ):
            continue
        begin, end = min(first, weekday.first), max(last, weekday.last)
        if page.tokens.clauses[begin] == page.tokens.clauses[end - 1]:
            back = ((today.weekday() - int(weekday.kind)) % 7 or 7) + 7 * count
            yield _span(page, today - timedelta(days=back), begin, end, "relative")


def _months_back(day: date, months: int) -> date:
    """The same day that many months before, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _weekdays(page: Page, today: date) -> Iterator[DaySpan]:
    for mark in page.group("weekday"):
        length = page.tokens.ends[mark.last - 1] - page.tokens.starts[mark.first]
        if (length <= _SHORT and not _opened(page, mark)) or _dated(page, mark):
            continue
        told = page.touching(mark.first, mark.last, "ago", before=2, after=3)
        if told is not None and told.kind == "next":
            told = _last_after(page, mark) or told  # "depuis jeudi dernier"
        kind = told.kind if told else ""
        if kind == "next" and told and told.last == mark.first:
            continue
        back = (today.weekday() - int(mark.kind)) % 7
        if kind == "week":
            back = today.weekday() + 7 - int(mark.kind)
        elif back == 0 and kind != "this":
            back = 7
        back += 7 * (kind == "second")  # the Friday before last
        first = (
            told.first
            if told and kind in {"last", "this", "week", "second"} and told.last <= mark.first
            else mark.first
        )
        last = (
            told.last
            if told and kind in {"last", "week", "second"} and told.first >= mark.last
            else mark.last
        )
        yield _span(page, today - timedelta(days=back), first, last, "weekday")


def _last_after(page: Page, mark: Mark) -> Mark | None:
    """The "last" right after a weekday, as French and Spanish have it."""
    after = page.beginning("ago", mark.last)
    return after if after is not None and after.kind == "last" else None


def _opened(page: Page, mark: Mark) -> bool:
    """Whether what stands before a short name makes it a day: "on Sat", "card, paid sat.", "15 EUR, Tue, Visa"."""
    words = page.tokens.words
    before = words[mark.first - 1] if mark.first else ""
    after = words[mark.last] if mark.last < len(words) else "."
    paid = page.ending("cue", mark.first)
    return (
        before in _BEFORE_SHORT
        or (after in _LISTING and page.ending("method", mark.first) is not None)
        or (paid is not None and paid.kind in {"pay", "renew", "buy"})
        or (before in _LISTING and after in _LISTING)
    )


def _dated(page: Page, mark: Mark) -> bool:
    """Whether a weekday only accompanies a date: "Friday 12 June", "Mi., 3.6.", "2 July (Thursday)"."""
    words = page.tokens.words
    for at in range(mark.last, min(mark.last + 4, len(words))):
        if page.tokens.sentences[at] != page.tokens.sentences[mark.first]:
            break
        if words[at].isdecimal():
            following = words[at + 1] if at + 1 < len(words) else ""
            if following == "." and _sum(page, at):
                return False
            return following in _AFTER_DAY or page.touching(at, at + 1, "month", after=3) is not None
        if page.beginning("month", at):
            return True
        if words[at] not in _BEFORE_DAY:
            break
    month = page.touching(mark.first, mark.last, "month", before=2)
    # "It was to end in August. On Friday …": the month belongs to another sentence
    return month is not None and page.tokens.sentences[month.first] == page.tokens.sentences[mark.first]


def _sum(page: Page, at: int) -> bool:
    """Whether the figures at `at` begin a sum: "from Monday, 12.50 EUR", but not "Monday, 12.5."."""
    words = page.tokens.words
    cents = words[at + 2] if at + 2 < len(words) else ""
    return page.beginning("currency", at + 3) is not None or (cents.isdecimal() and int(cents) > 12)
