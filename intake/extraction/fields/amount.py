"""The amount: the sum paid, before the sum wanted back, totals of a double payment, taxes, prices and balances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.extraction.fields.money import SumSpan
from intake.extraction.fields.page import Mark, Near, Page
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.AMOUNT

_WEIGHT = {"pay": 0.95, "renew": 0.88, "buy": 0.85, "unpaid": 0.5, "want": 0.62}
_HEAD_START = {"pay": 4, "renew": 3, "buy": 2, "unpaid": 2, "want": 0}
_FADE = 0.01
_ALONE = 0.68  # a sum with a currency and no word near
_BARE_ALONE = 0.2
# What a word beside a sum says of it: factor on its confidence, and how far the word reaches.
_SAYS = {
    "total": (1.04, 5),
    "each": (1.05, 4),
    "vat": (0.15, 4),
    "net": (0.3, 3),
    "price": (0.5, 4),
    "balance": (0.45, 3),
    "fee": (0.4, 3),
    "promise": (0.6, 4),
    "part": (0.6, 4),
}

_SHARES = {"each": 0.85, "total": 1.12}


def read(page: Page, sums: Sequence[SumSpan]) -> Iterator[Candidate]:
    """Candidates for the amount in one part, from the sums that were read in it."""
    places = [page.tokens.range(span.start, span.end) for span in sums]
    said = _attached(page, places)
    doubled = page.doubled
    singles = (
        {(span.money.amount * 2, span.money.currency) for span in sums if span.marked} if doubled else set()
    )
    for span, (first, last), words in zip(sums, places, said, strict=True):
        confidence, rule = _judge(page, span, first, last)
        if not span.marked and "total" in words and page.ending("sum", _label_end(page, first)):
            confidence = max(confidence, 0.75)
        for kind in sorted(words):
            # of a double payment one counts, of several things at once the total
            factor = _SAYS[kind][0] if doubled or kind not in _SHARES else _SHARES[kind]
            confidence *= factor
            rule += f", {kind}"
        if (span.money.amount, span.money.currency) in singles:
            confidence *= 0.6
            rule += ", both payments"
        if confidence > 0.1 and span.money.amount:
            yield page.candidate(span.money, span.start, span.end, confidence, rule)


def _label_end(page: Page, first: int) -> int:
    """Index after the word before "Amount: 49", the colon and fillers left out."""
    words = page.tokens.words
    while first and (words[first - 1] in {":", "-", "="} or words[first - 1] in page.lexicon.fillers):
        first -= 1
    return first


def _judge(page: Page, span: SumSpan, first: int, last: int) -> tuple[float, str]:
    best, least = None, 99
    for near in page.near(first, last, "cue"):
        start = _HEAD_START.get(near.mark.kind)
        if start is not None and near.distance - start < least:
            best, least = near, near.distance - start
    if not span.marked:
        return _judge_bare(page, span, first, last, best)
    if best is None:
        return _ALONE, "a sum alone"
    kind = best.mark.kind
    weight = _WEIGHT[kind]
    if kind != "want":
        weight = max(weight - _FADE * max(0, best.distance - 4), _ALONE if kind != "unpaid" else 0.4)
    return weight, f"cue: {kind}"


def _judge_bare(page: Page, span: SumSpan, first: int, last: int, best: Near | None) -> tuple[float, str]:
    """A number without a currency is a sum only where little else is possible."""
    cents = page.folded[span.end - 3 : span.end - 2] in {".", ","}
    counted = page.beginning("unit", last) or page.touching(
        first, last, "id", before=0, after=0 if cents else 1
    )
    if best is None or counted:
        return _BARE_ALONE, "a number alone"
    if cents and best.distance <= 7:
        return 0.62, f"number with cents, cue: {best.mark.kind}"
    beside = best.left and first - best.mark.last <= 1 and best.mark.kind == "pay"
    followed = (
        last < len(page.tokens)
        and page.tokens.words[last].isalpha()
        and page.tokens.words[last] not in page.lexicon.fillers
    )
    if beside and not followed and span.money.amount < 100_000:
        return 0.5, "number after a cue"
    return _BARE_ALONE, "a number"


def _attached(page: Page, places: Sequence[tuple[int, int]]) -> list[set[str]]:
    """For each sum the kinds of the words that speak of it: each word speaks of the nearest sum only."""
    said: list[set[str]] = [set() for _ in places]
    for mark in page.group("sum"):
        nearest, least = None, 99
        for index, (first, last) in enumerate(places):
            distance = _distance(page, mark, first, last)
            if distance < least:
                nearest, least = index, distance
        if nearest is not None and least <= _SAYS[mark.kind][1]:
            said[nearest].add(mark.kind)
    return said


def _distance(page: Page, mark: Mark, first: int, last: int) -> int:
    """Distance from a word to a sum; a sum that follows is a little nearer than one that precedes."""
    if mark.last <= first:
        return page.gap(mark.last - 1, first)
    return page.gap(last - 1, mark.first) + 1 if mark.first >= last else 99
