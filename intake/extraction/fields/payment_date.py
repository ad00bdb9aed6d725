"""The payment date: the day that a word of paying speaks of, else the day of the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.day_stories import (
    LIMITED,
    WAITED,
    ahead,
    kind_for,
    leads_in_another,
    new_client,
    noticed_and_paid,
    paid_since,
    told_by,
    waited,
)
from intake.extraction.fields.day_words import (
    asked_now,
    first_time,
    joined,
    limited,
    paid_again,
    paid_in_sentence,
    stated,
)
from intake.extraction.fields.page import FAR, Mark, Page
from intake.extraction.fields.paper_days import form_label, invoice_day, looked_at, paid_by_slip, slip_of
from intake.extraction.fields.places import Place, following, nearest, negated
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.PAYMENT_DATE

# Confidence that a day is the payment's where a cue of this kind stands nearest.
_WEIGHT = {
    "pay": 0.95,
    "renew": 0.88,
    "buy": 0.8,
    "dated": 0.58,
    "client": 0.2,
    "want": 0.35,
    "event": 0.2,
    "unpaid": 0.2,
}
# Words of paying outbid others that stand as near: they are what we look for.
_HEAD_START = {"pay": 4, "renew": 3, "buy": 2, "dated": 1, "client": 0, "want": -2, "event": 0, "unpaid": 1}
_HAVE_DAYS = frozenset({"pay", "renew"})
_FORM = {"full": 1.0, "no_year": 1.0, "relative": 0.98, "weekday": 0.95, "day_only": 0.98}
_SUM_NEARBY = 0.74  # "EUR 12, 3 June": a sum with a day and no other word
_METHOD_NEARBY = 0.62  # "on Saturday she used my PayPal"
_METHOD_REACH = 8
_ALONE = 0.43
_ONLY = 0.47
_STATED = 0.5  # "Order 4711. EUR 12. PayPal. Yesterday."
_AGAIN = 0.6
_ONCE_MORE = 0.72
_FIRST_TIME = 0.7  # of a double payment the later day is wanted
_FAR_OFF = 0.44  # a word of paying in another sentence: enough for a date, not for a mere weekday
_SINCE = 0.46
_PAID_SINCE = 0.8  # "I pay for it since 1 June"
_SLIP = 0.97
_NOT_PAID = 0.14  # below what else may lift a day
_NOTICED = 0.66
_PAPER = 0.5  # the date of the invoice where the sentence names another day
_OWN_DATE = 0.2
_ANOTHERS = 4  # added to the distance of a cue that stands nearer to another day
_ELSEWHERE = 12  # added to the distance of a cue of another sentence
_FADE = 0.012  # per step of distance
_AFTER = 0.03
_VERB_FIRST = frozenset({"en", "fr", "es"})  # elsewhere the verb often ends its clause
_SUM_REACH = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What stands round the days of a part, by tokens."""

    days: Sequence[Place]
    sums: Sequence[Place]
    ids: Sequence[Place]
    paid: frozenset[int]  # sentences with a day and a word of paying
    own: frozenset[int]  # sentences with a day for their word of paying: no term, no paper's date, not today


