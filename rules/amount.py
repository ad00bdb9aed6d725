"""The refund calculation: exact fractions, one rounding at the end, half up, to the minor unit."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final, Literal

from rules.derived import END_OF_FAILED_USE, END_OF_USE, FALLBACKS
from rules.facts import Facts
from rules.vocabulary import MINOR_DIGITS

SumKind = Literal["none", "whole", "plain", "until_end", "until_failure"]
"""none: no sum. whole: the payment. plain: less `usage`. until_…: less `usage` and the elapsed share."""

ENDS: Final = {"until_end": END_OF_USE, "until_failure": END_OF_FAILED_USE}
_ALL_DIGITS: Final = tuple(sorted(set(MINOR_DIGITS.values())))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """What one calculation comes to under what is known.

    Attributes:
        value: in minor units, None while an unknown input can change it.
        needs: the unknown facts that can change it.
        nothing: it certainly leaves nothing (True), certainly something (False), or None.
        key: equal for two sums exactly if they are the same whatever the unknown inputs are.
    """

    value: int | None
    needs: frozenset[str]
    nothing: bool | None
    key: tuple[object, ...]


NO_SUM: Final = Sum(value=None, needs=frozenset(), nothing=False, key=("none",))


def to_minor(amount: Fraction, digits: int) -> int:
    """Round half up to whole minor units."""
    scale: int = 10**digits
    return floor(amount * scale + Fraction(1, 2))


def written(minor: int, currency: str) -> str:
    """Minor units as the contract writes them: `54.00`, `54` for JPY."""
    digits = MINOR_DIGITS[currency]
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def end_of_use(facts: Facts, term: str) -> tuple[int | None, str]:
    """The day on which use ended, as an ordinal, and the fact that says so or has to."""
    for key in FALLBACKS[term]:
        day = facts.day(key)
        if day is not None:
            return day.toordinal(), key
    return None, FALLBACKS[term][-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """The elapsed part of the period: `part` of 1, None while `needs` are unknown; its days where it is in between."""

    part: Fraction | None
    needs: frozenset[str] = frozenset()
    elapsed: int | None = None
    total: int | None = None


def elapsed_share(facts: Facts, term: str) -> Share:
    """Elapsed days of all days, held between 0 and 1.

    A date that can no longer change the share is not needed: use that ended before the period began, or after it.
    """
    start, end = facts.day("order.period_start"), facts.day("order.period_end")
    stop, asked = end_of_use(facts, term)
    if stop is not None:
        if start and stop <= start.toordinal():
            return Share(part=Fraction(0))
        if end and stop >= end.toordinal():
            return Share(part=Fraction(1))
        if start and end:
            elapsed, total = stop - start.toordinal(), (end - start).days
            return Share(part=Fraction(elapsed, total), elapsed=elapsed, total=total)
    unknown = {"order.period_start": start, "order.period_end": end, asked: stop}
    return Share(part=None, needs=frozenset(key for key, value in unknown.items() if value is None))


def reckon(facts: Facts, kind: SumKind) -> Sum:
    """Work out one kind of sum.

    Args:
        facts: what is known.
        kind: which calculation.

    Returns:
        The sum, or what it still hangs on.
    """
    if kind == "none":
        return NO_SUM
    paid = facts.money("order.amount")
    currency = facts.text("order.currency")
    amount = None if paid is None else Fraction(paid)
    if kind == "whole":
        return _whole(amount, currency)
    used = None if facts.usage is None else sum((Fraction(row.amount) for row in facts.usage), Fraction(0))
    share = elapsed_share(facts, ENDS[kind]) if kind in ENDS else Share(part=Fraction(0))
    least, most = _bounds(amount, used, share.part)
    digits = _ALL_DIGITS if currency is None else (MINOR_DIGITS[currency],)
    nothing = _nothing(least, most, digits)
    if nothing:
        return Sum(value=0, needs=frozenset(), nothing=True, key=("sum", 0))
    needs = share.needs | _unknown({"order.amount": amount, "usage": used, "order.currency": currency})
    if not needs and currency:
        value = to_minor(least, MINOR_DIGITS[currency])
        return Sum(value=value, needs=needs, nothing=False, key=("sum", value))
    end = () if share.part is not None else end_of_use(facts, ENDS[kind])
    return Sum(value=None, needs=needs, nothing=nothing, key=("open", amount, used, share.part, end))


def _whole(amount: Fraction | None, currency: str | None) -> Sum:
    needs = _unknown({"order.amount": amount, "order.currency": currency})
    if amount is None or currency is None:
        return Sum(value=None, needs=needs, nothing=False, key=("whole",))
    value = to_minor(amount, MINOR_DIGITS[currency])
    return Sum(value=value, needs=needs, nothing=False, key=("sum", value))


def _unknown(inputs: dict[str, object]) -> frozenset[str]:
    return frozenset(key for key, value in inputs.items() if value is None)


def _bounds(
    amount: Fraction | None, used: Fraction | None, part: Fraction | None
) -> tuple[Fraction, Fraction | None]:
    """The least and the most that can be left; None where there is no upper bound."""
    if part == 1:
        return Fraction(0), Fraction(0)
    if amount is None:
        return Fraction(0), None
    most = max(amount - (used or 0) - amount * (part or 0), Fraction(0))
    least = Fraction(0) if used is None or part is None else most
    return least, most


def _nothing(least: Fraction, most: Fraction | None, digits: tuple[int, ...]) -> bool | None:
    """Whether all that can be left rounds to nothing, or certainly not; `digits`: of the minor units it may be in."""
    if most is not None and not any(to_minor(most, places) for places in digits):
        return True
    return False if all(to_minor(least, places) for places in digits) else None
