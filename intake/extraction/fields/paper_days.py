"""The days that papers bear: of a transfer's slip, of an invoice, of a form's line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from intake.extraction.fields.page import Mark, Page
from intake.extraction.fields.places import Place

_OF = frozenset({"of", "from", "dated", "vom", "von", "du", "del", "de", "от", "від"})
_NUMBER = frozenset(
    {"no", "nr", "num", "numero", "n", "number", "nummer", "№", "#", ".", "-", ":", "º", "°", "/"}
)
_LONGEST_NUMBER = 8  # tokens between a slip's name and its day: "no. 1140 of"
_LABEL_REACH = 12  # tokens of a form's label: "Ordered on (*)/received on (*):"
_OF_LABELS = ("pay", "renew", "buy")  # of a label's words the first of these speaks


def slip_day(page: Page, first: int) -> bool:
    """Whether a day is that of a paper that paid: "payment order no. 1140 of 10 June", «п/п № 87 от 09.06.2026»."""
    words, sentences = page.tokens.words, page.tokens.sentences
    for at in range(first, max(0, first - _LONGEST_NUMBER), -1):
        slip = page.ending("aside", at)
        if slip is not None and slip.kind == "slip":
            return at < first
        word = words[at - 1]
        if sentences[at - 1] != sentences[first] or not (word.isdecimal() or word in _NUMBER or word in _OF):
            return False
    return False


def invoice_day(page: Page, first: int, ids: Sequence[Place]) -> bool:
    """Whether a day only dates the order's paper: "invoice INV-1200 of 2 June", «счёт № 455 от 02.06»."""
    if first < 2 or page.tokens.words[first - 1] not in _OF or slip_day(page, first):
        return False
    before = bisect_left(ids, (first,))
    return before > 0 and ids[before - 1][1] == first - 1


def form_label(page: Page, first: int) -> Mark | None:
    """The word of paying or buying in the label of a form's line: "Ordered on (*)/received on (*): 05.06.2026"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    if not first or words[first - 1] != ":":
        return None
    begin = bisect_left(sentences, sentences[first])
    if first - begin > _LABEL_REACH:
        return None
    label = [near.mark for near in page.near(first, first, "cue") if near.left and near.mark.first >= begin]
    return next((mark for kind in _OF_LABELS for mark in label if mark.kind == kind), None)
