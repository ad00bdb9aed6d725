"""Cards that are dictated: words between the groups ("4111, then 1111 …"), or number words; near a card word only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.redaction.beside import UNIT
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.numerals import joined
from intake.redaction.pan import cut_best, windows
from intake.redaction.ranges import LuhnSums, lengths
from intake.redaction.scan import Scan

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_GAP = 40  # characters between two groups, or two number words, at most
_REACH = 240  # characters from a card word to a dictated card
_FEWEST = 3  # numbers in a dictated card
_SHORTEST = 12  # digits of a card
_SMALLEST, _LARGEST = 4, 8  # digits of a group of one
_BESIDE = 40  # characters from such a card to the word of its expiry, where none names it
_USUAL = (16, 19)  # digits of a card in such groups
_STRANGERS, _SAYING = 6, 8  # words between two of them; and where they say that the card goes on
_STOP = re.compile(r"[!?;]|\.\s")
_END = re.compile(r"\n\s*\n|\x1a")
_NAMING = (Kind.LABEL, Kind.MONEY, Kind.NOT_CARD, Kind.NOT_CODE)


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    digits: str


def find_spoken_cards(scan: Scan) -> None:
    """Cut dictated cards and CVVs."""
    cards = scan.hits.of(Kind.CARD)
    dated = scan.hits.of(Kind.EXPIRY, Kind.CVV)
    labels = scan.hits.of(Kind.CVV, Kind.CODE, Kind.BACK)
    if not (cards or labels or dated):
        return
    if cards and len(scan.numbers) > 2:
        for groups in _rows(scan, scan.numbers):
            cut_best(scan, groups, "pan.dictated")
    for groups in _apart(scan) if (cards or dated) and len(scan.numbers) > 1 else ():
        _cut_luhn(scan, groups)
    words = _number_words(scan, cards)
    if len(words) > 3:
        for row in _rows(scan, sorted(words + scan.numbers), spoken=frozenset(words)):
            _cut_row(scan, [_number(scan, *span) for span in row])
    for hit in labels:
        if hit.kind is Kind.CVV or scan.beside_card(hit.start, hit.end, 80):
            _cut_cvv(scan, hit.end)


def _number_words(scan: Scan, cards: list[Hit]) -> list[tuple[int, int]]:
    """The number words, if any stands where a card may be dictated: near a card word, or beside digits near one."""
    places = [(card.start - _REACH, card.end + _REACH) for card in cards]
    places += [
        (chunk[0][0], chunk[-1][1])
        for chunk in _chunks(scan.numbers)
        if _near_word(scan, chunk[0][0], chunk[-1][1])
    ]
    if not scan.hits.stand_near(places, _GAP, Kind.NUMBER):
        return []
    # Two in Spanish is the back in French.
    return [
        (hit.start, hit.end)
        for hit in scan.hits.of(Kind.NUMBER, Kind.BACK)
        if _said(scan, hit) in scan.lexicon.digits
    ]


def _said(scan: Scan, hit: Hit) -> str:
    return scan.folded.words[hit.start : hit.end]


def _rows(
    scan: Scan, spans: list[tuple[int, int]], *, spoken: frozenset[tuple[int, int]] = frozenset()
) -> Iterator[list[tuple[int, int]]]:
    """Runs of numbers with nothing but linking words between them; at least one such word, unless spoken."""
    for chunk in _chunks(spans):
        if (
            len(chunk) < _FEWEST
            or not _enough(chunk, spoken)
            or not _near_word(scan, chunk[0][0], chunk[-1][1])
        ):
            continue
        row, linked = [chunk[0]], bool(spoken)
        for span in chunk[1:]:
            words = _links(scan, row[-1][1], span[0])
            if words is None:
                if linked and len(row) >= _FEWEST:
                    yield row
                row, linked = [], bool(spoken)
            linked = linked or bool(words)
            row.append(span)
        if linked and len(row) >= _FEWEST:
            yield row


def _apart(scan: Scan) -> Iterator[list[tuple[int, int]]]:
    """Groups as large as a card's, with any few words between them: "its first half is 4242 4242, then comes …"."""
    row: list[tuple[int, int]] = []
    for start, end in scan.numbers:
        if not _SMALLEST <= end - start <= _LARGEST:
            continue
        if row and not _goes_on(scan, row[-1][1], start):
            yield row
            row = []
        row.append((start, end))
    if row:
        yield row


def _goes_on(scan: Scan, start: int, end: int) -> bool:
    """Whether the same card may go on after a gap: few words, none of which names another number."""
    if end - start > _GAP or scan.digits_within(start, end):
        return False
    gap = scan.folded.lower[start:end]
    words = _WORD.findall(gap)
    portion = not scan.lexicon.portion.isdisjoint(words)  # "Second half: …"
    return (
        not _END.search(gap)
        and (portion or not _STOP.search(gap))
        and len(words) <= (_SAYING if portion else _STRANGERS)
        and all(_of_four(scan, hit) for hit in scan.hits.within(start, end, *_NAMING))
    )


