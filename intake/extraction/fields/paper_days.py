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
_OWNER_REACH = 2  # tokens from "your" to the slip: "your second bank transfer"
_LOOK_REACH = 5  # tokens between "checked" and "statement"
_FEW = 4
_ARTICLES = frozenset({"the", "den", "dem", "le", "el"})
_FOR = frozenset({"for", "für", "fur", "за", "pour", "por"})
_PROMISED_REACH = 8
_OF_ANOTHER_THING = frozenset(  # "bank transfer of 10 June for the order (that) I cancelled"
    {
        "for",
        "für",
        "fur",
        "за",
        "pour",
        "por",
        "i",
        "we",
        "you",
        "ich",
        "wir",
        "sie",
        "я",
        "мы",
        "вы",
        "ми",
        "ви",
    }
    | {"which", "that", "qui", "que", "der", "die", "das", "который", "яка", "який", "которую"}
)
_LABEL_REACH = 12  # tokens of a form's label: "Ordered on (*)/received on (*):"
_OF_LABELS = ("pay", "renew", "buy")  # of a label's words the first of these speaks


def slip_of(page: Page, first: int) -> Mark | None:
    """The slip that a day is that of: "payment order no. 1140 of 10 June", «п/п № 87 от 09.06.2026»."""
    words, sentences = page.tokens.words, page.tokens.sentences
    for at in range(first, max(0, first - _LONGEST_NUMBER), -1):
        slip = page.ending("aside", at)
        if slip is not None and slip.kind == "slip":
            return slip if at < first else None
        word = words[at - 1]
        if sentences[at - 1] != sentences[first] or not (word.isdecimal() or word in _NUMBER or word in _OF):
            return None
    return None


def paid_by_slip(page: Page, slip: Mark, place: Place, *, otherwise: bool) -> bool:
    """Whether a slip is the customer's own and its money went out.

    Not "your bank transfer of 10 June", one that is promised, or that the bank has cancelled.

    Args:
        page: the part.
        slip: the name of the slip.
        place: its day.
        otherwise: another sentence tells of a payment and its day: then a transfer that has not come is not it,
            while without such a one it is what the customer misses.
    """
    if not otherwise:
        return True  # the one day that is told
    asides = page.near(*place, "aside")
    owner = _owner(page, slip)
    if owner == "yours" or (owner != "mine" and _promised(page, slip, place)):
        return False
    words, clauses = page.tokens.words, page.tokens.clauses
    for near in asides:
        void = near.mark
        between = words[place[1] : void.first]
        if void.kind == "void" and not near.left and clauses[void.first] == clauses[place[0]]:
            return bool(_OF_ANOTHER_THING.intersection(between))  # "… of 10 June for the order I cancelled"
    return owner == "mine" or not _missed(page, place)


def _owner(page: Page, slip: Mark) -> str:
    before = page.touching(slip.first, slip.last, "aside", before=_OWNER_REACH)
    return before.kind if before is not None and before.last <= slip.first else ""


def _promised(page: Page, slip: Mark, place: Place) -> bool:
    """Whether the transfer is only announced: "you promised me a bank transfer from 10 June"."""
    sentences = page.tokens.sentences
    return any(
        near.mark.kind == "promised"
        and sentences[near.mark.first] == sentences[slip.first]
        and near.mark.first - slip.first >= -_PROMISED_REACH
        and near.mark.first - place[1] <= _PROMISED_REACH
        for near in page.near(*place, "aside")
    )


def _missed(page: Page, place: Place) -> bool:
    """Whether the clause goes on with "not": "the bank transfer of 10 June has not come"."""
    clauses = page.tokens.clauses
    return any(
        near.mark.kind == "not"
        and not near.left
        and near.mark.first - place[1] <= _PROMISED_REACH
        and clauses[near.mark.first] == clauses[place[0]]
        for near in page.near(*place, "neg")
    )


def looked_at(page: Page, place: Place) -> bool:
    """Whether on this day somebody looked at a bank statement: "was doing my bank statement on Sunday".

    Not where it is the statement's own day: "checked the statement of 9 June".
    """
    before = page.tokens.words[max(0, place[0] - 2) : place[0]]
    while before and before[-1] in _ARTICLES:
        before.pop()
    if before and before[-1] in _OF | _FOR:
        return False
    clauses = page.tokens.clauses
    own = clauses[place[0]]
    asides = [near.mark for near in page.near(*place, "aside") if clauses[near.mark.first] == own]
    papers = [mark.first for mark in asides if mark.kind == "statement"]
    return any(
        abs(paper - mark.first) <= _LOOK_REACH
        for mark in asides
        if mark.kind == "looking"
        for paper in papers[:_FEW]
    )


def invoice_day(page: Page, first: int, ids: Sequence[Place]) -> bool:
    """Whether a day only dates the order's paper: "invoice INV-1200 of 2 June", «счёт № 455 от 02.06»."""
    if first < 2 or page.tokens.words[first - 1] not in _OF or slip_of(page, first) is not None:
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
