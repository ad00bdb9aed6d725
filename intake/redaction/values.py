"""Numbers that have the shape of a code: three to eight digits, grouped or spelled, and part of nothing longer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intake.redaction.kinds import Kind
from intake.redaction.numerals import joined
from intake.redaction.scan import Scan

_DIGITS = re.compile(  # a digit first: the search skips to it; then what makes a number part of something
    r"[0-9](?<![\w+$€£₽₴][0-9])(?<![0-9][.,/: \-][0-9])"
    r"(?:[0-9]{2}[ \-][0-9]{3}|[0-9]{3}[ \-][0-9]{4}|[0-9](?:[ \-][0-9]{2}){1,3}|(?:[ \-.][0-9]){2,7}|(?:, ?[0-9]){2,7}|[0-9]{2,7})"
    r"(?![\w€$£₽₴%]|[.,/: \-][0-9]|[ ][€$£₽₴%])"
)
_CODED = re.compile(
    r"(?:(?<!\w)g|(?<![\w\-])[a-z])-$"
)  # G-123456, as one company writes its codes; PW-D-220194 is a number of theirs
_SPELLED = re.compile(r"[\s,\-]{1,3}")
_FEWEST, _MOST = 3, 8  # digits


@dataclass(frozen=True, slots=True)
class Value:
    """A number in a folded text."""

    start: int
    end: int
    digits: str


def values(scan: Scan, near: Callable[[int, int], bool], *, spelled: bool) -> Iterator[Value]:
    """Such numbers where `near` says of their place that they matter: those in digits, then those in words."""
    text = scan.folded.lower
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if not near(start, end):
            continue
        if text[start - 1 : start] == "-" and text[max(0, start - 2) : start - 1].isalnum():
            if not _CODED.search(text, max(0, start - 3), start):
                continue
            start -= 2
        yield Value(start, end, "".join(c for c in match.group() if c.isdigit()))
    row: list[tuple[int, int]] = []
    kinds = (Kind.NUMBER, Kind.BACK) if spelled else (Kind.BACK,)  # two in Spanish is the back in French
    for hit in scan.hits.of(*kinds):
        if scan.folded.words[hit.start : hit.end] not in scan.lexicon.digits or not near(hit.start, hit.end):
            continue
        if row and not _SPELLED.fullmatch(text, row[-1][1], hit.start):
            yield from _spelled(scan, row)
            row = []
        row.append((hit.start, hit.end))
    yield from _spelled(scan, row)


def _spelled(scan: Scan, row: list[tuple[int, int]]) -> Iterator[Value]:
    if len(row) < _FEWEST:
        return
    numbers: list[str] = []
    for start, end in row:
        number = scan.lexicon.digits[scan.folded.words[start:end]]
        sum_ = joined(numbers[-1], number) if numbers else None
        numbers[-1:] = [*numbers[-1:], number] if sum_ is None else [sum_]
    digits = "".join(numbers)
    if _FEWEST <= len(digits) <= _MOST:
        yield Value(row[0][0], row[-1][1], digits)
