"""Which of several numbers is meant: the one to refund, not the one that stays; "not 2061 but 2062"."""

from __future__ import annotations

from collections.abc import Sequence

from intake.extraction.fields.order_labels import FOREIGN, LISTING, PUNCTUATION, IdSpan
from intake.extraction.fields.page import Page
from intake.extraction.fields.places import Place, nearest

_CHOICE_REACH = 8
_MEANT, _NOT_MEANT = 1.02, 0.5
_DENIED = 0.6  # "EX-40021, not EX-40012"
_NOT = frozenset({"not", "nicht", "не", "pas", "non", "ні"})
_SHORT = 4  # letters of a word that may stand between "not" and the number denied: "not for the order"
_DENIAL_REACH = 7
_CONTRAST_REACH = 3
_OTHER_REACH = 8


def factors(page: Page, spans: Sequence[IdSpan]) -> list[float]:
    """What the words round each number make of it, as a factor on its confidence."""
    places = _lists(page, spans)
    return [_choice(page, place, places) * _denial(page, spans, at) for at, place in enumerate(places)]


def _lists(page: Page, spans: Sequence[IdSpan]) -> list[Place]:
    """For each number where it stands, or the list that it stands in: "orders 1, 2 and 3" are chosen together."""
    at_once: list[list[IdSpan]] = []
    for span in spans:
        if at_once and _listed(page, at_once[-1][-1], span):
            at_once[-1].append(span)
        else:
            at_once.append([span])
    places: list[Place] = []
    for listed in at_once:
        joined = any(
            word in page.lexicon.joins for word in page.tokens.words[listed[0].last : listed[-1].first]
        )
        whole = (listed[0].first, listed[-1].last)
        places += [whole if joined else (span.first, span.last) for span in listed]
    return places


def _listed(page: Page, one: IdSpan, other: IdSpan) -> bool:
    """Whether nothing but signs, "and" and labels stands between two numbers."""
    words, at = page.tokens.words, one.last
    if page.tokens.sentences[one.first] != page.tokens.sentences[other.first]:
        return False
    while at < other.first:
        label = page.beginning("id", at)
        if label is not None and label.kind not in FOREIGN:
            at = label.last
        elif page.beginning("link", at) is None and (
            words[at] in page.lexicon.joins
            or words[at] in LISTING
            or words[at] in PUNCTUATION
            or words[at] in page.lexicon.fillers
        ):
            at += 1
        else:
            return False
    return True


def _choice(page: Page, place: Place, places: Sequence[Place]) -> float:
    for near in page.near(*place, "which"):
        mark = near.mark
        same = page.tokens.sentences[mark.first] == page.tokens.sentences[place[0]]
        if not same or near.distance > _CHOICE_REACH or page.touching(mark.first, mark.last, "neg", before=1):
            continue
        if nearest(page, places, mark.first, mark.last)[1] >= near.distance:
            if mark.kind == "wrong":
                return _NOT_MEANT
            return _MEANT if places.count(place) == 1 else 1.0  # of a list the first
    return 1.0


def _denial(page: Page, spans: Sequence[IdSpan], at: int) -> float:
    """Less for "not order 2061", "instead of 2061", and for "it was not the one of order 2061 but 2062"."""
    span = spans[at]
    tight, denied = _denied(page, span)
    if not denied:
        return 1.0
    if tight:
        return _DENIED
    others = [other.first for other in spans[at + 1 :]]
    return _NOT_MEANT if _contrasted(page, span.last, others) else 1.0


def _denied(page: Page, span: IdSpan) -> tuple[bool, bool]:
    """Whether nothing but a label stands between "not" and a number; whether there is such a "not" at all."""
    words, tight, labels = page.tokens.words, True, 0
    at, sentence = span.first, page.tokens.sentences[span.first]
    while at > max(span.first - _DENIAL_REACH, 0) and page.tokens.sentences[at - 1] == sentence:
        neg = page.ending("neg", at)
        sign = (
            words[at - 1] in page.lexicon.fillers and page.ending("id", at - 1) is not None
        )  # "order no 2061"
        if neg is not None and neg.kind != "without" and not sign:
            return tight and (neg.kind == "instead" or words[at - 1] in _NOT), True
        label = page.ending("id", at)
        meant = page.ending("which", at)
        if label is not None and not labels:
            labels, at = 1, label.first
        elif words[at - 1] in page.lexicon.fillers or words[at - 1] in PUNCTUATION:
            at -= 1
        elif meant is not None and meant.kind == "right":
            tight, at = False, meant.first
        elif words[at - 1].isalpha() and len(words[at - 1]) <= _SHORT:
            tight, at = False, at - 1
        else:
            break
    return False, False


def _contrasted(page: Page, last: int, others: Sequence[int]) -> bool:
    """Whether "but" and another number follow the one that ends before token `last`."""
    for at in range(last, last + _CONTRAST_REACH):
        but = page.beginning("link", at)
        if but is not None:
            return any(0 <= other - but.last <= _OTHER_REACH for other in others)
    return False