def read(
    page: Page, days: Sequence[DaySpan], sums: Sequence[tuple[int, int]], ids: Sequence[tuple[int, int]]
) -> Iterator[Candidate]:
    """Candidates for the payment date in one part.

    Args:
        page: the part.
        days: the days named in it.
        sums: token ranges of the sums of money in it.
        ids: token ranges of the order numbers in it.
    """
    if not days:
        return
    doubled = page.doubled
    places = [page.tokens.range(span.start, span.end) for span in days]
    named = _sentences(page, sums) & _sentences(page, _methods(page))
    paid = [
        not ahead(page, span) and (page.tokens.sentences[place[0]] in named or paid_in_sentence(page, place))
        for span, place in zip(days, places, strict=True)
    ]  # a sum and a method together speak of a payment as well as a verb
    paying = _sentences(page, sums) | _sentences(page, _methods(page)) | _sentences(page, ids)
    another = any(told and span.day != page.today for span, told in zip(days, paid, strict=True))
    only = len({span.day for span, told in zip(days, paid, strict=True) if told}) == 1
    around = _Round(
        days=places,
        sums=sums,
        ids=ids,
        paid=_paid_sentences(page, days, places),
        own=_with_own_day(page, days, places, ids),
    )
    for span, place, told in zip(days, places, paid, strict=True):
        confidence, rule = told_by(page, span, place, sums, _judge(page, span, place, around))
        if confidence == LIMITED and only and told and waited(page, place, named):
            confidence, rule = WAITED, "waited since then for what was paid"
        if told and only and LIMITED < confidence < _ONLY and "want" not in rule:
            confidence, rule = _ONLY, f"{rule}, the only day beside a payment"
        if LIMITED < confidence < _STATED and stated(page, place, paying):
            confidence, rule = _STATED, "a statement of its own beside the payment's"
        if span.form == "full" and span.day == page.today and not told and another:
            confidence, rule = min(confidence, _OWN_DATE), "the letter's own date"
        if doubled:
            confidence, rule = _of_two(page, place, (confidence, rule), following(places, place), told=told)
        found = page.candidate(span.day, span.start, span.end, confidence * _FORM[span.form], rule)
        if span.other is not None:
            yield replace(
                found, confidence=round(found.confidence * 0.8, 3), rule=f"{rule}, day and month open"
            )
            yield page.candidate(
                span.other, span.start, span.end, confidence * 0.4, "day and month exchanged"
            )
        else:
            yield found


def _of_two(
    page: Page, place: Place, judged: tuple[float, str], until: int, *, told: bool
) -> tuple[float, str]:
    """Of a double payment the later is wanted: the first is worth less, the one made again more."""
    confidence, rule = judged
    if first_time(page, place):
        return confidence * _FIRST_TIME, rule
    if LIMITED < confidence < _ONCE_MORE and paid_again(page, place, until):
        return _ONCE_MORE, "paid again on this day"
    if told and LIMITED < confidence < _AGAIN and joined(page, place[0]):
        return _AGAIN, f"{rule}, and once more"
    return judged


def _with_own_day(
    page: Page, days: Sequence[DaySpan], places: Sequence[Place], ids: Sequence[Place]
) -> frozenset[int]:
    return frozenset(
        page.tokens.sentences[first]
        for span, (first, _) in zip(days, places, strict=True)
        if span.day != page.today and not limited(page, first) and not invoice_day(page, first, ids)
    )


def _paid_sentences(page: Page, days: Sequence[DaySpan], places: Sequence[Place]) -> frozenset[int]:
    return frozenset(
        page.tokens.sentences[place[0]]
        for span, place in zip(days, places, strict=True)
        if not ahead(page, span) and not limited(page, place[0]) and paid_in_sentence(page, place)
    )


def _judge(page: Page, span: DaySpan, place: Place, around: _Round) -> tuple[float, str]:
    first = place[0]
    if limited(page, first):
        return _term(page, span, first)
    if (slip := slip_of(page, first)) is not None:
        own = paid_by_slip(page, slip, place, otherwise=bool(around.paid - {page.tokens.sentences[first]}))
        return (
            (_SLIP, "the day of the slip that paid")
            if own
            else (_NOT_PAID, "the day of a slip that did not pay")
        )
    if looked_at(page, place):
        return _NOT_PAID, "the day of looking at a statement"
    return _cued(page, span, place, around)


def _cued(page: Page, span: DaySpan, place: Place, around: _Round) -> tuple[float, str]:
    """What the words round a day say that belongs to no slip."""
    first, last = place
    others = around.paid - {page.tokens.sentences[first]}
    best = _best_cue(page, first, last, around)
    if span.day == page.today and span.form == "relative" and asked_now(page, first, last, best):
        return _OWN_DATE, "the day of the wish"
    if invoice_day(page, first, around.ids) and page.tokens.sentences[first] in around.own:
        return _PAPER, "the date of the invoice"
    if best is not None and best[0] == "event" and not others and noticed_and_paid(page, place, around.days):
        return _NOTICED, "noticed and paid"
    return _beside(page, span, best, around)


def _term(page: Page, span: DaySpan, first: int) -> tuple[float, str]:
    if paid_since(page, span, first):
        return _PAID_SINCE, "the day since when somebody pays"
    if new_client(page, span, first):
        return _SINCE, "the day since when somebody is a client"
    return LIMITED, "a term or a day denied"


