"""The amount: the sum paid, before the sum wanted back, totals of a double payment, taxes, prices and balances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.extraction.fields import bare_sums
from intake.extraction.fields.money import SumSpan
from intake.extraction.fields.page import Page
from intake.extraction.fields.places import Place, leading, nearest, negated
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.AMOUNT

_WEIGHT = {"pay": 0.95, "renew": 0.88, "buy": 0.85, "unpaid": 0.5, "want": 0.62}
_HEAD_START = {"pay": 4, "renew": 3, "buy": 2, "unpaid": 2, "want": 0}
_FADE = 0.01
_ALONE = 0.68  # a sum with a currency and no word near
_RELATIVE = frozenset({"that", "which", "die", "que", "который", "которые", "что", "які", "котрі", "що"})
_CLAUSE_REACH = 6
_WHICH = "a sum that was paid"
_CLAIMED, _CLAIMED_WEIGHT, _CLAIMED_DATED = "a payment asked back", 0.84, 0.96
_OF = 2  # tokens up to the day in "payment of 1 June"
_WANTED = 0.03  # added for what is asked back elsewhere: "The 18 euros I want back"
_ONLY_PRICE = 0.8
_NO_CODE = 0.85
# What a word beside a sum says of it: factor on its confidence, and how far the word reaches.
_SAYS = {
    "total": (1.04, 5),
    "each": (1.05, 4),
    "vat": (0.15, 4),
    "net": (0.3, 3),
    "price": (0.5, 6),
    "wish": (0.5, 6),  # "instead of", "should have been", "meant to pay"
    "balance": (0.45, 3),
    "fee": (0.5, 3),
    "promise": (0.6, 4),
    "part": (0.6, 4),
}

_SHARES = {"each": 0.85, "total": 1.12}


def read(page: Page, sums: Sequence[SumSpan], days: Sequence[Place]) -> Iterator[Candidate]:
    """Candidates for the amount in one part.

    Args:
        page: the part.
        sums: the sums that were read in it.
        days: token ranges of the days named in it.
    """
    if not sums:
        return
    places = [page.tokens.range(span.start, span.end) for span in sums]
    said = _attached(page, places)
    doubled = page.doubled
    singles = (
        {(span.money.amount * 2, span.money.currency) for span in sums if span.marked} if doubled else set()
    )
    bare = bare_sums.Bare(page=page, sums=sums, places=places, days=days)
    coded = any(span.marked and span.money.currency for span in sums)
    only = len({span.money for span in sums if span.marked}) == 1
    judged = [_judge(page, span, place, places, days) for span, place in zip(sums, places, strict=True)]
    asked = {span.money.amount for span, (_, rule) in zip(sums, judged, strict=True) if "want" in rule}
    for span, (first, last), words, judgement in zip(sums, places, said, judged, strict=True):
        confidence, rule = judgement
        if confidence > _ALONE and span.money.amount in asked and len(asked) == 1:
            confidence += _WANTED
        if not span.marked and confidence < bare_sums.STATED and (why := bare.stated(span, (first, last))):
            confidence, rule = bare_sums.STATED, why
        if not span.marked and "total" in words and page.ending("sum", _label_end(page, first)):
            confidence = max(confidence, 0.75)
        # «верните мои 750», «верните 1 188 рублей, которые я заплатил»
        speaks = words if span.marked and rule not in {_WHICH, _CLAIMED} else words - {"promise"}
        if rule == bare_sums.RETURNED:
            speaks = speaks - {"part"}  # «вернуть 1800 за неиспользованное время»: no other sum is named
        # the only sum of a letter is what it is about: "order 4711, price 79.00 EUR"
        if span.marked and coded and span.money.currency is None:
            confidence *= _NO_CODE  # "0.002 BTC, about 120 dollars": the sum that has a currency
        confidence *= _ONLY_PRICE if only and words == {"price"} else _factor(speaks, doubled=doubled)
        rule = ", ".join([rule, *sorted(words)])
        if (span.money.amount, span.money.currency) in singles:
            confidence *= 0.6
            rule += ", both payments"
        if confidence > bare_sums.ALONE and span.money.amount:
            yield page.candidate(span.money, span.start, span.end, confidence, rule)


def _factor(words: set[str], *, doubled: bool) -> float:
    """What the words beside a sum make of it; of several doubts the gravest counts alone."""
    # of a double payment one counts, of several things at once the total
    factors = [_SAYS[kind][0] if doubled else _SHARES.get(kind, _SAYS[kind][0]) for kind in words]
    return min((one for one in factors if one < 1), default=max(factors, default=1.0))


def _label_end(page: Page, first: int) -> int:
    """Index after the word before "Amount: 49", the colon and fillers left out."""
    words = page.tokens.words
    while first and (words[first - 1] in {":", "-", "="} or words[first - 1] in page.lexicon.fillers):
        first -= 1
    return first


def _judge(
    page: Page, span: SumSpan, place: Place, rivals: Sequence[Place], days: Sequence[Place]
) -> tuple[float, str]:
    """Confidence that a sum was paid, by the word nearest to it."""
    best = leading(page, place, _HEAD_START, rivals)
    if not span.marked:
        return bare_sums.judge(page, span, place, best, days)
    if _which_was_paid(page, place[1]):
        return _WEIGHT["pay"], _WHICH
    if best is None:
        return _ALONE, "a sum alone"
    kind = best.mark.kind
    if kind == "pay" and len(rivals) > 1 and negated(page, best.mark):
        kind = "unpaid"  # "I did not pay 80 euros, I paid 20"
    weight = _WEIGHT[kind]
    if kind == "want" and (claimed := _claimed(page, place, rivals, days)):
        return claimed, _CLAIMED
    if kind != "want":
        weight = max(weight - _FADE * max(0, best.distance - 4), _ALONE if kind != "unpaid" else 0.4)
    return weight, f"cue: {kind}"


def _which_was_paid(page: Page, at: int) -> bool:
    """Whether a clause from token `at` on says that the sum was paid: "the 49 euros that I was charged"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    who = at + (words[at : at + 1] == [","])
    if who >= len(words) or words[who] not in _RELATIVE or sentences[who] != sentences[at - 1]:
        return False
    paid = page.touching(who, who, "cue", after=_CLAUSE_REACH)
    if paid is None or paid.kind != "pay" or sentences[paid.first] != sentences[who]:
        return False
    return not negated(page, paid)


