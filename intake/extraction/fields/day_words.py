"""The words round a day: a term, one of several, a statement of its own."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter

from intake.extraction.fields.page import Page
from intake.extraction.fields.places import Place, negated

_first = attrgetter("first")
_AGAIN_REACH = 3  # tokens between "sent" and "again"
_DAY_WORDS = frozenset({"on", "am", "в", "во", "у", "от", "від", "du", "del", "vom"})
_ARTICLES = frozenset({"the", "dem", "den", "le", "el", "about", "around"})


def stated(page: Page, place: Place, paying: set[int]) -> bool:
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


def first_time(page: Page, place: Place) -> bool:
    """Such as "the first on 8 June"."""
    found = page.touching(*place, "rank", before=3)
    return found is not None and found.kind == "first"


def paid_again(page: Page, place: Place, following: int) -> bool:
    """Whether what follows a day tells a payment made again: «а 6-го бухгалтер отправила ещё раз те же 2 400».

    Not where somebody wrote of it, or noticed it, on that day.

    Args:
        page: the part.
        place: the tokens of the day.
        following: where the next day begins.
    """
    own, sentences = page.tokens.sentences[place[0]], page.tokens.sentences
    cues = sorted((one.mark for one in page.near(*place, "cue") if not one.left), key=_first)
    for near in page.near(*place, "double"):
        again = near.mark
        if near.left or again.first >= following or sentences[again.first] != own:
            continue
        for cue in cues:
            if sentences[cue.first] != own or negated(page, cue):
                continue
            if cue.kind != "pay":
                break
            if cue.first - again.last <= _AGAIN_REACH and again.first - cue.last <= _AGAIN_REACH:
                return True
    return False


def joined(page: Page, first: int) -> bool:
    """Whether a day follows another one: "on Friday and again on Saturday"."""
    words = page.tokens.words[max(0, first - 4) : first]
    return any(word in page.lexicon.joins for word in words)


def limited(page: Page, first: int) -> bool:
    """Whether "since", "until", "before" or "not" stands right before the day, an article between them or not."""
    words = page.tokens.words
    found = page.ending("since", first)
    if first and words[first - 1] in _ARTICLES and (found is None or found.kind != "since"):
        first -= 1
        found = page.ending("since", first)
    if found is None and words[first] == "de":
        found = page.ending("since", first + 1)  # "a partir de hoy": both phrases hold the "de"
    return (found is not None and found.kind == "since") or _denied(page, first)


def _denied(page: Page, first: int) -> bool:
    """Whether "not" stands right before the day: "on 9 June, not on the 10th", «не 10-го»."""
    words = page.tokens.words
    for at in range(first, max(0, first - 3), -1):
        found = page.ending("neg", at)
        if found is not None:
            return found.kind == "not" and page.tokens.sentences[found.first] == page.tokens.sentences[first]
        if words[at - 1] not in _ARTICLES | _DAY_WORDS:
            return False
    return False


def asked_now(page: Page, first: int, last: int, best: tuple[str, int, bool] | None) -> bool:
    """Whether "today" says when something is wanted: "cancel order 53318 today please"."""
    if best is not None and (best[0] in {"pay", "renew"} or best[1] <= 1):
        return False
    sentences = page.tokens.sentences
    return any(
        near.left and near.mark.kind in {"want", "event"} and sentences[near.mark.first] == sentences[first]
        for near in page.near(first, last, "cue")
    )


def paid_in_sentence(page: Page, place: Place) -> bool:
    """Whether the sentence of a day speaks of a payment, though another word may stand nearer to the day."""
    sentences = page.tokens.sentences
    return any(
        near.mark.kind == "pay"
        and sentences[near.mark.first] == sentences[place[0]]
        and not negated(page, near.mark)
        for near in page.near(*place, "cue")
    )
