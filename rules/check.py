"""What is wrong with a policy beyond its syntax, in every world its facts can make: dead clauses, conflicts, gaps.

The diagrams of `compiled` hold each rule for all facts at once, so a proof is a walk, not an enumeration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from rules.compiled import GIVEN, Compiled, compiled
from rules.diagram import TooLargeError
from rules.facts import Facts
from rules.types import RANK, Policy
from rules.vocabulary import FACTS
from rules.worlds import View, Worlds

Level = Literal["error", "gap"]
DECIDING: Final = (*RANK, "hold_identity")
REASON: Final = "claim.reason"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding about a policy; an `error` fails the check, a `gap` is only listed."""

    level: Level
    place: str
    detail: str

    def __str__(self) -> str:
        return f"{self.level}: {self.place}: {self.detail}"


class _AllWorlds(Worlds):
    """Nothing is known, and even what facts would contradict can be; a variable may be fixed to one value."""

    def __init__(self, model: Compiled, fixed: Mapping[int, int] | None = None) -> None:
        super().__init__(model, Facts())
        self._fixed = fixed or {}

    def _find_allowed(self, place: int) -> tuple[int, ...]:
        if place in self._fixed:
            return (self._fixed[place],)
        return tuple(range(self.model.store.sizes[place]))


def check_policy(policy: Policy) -> list[Finding]:
    """Every dead clause, conflict and gap of a policy that loads."""
    try:
        return _proven(policy)
    except TooLargeError as error:
        return [Finding(level="error", place="policy", detail=f"not proved: {error}")]


def _proven(policy: Policy) -> list[Finding]:
    model = compiled(policy)
    everything = _AllWorlds(model)
    return [
        *_dead(policy, model, everything),
        *_conflicts(policy, model, everything),
        *_deadlines(policy),
        *_gaps(policy, model),
    ]


def _possible(model: Compiled, everything: Worlds, *conditions: int) -> bool:
    """Whether all of the conditions can be true at once."""
    together = model.store.combine(lambda *values: all(values), *conditions)
    return True in View(everything, together).raw


def _dead(policy: Policy, model: Compiled, everything: Worlds) -> Iterator[Finding]:
    for rule in policy.rules:
        place = f"clause {rule.id}"
        if not _possible(model, everything, model.rule[rule.id]):
            yield Finding(level="error", place=place, detail="can never be true; mend its `when`")
            continue
        if rule.then not in DECIDING:
            continue
        wins = model.store.combine(lambda leaf, then=rule.then: leaf[0] == then, model.world)
        if not _possible(model, everything, model.effective[rule.id], wins):
            beaten = "every case is decided by a clause above it; give it `overrides`, or take it out"
            yield Finding(level="error", place=place, detail=beaten)


def _conflicts(policy: Policy, model: Compiled, everything: Worlds) -> Iterator[Finding]:
    for rule in policy.rules:
        for beaten in rule.overrides:
            if any(other.id == beaten and rule.id in other.overrides for other in policy.rules):
                yield Finding(
                    level="error",
                    place=f"clause {rule.id}",
                    detail=f"overrides {beaten} and is overridden by it",
                )
    for one, two in combinations([rule for rule in policy.rules if rule.then in RANK], 2):
        if one.then != two.then or one.amount == two.amount:
            continue
        differ = model.store.combine(lambda a, b: a != b, model.sums[one.amount], model.sums[two.amount])
        if _possible(model, everything, model.effective[one.id], model.effective[two.id], differ):
            detail = f"gives another sum than {two.id} where both are true; let one override the other"
            yield Finding(level="error", place=f"clause {one.id}", detail=detail)


def _deadlines(policy: Policy) -> Iterator[Finding]:
    for name, line in policy.deadlines.items():
        if line.business and not policy.calendar:
            detail = 'counts business days; set calendar, like calendar = "DE"'
            yield Finding(level="error", place=f"deadline.{name}", detail=detail)


def _gaps(policy: Policy, model: Compiled) -> Iterator[Finding]:
    """Per reason: a case that no clause decides, so that `otherwise` does."""
    store = model.store
    rules = [model.effective[rule.id] for rule in policy.rules if rule.then in RANK]
    undecided = store.combine(lambda *values: not any(values), *rules, store.leaf(value=False))
    place = model.asks.index(("word", REASON))
    for number, reason in enumerate(FACTS[REASON].words):
        example = _example(model, undecided, _AllWorlds(model, {place: number}))
        if example is not None:
            which = f"where {', '.join(example)}" if example else "whatever else holds"
            detail = f"no clause decides it {which}: the outcome is {policy.otherwise}"
            yield Finding(level="gap", place=reason, detail=detail)


def _example(model: Compiled, root: int, everything: Worlds) -> list[str] | None:
    """One way to make a condition true, in words; None where there is none."""
    if True not in View(everything, root).raw:
        return None
    store, told = model.store, []
    while store.kids[root]:
        place = store.var[root]
        value = next(
            value
            for value in everything.allowed(place)
            if True in View(everything, store.kids[root][value]).raw
        )
        if model.asks[place] != ("word", REASON):
            told.append(_tell(model, place, value))
        root = store.kids[root][value]
    return told


def _tell(model: Compiled, place: int, value: int) -> str:  # noqa: PLR0911 - one return a case
    """One variable's value, as a person writes it."""
    name = model.asks[place]
    match name[0]:
        case "word":
            return f"{name[1]} = {FACTS[name[1]].words[value]}"
        case "date":
            return f"{name[1]} {'known' if value == GIVEN else 'unknown'}"
        case "same":
            return f"{name[1]} {'=' if value else '≠'} {name[2]}"
        case "gap":
            gap = model.gaps[place]
            sides = " - ".join(side or "0" for side in (gap.left, gap.right))
            return f"{sides} {'at most' if value else 'more than'} {gap.bound}"
        case "listed":
            return f"usage lists {'a' if value else 'no'} {name[1]}"
        case "spent":
            return "nothing is left" if value else "something is left"
    return f"{name[1]} = {'true' if value else 'false'}"
