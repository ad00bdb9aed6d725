"""Card numbers: every window of digit groups that starts and ends at a group's edge, then judgement.

Luhn is no proof either way (one random number in ten passes, one slip of the pen fails), so range, grouping,
the words around and an expiry or CVV beside the number decide together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.ranges import LENGTHS, LuhnSums
from intake.redaction.scan import Scan
from intake.redaction.shapes import Shape, shape
from intake.redaction.tables import aligned, heading, line_at

_CLUSTER = re.compile(r"[0-9](?:[\W_]{0,6}+[0-9]){11,}+")
_HEX = re.compile(r"[0-9a-f]+")
_MARGIN, _DASHES = 36, 4  # characters of a UUID
_HASH = 128  # a SHA-512 in hexadecimal
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ACCOUNT = re.compile(  # 20-digit Russian account: balance account, currency, key (Bank of Russia 579-P)
    r"(?=(?:[0-9][ .-]?){20}(?![ .-]?[0-9]))"
    r"(?:[34][ .-]?[0-9][ .-]?[0-9][ .-]?[0-9][ .-]?[0-9][ .-]?(?:8[ .-]?1[ .-]?0|6[ .-]?4[ .-]?3|8[ .-]?4[ .-]?0|9[ .-]?7[ .-]?8))"
    r"(?:[ .-]?[0-9]){12}"
)
_CURRENCY = re.compile(r"(?=[34][0-9]{4}(?:810|643|840|978))")  # where one may start, in the bare digits
_EXPIRY_NEAR = re.compile(
    r"(?<![0-9/.])(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?(?:2[2-9]|3[0-9]|4[0-5])(?![0-9/.-])"
)
_CLAUSE = re.compile(r"[.,;!?]")
# Sixteen digits after a point may be a measured value. After a comma they are the next cell of a table sooner than
# a fraction, and behind a date or a sum ("22.61,4…") a point parts cells and sentences too.
_FRACTION = re.compile(r"(?<![0-9])(?<![0-9][-./:,])[0-9]{1,3}[.]$")
_SMALL = 2  # digits: groups of this size also come from dates, times and lists


@dataclass(frozen=True, slots=True)
class Window:
    """A row of digit groups that may be a card."""

    start: int
    end: int
    digits: str
    shape: Shape
    luhn: bool
    lone: bool  # no group of the same small size goes on at either side


def find_cards(scan: Scan) -> None:
    """Cut every card number that is written in digits."""
    text = scan.folded.plain
    for cluster in chain.from_iterable(_CLUSTER.finditer(text, *row) for row in scan.rows):
        first = bisect_left(scan.numbers, (cluster.start(), 0))
        last = bisect_left(scan.numbers, (cluster.end(), 0))
        groups = scan.numbers[first:last]
        _protect(scan, groups)
        cut_best(scan, groups)


def cut_best(scan: Scan, groups: list[tuple[int, int]], dictated: str = "") -> None:
    """Of the windows over these groups cut the likeliest first, then what is left beside it."""
    judged = [
        (rank, -at, window, rule)
        for at, window in enumerate(windows(scan, groups))
        for rank, rule in judge(scan, window)
    ]
    judged.sort(key=lambda entry: entry[:2], reverse=True)
    for _, _, window, rule in judged:
        if scan.cut(window.start, window.end, SecretType.PAN, dictated or rule, window.digits[-4:]):
            scan.add_card(window.start, window.end)


def windows(scan: Scan, groups: list[tuple[int, int]]) -> Iterator[Window]:
    """Every window that a card of some brand could fill, in the order of the text."""
    text = scan.folded.plain
    digits = "".join(text[start:end] for start, end in groups)
    edges = [0]
    for start, end in groups:
        edges.append(edges[-1] + end - start)
    index = {edge: at for at, edge in enumerate(edges)}
    sums = LuhnSums(digits)
    spoken = scan.near(groups[0][0], groups[0][1], 100, groups[-1][1] - groups[0][0] + 100, Kind.CARD)
    sizes = [end - start for start, end in groups]
    for first, size in enumerate(sizes):
        if size <= _SMALL and first and sizes[first - 1] == size and not spoken:
            continue  # inside a row of equal small groups: a card would be the whole row
        edge = edges[first]
        for length in LENGTHS.get(digits[edge : edge + 4], ()):
            last = index.get(edge + length)
            if last is None:
                continue
            luhn = sums.valid(edge, edge + length)
            if luhn or spoken:  # a slip of the pen is taken for a card only where a card word stands near
                yield _window(
                    text,
                    groups[first:last],
                    digits[edge : edge + length],
                    luhn=luhn,
                    lone=not _goes_on(groups, first) and not _goes_on(groups, last),
                )


def _window(text: str, row: list[tuple[int, int]], digits: str, *, luhn: bool, lone: bool) -> Window:
    sizes = tuple(end - start for start, end in row)
    gaps = tuple(text[left[1] : right[0]] for left, right in pairwise(row))
    return Window(
        start=row[0][0], end=row[-1][1], digits=digits, shape=shape(sizes, gaps), luhn=luhn, lone=lone
    )


def _goes_on(groups: list[tuple[int, int]], at: int) -> bool:
    """Whether a row of equal small groups goes on across the edge before group `at`."""
    if not 0 < at < len(groups):
        return False
    left, right = groups[at - 1], groups[at]
    size = right[1] - right[0]
    return size <= _SMALL and left[1] - left[0] == size


def _protect(scan: Scan, groups: list[tuple[int, int]]) -> None:
    """Keep UUIDs and account numbers that a row of digits is part of."""
    text = scan.folded.lower
    first, last = max(0, groups[0][0] - _MARGIN), groups[-1][1] + _MARGIN
    found = list(_UUID.finditer(text, first, last)) if text.count("-", first, last) >= _DASHES else []
    found += _accounts(text, groups)
    for match in found:
        scan.protect(*match.span())


def _accounts(text: str, groups: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """Account numbers that start with a group: most rows hold none, as their digits alone tell."""
    digits = "".join(text[start:end] for start, end in groups)
    likely = {match.start() for match in _CURRENCY.finditer(digits)}
    if not likely:
        return
    edge = 0
    for start, end in groups:
        if edge in likely and (match := _ACCOUNT.match(text, start)):
            yield match
        edge += end - start


def judge(scan: Scan, window: Window) -> list[tuple[int, str]]:
    """The rank and the rule by which `window` is a card; empty where it is none."""
    if not scan.free(window.start, window.end) or _part_of_other(scan, window):
        return []
    verdict = _with_luhn(scan, window) if window.luhn else _without_luhn(scan, window)
    if verdict is None:
        return []
    rank, rule = verdict
    return [(rank + (5 if len(window.digits) in {15, 16} else 0), rule)]


def _with_luhn(scan: Scan, window: Window) -> tuple[int, str] | None:
    word = scan.near(window.start, window.end, 60, 40, Kind.CARD)
    short = (
        len(window.digits) < 16 and window.digits[0] in "56"
    )  # Maestro: as long as phone numbers and parcels
    if window.shape is Shape.CARD:
        other = short and not word and label_before(scan, window)
        return None if other else (100, "pan.grouped")
    if window.shape is Shape.SOLID:
        other = label_before(scan, window) and not _card_word_in_sentence(scan, window)
        vague = short and not word and not _supported(scan, window)
        return None if other or vague else (90, "pan.solid")
    if window.shape is Shape.ROW:
        return None
    if window.shape is Shape.EVEN:
        return (80, "pan.even") if word or window.lone else None
    return (60, "pan.loose") if word or _supported(scan, window) else None


def _without_luhn(scan: Scan, window: Window) -> tuple[int, str] | None:
    if window.shape is not Shape.CARD and not (window.shape is Shape.SOLID and len(window.digits) >= 15):
        return None
    supported = _supported(scan, window)
    if label_before(scan, window) and not supported:
        return None
    word = scan.near(window.start, window.end, 60, 40, Kind.CARD)
    if word and supported:
        return 50, "pan.slip"
    if _named_card(scan, window):
        return 45, "pan.named"
    return None


def _named_card(scan: Scan, window: Window) -> bool:
    """Whether a card word stands directly before: "my card is 4…"."""
    hit = scan.last_before(window.start, 40, Kind.CARD, Kind.NOT_CARD, Kind.LABEL)
    if hit is None or hit.kind is not Kind.CARD:
        return False
    # A bank's name may stand between: "my card Acme 4…".
    between = scan.folded.lower[hit.end : window.start]
    field, blank, value = between.partition("\n\n")
    if blank and not value.strip():  # a form's field, and its value apart below
        return scan.joins(hit.end, hit.end + len(field))
    strangers = 1 if window.shape is Shape.CARD and not _CLAUSE.search(between) else 0
    return scan.joins(hit.end, window.start, 30, strangers)


def label_before(scan: Scan, window: Window) -> bool:
    """Whether an exact label of another number stands directly before: "order no. 4…"."""
    hit = scan.last_before(window.start, 40, Kind.LABEL, Kind.NOT_CARD, Kind.CARD, Kind.NOT_CODE)
    if hit is None or hit.kind is Kind.CARD or not scan.joins(hit.end, window.start, 24):
        return False
    text = scan.folded.lower
    line = line_at(text, hit.start)
    if line[1] >= window.start:
        return True
    table = heading(text, line, line_at(text, window.start))
    if table is None:
        return True
    # In the first row of a table the label before may head another column.
    sign, heads = table
    cells = aligned(text, heads, line_at(text, window.start), sign)
    return any(
        first <= hit.start < last and start <= window.start < end
        for (first, last), (start, end) in zip(heads, cells, strict=True)
    )


def _card_word_in_sentence(scan: Scan, window: Window) -> bool:
    first, last = scan.sentence(window.start, window.end)
    return bool(scan.hits.within(first, last, Kind.CARD))


def _supported(scan: Scan, window: Window) -> bool:
    """Whether an expiry or a CVV stands near."""
    text = scan.folded.lower
    if scan.near(window.start, window.end, 60, 80, Kind.CVV):
        return True
    if scan.near(window.start, window.end, 30, 40, Kind.EXPIRY) and _EXPIRY_NEAR.search(
        text, window.end, window.end + 60
    ):
        return True
    found = _EXPIRY_NEAR.search(text, window.end, window.end + 24)
    return found is not None and not any(c.isdigit() for c in text[window.end : found.start()])


def _part_of_other(scan: Scan, window: Window) -> bool:
    """Whether the digits belong to a longer number: phone, decimal, hash, masked card."""
    text = scan.folded.lower
    start, end = window.start, window.end
    if len(window.digits) <= 15 and text[max(0, start - 2) : start].strip(" (").endswith("+"):
        return True
    if window.shape is not Shape.SOLID:
        return False
    return _FRACTION.search(text[max(0, start - 12) : start]) is not None or _in_hash(text, start, end)


def _in_hash(text: str, start: int, end: int) -> bool:
    """Whether the digits lie in a longer row of hexadecimal digits that has letters too."""
    before = _HEX.match(text[max(0, start - _HASH) : start][::-1])
    after = _HEX.match(text, end, end + _HASH)
    around = (before.group() if before else "") + (after.group() if after else "")
    return len(around) + end - start >= 24 and sum(c in "abcdef" for c in around) >= 4
