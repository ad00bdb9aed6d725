"""The amount: the sum paid, before the sum wanted back, totals of a double payment, taxes, prices and balances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.extraction.fields.money import SumSpan
from intake.extraction.fields.page import Near, Page
from intake.extraction.fields.places import Place, leading, nearest, negated
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.AMOUNT

_WEIGHT = {"pay": 0.95, "renew": 0.88, "buy": 0.85, "unpaid": 0.5, "want": 0.62}
_HEAD_START = {"pay": 4, "renew": 3, "buy": 2, "unpaid": 2, "want": 0}
_FADE = 0.01
_ALONE = 0.68  # a sum with a currency and no word near
_BARE_ALONE = 0.2
_CENTS = 0.36  # "the bank shows 2 of 12.99"
_BOOKED = 0.42
_BOOKED_REACH = 5
_NEXT_SENTENCE = 14  # from the end of a sentence to the beginning of the next
_LEAST_ROUND, _LARGEST_ROUND = 10, 50_000  # of a number that neither a currency nor cents show to be a sum
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d\d|-00)?")
_WHO = frozenset({"i", "that", "we", "you", "die", "que", "что", "що", "которые"})
_RELATIVE = frozenset({"that", "which", "die", "que", "который", "которые", "что", "які", "котрі", "що"})
_CLAUSE_REACH = 6
_WHICH = "a sum that was paid"
_CLAIMED, _CLAIMED_WEIGHT, _CLAIMED_DATED = "a payment asked back", 0.84, 0.96
_OF = 2  # tokens up to the day in "payment of 1 June"
_WANTED = 0.03  # added for what is asked back elsewhere: "The 18 euros I want back"
_OWN_WORDS = 2  # authority of what the customer typed
_ONLY_PRICE = 0.8
_NO_CODE = 0.85
_INSTEAD = 0.7  # "119.00 instead of 100.00 EUR"
_BARE_REACH = 7
_LARGEST_BARE = 100_000  # larger figures without a currency are numbers of orders and accounts
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
    unmarked = not any(span.marked for span in sums)
    coded = any(span.marked and span.money.currency for span in sums)
    only = len({span.money for span in sums if span.marked}) == 1
    judged = [_judge(page, span, place, places, days) for span, place in zip(sums, places, strict=True)]
    asked = {span.money.amount for span, (_, rule) in zip(sums, judged, strict=True) if "want" in rule}
    for span, (first, last), words, judgement in zip(sums, places, said, judged, strict=True):
        confidence, rule = judgement
        if confidence > _ALONE and span.money.amount in asked and len(asked) == 1:
            confidence += _WANTED
        if not span.marked and confidence < _BOOKED and _booked(page, span, (first, last), days):
            confidence, rule = _BOOKED, "a line of a statement"
        if (
            not span.marked
            and confidence < _BOOKED
            and unmarked
            and _beside_method(page, span, (first, last))
        ):
            confidence, rule = _BOOKED, "a number beside a method"
        if not span.marked and "total" in words and page.ending("sum", _label_end(page, first)):
            confidence = max(confidence, 0.75)
        # «верните мои 750», «верните 1 188 рублей, которые я заплатил»
        speaks = words if span.marked and rule not in {_WHICH, _CLAIMED} else words - {"promise"}
        # the only sum of a letter is what it is about: "order 4711, price 79.00 EUR"
        if span.marked and coded and span.money.currency is None:
            confidence *= _NO_CODE  # "0.002 BTC, about 120 dollars": the sum that has a currency
        confidence *= _ONLY_PRICE if only and words == {"price"} else _factor(speaks, doubled=doubled)
        rule = ", ".join([rule, *sorted(words)])
        if (span.money.amount, span.money.currency) in singles:
            confidence *= 0.6
            rule += ", both payments"
        if confidence > _BARE_ALONE and span.money.amount:
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
        return _bare(page, span, place, best)
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


def _bare(page: Page, span: SumSpan, place: Place, best: Near | None) -> tuple[float, str]:
    """Confidence that figures without a currency are the sum paid."""
    if not _money_like(page, span, *place):
        return _BARE_ALONE, "a number"
    cents = _has_cents(page, span)
    told = page.beginning("neg", place[1])
    if told is not None and told.kind == "instead":
        return _INSTEAD, "a number instead of another"
    if page.part.authority > _OWN_WORDS:
        return (_BARE_ALONE if best is None else 0.3), "a bare number in a receipt or statement"
    if best is None:
        return (_CENTS if cents else _BARE_ALONE), "a number alone"
    if best.distance > _BARE_REACH:
        return (_CENTS if cents else 0.3), "a bare number"
    return (0.62 if cents else 0.5), f"bare number, cue: {best.mark.kind}"


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
    if (
        page.part.authority > _OWN_WORDS
        or not _LEAST_ROUND <= span.money.amount < _LARGEST_ROUND
        or page.ending("id", first)
        or (following.isalpha() and not page.beginning("src", last) and not page.beginning("method", last))
    ):
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
    paid = page.touching(first, last, "cue", before=1)
    words = page.tokens.words
    following = words[last] if last < len(words) else ""
    noun = following.isalpha() and following not in page.lexicon.fillers | page.lexicon.joins
    told = any(page.beginning(group, last) for group in ("sum", "src", "since", "when", "neg"))
    followed = following == "-" or (noun and not told)
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
    return found is not None and found.kind in _HEAD_START


def _spoken_of(page: Page, at: int) -> bool:
    """Whether the sentence speaks of paying: "the 640 that I sent you", «те 6400, что я вам скинул»."""
    sentence = page.tokens.sentences[at]
    return any(
        mark.kind == "pay" and page.tokens.sentences[mark.first] == sentence for mark in page.group("cue")
    )


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
