"""What is known of a case: who stated which fact, and which statement the rules go by.

A person's word beats the records and the mail; what the machine read stays beside it. Of several mails the
earliest word stands and later ones fill what it left open: a contradiction is shown to a person, it never
replaces anything by itself. All of it goes by the moment of stating, so the order in which mails, look-ups
and edits arrive does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from intake.redaction.text import Redacted
from rules.vocabulary import FACTS


class FactSource(StrEnum):
    """Where a fact comes from, the strongest first."""

    PERSON = "person"
    RECORDS = "records"  # the company's own
    CLAIM = "claim"  # a customer's mail
    ASSUMED = "assumed"  # nobody said it: the sender's address for an unstated account


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """One retained amount of `usage`."""

    item: str
    amount: Decimal


FactValue: TypeAlias = "bool | str | date | Decimal | Redacted | tuple[Retained, ...]"
"""Typed: text is redacted, a `str` is a word or a currency of the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One statement of one fact.

    Attributes:
        key: as in a facts file, `order.paid_on`; `usage` for the list.
        actor: `person:ana`, `records`, or `customer`.
        at: when it was said: of a mail, when the server received it.
        message: the mail that says it.
    """

    key: str
    value: FactValue
    source: FactSource
    actor: str
    at: datetime
    message: int | None = None


_STRENGTH: Final = tuple(FactSource)
_EITHER: Final = frozenset(
    f"claim.{name}"
    for name in ("third_party", "lost_email_access", "sender_differs", "several_requests", "problem")
)
"""Said once is said: a later mail that is silent about it takes nothing back."""
_USAGE: Final = "usage"
_FIRST: Final = "claim.requested_on"


def winners(stated: Iterable[Stated]) -> dict[str, Stated]:
    """The statement that the rules go by, for each known fact, by key."""
    by_key: dict[str, list[Stated]] = defaultdict(list)
    for one in stated:
        by_key[one.key].append(one)
    return {key: _winner(key, found) for key, found in sorted(by_key.items())}


def contradicted(stated: Iterable[Stated]) -> dict[str, tuple[Stated, ...]]:
    """For each fact the statements that say otherwise than the winner, the earliest first."""
    found = list(stated)
    best = winners(found)
    others: dict[str, list[Stated]] = defaultdict(list)
    for one in sorted(found, key=_order):
        if one.key not in _EITHER and one.key != _FIRST and plain(one.value) != plain(best[one.key].value):
            others[one.key].append(one)
    return {key: tuple(rows) for key, rows in others.items()}


def _winner(key: str, found: list[Stated]) -> Stated:
    strength = min(_STRENGTH.index(one.source) for one in found)
    strongest = sorted((one for one in found if _STRENGTH.index(one.source) == strength), key=_order)
    if key == _FIRST and strongest[0].source is FactSource.CLAIM:
        return min(strongest, key=lambda one: (plain(one.value), *_order(one)))
    if key in _EITHER:
        return next((one for one in strongest if one.value is True), strongest[0])
    return strongest[-1] if strongest[0].source is FactSource.PERSON else strongest[0]


def _order(one: Stated) -> tuple[datetime, str]:
    return one.at, str(plain(one.value))


def facts_file(known: Mapping[str, FactValue]) -> dict[str, object]:
    """The facts object that `rules.facts.check_facts` reads: groups of plain JSON values."""
    groups: dict[str, object] = {}
    for key, value in known.items():
        group, _, name = key.partition(".")
        if not name:
            groups[key] = plain(value)
        else:
            inner = groups.setdefault(group, {})
            assert isinstance(inner, dict)  # noqa: S101 - only `usage` is no group, and it has no dot
            inner[name] = plain(value)
    return groups


def plain(value: FactValue) -> object:
    """The value as a facts file has it."""
    match value:
        case Redacted():
            return value.text
        case Decimal():
            return format(value, "f")
        case tuple():
            return [{"item": row.item, "amount": format(row.amount, "f")} for row in value]
        case bool() | str():
            return value
    return value.isoformat()


def typed(key: str, value: object, redacted: Callable[[str], Redacted]) -> FactValue:
    """A facts file's plain value by the type that the vocabulary gives its fact; `redacted` is asked for its text.

    Raises:
        ValueError: the value is not of that type.
    """
    if key == _USAGE and isinstance(value, list):
        return tuple(Retained(item=row["item"], amount=Decimal(row["amount"])) for row in value)
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError("a fact is a boolean, a text or a list of retained amounts")  # noqa: TRY004 - bad data
    kind = FACTS[key].kind
    if kind == "text":
        return redacted(value)
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "money" else value
