"""Which word says what a number is: "order 2061", "2061 is my order number", "orders 2061 and 2062"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from intake.extraction.fields.page import Mark, Near, Page

FOREIGN = frozenset({"ticket", "other", "beside"})
PUNCTUATION = frozenset("#№:=.-(–\"'«»“”„[]*°º_|>")
LISTING = frozenset(",&/+;")
_BARE_LABELS = frozenset({"number", "ref"})
_LABEL_REACH = 7
_TITLE_REACH = 6
_FILLERS = 8  # words that may stand between a label and its figures
_LISTED = 4
_COLON_REACH = 8
_OPENING = frozenset(":№#")
_SIGNS = frozenset("#№°º:")
_SIGN_REACH = 4
_STOPS = frozenset(".!?…;")
_ABBREVIATED = 3  # letters
_UNKNOWN_REACH = 6
_BEFORE_LABEL = 3  # "the number of my order"
_OF_REACH = 4  # tokens of "PO for this purchase"
_SMALL = 6  # letters of a word in between
_RELATING = frozenset(
    {"for", "of", "about", "zu", "fur", "von", "pour", "de", "para", "por", "по", "для", "за", "до", "щодо"}
)
_SHORT = 4  # letters of a word that may stand between a label and a number of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class IdSpan:
    """Figures that may be an order number."""

    start: int
    end: int
    first: int  # tokens
    last: int
    label: Mark | None
    direct: bool  # nothing but fillers between label and figures
    right: bool  # the label follows


Label = tuple[Mark | None, bool, bool]
"""The label, whether it stands directly by the figures, and whether after them."""


def label_of(page: Page, first: int, last: int, before: Sequence[IdSpan]) -> Label:
    """The word that says what the figures from token `first` up to `last` are."""
    found = label_before(page, first, before)
    if found is not None:
        return found
    after = _label_after(page, first, last)
    if after is not None:
        return after, True, True
    near = _label_near(page, first, last, before)
    if near is not None:
        return near.mark, False, not near.left
    named = page.ending("link", first)
    if named is not None and named.kind == "named" and last - first > 1:
        return named._replace(kind="number"), True, False  # "Erstattung 60-441", but not "Erstattung 60"
    return _title_with_colon(page, first) or (_label_shared(page, first, before), False, False)


def _label_near(page: Page, first: int, last: int, before: Sequence[IdSpan]) -> Near | None:
    """The nearest label that is not another number's."""
    for near in page.near(first, last, "id"):
        if near.distance > _LABEL_REACH or near.mark.kind in _BARE_LABELS:
            continue
        if not near.left and near.mark.kind in FOREIGN and _apart(page, last, near.mark):
            continue  # "20618844, Visa": no number of a card
        if near.mark.kind in FOREIGN and any(span.direct and span.label == near.mark for span in before):
            continue  # "quote Q-1180, which I ordered as 55-7781"
        if near.left or not _labels_another(page, near.mark):
            return near
    return None


def _label_shared(page: Page, first: int, before: Sequence[IdSpan]) -> Mark | None:
    """That of a number before it: of "order 5501932 stays, cancel 5501933" the second is an order as well."""
    sentences = page.tokens.sentences
    for span in reversed(before[-_LISTED:]):
        ours = span.label is not None and span.direct and span.label.kind not in FOREIGN
        if ours and sentences[span.first] == sentences[first]:
            return span.label
    return None


def _title_with_colon(page: Page, first: int) -> Label | None:
    """The label that begins what ends in a colon before the figures: "my wife's order for the office: 2061"."""
    words, sentence = page.tokens.words, page.tokens.sentences[first]
    if not first or words[first - 1] != ":":
        return None
    for near in page.near(first - 1, first, "id"):
        if near.left and page.tokens.sentences[near.mark.first] == sentence:
            # "you asked for the number, here it is: 2061" says so plainly
            plain = near.mark.kind == "number" and says_number(page, near.mark)
            return (near.mark, plain, False) if near.mark.last + _COLON_REACH >= first else None
    return None


