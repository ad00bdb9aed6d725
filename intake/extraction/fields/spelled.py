"""Sums written in words: twenty dollars, двенадцать евро, dreißig Euro."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import pairwise

from intake.extraction.fields.page import Mark, Page
from intake.extraction.types import Money

_MOST_WORDS = 5
_LONGEST_BRACKET = 20  # tokens: "(сто двадцать три тысячи четыреста пятьдесят шесть рублей 00 копеек)"
_AND = frozenset({"-", "and", "und", "y", "et", "и", "та", "і", "con"})
_AFTER_CENTS = frozenset(
    {".", ",", ";", ")", "!", "?", "vom", "von", "per", "mit", "from", "by", "avec", "par", "con", "por"}
)
_GOES_ON = frozenset(
    {"sind", "ist", "wurden", "went", "were", "was", "sont", "ont", "est", "fueron", "se", "son"}
)
_HUNDREDS = re.compile(
    r"(?P<thousands>[a-z]{0,20}tausend)?(?P<hundreds>[a-z]{0,9}hundert)?(?:und)?(?P<rest>[a-zß]{3,20})?"
)
_TIMES = frozenset({"times", "mal", "fois", "veces", "раз", "раза", "рази", "разів"})
_SHORTEST_HEAD = 4
_LEAST_SPOKEN = 20
_COMPOUNDING = frozenset({"de", "ru", "uk"})


def spelled_sums(page: Page) -> Iterator[tuple[Money, int, int]]:
    """Money, start and end of each sum whose number is written out right before its currency."""
    numbers = {mark.last: mark for mark in page.group("quantity")}
    scales = {mark.last: mark for mark in page.group("scale")}
    if not (numbers or scales or page.lexicon.language == "de"):
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
        if not parts and page.lexicon.language == "de" and at and (value := _german(page, at - 1)):
            first = at - 1
        if value >= 2:
            cents, last = _cents(page, currency.last)
            start, end = page.tokens.starts[first], page.tokens.ends[last - 1]
            amount = Decimal(value) if cents is None else Decimal(f"{value}.{cents:02}")
            yield Money(amount=amount, currency=currency.kind), start, end


def spoken_numbers(page: Page, taken: Collection[int]) -> Iterator[tuple[Decimal, int, int]]:
    """Value, start and end of each number from twenty on that is written out right beside a word of paying.

    Such as "I paid forty by card", «две тысячи сняли»; tokens in `taken` belong to sums that were read.
    """
    if not page.group("quantity"):
        return
    at = 0
    for opening in page.group("quantity"):
        first = opening.first
        if (
            first < at
            or first in taken
            or (opening.kind == "1" and not page.beginning("scale", opening.last))
        ):
            continue  # "a", "one": most of them
        parts: list[Mark] = []
        last = at = first
        while found := page.beginning("quantity", at) or page.beginning("scale", at):
            parts.append(found)
            at = last = found.last
            at += at < len(page.tokens) and page.tokens.words[at] in _AND
        if page.beginning("unit", last) or page.beginning("currency", last) or not _one_number(parts):
            continue
        if last < len(page.tokens) and page.tokens.words[last] in _TIMES:
            continue  # "I paid twenty times"
        value, paid = _value(parts), page.ending("cue", first) or page.beginning("cue", last)
        if value >= _LEAST_SPOKEN and paid is not None and paid.kind == "pay":
            yield Decimal(value), page.tokens.starts[first], page.tokens.ends[last - 1]


def after_words(page: Page, at: int) -> Mark | None:
    """The currency of figures that brackets at token `at` repeat in words, as formal letters do.

    It stands behind the brackets or closes them: "702 (seven hundred and two) euros", «980 (девятьсот
    восемьдесят рублей)». Brackets that hold anything but a number are none of these.
    """
    words = page.tokens.words
    if words[at : at + 1] != ["("]:
        return None
    end = min(len(words), at + _LONGEST_BRACKET)
    first = at = 1 + (words.index(":", at, end) if ":" in words[at:end] else at)  # "(in words: …)"
    while at < end:
        if at > first and (currency := page.beginning("currency", at + (words[at] == ")"))):
            return currency
        number = page.beginning("quantity", at) or page.beginning("scale", at)
        if number is None and not _compound(page, words[at]) and (words[at] not in _AND or at == first):
            return None
        at = number.last if number else at + 1
    return None


def _compound(page: Page, word: str) -> bool:
    """Whether a word begins as a number does: "vierhundertachtzig", «четырехсот»."""
    if page.lexicon.language not in _COMPOUNDING:
        return False
    heads = (word[:length] for length in range(_SHORTEST_HEAD, len(word)))
    return any(
        phrase.group in {"quantity", "scale"} and len(phrase.words) == 1
        for head in heads
        for phrase in page.lexicon.starting_with(head)
    )


def _german(page: Page, at: int) -> int:
    """The number that one word of German is, "zweihundertfünfzig", "dreitausendvierhundert"; 0 where it is none."""
    found = _HUNDREDS.fullmatch(page.tokens.words[at])
    if found is None or not (found["thousands"] or found["hundreds"]):
        return 0
    total = 0
    for name, ending, times in (
        ("thousands", "tausend", 1000),
        ("hundreds", "hundert", 100),
        ("rest", "", 1),
    ):
        word = found[name]
        if not word:
            continue
        word = word.removesuffix(ending)
        kinds = [
            phrase.kind
            for phrase in page.lexicon.starting_with(word)
            if phrase.group == "quantity" and phrase.words == (word,)
        ]
        if word and not kinds:
            return 0
        total += times * (int(kinds[0]) if word else 1)
    return total


def _cents(page: Page, at: int) -> tuple[int | None, int]:
    """Such as "and ninety cents" from token `at` on, and the index after it."""
    words, end = page.tokens.words, at
    if at < len(words) and words[at] in _AND:
        at += 1
    if at + 1 < len(words) and words[at].isdecimal() and len(words[at]) <= 2:  # "twenty pounds and 50 pence"
        said = page.beginning("cents", at + 1)
        if said:
            return int(words[at]), said.last
    parts: list[Mark] = []
    while len(parts) < 2 and (found := page.beginning("quantity", at)):
        parts.append(found)
        at = found.last
        at += at < len(words) and words[at] == "-"
    cents, value = page.beginning("cents", at), _value(parts)
    if cents and 0 < value < 100:
        return value, cents.last
    goes_on = at >= len(words) or words[at] in _AFTER_CENTS | _GOES_ON
    bare = parts and goes_on and 9 < value < 100
    return (value, at) if bare else (None, end)  # "neunundfünfzig Euro neunzig vom Konto"


def _one_number(parts: list[Mark]) -> bool:
    """Whether the parts go down as those of one number do: not "twelve ninety-nine"."""
    values = [int(part.kind) if part.kind.isdecimal() else 1000 for part in parts]
    return all(right >= 100 or left >= 100 or (left >= 20 and right < 10) for left, right in pairwise(values))


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
