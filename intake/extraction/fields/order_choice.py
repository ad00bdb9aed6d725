"""Which of several numbers is meant: the one to refund, not the one that stays; "not 2061 but 2062"."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from intake.extraction.fields.order_labels import FOREIGN, LISTING, PUNCTUATION, IdSpan
from intake.extraction.fields.page import Page
from intake.extraction.fields.places import Place, nearest

_CHOICE_REACH = 8
_MEANT, _NOT_MEANT = 1.02, 0.5
_ONLY_ONE = 0.75  # nothing else can be meant
_DENIED = 0.6  # "EX-40021, not EX-40012"
_NOT = frozenset({"not", "nicht", "не", "pas", "non", "ні"})
_SHORT = 4  # letters of a word that may stand between "not" and the number denied: "not for the order"
_DENIAL_REACH = 7
_CONTRAST_REACH = 5
_NEXT = 2  # numbers of which one is meant instead


def factors(page: Page, spans: Sequence[IdSpan]) -> list[float]:
    """What the words round each number make of it, as a factor on its confidence."""
    places = _lists(page, spans)
    sizes = Counter(places)
    distinct = list(sizes)  # in order
    rivals = len({place for place, span in zip(places, spans, strict=True) if not _foreign(span)})
    wrong = _NOT_MEANT if rivals > 1 else _ONLY_ONE
    of_one = {place: _MEANT if size == 1 else 1.0 for place, size in sizes.items()}  # of a list the first
    said = [
        _choice(page, place, distinct, wrong=wrong, right=of_one[place]) * _denial(page, distinct, place)
        for place in places
    ]
    if len(sizes) == len(places):
        return said
    # "servers 1, 2 and 3; 2 is down": a list tells which there are, what is said of one of them says which is meant
    values = [page.folded[span.start : span.end] for span in spans]
    listed = [sizes[place] > 1 for place in places]
    members = {value for value, inside in zip(values, listed, strict=True) if inside}
    again = {
        value: factor * (_MEANT if factor >= 1 else 1)
        for value, inside, factor in zip(values, listed, said, strict=True)
        if not inside and value in members
    }
    return [again.get(value, factor) for value, factor in zip(values, said, strict=True)]


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
        elif not _but(page, at) and (
            words[at] in page.lexicon.joins or words[at] in LISTING or _light(page, at)
        ):
            at += 1
        else:
            return False
    return True


def _foreign(span: IdSpan) -> bool:
    return span.label is not None and span.label.kind in FOREIGN


def _choice(page: Page, place: Place, places: Sequence[Place], *, wrong: float, right: float) -> float:
    for near in page.near(*place, "which"):
        mark = near.mark
        same = page.tokens.sentences[mark.first] == page.tokens.sentences[place[0]]
        if not same or near.distance > _CHOICE_REACH or page.touching(mark.first, mark.last, "neg", before=1):
            continue
        if nearest(page, places, mark.first, mark.last)[1] >= near.distance:
            return wrong if mark.kind == "wrong" else right
    return 1.0


def _denial(page: Page, places: Sequence[Place], place: Place) -> float:
    """Less for "not order 2061", "instead of 2061", and for "it was not the one of order 2061 but 2062"."""
    how = _denied(page, place[0])
    if how is None or (how == "instead" and len(places) == 1):
        return 1.0  # "another came instead of order 2061": nothing else is meant
    if how in {"not", "instead"}:
        return _DENIED
    following = bisect_right(places, place)
    others = [first for first, _ in places[following : following + _NEXT]]
    return _NOT_MEANT if _contrasted(page, place[1], others) else 1.0


def _denied(page: Page, first: int) -> str | None:
    """Which word denies the number at token `first`: "not", "instead", or "far" where more than a label stands between."""
    words, sentences = page.tokens.words, page.tokens.sentences
    far, labelled, at = False, False, first
    while at > max(first - _DENIAL_REACH, 0) and sentences[at - 1] == sentences[first]:
        neg, label, meant = (page.ending(group, at) for group in ("neg", "id", "which"))
        if neg is not None and neg.kind != "without" and not _says_number(page, at):
            near = not far and (neg.kind == "instead" or words[at - 1] in _NOT)
            return neg.kind if near else "far"
        if label is not None and not labelled:
            labelled, at = True, label.first
        elif _light(page, at - 1):
            at -= 1
        elif meant is not None and meant.kind == "right":
            far, at = True, meant.first
        elif words[at - 1].isalpha() and len(words[at - 1]) <= _SHORT:
            far, at = True, at - 1
        else:
            return None
    return None


def _says_number(page: Page, at: int) -> bool:
    """Whether the word before token `at` is the "no" of "order no 2061"."""
    return page.tokens.words[at - 1] in page.lexicon.fillers and page.ending("id", at - 1) is not None


def _contrasted(page: Page, last: int, others: Sequence[int]) -> bool:
    """Whether "but" and another number, of those that begin at `others`, follow after token `last`."""
    but = next((at for at in range(last, last + _CONTRAST_REACH) if _but(page, at)), None)
    return but is not None and any(_leads_to(page, but + 1, other) for other in others)


def _leads_to(page: Page, at: int, number: int) -> bool:
    """Whether nothing but labels and small words stands from token `at` up to a number: "but for the order 2062"."""
    words = page.tokens.words
    while at < number:
        label = page.beginning("id", at)
        if label is not None:
            at = label.last
        elif _light(page, at) or (words[at].isalpha() and len(words[at]) <= _SHORT):
            at += 1
        else:
            return False
    return at == number


def _light(page: Page, at: int) -> bool:
    word = page.tokens.words[at]
    return word in page.lexicon.fillers or word in PUNCTUATION


def _but(page: Page, at: int) -> bool:
    mark = page.beginning("link", at)
    return mark is not None and mark.kind == "but"
