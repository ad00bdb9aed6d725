"""The order number: by its label, its form and its surroundings; never a ticket, a phone or a transaction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from intake.extraction.fields.number_forms import DOTTED, PHONE, PRODUCT, SHORT, like_id, numbers, own_form
from intake.extraction.fields.order_choice import factors
from intake.extraction.fields.order_labels import (
    FOREIGN,
    IdSpan,
    Label,
    label_before,
    label_of,
    no_number_known,
    said_a_number,
    says_number,
)
from intake.extraction.fields.page import Mark, Page
from intake.extraction.fields.places import blanked
from intake.extraction.types import Candidate, FieldName

NAME = FieldName.ORDER_NUMBER

_TAG = re.compile(r"\[[^\]\n]{3,24}\]")  # [EFX-R-2120]: a help desk's own tag in the subject
_CASE = re.compile(  # in the subject of an answer: R-2120, a case of ours, and what another help desk begins it with
    r"(?<![\w-])r-\d+(?![\w-])|^\W*(?:[^\W\d_]{2,5}(?:\[\d+\])?:\s*)+(?:[a-z]{1,5}-)+\d{3,5}(?= *(?:$|:| [^\W\d_]))"
)
_FIGURE = re.compile(r"\d")
_SAMPLE = re.compile(
    r"\D*123(?:4(?:5(?:6(?:7(?:8(?:90?)?)?)?)?)?)?\D*"
)  # RB-1234: a number such as orders have
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a label of this kind is worth: order, else invoice, else service (contract, Words).
_WEIGHT = {"order": 0.97, "invoice": 0.88, "service": 0.8, "number": 0.68, "ref": 0.54, "receipt": 0.54}
_BY_ITSELF = 0.52
_FEW = 4  # figures of a number that may well be a sum
_A_PRODUCT = 0.3
_SURE = 0.7  # a number that an order, an invoice or a service is named by
_UNNAMED = 0.6  # "I do not have the order number"
_NAME = 4  # letters
_CROWD = 8  # numbers without a label: more of them are a log, not orders
_QUOTED, _QUOTES = 8, frozenset('"«»„“”')  # tokens from a number to the marks of a quotation
_PURCHASES = frozenset({"order", "invoice", "receipt"})
_STRANGERS = 0.45  # "we are no customers of yours; the wire's text reads INV 5521"
_STOPS = frozenset(".!?;")


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
        label, direct, right = label_of(page, first, last, spans)
        known = named.get(text[start:end])
        if known is not None and not direct:
            label, direct = known  # named before by its label, it needs none the second time
        if known is None and not _named_as_it_is(page, text[start:end], first, (label, direct, right)):
            continue
        if label is not None:
            named.setdefault(text[start:end], (label, direct))
        spans.append(
            IdSpan(start=start, end=end, first=first, last=last, label=label, direct=direct, right=right)
        )
    return _alike(page, spans)


def _alike(page: Page, spans: list[IdSpan]) -> list[IdSpan]:
    """The numbers, with a label for those without one that have the form of another with it: "20611 was, 20612 was not"."""
    forms = [_FIGURE.sub("0", page.folded[span.start : span.end]) for span in spans]
    labels = {
        form: span.label
        for form, span in zip(forms, spans, strict=True)
        if span.label is not None and span.direct and span.label.kind not in FOREIGN and len(form) > _FEW
    }
    if not labels:
        return spans
    return [
        replace(span, label=labels.get(form)) if span.label is None else span
        for form, span in zip(forms, spans, strict=True)
    ]


def _named_as_it_is(page: Page, text: str, first: int, label: Label) -> bool:
    """Whether figures of a doubtful form are named as a number: with blanks or dots inside, few, or those of a year."""
    mark, direct, right = label
    named_so = mark is not None and direct and (not right or says_number(page, mark))
    if text[0].isdigit() and " " in text and not named_so:
        return False
    if "." in text and not (named_so and DOTTED.fullmatch(text)):
        return False
    if SHORT.fullmatch(text) and not (named_so and mark is not None and mark.kind in {"order", "invoice"}):
        return False
    # "Windows Server 2022", "ma commande de 2025"
    doubtful = _YEAR.fullmatch(text) is not None or _counted(page, text, first)
    return not doubtful or said_a_number(page, first)


def _counted(page: Page, text: str, first: int) -> bool:
    """Whether figures are a sum or so many of something: "an order for 5400", "commande de 3000 crédits"."""
    if not text.isdecimal() or (len(text) > _FEW and not text.endswith("00")):
        return False
    before, after = page.ending("link", first), page.beginning("link", first + 1)
    return (
        (before is not None and before.kind == "worth")
        or (after is not None and after.kind == "unit")
        or page.beginning("unit", first + 1) is not None
    )


def read(page: Page, spans: Sequence[IdSpan]) -> Iterator[Candidate]:
    """Candidates for the order number in one part."""
    crowded = sum(span.label is None for span in spans) > _CROWD
    unnamed = bool(spans) and no_number_known(page, spans)
    stranger = any(mark.kind == "stranger" for mark in page.group("link"))
    for order, (span, factor) in enumerate(zip(spans, factors(page, spans), strict=True)):
        confidence, rule = _judge(page, span)
        confidence *= factor * (_UNNAMED if unnamed and confidence < _SURE else 1)
        if (crowded and span.label is None) or _in_a_message(page, span):
            confidence *= 0.5
        if stranger and not (span.label and span.direct and span.label.kind == "order"):
            confidence *= _STRANGERS
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
    label = label_before(page, page.tokens.range(match.start(), 0)[0], ())
    named = label is not None and label[0] is not None and label[0].kind in {"order", "invoice"}
    return match.group() if named else _masked(match)


def _is_word(page: Page, at: int) -> bool:
    """Whether the letters before the figures are a word of ours ("VPS 38555", "EUR 12345"), not part of the number."""
    return (
        any(
            page.beginning(group, at)
            for group in ("id", "currency", "cue", "since", "month", "sum", "method", "account", "neg")
        )
        or page.tokens.words[at] in page.lexicon.fillers
        or page.tokens.words[at] in page.lexicon.joins
        or not page.text[page.tokens.starts[at] : page.tokens.ends[at]].isupper()
        or (page.ending("id", at) is None and page.text.isupper())
    )


def _labels_itself(page: Page, first: int) -> bool:
    """Whether the letters before the dot are the label: "no.102230", "зак.77120", but not "order CMD.88214"."""
    ours = page.beginning("id", first) is not None or page.tokens.words[first] in page.lexicon.fillers
    return ours and label_before(page, first, ()) is None


def _judge(page: Page, span: IdSpan) -> tuple[float, str]:
    text = page.folded[span.start : span.end]
    figures = sum(map(str.isdigit, text))
    own = own_form(text, figures)
    if own < _BY_ITSELF and figures > 4 and _alone(page, span):
        own = _BY_ITSELF
    rule = "form"
    confidence = own
    if span.label is None and (_SAMPLE.fullmatch(text) or _of_a_statement(page, span.first)):
        confidence *= 0.5
    if span.label is not None:
        kind = span.label.kind
        rule = f"label: {kind}"
        if kind in FOREIGN:
            strong = own >= 0.6 and not span.direct
            confidence = own - 0.1 if strong else 0.05
        else:
            weight = 0.36 if kind == "ref" and page.part.authority > 2 else _WEIGHT[kind]
            weight = weight if span.direct else weight * 0.8
            few = figures < _FEW and (text.isdecimal() or len(text) <= _FEW)
            if own < 0.3 and not span.direct:
                a_name = kind == "service" and len(text) == _FEW and _behind_a_name(page, span.first)
                weight *= 0.6 if few or a_name else 0.75
            if few and kind != "order":
                weight *= 0.7
            if kind == "service" and PRODUCT.fullmatch(text):
                return _A_PRODUCT, rule
            confidence = weight if kind == "ref" else max(weight - (0.04 if span.right else 0), own)
    return confidence, rule


def _in_a_message(page: Page, span: IdSpan) -> bool:
    """Whether a number stands in the words of a program, quoted: "Worker lost (E-3110)", «Сбой узла (E-3110)»."""
    words, sentences = page.tokens.words, page.tokens.sentences
    if words[span.first].isdecimal() and span.label is None:
        return False
    if span.label and span.direct and (span.label.kind != "service" or words[span.first].isdecimal()):
        return False
    begin = bisect_left(sentences, sentences[span.first])
    opening = next(
        (
            at
            for at in range(span.first - 1, max(span.first - _QUOTED, begin) - 1, -1)
            if words[at] in _QUOTES
        ),
        None,
    )
    if opening is None or not _opens(words[begin : opening + 1]):
        return False
    closes = any(word in _QUOTES for word in words[span.last : span.last + _QUOTED])
    labels = (page.beginning("id", at) for at in range(opening, span.first))
    named = any(label.kind in _PURCHASES for label in labels if label is not None)
    return closes and not named and any(len(word) >= _NAME for word in words[opening + 1 : span.first])


def _opens(words: Sequence[str]) -> bool:
    """Whether the mark that ends these words of a sentence opens a quotation: the one of „…“ opens that of “…”."""
    mark = words[-1]
    return (
        mark in "«„"
        or (mark == '"' and words.count(mark) % 2 == 1)
        or (mark == "“" and words.count("„") < words.count("“"))
    )


def _behind_a_name(page: Page, first: int) -> bool:
    """Whether a word that is no label stands right before the figures: "hosting Smith 4410"."""
    word = page.tokens.words[first - 1] if first else ""
    return word.isalpha() and word not in page.lexicon.joins


def _of_a_statement(page: Page, first: int) -> bool:
    """Whether bare figures stand right after a name as on a bank's statement: "VENDOR 20711", "VENDOR*20711"."""
    at = first - 1
    if at > 0 and page.tokens.words[at] == "*":
        at -= 1
    if at < 0 or not page.tokens.words[first].isdecimal() or page.text.isupper():
        return False
    name = page.text[page.tokens.starts[at] : page.tokens.ends[at]]
    known = any(page.ending(group, first) for group in ("id", "cue", "which", "neg"))
    return len(name) >= _NAME and name.isalpha() and name.isupper() and not known


def _alone(page: Page, span: IdSpan) -> bool:
    """Whether the number is a statement of its own: "Verlängerung unerwünscht. 77120-B."."""
    sentences, words = page.tokens.sentences, page.tokens.words
    opens = span.first == 0 or sentences[span.first - 1] != sentences[span.first]
    closes = (
        span.last == len(words) or words[span.last] in _STOPS or sentences[span.last] != sentences[span.first]
    )
    return opens and closes
