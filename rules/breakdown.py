"""A refund calculation line by line, as an agent checks it: paid, elapsed share, retained items, rounding, result."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

from rules.amount import ENDS, SumKind, elapsed_share, end_of_use, reckon, written
from rules.facts import Facts

_SHOWN: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_PLACES: Final = Decimal("0.000001")


def breakdown(facts: Facts, kind: SumKind) -> tuple[str, ...]:
    """The lines of one calculation; what is unknown is said to be."""
    currency = facts.text("order.currency")
    paid = facts.money("order.amount")
    unit = currency or "(currency unknown)"
    lines = [f"paid: {paid} {unit}" if paid is not None else "paid: unknown"]
    if kind in ENDS:
        lines.append(_share(facts, kind))
    if kind != "whole":
        lines += _items(facts)
    found = reckon(facts, kind)
    if found.value is not None and currency:
        lines.append(f"rounded half up, never below zero: {written(found.value, currency)} {currency}")
    elif found.nothing:
        lines.append("nothing is left")
    else:
        lines.append(f"open: needs {', '.join(sorted(found.needs))}")
    return tuple(lines)


def _share(facts: Facts, kind: SumKind) -> str:
    share = elapsed_share(facts, ENDS[kind])
    if share.part is None:
        return f"less elapsed share: open, needs {', '.join(sorted(share.needs))}"
    stop = end_of_use(facts, ENDS[kind])[1]
    days = "the whole period" if share.part == 1 else f"{share.elapsed} of {share.total} days"
    if not share.part:
        days = "none of the period"
    paid = facts.money("order.amount")
    cost = "" if paid is None else f": {_decimal(Fraction(paid) * share.part)}"
    return f"less elapsed share, {days} (use ended by {stop}; that day is not charged){cost}"


def _items(facts: Facts) -> list[str]:
    if facts.usage is None:
        return ["less retained items: unknown"]
    return [f"less {row.item}: {row.amount}" for row in facts.usage] or ["no retained items"]


def _decimal(value: Fraction) -> str:
    shown = _SHOWN.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{shown.quantize(_PLACES, context=_SHOWN).normalize(_SHOWN):f}"
