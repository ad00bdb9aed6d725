"""The order number: by its label, its form and its surroundings; never a ticket, a phone or a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.extraction.fields.page import Mark, Page
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.ORDER_NUMBER

_ID = re.compile(
    r"(?<![\w@.,/+•-])(?:[a-zа-яіїєґ]{2,4} \d{5,}(?![\w-])|\d{2,4}(?: \d{3,4}){1,3}(?![\w-])|[^\W_](?:[^\W_]|[-_/](?=[^\W_]))*)"
)
_OWN_FORM = re.compile(r"[a-z]{1,6}(?:[-_/]\d+)*[-_/]?\d{2,}(?:[-_/][a-z0-9]+)*")
_PHONE = re.compile(
    r"\+\d[\d ()/-]{7,}\d|\(\d{2,5}\) ?\d[\d -]{4,}\d|\b0\d{2,4}(?:[ -]\d{2,4}){2,}|\b\d{3}-\d{2}-\d{2}\b|\b\d{3}[ -]\d{3}[ -]\d{2,4}(?:[ -]\d{2})?\b",
    re.ASCII,
)
_TAG = re.compile(r"\[[^\]\n]{3,24}\]")  # [EFX-R-2120]: a help desk's own tag in the subject
# What a label of this kind is worth: order, else invoice, else service (contract, Words).
_WEIGHT = {"order": 0.97, "invoice": 0.88, "service": 0.8, "number": 0.68, "ref": 0.6, "receipt": 0.55}
_BARE_LABELS = frozenset({"number", "ref"})
_FOREIGN = frozenset({"ticket", "other"})
_LABEL_REACH = 7
_TITLE_REACH = 6
_PUNCTUATION = frozenset("#№:=.-(–\"'«»“”„[]*°º_|>")
_PRODUCT_DIGITS = 4  # VPS-2, RTX-3060: too few figures to be an order without a label
_NOT_IDS = re.compile(
    r"\d+(?:gb|tb|mb|kb|ghz|mhz|px|mm|cm|kg|km|h|hr|hrs|min|st|nd|rd|th|x|ms|fps|go|to|mo|гб|тб|мб|шт|мес|го|й|я|е|м|ч|х|р|руб|usd|eur|k|к)|\d{1,2}[/-]\d{1,2}|24/7|cve-.*|iso-.*|utf-?\d+|sha-?\d+|covid-.*|mp3|h26[45]|x86|win\d+"
)


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
    text = _PHONE.sub(_masked, page.masked)
    if page.part == "subject":
        text = _TAG.sub(_masked, text)
    spans: list[IdSpan] = []
    for match in _ID.finditer(text):
        start, end = match.start(), match.end()
        if any(start < stop and end > begin for begin, stop in taken) or not _like_id(text, match):
            continue
        first, last = page.tokens.range(start, end)
        if " " in match.group() and match.group()[0].isalpha() and _is_word(page, first):
            start += match.group().index(" ") + 1
            first = page.tokens.range(start, end)[0]
        label, direct, right = _label(page, first, last, spans)
        if text[start].isdigit() and " " in text[start:end] and not (label and direct and not right):
            continue
        spans.append(
            IdSpan(start=start, end=end, first=first, last=last, label=label, direct=direct, right=right)
        )
    return spans


def read(page: Page, spans: Sequence[IdSpan]) -> Iterator[Candidate]:
    """Candidates for the order number in one part."""
    for order, span in enumerate(spans):
        confidence, rule = _judge(page, span)
        if confidence > 0.1:
            evidence = page.redacted.slice(span.start, span.end)
            value = evidence.derive(page.text[span.start : span.end].strip("#№ "))
            yield page.candidate(value, span.start, span.end, confidence - 0.002 * min(order, 20), rule)


def _masked(match: re.Match[str]) -> str:
    return "\x00" * len(match.group())


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


def _like_id(text: str, match: re.Match[str]) -> bool:
    word = match.group()
    figures = sum(char.isdigit() for char in word)
    if figures < 3 or len(word) > 32 or figures > 20 or _NOT_IDS.fullmatch(word):
        return False
    if not set(word) - set("0-/_ "):
        return False
    if word.lstrip("abcdefghijklmnopqrstuvwxyz-_/ ").strip("0") == "" and figures >= 4:
        return False  # EO-000000: a sample
    after = text[match.end() : match.end() + 2]
    # a host name, an address, a time, a share, a range of numbers
    return not (after[:1] in {"@", "%", "\x00"} or (after[:1] in {".", ":", ","} and after[1:].isalnum()))


def _label(page: Page, first: int, last: int, before: Sequence[IdSpan]) -> tuple[Mark | None, bool, bool]:
    """The word that says what the figures are: right before, right after, else the nearest in the clause."""
    words = page.tokens.words
    at, skipped = first, 0
    known = {span.last: span for span in before[-4:]}
    while at > 0 and skipped < 8:
        mark = page.ending("id", at)
        if mark is not None:
            better = _title(page, mark)
            return better, True, False
        if at in known and known[at].label is not None:
            return known[at].label, known[at].direct, False
        word = words[at - 1]
        if word in page.lexicon.joins or word in {",", "&", "/", "+", ";"}:
            listed = next((span for span in before[-4:] if 0 <= at - 1 - span.last <= 1), None)
            if listed is None:
                break
            return listed.label, listed.direct, False
        if word not in _PUNCTUATION and word not in page.lexicon.fillers:
            break
        if (
            page.tokens.sentences[at - 1] != page.tokens.sentences[first]
            and word != ":"
            and words[at - 1] not in {"№", "#"}
            and skipped > 1
        ):
            break
        at -= 1
        skipped += 1
    for step in range(4):
        mark = page.beginning("id", last + step)
        if (
            mark is not None
            and page.tokens.sentences[min(mark.first, len(page.tokens) - 1)] == page.tokens.sentences[first]
            and not _labels_another(page, mark)
        ):
            return mark, True, True
        if (
            last + step < len(words)
            and words[last + step] not in page.lexicon.fillers
            and words[last + step] not in {"(", "-", "="}
        ):
            break
    near = [
        one
        for one in page.near(first, last, "id")
        if one.distance <= _LABEL_REACH
        and one.mark.kind not in _BARE_LABELS
        and (one.left or not _labels_another(page, one.mark))
    ]
    return (near[0].mark, False, not near[0].left) if near else (None, False, False)


def _title(page: Page, mark: Mark) -> Mark:
    """The thing that a bare "number" belongs to: "my order, number 2061", "with the police under number …"."""
    if mark.kind not in _BARE_LABELS:
        return mark
    for near in page.near(mark.first, mark.last, "id"):
        same = page.tokens.clauses[near.mark.first] == page.tokens.clauses[mark.first]
        if near.left and same and near.distance <= _TITLE_REACH and near.mark.kind not in _BARE_LABELS:
            return near.mark
    return mark


def _labels_another(page: Page, mark: Mark) -> bool:
    """Whether a word already has a number of its own to its right."""
    words = page.tokens.words
    for at in range(mark.last, min(mark.last + 5, len(words))):
        if any(char.isdigit() for char in words[at]):
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


def _judge(page: Page, span: IdSpan) -> tuple[float, str]:
    text = page.folded[span.start : span.end]
    figures = sum(char.isdigit() for char in text)
    own = _own_form(text, figures)
    rule = "form"
    confidence = own
    if span.label is not None:
        kind = span.label.kind
        rule = f"label: {kind}"
        if kind in _FOREIGN:
            strong = own >= 0.75 and not span.direct
            confidence = own - 0.1 if strong else 0.05
        else:
            weight = 0.36 if kind == "ref" and page.authority > 2 else _WEIGHT[kind]
            weight = weight if span.direct else weight * 0.8
            if own < 0.3 and (figures < 3 or not span.direct):
                weight *= 0.6
            if figures < 4 and kind != "order":
                weight *= 0.7
            confidence = weight if kind == "ref" else max(weight - (0.04 if span.right else 0), own)
    confidence *= _choice(page, span)
    return confidence, rule


def _own_form(text: str, figures: int) -> float:
    """What the form alone is worth: EO-102230 names something, 2026 does not."""
    if text.isdigit():
        if 5 <= figures <= 9:
            return 0.46
        return 0.15
    if _OWN_FORM.fullmatch(text) and "-" in text:
        return 0.78 if figures > _PRODUCT_DIGITS else 0.5 if figures == _PRODUCT_DIGITS else 0.25
    if _OWN_FORM.fullmatch(text):
        return 0.6 if figures > _PRODUCT_DIGITS else 0.25
    return 0.25


def _choice(page: Page, span: IdSpan) -> float:
    """Which of several: the one to refund, not the one that stays."""
    for near in page.near(span.first, span.last, "which"):
        if near.distance > 6 or page.tokens.clauses[near.mark.first] != page.tokens.clauses[span.first]:
            continue
        return 0.5 if near.mark.kind == "wrong" else 1.02
    return 1.0
