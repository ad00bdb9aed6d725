"""Sums written in words: twenty dollars, двенадцать евро, dreißig Euro."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from intake.extraction.fields.page import Mark, Page
from intake.extraction.types import Money

_MOST_WORDS = 5
_AND = frozenset({"-", "and", "und", "y", "et", "и", "та", "і", "con"})


def spelled_sums(page: Page) -> Iterator[tuple[Money, int, int]]:
    """Money, start and end of each sum whose number is written out right before its currency."""
    numbers = {mark.last: mark for mark in page.group("quantity")}
    scales = {mark.last: mark for mark in page.group("scale")}
    if not (numbers or scales):
        return
    for currency in page.group("currency"):
        if currency.kind == "none":
            continue
        parts: list[Mark] = []
        at = first = currency.first
        while len(parts) < _MOST_WORDS:
            found = numbers.get(at) or scales.get(at)
            if found is None:
                break
            parts.insert(0, found)
            at = first = found.first
            if at and page.tokens.words[at - 1] in _AND:
                at -= 1  # sixty-four
        value = _value(parts)
        if value >= 2:
            cents, last = _cents(page, currency.last)
            start, end = page.tokens.starts[first], page.tokens.ends[last - 1]
            amount = Decimal(value) if cents is None else Decimal(f"{value}.{cents:02}")
            yield Money(amount=amount, currency=currency.kind), start, end


def _cents(page: Page, at: int) -> tuple[int | None, int]:
    """Such as "and ninety cents" from token `at` on, and the index after it."""
    words, end = page.tokens.words, at
    if at < len(words) and words[at] in _AND:
        at += 1
    parts: list[Mark] = []
    while len(parts) < 2 and (found := page.beginning("quantity", at)):
        parts.append(found)
        at = found.last
        at += at < len(words) and words[at] == "-"
    cents, value = page.beginning("cents", at), _value(parts)
    return (value, cents.last) if cents and 0 < value < 100 else (None, end)


def _value(parts: list[Mark]) -> int:
    """Such as "two hundred fifty thousand" from left to right; 0 where it is no number."""
    total = 0
    for part in parts:
        if part.kind in {"thousand", "1000"}:
            total = max(total, 1) * 1000
        elif part.kind == "100" and 1 < total < 100:
            total *= 100
        else:
            total += int(part.kind)
    return total if parts and parts[0].kind != "thousand" else 0