def _claimed(page: Page, place: Place, rivals: Sequence[Place], days: Sequence[Place]) -> float:
    """What it makes of a sum asked back that it was paid, "please return the 54 EUR paid"; 0 where nothing says so.

    Surest is a payment named with its day: "please return 54 EUR, payment of 1 June".
    """
    sentences, clauses, best = page.tokens.sentences, page.tokens.clauses, 0.0
    for near in page.near(*place, "cue"):
        mark = near.mark
        if mark.kind == "pay" and sentences[mark.first] == sentences[place[0]] and not negated(page, mark):
            dated = any(0 <= first - mark.last < _OF for first, _ in days)
            if dated and not near.left and clauses[mark.first] != clauses[place[0]]:
                return _CLAIMED_DATED
            if rivals[nearest(page, rivals, mark.first, mark.last)[0]] == place:
                best = _CLAIMED_WEIGHT
    return best


def _attached(page: Page, places: Sequence[Place]) -> list[set[str]]:
    """For each sum the kinds of the words that speak of it: each word speaks of the nearest sum only."""
    said: list[set[str]] = [set() for _ in places]
    for mark in page.group("sum"):
        if mark.kind not in _SAYS:
            continue
        index, distance = nearest(page, places, mark.first, mark.last)
        # a word after its sum is a little farther than one before; "49 EUR to my balance" is no balance of 49
        after = index >= 0 and places[index][1] <= mark.first
        if distance + after <= _SAYS[mark.kind][1] and not (after and mark.kind == "balance"):
            said[index].add(mark.kind)
    return said
