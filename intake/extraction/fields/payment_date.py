"""The payment date: the day that a word of paying speaks of, else the day of the order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.day_stories import LIMITED, OF, WAITED, ahead, new_client, told_by, waited
from intake.extraction.fields.page import FAR, Mark, Page
from intake.extraction.fields.places import Place, nearest, negated
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
_FORM = {"full": 1.0, "no_year": 1.0, "relative": 0.98, "weekday": 0.95, "day_only": 0.98}
_SUM_NEARBY = 0.74  # "EUR 12, 3 June": a sum with a day and no other word
_METHOD_NEARBY = 0.62  # "on Saturday she used my PayPal"
_METHOD_REACH = 8
_ALONE = 0.43
_ONLY = 0.47
_STATED = 0.5  # "Order 4711. EUR 12. PayPal. Yesterday."
_AGAIN = 0.6
_FIRST_TIME = 0.7  # of a double payment the later day is wanted
_FAR_OFF = 0.44  # a word of paying in another sentence: enough for a date, not for a mere weekday
_SINCE = 0.46
_OWN_DATE = 0.2
_ANOTHERS = 4  # added to the distance of a cue that stands nearer to another day
_ELSEWHERE = 12  # added to the distance of a cue of another sentence
_FADE = 0.012  # per step of distance
_AFTER = 0.03
_VERB_FIRST = frozenset({"en", "fr", "es"})  # elsewhere the verb often ends its clause
_SUM_REACH = 14
_DAY_WORDS = frozenset({"on", "am", "в", "во", "у", "от", "від", "du", "del", "vom"})
_ARTICLES = frozenset({"the", "dem", "den", "le", "el", "about", "around"})


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
        not ahead(page, span) and (page.tokens.sentences[place[0]] in named or _paid_in_sentence(page, place))
        for span, place in zip(days, places, strict=True)
    ]  # a sum and a method together speak of a payment as well as a verb
    paying = _sentences(page, sums) | _sentences(page, _methods(page)) | _sentences(page, ids)
    another = any(told and span.day != page.today for span, told in zip(days, paid, strict=True))
    only = len({span.day for span, told in zip(days, paid, strict=True) if told}) == 1
    for span, place, told in zip(days, places, paid, strict=True):
        confidence, rule = told_by(page, span, place, sums, _judge(page, span, places, sums, ids))
        if confidence == LIMITED and only and told and waited(page, place, named):
            confidence, rule = WAITED, "waited since then for what was paid"
        if told and only and LIMITED < confidence < _ONLY and "want" not in rule:
            confidence, rule = _ONLY, f"{rule}, the only day beside a payment"
        if LIMITED < confidence < _STATED and _stated(page, place, paying):
            confidence, rule = _STATED, "a statement of its own beside the payment's"
        if span.form == "full" and span.day == page.today and not told and another:
            confidence, rule = min(confidence, _OWN_DATE), "the letter's own date"
        if doubled and _first_time(page, place):
            confidence *= _FIRST_TIME
        elif told and doubled and LIMITED < confidence < _AGAIN and _joined(page, place[0]):
            confidence, rule = _AGAIN, f"{rule}, and once more"
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


def _judge(
    page: Page,
    span: DaySpan,
    days: Sequence[tuple[int, int]],
    sums: Sequence[tuple[int, int]],
    ids: Sequence[tuple[int, int]],
) -> tuple[float, str]:
    first, last = page.tokens.range(span.start, span.end)
    if _limited(page, first):
        if new_client(page, span, first):
            return _SINCE, "the day since when somebody is a client"
        return LIMITED, "a term, not a payment"
    best = _best_cue(page, first, last, days)
    if span.day == page.today and span.form == "relative" and _asked_now(page, first, last, best):
        return _OWN_DATE, "the day of the wish"
    _, sum_gap = nearest(page, sums, first, last)
    _, id_gap = nearest(page, ids, first, last)
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


def _best_cue(
    page: Page, first: int, last: int, days: Sequence[tuple[int, int]]
) -> tuple[str, int, bool] | None:
    """Kind and distance of the cue that speaks of a day, and whether it is a verb after it.

    It is the nearest, with a head start for paying.
    """
    best, least = None, FAR
    for near in page.near(first, last, "cue"):
        mark = near.mark
        elsewhere = page.tokens.sentences[mark.first] != page.tokens.sentences[first]
        if elsewhere and (mark.kind in {"want", "event"} or _label(page, mark)):
            continue
        kind = "unpaid" if mark.kind == "pay" and negated(page, near.mark) else mark.kind
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
        if nearest(page, days, mark.first, mark.last)[1] < near.distance:
            effective += _ANOTHERS
        if effective < least:
            # of two days round one verb it is the second: "your invoice of 2 June was paid on 8 June"
            after = not near.left and (
                page.lexicon.language in _VERB_FIRST or _leads_in_another(page, mark, days)
            )
            best = kind, near.distance + (_ELSEWHERE if elsewhere else 0), after
            least = effective
    return best


def _leads_in_another(page: Page, mark: Mark, days: Sequence[Place]) -> bool:
    """Whether a day follows a word of paying at once: "wrote on 11 June about the payment of 2 June"."""
    return any(0 <= first - mark.last < OF and page.gap(mark.last - 1, first) <= OF for first, _ in days)


def _label(page: Page, mark: Mark) -> bool:
    """Whether a word of buying only leads in a number: "Phone me on Thursday. Order 55120."."""
    return mark.kind == "buy" and page.beginning("id", mark.first) is not None


def _asked_now(page: Page, first: int, last: int, best: tuple[str, int, bool] | None) -> bool:
    """Whether "today" says when something is wanted: "cancel order 53318 today please"."""
    if best is not None and (best[0] in {"pay", "renew"} or best[1] <= 1):
        return False
    sentences = page.tokens.sentences
    return any(
        near.left and near.mark.kind in {"want", "event"} and sentences[near.mark.first] == sentences[first]
        for near in page.near(first, last, "cue")
    )


def _methods(page: Page) -> list[Place]:
    return [(mark.first, mark.last) for mark in page.group("method") if mark.kind != "none"]


def _sentences(page: Page, places: Sequence[Place]) -> set[int]:
    return {page.tokens.sentences[first] for first, _ in places}


def _paid_in_sentence(page: Page, place: Place) -> bool:
    """Whether the sentence of a day speaks of a payment, though another word may stand nearer to the day."""
    sentences = page.tokens.sentences
    return any(
        near.mark.kind == "pay"
        and sentences[near.mark.first] == sentences[place[0]]
        and not negated(page, near.mark)
        for near in page.near(*place, "cue")
    )


def _stated(page: Page, place: Place, paying: set[int]) -> bool:
    """Whether a day makes up a statement of its own next to one that names sum, method or order."""
    words, sentences = page.tokens.words, page.tokens.sentences
    own = sentences[place[0]]
    if not {own - 1, own + 1} & paying:
        return False
    first, last = bisect_left(sentences, own), bisect_right(sentences, own)
    dated = page.touching(*place, "cue", before=1)
    begin = (
        dated.first if dated is not None and dated.kind == "dated" and dated.last <= place[0] else place[0]
    )
    around = {*words[first:begin], *words[place[1] : last]}
    return not any(word.isalnum() and word not in _ARTICLES | _DAY_WORDS for word in around)


def _first_time(page: Page, place: Place) -> bool:
    """Such as "the first on 8 June"."""
    found = page.touching(*place, "rank", before=3)
    return found is not None and found.kind == "first"


def _joined(page: Page, first: int) -> bool:
    """Whether a day follows another one: "on Friday and again on Saturday"."""
    words = page.tokens.words[max(0, first - 4) : first]
    return any(word in page.lexicon.joins for word in words)


def _limited(page: Page, first: int) -> bool:
    """Whether "since", "until", "before" stands right before the day, an article between them or not."""
    words = page.tokens.words
    found = page.ending("since", first)
    if first and words[first - 1] in _ARTICLES and (found is None or found.kind != "since"):
        first -= 1
        found = page.ending("since", first)
    if found is None and words[first] == "de":
        found = page.ending("since", first + 1)  # "a partir de hoy": both phrases hold the "de"
    return found is not None and found.kind == "since"