def label_before(page: Page, first: int, before: Sequence[IdSpan]) -> Label | None:
    """A label with nothing but fillers up to the figures, or that of the number listed before: "orders 1 and 2"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    for at in range(first, max(first - _FILLERS, 0), -1):
        mark = page.ending("id", at)
        label = _beside(page, at, mark) or (_title(page, mark) if mark else None)
        if label is not None:
            label = _head(page, label) if _stated_of(page, label, first) else label
            return None if label.kind in FOREIGN and _said_before(page, at, first) else (label, True, False)
        word = words[at - 1]
        if word in page.lexicon.joins or word in LISTING:
            end = _before_bracket(words, at - 1)
            listed = next((span for span in before[-_LISTED:] if 0 <= end - span.last <= 1), None)
            return (listed.label, listed.direct, False) if listed else None
        if word not in PUNCTUATION and word not in page.lexicon.fillers:
            # "our reference for that work is 77-0032"
            head = _headed(page, at - 1) if word.isalpha() else None
            return (head, True, False) if head else None
        if sentences[at - 1] != sentences[first] and word not in _OPENING and first - at > 1:
            return None
    return None


def _stated_of(page: Page, label: Mark, first: int) -> bool:
    """Whether a verb stands between a label and its figures: "the order is 2061", but not "the order no. 2061"."""
    words = page.tokens.words
    return any(
        words[at].isalpha() and words[at] in page.lexicon.fillers and page.beginning("id", at) is None
        for at in range(label.last, first)
    )


def _head(page: Page, label: Mark) -> Mark:
    """What a label only says more of, "our PO for this purchase was 4500": the number is the purchase order's."""
    return _headed(page, label.first) or label


def _headed(page: Page, at: int) -> Mark | None:
    """The word of a foreign number of which the words before token `at` say more: "our PO for this …"."""
    words, sentence, related = page.tokens.words, page.tokens.sentences[at], False
    for end in range(at, max(at - _OF_REACH, 0), -1):
        head = page.ending("id", end)
        if head is not None and end < at:
            # "the number of my order is 2061", "the code of my order": these are the order's own
            bare = head.last - head.first == 1 and words[head.first] in page.lexicon.fillers
            foreign = head.kind in FOREIGN and not bare
            return head if foreign and related else None
        word = words[end - 1]
        if page.tokens.sentences[end - 1] != sentence or not word.isalpha() or len(word) > _SMALL:
            return None
        related = related or word in _RELATING
    return None


