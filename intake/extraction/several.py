"""Several requests in one message: said in so many words, listed, or two numbers that are both asked back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from intake.extraction.reading import Marked, Reading, first_evidence
from intake.extraction.types import Evidence, Field, FieldName

Fields = Mapping[FieldName, Field | None]

_ITEM = re.compile(
    r"^[ \t]*(?:[-*•–—]|\(?\d{1,2}[.)]|[a-zа-я][.)])[ \t]+(?=\S)(?P<item>[^\n]*\d[^\n]*)$", re.MULTILINE
)
_SUM = re.compile(r"\d[\d .,']*\s?(?:[€$£¥₽₴]|[A-Z]{3}\b|eur|usd|руб|р\b|грн)|[€$£¥₽₴]\s?\d", re.IGNORECASE)
_SUM_REACH = 90  # characters behind a number in which its own sum stands
_TWO = 2
_ASKED = re.compile(
    r"refund|reimburs|cancel|back|erstatt|zurück|kündig|storn|rembours|annul|résili|reembols|dev[ou]l|devuelv"
    r"|верн|возвр|отмен|скас",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\w-]+(?:\s*[,;&+]|\s+(?:\w+\s+){1,4})\s*(?:(?:order|invoice|no)\.?\s+)?(?:#|№)?\s*")


def several_requests(reading: Reading, fields: Fields, *, duplicate: bool) -> Evidence | None:
    """More than one order or payment asked back: said so, or listed with a sum each. A duplicate is one matter."""
    if duplicate:
        return first_evidence(reading.parts, "flag.several_refunds")
    said = first_evidence(reading.parts, "flag.several_requests", "flag.several_refunds")
    if said:
        return said
    body = reading.body.passage
    items = [item for item in _ITEM.finditer(body.text.text) if _SUM.search(item["item"])]
    if len(items) > 1:
        return body.evidence(items[0].start(), items[-1].end())
    return _numbered(reading, fields)


def _numbered(reading: Reading, fields: Fields) -> Evidence | None:
    """Two numbers of one kind, the second asked back as well.

    Joined in one breath ("X and Y"), each with a sum of its own behind it, or the second with an "also";
    but not one that shall stay as it is.
    """
    field = fields.get(FieldName.ORDER_NUMBER)
    if field is None:
        return None
    numbers = {str(candidate.value) for candidate in (field.chosen, *field.others)}
    if len({_shape(number) for number in numbers}) != 1 or len(numbers) < _TWO:
        return None
    body = reading.body
    text = body.passage.text.text
    named = sorted(
        (match.start(), match.group()) for match in re.finditer("|".join(map(re.escape, numbers)), text)
    )
    named = [(at, number) for at, number in named if body.passage.sentence_at(at) not in _kept(body)]
    for (at, number), (after, other) in pairwise(named):
        if number != other and _JOINED.fullmatch(text[at:after]):
            return body.passage.evidence(at, after + len(other))
    also = body.sentences_of("flag.also") & body.sentences_of("kind.wish", "kind.cancel")
    for at, number in named:
        if number != named[0][1] and body.passage.sentence_at(at) in also:
            return body.passage.evidence(at, at + len(number))
    return _each_with_its_sum(body, {number: at for at, number in reversed(named)})


def _each_with_its_sum(body: Marked, first: Mapping[str, int]) -> Evidence | None:
    """Numbers, each with a sum behind it, and words that ask for it near by."""
    text, at = body.passage.text.text, sorted(first.values())
    if len(at) < _TWO:
        return None
    ends = [*at[1:], min(len(text), at[-1] + _SUM_REACH)]
    pieces = [text[start:end][:_SUM_REACH] for start, end in zip(at, ends, strict=True)]
    asked = (_ASKED.search(text[max(0, start - _SUM_REACH) : start + _SUM_REACH]) for start in at)
    if all(_SUM.search(piece) for piece in pieces) and all(asked):
        return body.passage.evidence(at[0], ends[-1])
    return None


def _kept(body: Marked) -> frozenset[int]:
    return body.sentences_of("flag.kept")


def _shape(number: str) -> str:
    """The letters of a number: two numbers of one kind share them, an order and its invoice do not."""
    return re.sub(r"[\W\d_]+", "", number).casefold()