def _beside(
    page: Page, span: DaySpan, best: tuple[str, int, bool] | None, around: _Round
) -> tuple[float, str]:
    """What the nearest cue says, or the sum, the method or the number where they stand nearer."""
    first, last = page.tokens.range(span.start, span.end)
    _, sum_gap = nearest(page, around.sums, first, last)
    _, id_gap = nearest(page, around.ids, first, last)
    weight, rule = (_ALONE, "a date alone") if best is None else _weigh(*best)
    if sum_gap <= _SUM_REACH and (best is None or sum_gap <= best[1]) and weight < _SUM_NEARBY:
        weight, rule = _SUM_NEARBY - _FADE * sum_gap, "beside the sum"
    _, method_gap = nearest(page, _methods(page), first, last)
    if method_gap <= _METHOD_REACH and (best is None or method_gap <= best[1]) and weight < _METHOD_NEARBY:
        weight, rule = _METHOD_NEARBY - _FADE * method_gap, "beside the method"
    if best is None and span.day == page.today and span.form in {"full", "no_year"} and sum_gap > _SUM_REACH:
        return _OWN_DATE, "the letter's own date"
    if id_gap <= 4 and (best is None or id_gap < best[1]) and weight < 0.7:
        weight, rule = 0.7, "beside the order number"
    return weight, rule


def _weigh(kind: str, distance: int, after: bool) -> tuple[float, str]:  # noqa: FBT001 - what `_best_cue` found
    weight = _WEIGHT[kind]
    if kind in {"pay", "renew", "buy"}:
        weight = max(weight - _FADE * max(0, distance - 4) - _AFTER * after, _FAR_OFF)
    return max(weight, 0.2), f"cue: {kind}"


def _best_cue(page: Page, first: int, last: int, around: _Round) -> tuple[str, int, bool] | None:
    """Kind and distance of the cue that speaks of a day, and whether it is a verb after it.

    It is the nearest, with a head start for paying.
    """
    label = form_label(page, first)
    if label is not None and not negated(page, label):
        return label.kind, 1, False
    best, least = None, FAR
    for near in page.near(first, last, "cue"):
        mark = near.mark
        elsewhere = page.tokens.sentences[mark.first] != page.tokens.sentences[first]
        if elsewhere and (
            mark.kind in {"want", "event"} or _label(page, mark) or _has_own(page, mark, around)
        ):
            continue
        kind = kind_for(page, mark, (first, last))
        effective = (
            near.distance - _HEAD_START[kind] + (0 if near.left else 1) + (_ELSEWHERE if elsewhere else 0)
        )
        if (
            kind == "event"
            and not near.left
            and page.tokens.clauses[mark.first] != page.tokens.clauses[first]
        ):
            effective += 4  # "(…, 17 August), but the client refused"
        if kind == "event" and near.distance <= 2:
            effective -= 3  # "I noticed this morning a charge of …", "today I see a charge of …"
        if nearest(page, around.days, mark.first, mark.last)[1] < near.distance:
            effective += _ANOTHERS
        if effective < least:
            # of two days round one verb it is the second: "your invoice of 2 June was paid on 8 June"
            after = not near.left and (
                page.lexicon.language in _VERB_FIRST or leads_in_another(page, mark, around.days)
            )
            best = kind, near.distance + (_ELSEWHERE if elsewhere else 0), after
            least = effective
    return best


def _has_own(page: Page, mark: Mark, around: _Round) -> bool:
    """Whether a word of paying has a day in its own sentence: it does not speak of those of others."""
    return mark.kind in _HAVE_DAYS and page.tokens.sentences[mark.first] in around.own


def _label(page: Page, mark: Mark) -> bool:
    """Whether a word of buying only leads in a number: "Phone me on Thursday. Order 55120."."""
    return mark.kind == "buy" and page.beginning("id", mark.first) is not None


def _methods(page: Page) -> list[Place]:
    return [(mark.first, mark.last) for mark in page.group("method") if mark.kind != "none"]


def _sentences(page: Page, places: Sequence[Place]) -> set[int]:
    return {page.tokens.sentences[first] for first, _ in places}
