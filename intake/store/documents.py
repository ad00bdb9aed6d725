"""JSON that may be stored: built in one place, from typed values, never from a bare `str`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Self, final

from intake.redaction.text import Redacted
from intake.store.forms import is_plain_decimal, is_word, unlike_a_card

if TYPE_CHECKING:
    from rules.types import Step

_MINT: Final = object()
_TEXT_FACTS: Final = frozenset({"account_email", "order_number"})  # the facts that hold a customer's words
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL: Final = re.compile(r"-?\d{1,38}(\.\d{1,38})?")
_NUMBER: Final = re.compile(r"(?<![\d.])\d+\.\d{1,6}(?![\d.])")  # of a calculation
_PHRASE: Final = re.compile(r"[^\x00-\x1f\x7f]{0,2000}")
# sentences that passed and hold no customer's value: the rules say the same few of every case
_SAID: Final = set[str]()
_MOST_SAID: Final = 4096
_PLAIN: Final = frozenset({NoneType, bool, int})
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@final
class Document:
    """JSON made of numbers, days, words of ours and redacted text; made by `document` alone."""

    __slots__ = ("json",)

    def __init__(self, text: str, mint: object) -> None:
        if mint is not _MINT:
            raise TypeError("documents are built from typed values")
        self.json = text

    @classmethod
    def stored(cls, text: str) -> Self:
        """For the column type alone: what was a document when it was written."""
        return cls(text, _MINT)

    @property
    def value(self) -> Any:  # noqa: ANN401 - JSON has no closer type
        """The JSON, parsed: plain dicts, lists, texts, numbers."""
        return json.loads(self.json)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and other.json == self.json

    def __hash__(self) -> int:
        return hash((Document, self.json))

    def __repr__(self) -> str:
        return f"Document(<{len(self.json)} characters>)"


@final
class Phrase:
    """A sentence that the rules wrote: words of a policy, and values of facts that are stored beside it."""

    __slots__ = ("text",)

    def __init__(self, text: str, quoted: Sequence[str] = ()) -> None:
        self.text = _sentence(text, quoted)


def _sentence(text: str, quoted: Sequence[str]) -> str:
    """`text`, which is a sentence of the rules but for the values in it that are vouched for.

    Raises:
        TypeError: it is none.
    """
    if text in _SAID:
        return text
    rest = text
    for value in quoted:
        if len(value) > 1 and value in rest:
            rest = rest.replace(value, " ")
    if not _is_sentence(rest):
        raise TypeError("this is no sentence of the rules")
    if rest == text and len(_SAID) < _MOST_SAID:
        _SAID.add(text)
    return text


def _is_sentence(text: str) -> bool:
    return _PHRASE.fullmatch(text) is not None and unlike_a_card(_NUMBER.sub("", _DATE.sub("", text)))


def document(value: object) -> Document:
    """A document of `value`.

    Raises:
        TypeError: something in it is a bare text that is no word of ours, or of a type that has no place here.
    """
    return _minted(_plain(value))


def _minted(plain: object) -> Document:
    """A document of what was checked, value by value."""
    return Document(_JSON.encode(plain), _MINT)


def _plain(value: object) -> object:  # noqa: PLR0911 - one line a type
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is str and is_word(value):
        return value
    if kind in {Redacted, Phrase}:
        return value.text  # type: ignore[attr-defined] # one of the two, as asked in the line above
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str) and is_word(value):
        return str(value)
    if isinstance(value, Decimal) and is_plain_decimal(value):
        return format(value, "f")
    if isinstance(value, date) and (not isinstance(value, datetime) or value.tzinfo):
        return value.isoformat()
    if isinstance(value, Mapping) and all(map(is_word, value)):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise TypeError(f"a {type(value).__name__} that is no typed value cannot be stored")


def facts_document(facts: Mapping[str, object], redacted: Mapping[str, Redacted]) -> Document:
    """The facts that the rules read, typed again: texts must come out of `redacted`, by the fact's name.

    Raises:
        TypeError: a text that is neither a day, a number, a word, nor what the redactor let through.
        ValueError: a text that says more than its redacted source.
    """
    groups: dict[str, object] = {
        name: {fact: _fact(fact, value, redacted) for fact, value in group.items()}
        for name, group in facts.items()
        if isinstance(group, Mapping)
    }
    if isinstance(usage := facts.get("usage"), list | tuple):
        groups["usage"] = [{key: _fact(key, item[key], redacted) for key in item} for item in usage]
    return document(groups)


def _fact(name: str, value: object, redacted: Mapping[str, Redacted]) -> object:
    if not isinstance(value, str) or isinstance(value, StrEnum):
        return value
    if name in _TEXT_FACTS:
        source = redacted.get(name)
        if source is None:
            raise TypeError("a fact's text has no redacted source")
        return source if source.text == value else source.derive(value)
    if _DATE.fullmatch(value):
        return date.fromisoformat(value)
    if _DECIMAL.fullmatch(value):
        return Decimal(value)
    return value


def steps_document(steps: Sequence[Step], facts: Mapping[str, object]) -> Document:
    """How a decision was reached: rule, clause, value, and why in the rules' own words.

    `facts` are those of the decision: a reason may repeat their values, for `facts_document` vouches for them.
    """
    quoted = [
        str(value) for group in facts.values() if isinstance(group, Mapping) for value in group.values()
    ]
    names = {name for step in steps for name in (step.rule, step.clause) if name is not None}
    for name in names - _SAID:
        _sentence(name, ())
    for reason in {reason for step in steps for reason in step.because} - _SAID:
        _sentence(reason, quoted)
    return _minted(
        [
            {
                "rule": step.rule,
                "clause": step.clause,
                "value": None if step.value is None else bool(step.value),
                "because": step.because,
            }
            for step in steps
        ]
    )
