"""Figures without a currency that are a sum all the same: "paid 49", "46 and again 46", "1190, on the 3rd"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from intake.extraction.fields.money import SumSpan
from intake.extraction.fields.page import Near, Page
from intake.extraction.fields.places import Place, nearest
from intake.extraction.types import Money

ALONE = 0.2  # confidence in a number that nothing shows to be a sum
STATED = 0.42  # and in one that its surroundings do
RETURNED = "a number asked back"
_CUES = frozenset({"pay", "renew", "buy", "unpaid", "want"})
_CENTS = 0.36  # "the bank shows 2 of 12.99"
_BOOKED_REACH = 5
_NEXT_SENTENCE = 14  # from the end of a sentence to the beginning of the next
_LEAST_ROUND, _LARGEST_ROUND = 10, 50_000  # of a number that neither a currency nor cents show to be a sum
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d\d|-00)?")
_WHO = frozenset({"i", "that", "we", "you", "die", "que", "что", "що", "которые"})
_OWN_WORDS = 2  # authority of what the customer typed
_INSTEAD, _INSTEAD_REACH = 0.7, 7  # "119.00 instead of 100.00 EUR", tokens
_PAID_ON = 0.84  # "it said 15 euros, I paid 18 on 10 June"
_BARE_REACH = 7
_LARGEST_BARE = 100_000  # larger figures without a currency are numbers of orders and accounts
_LONG = 5  # figures of what may well be a number of an order
_LAST_FOUR = 4
_TWICE_REACH = 5  # tokens between "46 and once again 46"
_FOR = frozenset({"for", "за", "fur", "pour", "por", "para"})
_IT_WAS = frozenset(
    {"it", "was", "were", "es", "waren", "c", "'", "etait", "eran", "fueron", "это", "было", "це"}
)
_OPENING = frozenset({":", "-", "(", ",", "~"})
_CLOSING = frozenset({".", ",", ";", "!", "?", ")", "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """The sums of one part, and what tells of those without a currency."""

    page: Page
    sums: Sequence[SumSpan]
    places: Sequence[Place]
    days: Sequence[Place]
    _none_marked: bool = field(init=False)
    _asked: frozenset[str] = field(init=False)
    _alike: Mapping[tuple[int, Money], Sequence[Place]] = field(
        init=False
    )  # by sentence: a page of figures has many
    _doubles: Sequence[int] = field(init=False)  # tokens at which "twice" begins
    _of_paying: Collection[int] = field(init=False)  # sentences

    def __post_init__(self) -> None:
        object.__setattr__(self, "_none_marked", not any(span.marked for span in self.sums))
        asked = self.page.asked if self._none_marked and self.page.part.question else frozenset[str]()
        object.__setattr__(self, "_asked", asked)
        sentences, alike = self.page.tokens.sentences, defaultdict[tuple[int, Money], list[Place]](list)
        for span, place in zip(self.sums, self.places, strict=True):
            alike[sentences[place[0]], span.money].append(place)
        object.__setattr__(self, "_alike", alike)
        doubles = self.page.group("double")
        object.__setattr__(self, "_doubles", sorted(mark.first for mark in doubles))
        paying = [*doubles, *(mark for mark in self.page.group("cue") if mark.kind == "pay")]
        object.__setattr__(self, "_of_paying", {sentences[mark.first] for mark in paying})

    def stated(self, span: SumSpan, place: Place) -> str | None:
        """Why a number without a currency is a sum though no word of paying stands right by it; None: it is none."""
        page = self.page
        if _booked(page, span, place, self.days):
            return "a line of a statement"
        if not self._none_marked or page.part.authority > _OWN_WORDS:
            return None
        if not _LEAST_ROUND <= span.money.amount < _LARGEST_ROUND or page.beginning("unit", place[1]):
            return None
        if _returned(page, place):
            return RETURNED
        return None if page.ending("id", place[0]) else self._told(span, place)

    def _told(self, span: SumSpan, place: Place) -> str | None:
        if _beside_method(self.page, span, place):
            return "a number beside a method"
        if self._twice(span, place):
            return "a number charged twice"
        return "the answer to a question" if _answers(self.page, span, place, self._asked) else None

    def _twice(self, span: SumSpan, place: Place) -> bool:
        """Whether a sentence of paying has the number twice: "the card was hit twice: 46 and again 46"."""
        page, sentence = self.page, self.page.tokens.sentences[place[0]]
        if sentence not in self._of_paying:
            return False
        alike = self._alike[sentence, span.money]
        at = bisect_left(alike, place)
        for before, after in pairwise(alike[max(at - 1, 0) : at + 2]):
            between = page.tokens.words[before[1] : min(after[0], before[1] + _TWICE_REACH + 1)]
            joined = 0 < len(between) <= _TWICE_REACH and any(
                word in page.lexicon.joins or word == "," for word in between
            )
            if joined or bisect_left(self._doubles, before[1]) < bisect_left(self._doubles, after[0]):
                return not _noun_follows(page, after[1])
        return False


def judge(
    page: Page, span: SumSpan, place: Place, best: Near | None, days: Sequence[Place]
) -> tuple[float, str]:
    """Confidence that figures without a currency are the sum paid."""
    told = page.beginning("neg", place[1])
    instead = told is not None and told.kind == "instead"
    if not _money_like(page, span, *place) and not (instead and _of_money(page, span, place)):
        return ALONE, "a number"
    if instead:
        return _INSTEAD, "a number instead of another"
    if page.part.authority > _OWN_WORDS:
        return (ALONE if best is None else 0.3), "a bare number in a receipt or statement"
    cents = _has_cents(page, span)
    if best is None:
        return (_CENTS if cents else ALONE), "a number alone"
    return _by_cue(place, best, days, cents=cents)


def _by_cue(place: Place, best: Near, days: Sequence[Place], *, cents: bool) -> tuple[float, str]:
    paid = best.left and best.mark.kind == "pay" and best.mark.last == place[0]
    if paid and any(0 <= first - place[1] <= 1 for first, _ in days):
        return _PAID_ON, "a number paid on a day"
    if best.distance > _BARE_REACH:
        return (_CENTS if cents else 0.3), "a bare number"
    return (0.62 if cents else 0.5), f"bare number, cue: {best.mark.kind}"


def _of_money(page: Page, span: SumSpan, place: Place) -> bool:
    """Whether a sum stands behind "instead of": "keyed 1,900 instead of 190 EUR", not "5 instead of 3 seats, 40 EUR"."""
    near = any(page.beginning("currency", place[1] + step) for step in range(_INSTEAD_REACH))
    return near and span.money.amount >= _LEAST_ROUND


def _booked(page: Page, span: SumSpan, place: Place, days: Sequence[Place]) -> bool:
    """Whether a bare number stands beside a way of paying or, with cents, a day.

    Such as "on my card: EOFFERIX 33,00 22.10." and «1 490 через СБП».
    """
    grouped = _THOUSANDS.fullmatch(page.text, span.start, span.end) is not None
    cents = _has_cents(page, span)
    if (
        page.part.authority > _OWN_WORDS
        or not (cents or grouped)
        or page.beginning("unit", place[1])
        or page.ending("id", place[0])
    ):
        return False
    reach = 2 * _BOOKED_REACH if cents else _BOOKED_REACH
    if any(near.distance <= reach and near.mark.kind != "none" for near in page.near(*place, "method")):
        return True
    return cents and nearest(page, days, *place)[1] <= _BOOKED_REACH


def _beside_method(page: Page, span: SumSpan, place: Place) -> bool:
    """Whether a round number without a currency stands right by a way of paying: "Apple Pay, 1299", «4500. картой»."""
    first, last = place
    words, sentences = page.tokens.words, page.tokens.sentences
    following = words[last] if last < len(words) and sentences[last] == sentences[last - 1] else ""
    alone = (first == 0 or sentences[first - 1] != sentences[first]) and following in {"", "."}
    if following.isalpha() and not page.beginning("src", last) and not page.beginning("method", last):
        return False
    reach = _NEXT_SENTENCE if alone else _BOOKED_REACH
    for near in page.near(first, last, "method"):
        # "Visa 1111", "Visa, 1111": the last four of the card
        last_four = near.left and (
            near.distance == 1 or (near.mark.kind == "card" and span.end - span.start == 4)
        )
        if near.distance <= reach and near.mark.kind != "none" and not last_four:
            return True
    return False


def _has_cents(page: Page, span: SumSpan) -> bool:
    tail = page.folded[span.end - 3 : span.end]
    return span.end - span.start > 3 and (tail[0] in {".", ","} or tail == "-00")


def _money_like(page: Page, span: SumSpan, first: int, last: int) -> bool:
    """Whether figures without a currency may be a sum: "14.99", "paid 49", but not "3 months", "order 49"."""
    if page.beginning("unit", last) or page.ending("id", first):
        return False
    if first and page.tokens.words[first - 1] in {"x", "×", "х", "*"}:
        return True  # 2 x 1490
    each = page.ending("sum", first)
    if _has_cents(page, span) or " " in page.text[span.start : span.end] or (each and each.kind == "each"):
        return True
    if _meant(page, first, last) and span.money.amount < _LARGEST_BARE:
        return True
    words = page.tokens.words
    paid = page.touching(first, last, "cue", before=1, after=words[first].isalpha())
    following = words[last] if last < len(words) else ""
    noun = following.isalpha() and following not in page.lexicon.fillers | page.lexicon.joins
    told = any(page.beginning(group, last) for group in ("sum", "src", "since", "when", "neg"))
    followed = following == "-" or (noun and not told and page.beginning("cue", last) is not paid)
    return paid is not None and paid.kind == "pay" and not followed and span.money.amount < _LARGEST_BARE


def _meant(page: Page, first: int, last: int) -> bool:
    """Whether bare figures are money spoken of before: "the 310 goes back", "refund the 310", «верните мои 399»."""
    the = page.ending("sum", first)
    if the is None or the.kind != "those":
        return False
    words = page.tokens.words
    ends = last >= len(words) or not words[last].isalpha()
    if not ends and words[last] in page.lexicon.joins | _WHO:
        return _spoken_of(page, first)
    if ends and page.touching(the.first, the.first, "cue", before=2):
        return True
    found = page.touching(last, last, "cue", after=2)
    return found is not None and found.kind in _CUES


def _spoken_of(page: Page, at: int) -> bool:
    """Whether the sentence speaks of paying: "the 640 that I sent you", «те 6400, что я вам скинул»."""
    sentence = page.tokens.sentences[at]
    return any(
        mark.kind == "pay" and page.tokens.sentences[mark.first] == sentence for mark in page.group("cue")
    )


def _returned(page: Page, place: Place) -> bool:
    """Whether the number is asked back for something: "refund 96 for the unused time", "die 120 für die Zeit zurück"."""
    first, last = place
    words, sentences = page.tokens.words, page.tokens.sentences
    if last >= len(words) or words[last] not in _FOR or sentences[last] != sentences[first]:
        return False
    if page.beginning("id", last + 1):
        return False  # "refund 4711 for order"
    wanted = page.touching(first, first, "cue", before=1)
    if wanted is not None and wanted.kind == "want" and sentences[wanted.first] == sentences[first]:
        return True
    the = page.ending("sum", first)
    return (
        the is not None
        and the.kind == "those"
        and any(
            near.mark.kind == "want" and sentences[near.mark.first] == sentences[first]
            for near in page.near(first, last, "cue")
        )
    )


def _answers(page: Page, span: SumSpan, place: Place, asked: Collection[str]) -> bool:
    """Whether support asked for the sum and the number stands by itself: "1190, on the third of October"."""
    if "sum" not in asked:
        return False
    first, last = place
    figures = sum(map(str.isdecimal, page.text[span.start : span.end]))
    if ("number" in asked and figures >= _LONG) or ("card" in asked and figures == _LAST_FOUR):
        return False
    words, sentences = page.tokens.words, page.tokens.sentences
    at = first
    while at and sentences[at - 1] == sentences[first] and _introduces(page, at):
        at -= 1
    opens = at == 0 or sentences[at - 1] != sentences[first] or words[at - 1] in _OPENING
    closes = last >= len(words) or sentences[last] != sentences[first] or words[last] in _CLOSING
    return opens and closes


def _introduces(page: Page, at: int) -> bool:
    """Whether the token before `at` only leads in an answer: "it was 120", "2. 79"."""
    words = page.tokens.words
    dated = page.ending("cue", at)
    listed = words[at - 1] == "." and at > 1 and words[at - 2].isdecimal() and len(words[at - 2]) == 1
    numbered = words[at - 1].isdecimal() and at < len(words) and words[at] == "." and len(words[at - 1]) == 1
    return (
        listed
        or numbered
        or words[at - 1] in page.lexicon.fillers
        or words[at - 1] in _IT_WAS
        or (dated is not None and dated.kind == "dated")
    )


def _noun_follows(page: Page, at: int) -> bool:
    """Whether a word follows at token `at` that the figures may count: "3 times", but not "46 within a minute"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    if at >= len(words) or sentences[at] != sentences[at - 1] or not words[at].isalpha():
        return False
    return not any(page.beginning(group, at) for group in ("src", "since", "method", "neg", "cue"))
