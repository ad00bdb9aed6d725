"""The order number: by its label, its form and its surroundings; never a ticket, a phone or a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.extraction.fields.number_forms import DOTTED, PHONE, like_id, numbers, own_form
from intake.extraction.fields.page import Mark, Page
from intake.extraction.fields.places import Place, blanked, nearest
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.ORDER_NUMBER

_TAG = re.compile(r"\[[^\]\n]{3,24}\]")  # [EFX-R-2120]: a help desk's own tag in the subject
_CASE = re.compile(r"(?<![\w-])r-\d+(?![\w-])")  # R-2120: a case of ours, in the subject of an answer
# What a label of this kind is worth: order, else invoice, else service (contract, Words).
_WEIGHT = {"order": 0.97, "invoice": 0.88, "service": 0.8, "number": 0.68, "ref": 0.54, "receipt": 0.54}
_BARE_LABELS = frozenset({"number", "ref"})
_FOREIGN = frozenset({"ticket", "other"})
_LABEL_REACH = 7
_TITLE_REACH = 6
_FILLERS = 8  # words that may stand between a label and its figures
_LISTED = 4
_LISTING = frozenset(",&/+;")
_OPENING = frozenset(":№#")
_CHOICE_REACH = 8
_PUNCTUATION = frozenset("#№:=.-(–\"'«»“”„[]*°º_|>")
_BY_ITSELF = 0.52
_CROWD = 8  # numbers without a label: more of them are a log, not orders
_NOT = frozenset({"not", "nicht", "не", "pas", "non"})
_DENIED = 0.6  # "EX-40021, not EX-40012"
_STOPS = frozenset(".!?;")


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


def read_ids(page: Page, taken: Sequence[tuple[int, int]]) -> list[IdSpan]:
    """Everything with the form of a number that names something; slices in `taken` are something else."""
    if not page.figures:
        return []
    text = _readable(page, taken)
    spans: list[IdSpan] = []
    named: dict[str, tuple[Mark | None, bool]] = {}
    for match in numbers(text):
        start, end = match.start(), match.end()
        if not like_id(text, match):
            continue
        first, last = page.tokens.range(start, end)
        if " " in match.group() and match.group()[0].isalpha() and _is_word(page, first):
            start += match.group().index(" ") + 1
            first = page.tokens.range(start, end)[0]
        if "." in match.group() and _labels_itself(page, first):
            start += match.group().index(".") + 1
            first = page.tokens.range(start, end)[0]
        label, direct, right = _label(page, first, last, spans)
        if not direct:
            # named before by its label, it needs none the second time
            label, direct = named.get(text[start:end], (label, direct))
        if label is not None:
            named.setdefault(text[start:end], (label, direct))
        named_so = label is not None and direct and not right
        if text[start].isdigit() and " " in text[start:end] and not named_so:
            continue
        if "." in text[start:end] and not (named_so and DOTTED.fullmatch(text[start:end])):
            continue
        spans.append(
            IdSpan(start=start, end=end, first=first, last=last, label=label, direct=direct, right=right)
        )
    return spans


def read(page: Page, spans: Sequence[IdSpan]) -> Iterator[Candidate]:
    """Candidates for the order number in one part."""
    places = [(span.first, span.last) for span in spans]
    crowded = sum(span.label is None for span in spans) > _CROWD
    for order, span in enumerate(spans):
        confidence, rule = _judge(page, span, places)
        if crowded and span.label is None:
            confidence *= 0.5
        if confidence > 0.1:
            evidence = page.part.redacted.slice(span.start, span.end)
            value = evidence.derive(page.text[span.start : span.end].strip("#№ "))
            yield page.candidate(value, span.start, span.end, confidence - 0.002 * min(order, 20), rule)


def _readable(page: Page, taken: Sequence[tuple[int, int]]) -> str:
    """The part without phones, what is something else, and the marks that a help desk puts into a subject."""
    text = PHONE.sub(lambda match: _phone_masked(page, match), blanked(page.masked, taken)).replace("º", "°")
    if page.part.name != "subject":
        return text
    text = _TAG.sub(_masked, text)
    return _CASE.sub(_masked, text) if page.part.authority > 1 else text


def _masked(match: re.Match[str]) -> str:
    return "\x00" * len(match.group())


def _phone_masked(page: Page, match: re.Match[str]) -> str:
    """Blanks for what looks like a phone, unless a label says that it is an order: "order no. 100-200-300"."""
    label = _label_before(page, page.tokens.range(match.start(), 0)[0], ())
    named = label is not None and label[0] is not None and label[0].kind in {"order", "invoice"}
    return match.group() if named else _masked(match)


def _is_word(page: Page, at: int) -> bool:
    """Whether the letters before the figures are a word of ours ("VPS 38555", "EUR 12345"), not part of the number."""
    return (
        any(
            page.beginning(group, at)
            for group in ("id", "currency", "cue", "since", "month", "sum", "method", "account", "neg")
        )
        or page.tokens.words[at] in page.lexicon.fillers | page.lexicon.joins
        or not page.text[page.tokens.starts[at]].isupper()
    )


def _labels_itself(page: Page, first: int) -> bool:
    """Whether the letters before the dot are the label: "no.102230", "зак.77120", but not "order CMD.88214"."""
    ours = page.beginning("id", first) is not None or page.tokens.words[first] in page.lexicon.fillers
    return ours and _label_before(page, first, ()) is None


def _label(page: Page, first: int, last: int, before: Sequence[IdSpan]) -> tuple[Mark | None, bool, bool]:
    """The word that says what the figures are, whether it stands directly by them, and whether after them."""
    found = _label_before(page, first, before)
    if found is not None:
        return found
    after = _label_after(page, first, last)
    if after is not None:
        return after, True, True
    for near in page.near(first, last, "id"):
        named = near.distance <= _LABEL_REACH and near.mark.kind not in _BARE_LABELS
        if not near.left and near.mark.kind in _FOREIGN and _apart(page, last, near.mark):
            continue  # "20618844, Visa": no number of a card
        if near.mark.kind in _FOREIGN and any(span.direct and span.label == near.mark for span in before):
            continue  # "quote Q-1180, which I ordered as 55-7781"
        if named and (near.left or not _labels_another(page, near.mark)):
            return near.mark, False, not near.left
    # "order 5501932 stays, cancel 5501933": the second is an order as well
    sentence = page.tokens.sentences[first]
    for span in reversed(before[-_LISTED:]):
        if (
            span.label is not None
            and span.direct
            and span.label.kind not in _FOREIGN
            and page.tokens.sentences[span.first] == sentence
        ):
            return span.label, False, False
    return None, False, False


def _apart(page: Page, last: int, mark: Mark) -> bool:
    """Whether a word after the figures stands in another clause."""
    return page.tokens.clauses[mark.first] != page.tokens.clauses[last - 1]


def _label_before(page: Page, first: int, before: Sequence[IdSpan]) -> tuple[Mark | None, bool, bool] | None:
    """A label with nothing but fillers up to the figures, or that of the number listed before: "orders 1 and 2"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    for at in range(first, max(first - _FILLERS, 0), -1):
        mark = page.ending("id", at)
        if mark is not None:
            return _title(page, mark), True, False
        word = words[at - 1]
        if word in page.lexicon.joins or word in _LISTING:
            end = _before_bracket(words, at - 1)
            listed = next((span for span in before[-_LISTED:] if 0 <= end - span.last <= 1), None)
            return (listed.label, listed.direct, False) if listed else None
        if word not in _PUNCTUATION and word not in page.lexicon.fillers:
            return None
        if sentences[at - 1] != sentences[first] and word not in _OPENING and first - at > 1:
            return None
    return None


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
        if near.left and same and near.distance <= _TITLE_REACH and near.mark.kind not in _BARE_LABELS:
            return near.mark
    return mark


