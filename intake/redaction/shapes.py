"""How the digits of a number are grouped, and whether that is how cards are written."""

from __future__ import annotations

import re
from enum import Enum
from itertools import accumulate

# Where the blanks of a card of so many digits stand: embossed, and as people type it.
_BLANKS: dict[int, tuple[frozenset[int], ...]] = {
    12: (frozenset({4, 8}),),
    13: (frozenset({4, 8, 12}), frozenset({4, 7, 10})),
    14: (frozenset({4, 10}), frozenset({4, 8, 12})),
    15: (frozenset({4, 10}), frozenset({4, 8, 12})),
    16: (frozenset({4, 8, 12}),),
    17: (frozenset({4, 8, 12, 16}),),
    18: (frozenset({4, 8, 12, 16}), frozenset({6, 12})),
    19: (frozenset({4, 8, 12, 16}), frozenset({6}), frozenset({6, 12, 18})),
}
_WHOLE = 13  # digits of a card without blanks, at least: a group of so many is no part of one
_CELL = re.compile(r"[|;\t]|,(?! )|[\"'] ?,")  # what parts the cells of a row
_MAX_EXTRA = 3  # blanks beyond the usual ones, as where a line broke inside a group


class Shape(Enum):
    """The grouping of a number."""

    SOLID = "solid"  # no separator
    CARD = "card"  # 4-4-4-4, 4-6-5 …, or some of these blanks only, or one or two more
    EVEN = "even"  # groups of one size, as typed digit by digit
    LOOSE = "loose"  # anything else
    ROW = "row"  # several cells of a table


def shape(sizes: tuple[int, ...], gaps: tuple[str, ...]) -> Shape:
    """The shape of a number whose groups have these sizes, with these separators between them."""
    if len(sizes) == 1:
        return Shape.SOLID
    blanks = frozenset(accumulate(sizes[:-1]))
    parted = any(_CELL.search(gap) for gap in gaps)
    loose = Shape.ROW if parted else Shape.LOOSE
    if sizes[0] >= _WHOLE:
        return loose  # a card, and the next cell of its row
    for usual in _BLANKS[sum(sizes)]:
        if blanks <= usual:
            together = blanks == usual or all(len(gap) <= 3 and "\n" not in gap for gap in gaps)
            return Shape.CARD if together else loose
        if blanks >= usual and len(blanks) - len(usual) <= _MAX_EXTRA and _alike(gaps):
            return Shape.CARD
    if len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0] + 1 and _alike(gaps):
        return Shape.CARD if sizes[0] > 2 else Shape.EVEN
    return loose


def _alike(gaps: tuple[str, ...]) -> bool:
    """Whether one separator runs through, line breaks apart: dates and amounts mix theirs."""
    return len({gap.strip(" ") for gap in gaps if "\n" not in gap}) <= 1
