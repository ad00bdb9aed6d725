"""A payment as the company's records tell it: their columns and words in, our facts out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final, TypeAlias

from intake.config.orders import COLUMNS, WORDS, OrdersConfig
from intake.errors import UnavailableError
from rules.facts import FactErrors, check_facts
from rules.vocabulary import FACTS, MINOR_DIGITS, USAGE_ITEMS

_YES: Final = frozenset({"true", "yes", "y", "t", "1"})
_NO: Final = frozenset({"false", "no", "n", "f", "0"})
_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?=$|[T ])")
_RETAINED: Final = re.compile(r"\s*(\w+)\s*=\s*(\S+)\s*")

Sums: TypeAlias = Callable[[str], str | None]


class RecordsUnreachableError(UnavailableError):
    """The records could not be asked now: what they know stays unknown, and is asked for again.

    Attributes:
        code: a word for the log: `timeout`, `http_503`, `OperationalError` …
    """

    def __init__(self, code: str, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # problems, as its parent takes them
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment, its facts as a facts file has them (`check_facts` has seen them).

    Attributes:
        number: the order that it belongs to; None: the records do not say.
        order: the facts of the group `order.`, by name.
        usage: what is retained of it; None: the records do not say, empty: nothing.
        dropped: columns whose value is none that the fact can have: those facts stay unknown.
    """

    number: str | None
    order: Mapping[str, object]
    usage: tuple[Mapping[str, str], ...] | None
    dropped: tuple[str, ...] = ()

    def same_thing(self, other: Payment) -> bool:
        """Whether both pay the same for the same: sum, currency, product and period, or day where there is none."""
        told = ("amount", "currency", "product", "period_start", "period_end")
        if any(self.order.get(name) != other.order.get(name) for name in told):
            return False
        dated = "period_start" if "period_start" in self.order else "paid_on"
        return self.order.get(dated) is not None and self.order.get(dated) == other.order.get(dated)


def payment(row: Mapping[str, object], config: OrdersConfig) -> Payment:
    """A row of the records; what cannot be used is dropped and named, never guessed."""
    given = {name: row.get(config.columns.get(name, name)) for name in COLUMNS}
    values = {name: value for name, value in given.items() if value is not None and str(value).strip()}
    number = values.pop("order_number", None)
    dropped: list[str] = []
    currency = str(values.get("currency", "")).strip().upper()
    sums = partial(_in_major_units, currency=currency) if config.minor_units else _sum
    order: dict[str, object] = {}
    for name in [name for name in values if f"order.{name}" in FACTS]:
        if (value := _value(name, values[name], config, sums)) is None:
            dropped.append(name)
        else:
            order[name] = value
    try:
        usage = _usage(values, sums)
    except ValueError:
        usage = None
        dropped.append("usage")
    try:
        check_facts({"order": order})
    except FactErrors as error:
        for key, _ in error.problems:
            name = str(key).removeprefix("order.")
            order.pop(name, None)
            dropped.append(name)
    return Payment(
        number=None if number is None else str(number).strip(),
        order=order,
        usage=usage,
        dropped=tuple(dropped),
    )


def _value(name: str, value: object, config: OrdersConfig, sums: Sums) -> object:
    """As a facts file has it; None: not a value of this fact."""
    kind, text = FACTS[f"order.{name}"].kind, str(value).strip()
    if kind == "word":
        words = {key.casefold(): word for key, word in config.words.get(name, {}).items()}
        found = words.get(text.casefold(), text.casefold())
        return found if found in WORDS[name] else None
    if kind == "date":
        return _day(value)
    if kind == "bool":
        return value if isinstance(value, bool) else _truth(text)
    if kind == "money":
        return sums(text)
    return text.upper() if kind == "currency" else text


def _day(value: object) -> str | None:
    """The day as the records write it: an instant's zone is theirs, and is not shifted."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    match = _ISO_DAY.match(str(value).strip())
    return match.group() if match else None


def _truth(text: str) -> bool | None:
    return True if text.casefold() in _YES else False if text.casefold() in _NO else None


def _sum(text: str) -> str | None:
    """A decimal number with a point; what a spreadsheet wrote with a comma or blanks is not guessed at."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return format(number, "f") if number.is_finite() and number >= 0 and "_" not in text else None


def _in_major_units(text: str, currency: object) -> str | None:
    """Minor units (cents) as a decimal amount; without a known currency nobody knows how many there are."""
    places, number = MINOR_DIGITS.get(str(currency)), _sum(text)
    if places is None or number is None or Decimal(number) != Decimal(number).to_integral_value():
        return None
    return format(Decimal(number).scaleb(-places), "f")


def _usage(values: Mapping[str, object], sums: Sums) -> tuple[Mapping[str, str], ...] | None:
    """The retained amounts: one column with a list, or a column for each item; an empty list says: none.

    Raises:
        ValueError: what is there cannot be used.
    """
    found = [(item, str(values[f"usage_{item}"])) for item in USAGE_ITEMS if f"usage_{item}" in values]
    if "usage" in values:
        found += _list(values["usage"])
    elif not found:
        return None
    rows = [{"item": item, "amount": sums(amount) or ""} for item, amount in found]
    check_facts({"usage": rows})
    return tuple(row for row in rows if Decimal(row["amount"]))


def _list(value: object) -> list[tuple[str, str]]:
    """`[{"item": "server", "amount": "4.00"}]`, `server=4.00; storage=1.50`, or `none`.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, str):
        if value.strip().casefold() in {"none", "[]"}:
            return []
        if not value.lstrip().startswith("["):
            return [_part(part) for part in value.split(";") if part.strip()]
        value = json.loads(value)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise ValueError("no list of retained amounts")
    return [(str(row.get("item")), str(row.get("amount"))) for row in value]


def _part(text: str) -> tuple[str, str]:
    if (match := _RETAINED.fullmatch(text)) is None:
        raise ValueError("not item=amount")
    return match[1], match[2]
