"""Which of a field's readings wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from intake.extraction.types import Candidate, Field, FieldName, Money, Value, json_value

_SURE = 0.55  # from here on a part of higher authority wins over a better reading elsewhere
_LEAST = {  # below this a reading is only offered to the agent
    FieldName.ACCOUNT_EMAIL: 0.4,
    FieldName.ORDER_NUMBER: 0.42,
    FieldName.PAYMENT_DATE: 0.42,
    FieldName.AMOUNT: 0.35,
    FieldName.METHOD: 0.42,
}
_MOST_OTHERS = 8
_AS_GOOD = 0.32
_RIVAL = (
    0.5  # the second row of a table has less to say for it than the first, which stands under the heading
)


def choose(name: FieldName, found: Sequence[tuple[int, Candidate]], *, later: bool = False) -> Field | None:
    """The field made of its candidates; None where none is good enough.

    Args:
        name: the field.
        found: authority of the part (0 first) and candidate, in reading order.
        later: of equally good days the later one (a double payment).
    """
    if not found:
        return None
    ranked = sorted(_distinct(found), key=lambda one: (one[1].confidence < _SURE, one[0], -one[1].confidence))
    if later and ranked:
        ranked = _latest_first(ranked)
    candidates = tuple(candidate for _, candidate in ranked)
    if not candidates or candidates[0].confidence < _LEAST[name]:
        return None
    return Field(chosen=candidates[0], others=candidates[1 : 1 + _MOST_OTHERS])


def _distinct(found: Iterable[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """One reading a value: the best one; a bare number is the sum of the same figures."""
    best: dict[object, tuple[int, Candidate]] = {}
    for authority, candidate in found:
        key = _key(candidate.value)
        known = best.get(key)
        if known is None or _better(authority, candidate, known):
            best[key] = authority, candidate
    bare = [key for key in best if isinstance(key, Money) and key.currency is None]
    for key in bare:
        for full in [
            one for one in best if isinstance(one, Money) and one.currency and one.amount == key.amount
        ]:
            lost = best.pop(key, None)
            if lost and _better(*lost, best[full]):
                best[full] = lost[0], replace(lost[1], value=best[full][1].value)
    return list(best.values())


def _key(value: Value) -> object:
    return value if isinstance(value, Money) else json_value(value).casefold()


def _better(authority: int, candidate: Candidate, known: tuple[int, Candidate]) -> bool:
    sure, was_sure = candidate.confidence >= _SURE, known[1].confidence >= _SURE
    if sure != was_sure:
        return sure
    return (authority, -candidate.confidence) < (known[0], -known[1].confidence)


def _latest_first(ranked: list[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """The latest of the days that one part names about as surely as its best goes first."""
    authority, top = ranked[0]
    rivals = [
        one
        for one in ranked
        if one[0] == authority and one[1].confidence >= max(_RIVAL, top.confidence - _AS_GOOD)
    ]
    if len(rivals) < 2:
        return ranked
    latest = max(rivals, key=lambda one: _day(one[1].value))
    return [latest, *(one for one in ranked if one is not latest)]


def _day(value: Value) -> date:
    return value if isinstance(value, date) else date.min