def _of_four(scan: Scan, hit: Hit) -> bool:
    """Whether a word names the last digits, or four of them: no other number, but the end of this one."""
    words = scan.folded.words[hit.start : hit.end].split()
    last = any(scan.lexicon.digits.get(word, word) == "4" or word in scan.lexicon.portion for word in words)
    return hit.kind is Kind.NOT_CODE and last


def _cut_luhn(scan: Scan, groups: list[tuple[int, int]]) -> None:
    """Cut the groups of a row that make up a card by range and Luhn, where a card word or its expiry stands near."""
    first, last = groups[0][0], groups[-1][1]
    if sum(end - start for start, end in groups) < _SHORTEST or not (
        _near_word(scan, first, last) or scan.near(first, last, _BESIDE, _BESIDE, Kind.EXPIRY, Kind.CVV)
    ):
        return
    cuts = len(scan.cuts)
    for window in windows(scan, groups):
        if window.luhn and len(window.digits) in _USUAL:
            four = window.digits[-4:]
            if scan.cut(window.start, window.end, SecretType.PAN, "pan.apart", four):
                scan.add_card(window.start, window.end)
    if len(scan.cuts) == cuts and len(groups) == _SMALLEST:
        _cut_backwards(scan, groups)


def _cut_backwards(scan: Scan, groups: list[tuple[int, int]]) -> None:
    """Cut a card of four groups that is told from its end: "1881, before that 8888, …"."""
    text = scan.folded.plain
    digits = "".join(text[start:end] for start, end in reversed(groups))
    if len(digits) not in lengths(digits[:_SMALLEST]) or not LuhnSums(digits).valid(0, len(digits)):
        return
    first, last = groups[0][0], groups[-1][1]
    if scan.cut(first, last, SecretType.PAN, "pan.backwards", digits[-4:]):
        scan.add_card(first, last)


def _chunks(spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Numbers that stand near enough to each other."""
    chunks: list[list[tuple[int, int]]] = []
    for span in spans:
        if chunks and span[0] - chunks[-1][-1][1] <= _GAP:
            chunks[-1].append(span)
        else:
            chunks.append([span])
    return chunks


def _links(scan: Scan, start: int, end: int) -> list[str] | None:
    """The words of a gap if each may stand inside a dictated card, else None."""
    gap = scan.folded.lower[start:end]
    if "\x1a" in gap or "\n\n" in gap:
        return None
    words = _WORD.findall(gap)
    return words if all(word in scan.lexicon.between for word in words) else None


def _enough(chunk: list[tuple[int, int]], words: frozenset[tuple[int, int]]) -> bool:
    """Whether these numbers may make up a card: four words, or twelve digits."""
    if words:
        return sum(span in words for span in chunk) > _FEWEST
    return sum(end - start for start, end in chunk) >= _SHORTEST


def _near_word(scan: Scan, start: int, end: int) -> bool:
    return scan.near(start, end, _REACH, _REACH, Kind.CARD)


def _number(scan: Scan, start: int, end: int) -> _Number:
    word = scan.folded.words[start:end]
    return _Number(start, end, scan.lexicon.digits.get(word, word))


def _cut_row(scan: Scan, row: list[_Number]) -> None:
    """Cut the likeliest card in a row of number words: all of it, or a window that passes Luhn."""
    numbers = _composed(row)
    digits = "".join(number.digits for number in numbers)
    if len(digits) < _SHORTEST:
        return
    sums = LuhnSums(digits)
    edges = [0]
    for number in numbers:
        edges.append(edges[-1] + len(number.digits))
    index = {edge: at for at, edge in enumerate(edges)}
    for first, edge in enumerate(edges[:-1]):
        for length in sorted(lengths(digits[edge : edge + 4]), key=lambda size: (size != 16, size)):
            last = index.get(edge + length)
            if last is None or not (sums.valid(edge, edge + length) or length == len(digits)):
                continue
            four = digits[edge + length - 4 : edge + length]
            if scan.cut(numbers[first].start, numbers[last - 1].end, SecretType.PAN, "pan.words", four):
                scan.add_card(numbers[first].start, numbers[last - 1].end)
                return


def _composed(row: list[_Number]) -> list[_Number]:
    """Tens and units said together as one number: forty-two, сто одиннадцать."""
    numbers: list[_Number] = []
    for word in row:
        digits = joined(numbers[-1].digits, word.digits) if numbers else None
        if digits is not None:
            numbers[-1] = _Number(numbers[-1].start, word.end, digits)
        else:
            numbers.append(word)
    return numbers


def _cut_cvv(scan: Scan, at: int) -> None:
    """CVV: seven three seven."""
    row: list[_Number] = []
    for hit in scan.hits.within(at, at + 60, Kind.NUMBER):
        if row and _links(scan, row[-1].end, hit.start) is None:
            break
        row.append(_number(scan, hit.start, hit.end))
    if row and scan.joins(at, row[0].start):
        size = sum(len(number.digits) for number in _composed(row))
        if size in {3, 4} and not UNIT.match(scan.folded.lower, row[-1].end):
            scan.cut(row[0].start, row[-1].end, SecretType.CVV, "cvv.words")