def _said_before(page: Page, at: int, first: int) -> bool:
    """Whether the word before token `at` ends the sentence before the figures: "I paid by card. EO-2061 …"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    stopped = words[first - 1] in _STOPS and sentences[at - 1] != sentences[first]
    return stopped and len(words[at - 1]) > _ABBREVIATED  # "Kd. 2061"


def _beside(page: Page, at: int, label: Mark | None) -> Mark | None:
    """The word of "payment 2061", "SKU 2061", "player ID 2061": what it says, it says of what follows it alone."""
    for end in (at,) if label is None else range(label.first, at + 1):
        mark = page.ending("link", end)
        if mark is not None and mark.kind == "beside":
            whole = page.ending("id", end)  # "счёт на оплату № 1187"
            if whole is not None and whole.first < mark.first:
                return None
            longer = label is None or label.kind in _BARE_LABELS or mark.first < label.first
            return mark if longer else None
    return None


def said_a_number(page: Page, first: int) -> bool:
    """Whether a sign or a word says that the figures are a number: "no. 2025", "#2025", but not "order of 2025"."""
    words = page.tokens.words
    for at in range(first, max(first - _SIGN_REACH, 0), -1):
        mark = page.ending("id", at)
        if mark is not None:
            return any(
                word in _SIGNS or _names_a_number(page, word) for word in words[mark.first : mark.last]
            )
        if words[at - 1] in _SIGNS or _names_a_number(page, words[at - 1]):
            return True
        if words[at - 1] not in PUNCTUATION and words[at - 1] not in page.lexicon.fillers:
            return False
    return False


def no_number_known(page: Page, spans: Sequence[IdSpan]) -> bool:
    """Whether the writer says that there is no order number to give: "I can't find the order number"."""
    if not (lost := [mark for mark in page.group("link") if mark.kind == "lost"]):
        return False
    given = {span.label for span in spans}
    for label in page.group("id"):
        titled = label._replace(first=max(label.first - _BEFORE_LABEL, 0))
        if label.kind != "order" or label in given or not says_number(page, titled):
            continue
        if any(_near(page, mark, label) for mark in lost):
            return True
    return False


def _near(page: Page, one: Mark, other: Mark) -> bool:
    first, second = sorted((one, other), key=attrgetter("first"))
    return page.gap(first.last - 1, second.first) <= _UNKNOWN_REACH


def says_number(page: Page, label: Mark) -> bool:
    """Whether a label says that a number follows: "order number", "order #"."""
    words = page.tokens.words[label.first : label.last]
    return any(word in _SIGNS or _names_a_number(page, word) for word in words)


def _names_a_number(page: Page, word: str) -> bool:
    """Whether a word is "number" in any of the languages, or ends in it ("Rechnungsnummer", "Bestellnr")."""
    return word.endswith(("nr", "nummer")) or any(
        phrase.group == "id" and phrase.kind == "number" and len(phrase.words) == 1
        for phrase in page.lexicon.starting_with(word)
    )


def _apart(page: Page, last: int, mark: Mark) -> bool:
    """Whether a word after the figures stands in another clause."""
    return page.tokens.clauses[mark.first] != page.tokens.clauses[last - 1]


def _before_bracket(words: Sequence[str], at: int) -> int:
    """The index before what brackets hold that end at `at`: "8801 ($60) and 8802"."""
    if at and words[at - 1] == ")":
        return next((back for back in range(at - 2, max(at - 12, 0), -1) if words[back] == "("), at)
    return at


def _label_after(page: Page, first: int, last: int) -> Mark | None:
    """A label with nothing but fillers after the figures: "20618844 is my order number"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    for at in range(last, min(last + 4, len(words))):
        mark = page.beginning("id", at)
        if mark is not None:
            return mark if sentences[at] == sentences[first] and not _labels_another(page, mark) else None
        if words[at] not in page.lexicon.fillers and words[at] not in {"(", "-", "="}:
            return None
    return None


def _title(page: Page, mark: Mark) -> Mark:
    """The thing that a bare "number" belongs to: "my order, number 2061", "with the police under number …"."""
    if mark.kind not in _BARE_LABELS:
        return mark
    for near in page.near(mark.first, mark.last, "id"):
        unit = page.tokens.sentences if mark.kind == "ref" else page.tokens.clauses
        same = unit[near.mark.first] == unit[mark.first]
        if _compound(page, near.mark):
            continue
        if near.left and same and near.distance <= _TITLE_REACH and near.mark.kind not in _BARE_LABELS:
            # "order 2061, reference 55": that thing has its number already
            return mark if _labels_another(page, near.mark, before=mark.first) else near.mark
    return mark


def _compound(page: Page, mark: Mark) -> bool:
    """Whether a word is but the beginning of another: "офис-менеджер"."""
    tokens, at = page.tokens, mark.last
    return (
        at + 1 < len(tokens)
        and tokens.words[at] == "-"
        and tokens.words[at + 1].isalpha()
        and tokens.ends[at - 1] == tokens.starts[at]
        and tokens.ends[at] == tokens.starts[at + 1]
    )


def _labels_another(page: Page, mark: Mark, before: int | None = None) -> bool:
    """Whether a word already has a number of its own to its right (up to the token `before`)."""
    words = page.tokens.words
    at, end = mark.last, min(mark.last + 5, len(words) if before is None else before)
    while at < end:
        if any(map(str.isdigit, words[at])):
            return True
        following = page.beginning("id", at)
        if following is not None:  # "card ending in 4417"
            at = following.last
            continue
        light = words[at] in PUNCTUATION or words[at] in page.lexicon.fillers
        if not light and not (words[at].isalpha() and len(words[at]) <= _SHORT):
            return False
        at += 1
    return False