def _labels_another(page: Page, mark: Mark) -> bool:
    """Whether a word already has a number of its own to its right."""
    words = page.tokens.words
    for at in range(mark.last, min(mark.last + 5, len(words))):
        if any(map(str.isdigit, words[at])):
            return True
        if (
            words[at] not in _PUNCTUATION
            and words[at] not in page.lexicon.fillers
            and not words[at].isalpha()
        ):
            return False
        if words[at].isalpha() and words[at] not in page.lexicon.fillers and len(words[at]) > 4:
            return False
    return False


def _judge(page: Page, span: IdSpan, places: Sequence[Place]) -> tuple[float, str]:
    text = page.folded[span.start : span.end]
    figures = sum(map(str.isdigit, text))
    own = own_form(text, figures)
    if own < _BY_ITSELF and figures > 4 and _alone(page, span):
        own = _BY_ITSELF
    rule = "form"
    confidence = own
    if span.label is not None:
        kind = span.label.kind
        rule = f"label: {kind}"
        if kind in _FOREIGN:
            strong = own >= 0.6 and not span.direct
            confidence = own - 0.1 if strong else 0.05
        else:
            weight = 0.36 if kind == "ref" and page.part.authority > 2 else _WEIGHT[kind]
            weight = weight if span.direct else weight * 0.8
            if own < 0.3 and (figures < 3 or not span.direct):
                weight *= 0.6 if figures < 4 else 0.75
            if figures < 4 and kind != "order":
                weight *= 0.7
            confidence = weight if kind == "ref" else max(weight - (0.04 if span.right else 0), own)
    confidence *= _choice(page, span, places)
    if span.first and page.tokens.words[span.first - 1] in _NOT:
        confidence *= _DENIED
    return confidence, rule


def _alone(page: Page, span: IdSpan) -> bool:
    """Whether the number is a statement of its own: "Verlängerung unerwünscht. 77120-B."."""
    sentences, words = page.tokens.sentences, page.tokens.words
    opens = span.first == 0 or sentences[span.first - 1] != sentences[span.first]
    closes = (
        span.last == len(words) or words[span.last] in _STOPS or sentences[span.last] != sentences[span.first]
    )
    return opens and closes


def _choice(page: Page, span: IdSpan, places: Sequence[Place]) -> float:
    """Which of several: the one to refund, not the one that stays."""
    for near in page.near(span.first, span.last, "which"):
        mark = near.mark
        same = page.tokens.sentences[mark.first] == page.tokens.sentences[span.first]
        if not same or near.distance > _CHOICE_REACH or page.touching(mark.first, mark.last, "neg", before=1):
            continue
        if nearest(page, places, mark.first, mark.last)[1] >= near.distance:
            return 0.5 if mark.kind == "wrong" else 1.02
    return 1.0
