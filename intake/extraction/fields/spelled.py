"""Sums written in words: twenty dollars, двенадцать евро, dreißig Euro."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from intake.extraction.fields.page import Mark, Page
from intake.extraction.types import Money

_MOST_WORDS = 5


def spelled_sums(page: Page) -> Iterator[tuple[Money, int, int]]:
    """Money, start and end of each sum whose number is written out right before its currency."""
    numbers = {mark.last: mark for mark in page.group("quantity")}
    scales = {mark.last: mark for mark in page.group("scale")}
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
            if at and page.tokens.words[at - 1] in {"-", "and", "und", "y", "et"}:
                at -= 1  # sixty-four
        value = _value(parts)
        if value >= 2:
            start, end = page.tokens.starts[first], page.tokens.ends[currency.last - 1]
            yield Money(amount=Decimal(value), currency=currency.kind), start, end


def _value(parts: list[Mark]) -> int:
    """Such as "two hundred fifty thousand" from left to right; 0 where it is no number."""
    total = 0
    for part in parts:
        if part.kind == "thousand":
            total = max(total, 1) * 1000
        elif part.kind == "100" and 1 < total < 10:
            total *= 100
        else:
            total += int(part.kind)
    return total if parts and parts[0].kind != "thousand" else 0
