"""A facts file, checked before anything is decided: each problem is named by its key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, cast

from rules.vocabulary import FACTS, MINOR_DIGITS, USAGE_ITEMS, FactSpec

FactValue = bool | str | date | Decimal

GROUPS: Final = ("claim", "order", "verified")
MAX_DIGITS: Final = 38
_MONEY = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageItem:
    """One retained amount that the records or an agent list."""

    item: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of one refund matter. A fact that is not in `values` is unknown.

    Attributes:
        id: the file's own id, echoed; anything that JSON can hold.
        values: the known facts by key, typed as the vocabulary says.
        usage: retained amounts; None while not yet known, empty when known to be none.
    """

    id: object = None
    values: Mapping[str, FactValue] = field(default_factory=dict)
    usage: tuple[UsageItem, ...] | None = None

    @property
    def requested_on(self) -> date | None:
        """The day of the first request, by which the version of a policy is chosen."""
        return self.day("claim.requested_on")

    def day(self, key: str) -> date | None:
        """The value of a fact whose type is a date."""
        return cast("date | None", self.values.get(key))

    def money(self, key: str) -> Decimal | None:
        """The value of a fact whose type is a sum of money."""
        return cast("Decimal | None", self.values.get(key))

    def text(self, key: str) -> str | None:
        """The value of a fact whose type is a word, a currency or text."""
        return cast("str | None", self.values.get(key))


class FactErrors(ValueError):  # noqa: N818 - several problems at once, and the name says so
    """Facts that cannot be judged: `problems` holds (key, detail), sorted by key; no value is repeated."""

    def __init__(self, problems: list[tuple[str | None, str]]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem[0] or "")
        super().__init__("; ".join(f"{key or 'facts'}: {detail}" for key, detail in self.problems))


class _BadValueError(ValueError):
    """A value that its fact cannot have; the text says what it must be."""


def _bool(value: object, _spec: FactSpec) -> bool:
    if not isinstance(value, bool):
        raise _BadValueError("must be true or false")
    return value


def _text(value: object, _spec: FactSpec | None = None) -> str:
    if not isinstance(value, str):
        raise _BadValueError("must be text")
    if not value:
        raise _BadValueError("is empty; a value that is not known is null")
    return value


def _word(value: object, spec: FactSpec) -> str:
    text = _text(value)
    if text not in spec.words:
        raise _BadValueError(f"must be one of {', '.join(spec.words)}")
    return text


def _currency(value: object, _spec: FactSpec) -> str:
    text = _text(value)
    if text not in MINOR_DIGITS:
        raise _BadValueError("must be a currency code of ISO 4217, like EUR")
    return text


def _money(value: object, _spec: FactSpec | None = None) -> Decimal:
    text = _text(value)
    if not _MONEY.fullmatch(text):
        raise _BadValueError('must be a decimal number in quotes, like "49.00"')
    if text.startswith("-"):
        raise _BadValueError("must not be negative")
    if len(text.replace(".", "")) > MAX_DIGITS:
        raise _BadValueError(f"must have at most {MAX_DIGITS} digits")
    return Decimal(text)


def _date(value: object, _spec: FactSpec) -> date:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise _BadValueError("must be a date like 2026-06-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _BadValueError("is a date that does not exist") from None


_READERS: Final[Mapping[str, Callable[[object, FactSpec], FactValue]]] = {
    "bool": _bool,
    "text": _text,
    "word": _word,
    "currency": _currency,
    "money": _money,
    "date": _date,
}

Problems = list[tuple[str | None, str]]


def _group(name: str, group: object, values: dict[str, FactValue], problems: Problems) -> None:
    if group is None:
        return
    if not isinstance(group, Mapping):
        problems.append((name, "must be an object"))
        return
    for name_in_group, value in group.items():
        key = f"{name}.{name_in_group}"
        spec = FACTS.get(key)
        if spec is None:
            problems.append((key, "is not a known fact"))
        elif value is not None:
            try:
                values[key] = _READERS[spec.kind](value, spec)
            except _BadValueError as bad:
                problems.append((key, str(bad)))


def _usage(rows: object, problems: Problems) -> tuple[UsageItem, ...] | None:
    if rows is None:
        return None
    if not isinstance(rows, list):
        problems.append(("usage", "must be a list, or null while it is not known"))
        return None
    items = []
    for place, row in enumerate(rows):
        key = f"usage[{place}]"
        if not isinstance(row, Mapping):
            problems.append((key, "must be an object with item and amount"))
            continue
        problems.extend((f"{key}.{extra}", "is not a known key") for extra in row.keys() - {"item", "amount"})
        item = row.get("item")
        if item not in USAGE_ITEMS:
            problems.append((f"{key}.item", f"must be one of {', '.join(USAGE_ITEMS)}"))
        try:
            items.append(UsageItem(item=str(item), amount=_money(row.get("amount"))))
        except _BadValueError as bad:
            problems.append((f"{key}.amount", str(bad)))
    return tuple(items)


def check_facts(obj: object) -> Facts:
    """Read one facts object: groups of plain JSON values, keys and words as in `vocabulary.toml`.

    Args:
        obj: what `json.loads` made of the file or line.

    Returns:
        The facts, typed.

    Raises:
        FactErrors: with every problem; a key is a path such as `usage[0].item`.
    """
    if not isinstance(obj, Mapping):
        raise FactErrors([(None, "must be one JSON object")])
    values: dict[str, FactValue] = {}
    problems: Problems = [
        (str(key), "is not a known key") for key in obj if key not in {"id", "usage", *GROUPS}
    ]
    for name in GROUPS:
        _group(name, obj.get(name), values, problems)
    usage = _usage(obj.get("usage"), problems)
    start, end = values.get("order.period_start"), values.get("order.period_end")
    if isinstance(start, date) and isinstance(end, date) and end <= start:
        problems.append(("order.period_end", "must come after order.period_start"))
    if problems:
        raise FactErrors(problems)
    return Facts(id=obj.get("id"), values=values, usage=usage)
