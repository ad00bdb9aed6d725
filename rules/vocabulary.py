"""The facts that rules may ask: names, types, words and currencies, as data in `vocabulary.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final, Literal

Kind = Literal["word", "bool", "date", "money", "currency", "text"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FactSpec:
    """What one fact may be.

    Attributes:
        key: dotted path in a facts file, `order.paid_on`.
        kind: type of the value.
        words: the values of a `word`, in the order of the file; else empty.
        default: what an unknown value counts as; None where unknown stays unknown.
        fallback: another fact stands in for it, so it is never asked for.
        undated: for a date that may never have happened: the word of another fact that proves so.
    """

    key: str
    kind: Kind
    words: tuple[str, ...] = ()
    default: bool | None = None
    fallback: bool = False
    undated: Mapping[str, str] = field(default_factory=dict)


def _read() -> tuple[dict[str, FactSpec], tuple[str, ...], dict[str, int]]:
    table = tomllib.loads(files("rules").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    facts = {
        key: FactSpec(
            key=key,
            kind=row["type"],
            words=tuple(row.get("words", ())),
            default=row.get("default"),
            fallback=row.get("fallback", False),
            undated=row.get("undated", {}),
        )
        for key, row in table["fact"].items()
    }
    digits = {code: int(places) for places, codes in table["currencies"].items() for code in codes}
    return facts, tuple(table["usage"]["items"]), digits


_FACTS, _ITEMS, _DIGITS = _read()

FACTS: Final[Mapping[str, FactSpec]] = _FACTS
"""Every fact by its key."""
USAGE_ITEMS: Final[tuple[str, ...]] = _ITEMS
"""The kinds of retained amounts in `usage`."""
MINOR_DIGITS: Final[Mapping[str, int]] = _DIGITS
"""Decimals of each currency's minor unit, ISO 4217."""
