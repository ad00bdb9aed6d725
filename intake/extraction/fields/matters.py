"""Which of several things a value belongs to, and which of two values takes the other back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from intake.extraction.fields import amount, method, order_number, payment_date
from intake.extraction.fields.day_stories import OF
from intake.extraction.fields.page import Mark, Page
from intake.extraction.types import Candidate, FieldName

Found = dict[FieldName, list[Candidate]]

_NAMED = 0.7  # an order number that is surely one
_ANOTHER = 0.75
_OF_THE_ORDER = frozenset({payment_date.NAME, amount.NAME, method.NAME})
_OTHERS = 0.65  # in one sentence it is surer whose a sum is
_LISTED = 0.45
_OWN_REACH = 12  # tokens up to which a value in the same sentence belongs to the number before it
_TAKEN_BACK = 0.5
_IS_FINE = ", not complained of"
_FINE, _RIVAL = 0.45, 0.25
_SETTLED_REACH = 14  # tokens
_CLOSE = 24  # characters
_MOST_BETWEEN, _WEEK = 3, 7  # tokens between "the 3rd and on the 5th", days
_BEFORE_SORRY, _AFTER_SORRY = 5, 9


def first_matter(page: Page, found: Found) -> Found:
    """Of several orders, each with a sum or day of its own, what belongs to the others is put back.

    Wanted is the first of several purchases; of a double payment the days and sums are one matter's.
    """
    corrected = _settled(page, _taken_back(page, found))
    if page.doubled:
        return corrected
    return _one_in_sentence(page, _one_sentence(page, corrected))


def repeated(page: Page, sums: Sequence[Candidate], days: Sequence[Candidate]) -> bool:
    """Whether a sentence of paying names one sum twice and two days: "12 EUR on 3 June and 12 EUR on 5 June".

    Or one sum and two days that lie near and are joined: "charged me 12 EUR on the 3rd and the 5th".
    """
    if not sums or len(days) < 2:
        return False
    if len({str(one.value) for one in sums}) == 1 and _joined_days(page, days):
        return True
    name, sentences = page.part.name, page.tokens.sentences
    paid = {sentences[mark.first] for mark in page.group("cue") if mark.kind in {"pay", "renew"}}
    told = Counter((_sentence(page, one), str(one.value)) for one in sums if one.evidence.part == name)
    dated = Counter(
        sentence
        for sentence, _ in {(_sentence(page, one), one.value) for one in days if one.evidence.part == name}
    )
    if any(times > 1 and dated[where] > 1 and where in paid for (where, _), times in told.items()):
        return True
    return _took_again(page, set(told), dated)


def _took_again(page: Page, told: Collection[tuple[int, str]], dated: Collection[int]) -> bool:
    """Whether two sentences each name a day and one sum, the later with "again": "on the 6th £23 left it again".

    Not where the later only writes of the payment again.
    """
    sentences = page.tokens.sentences
    for again in page.group("double"):
        own = sentences[again.first]
        near = next(iter(page.near(again.first, again.last, "cue")), None)
        if own in dated and (near is None or near.mark.kind != "event" or sentences[near.mark.first] != own):
            for where, value in told:
                if where == own and any(
                    (own - back, value) in told and own - back in dated for back in (1, 2)
                ):
                    return True
    return False


def _joined_days(page: Page, days: Sequence[Candidate]) -> bool:
    """Whether nothing but "and" and an article stands between two days of one week, in a sentence of paying."""
    tokens = page.tokens
    own = sorted(
        (one for one in days if one.evidence.part == page.part.name), key=lambda one: one.evidence.start
    )
    for one, other in pairwise(own):
        if not _within_a_week(one, other) or other.evidence.start - one.evidence.end > _CLOSE:
            continue
        last, first = tokens.range(one.evidence.end, 0)[0], _first(page, other)
        between = tokens.words[last:first]
        joined = 0 < len(between) <= _MOST_BETWEEN and any(word in page.lexicon.joins for word in between)
        if joined and not any(page.beginning("cue", at) for at in range(last, first)):
            own_sentence = tokens.sentences[last]
            return any(
                mark.kind == "pay" and tokens.sentences[mark.first] == own_sentence
                for mark in page.group("cue")
            )
    return False


def _within_a_week(one: Candidate, other: Candidate) -> bool:
    return (
        isinstance(one.value, date)
        and isinstance(other.value, date)
        and 0 < (other.value - one.value).days <= _WEEK
    )


def _one_sentence(page: Page, found: Found) -> Found:
    """Where several sentences each name an order and a sum, those of the order that wins are meant."""
    orders = found[order_number.NAME]
    if len(orders) < 2:
        return found
    sums = {_sentence(page, one) for one in found[amount.NAME]}
    matters = {_sentence(page, one) for one in orders if one.confidence > _NAMED} & sums
    if len(matters) < 2:
        return found
    first = _sentence(page, max(orders, key=lambda one: one.confidence))
    others = matters - {first} if first in matters else set()
    return {
        name: [
            _put_back(one) if name in _OF_THE_ORDER and _sentence(page, one) in others else one
            for one in candidates
        ]
        for name, candidates in found.items()
    }


def _one_in_sentence(page: Page, found: Found) -> Found:
    """Such as "orders 3301 (150 €) and 3302 (75 €)", "the first was $61.50, the second $9.75"."""
    orders = [one for one in found[order_number.NAME] if one.confidence >= _LISTED]
    best = max(orders, key=lambda one: one.confidence, default=None)
    numbered = [(_first(page, one), one is not best) for one in orders]
    told = [(mark.first, mark.kind == "other") for mark in page.group("rank")]
    for owners in (numbered, told):
        if not any(other for _, other in owners):
            continue  # there is nobody else whose a value could be
        for name in (amount.NAME, payment_date.NAME):
            found = found | {name: _owned(page, found[name], sorted(owners))}
    return found


def _owned(
    page: Page, candidates: Sequence[Candidate], owners: Sequence[tuple[int, bool]]
) -> list[Candidate]:
    """The candidates, those put back that belong to another owner, while the first has one of its own."""
    belongs = [_owner(page, one, owners) for one in candidates]
    if False not in belongs:
        return list(candidates)
    mine = {str(one.value) for one, other in zip(candidates, belongs, strict=True) if other is False}
    return [
        _put_back(one, _OTHERS) if other and str(one.value) not in mine else one
        for one, other in zip(candidates, belongs, strict=True)
    ]


def _owner(page: Page, candidate: Candidate, owners: Sequence[tuple[int, bool]]) -> bool | None:
    """Whether the nearest owner before a value, in its sentence, is another than the first; None: there is none."""
    at, sentences = _first(page, candidate), page.tokens.sentences
    for first, other in reversed(owners):
        if first < at:
            near = at - first <= _OWN_REACH and sentences[first] == sentences[at]
            return other if near else None
    return None


def _taken_back(page: Page, found: Found) -> Found:
    """Such as "with PayPal, sorry, by card": the first of two readings of one field round a word of regret."""
    marks = page.group("sorry")
    if not marks:
        return found
    return {
        name: [_regretted(page, one, candidates, marks) for one in candidates]
        for name, candidates in found.items()
    }


def _regretted(
    page: Page, candidate: Candidate, others: Iterable[Candidate], marks: Sequence[Mark]
) -> Candidate:
    last = page.tokens.range(candidate.evidence.end, candidate.evidence.end)[0]
    for mark in marks:
        if 0 <= mark.first - last <= _BEFORE_SORRY and any(
            0 <= _first(page, other) - mark.last <= _AFTER_SORRY and other.value != candidate.value
            for other in others
        ):
            confidence = round(candidate.confidence * _TAKEN_BACK, 3)
            return replace(candidate, confidence=confidence, rule=f"{candidate.rule}, taken back")
    return candidate


def _settled(page: Page, found: Found) -> Found:
    """Such as "the fonts for 8 euros are fine": sum and day of what nobody complains of, where others are named."""
    for mark in page.group("content"):
        for name in (amount.NAME, payment_date.NAME):
            told = [
                one for one in found[name] if _before(page, one, mark) and not one.rule.endswith(_IS_FINE)
            ]
            if told:
                fine = max(told, key=lambda one: one.evidence.start)
                rivals = any(one.value != fine.value and one.confidence > _RIVAL for one in found[name])
                if rivals:
                    listed = [_put_back(one, _FINE, _IS_FINE) if one is fine else one for one in found[name]]
                    found = found | {name: listed}
    return found


def _before(page: Page, candidate: Candidate, mark: Mark) -> bool:
    """Whether a value stands before a word in its sentence, and near."""
    first, sentences = _first(page, candidate), page.tokens.sentences
    if not 0 < mark.first - first <= _SETTLED_REACH or sentences[first] != sentences[mark.first]:
        return False
    # "20 of the 45 EUR, the rest is fine": the rest is another sum
    return not any(one.kind == "part" and first < one.first < mark.last + OF for one in page.group("sum"))


def _put_back(candidate: Candidate, factor: float = _ANOTHER, why: str = ", of another order") -> Candidate:
    confidence = round(candidate.confidence * factor, 3)
    return replace(candidate, confidence=confidence, rule=f"{candidate.rule}{why}")


def _first(page: Page, candidate: Candidate) -> int:
    return page.tokens.range(candidate.evidence.start, 0)[0]


def _sentence(page: Page, candidate: Candidate) -> int:
    tokens = page.tokens
    return tokens.sentences[min(_first(page, candidate), len(tokens) - 1)]
