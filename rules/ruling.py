"""What a policy says of facts, whatever their dates and sums: worked out once for each pattern of facts."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Final

from rules.amount import SumKind
from rules.compiled import HOLD, World
from rules.kleene import Reading
from rules.pattern import Pattern, pattern
from rules.readings import Reader
from rules.types import Outcome, Policy, Rule
from rules.worlds import View, Worlds

MAX_REMEMBERED: Final = 1_000
"""Rulings kept for one policy, a few kilobytes each; mail takes some hundred."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """A decision without what is read off the facts themselves.

    Attributes:
        outcome: where no required field is missing.
        ground: the claimed reason's ground is met or unknown.
        clauses: the table's ids of the rules that carry the outcome.
        verify: the unknown facts to verify, where no required field is missing.
        sums: the kinds of sum that can go with the outcome.
        readings: each rule's value and the facts it rests on, in the policy's order.
    """

    outcome: Outcome
    ground: bool
    clauses: tuple[str, ...]
    verify: frozenset[str]
    sums: tuple[SumKind, ...]
    readings: tuple[Reading, ...]


@lru_cache(maxsize=64)
def _remembered(_policy: Policy) -> dict[Pattern, Ruling]:
    return {}


def ruled(reader: Reader) -> Ruling:
    """The policy's ruling, from memory where facts of this pattern have been ruled before."""
    remembered = _remembered(reader.policy)
    alike = pattern(reader.policy, reader.worlds)
    found = remembered.get(alike)
    if found is None:
        if len(remembered) >= MAX_REMEMBERED:
            remembered.clear()
        found = remembered[alike] = rule(reader)
    return found


def rule(reader: Reader) -> Ruling:
    """The policy's ruling, worked out anew."""
    bench = _Bench(reader)
    return Ruling(
        outcome=bench.outcome,
        ground=bench.ground,
        clauses=bench.clauses,
        verify=bench.verify,
        sums=bench.sums,
        readings=tuple((value, tuple(dict.fromkeys(keys))) for value, keys in reader.readings.values()),
    )


class _Bench:
    """One pattern of facts under one policy; each part of the ruling is worked out once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.policy = reader.policy
        self.facts = reader.facts

    @cached_property
    def view(self) -> View:
        """What the case can come to, by all that is known."""
        return View(self.reader.worlds, self.reader.model.world)

    @cached_property
    def held(self) -> bool:
        """Somebody else's request, or a right in doubt: by one rule, or by one or other in every world."""
        return self.reader.true("hold_identity") or self.view.raw == {HOLD}

    @cached_property
    def lifted(self) -> View:
        """The worlds after a hold: as few of the proofs that failed as lift it are supposed to succeed in the end."""
        view = self.view
        failed = [key for key in self.policy.proofs if self.facts.values.get(key) is False]
        for count in range(1, len(failed) + 1):
            for chosen in combinations(failed, count):
                if view.raw != {HOLD}:
                    return view
                later = replace(self.facts, values={**self.facts.values, **dict.fromkeys(chosen, True)})
                view = View(Worlds(self.reader.model, later), self.reader.model.world)
        return view

    @cached_property
    def possible(self) -> set[World]:
        """What the case can come to, a hold set aside."""
        return {leaf for leaf in self.lifted.raw if isinstance(leaf, tuple) and leaf != HOLD}

    @cached_property
    def outcome(self) -> Outcome:
        """What the possible results come to: the first that fits, from the top."""
        outcomes = {leaf[0] for leaf in self.possible}
        if self.held:
            return "hold_identity"
        if outcomes == {"deny"}:
            return "deny"
        if "approve" not in outcomes or self.reader.true("manual_review"):
            return "manual_review"
        return "approve_if_verified" if self.verify else "approve"

    @cached_property
    def open_facts(self) -> frozenset[str]:
        """The unknown facts that can still change outcome or amount, once a hold is lifted."""
        found = self.lifted.essential()
        for key, beside in self.policy.settles.items():
            if key in found:
                found |= {other for other in beside if other not in self.facts.values}
        return frozenset(found)

    @cached_property
    def verify(self) -> frozenset[str]:
        """`open_facts`; a certain denial has none, once it is not held."""
        if {leaf[0] for leaf in self.possible} == {"deny"}:
            return self.open_facts & self.holding
        return self.open_facts

    @cached_property
    def holding(self) -> frozenset[str]:
        """The unknown facts that the present hold rests on, for they lift it."""
        if not self.held:
            return frozenset()
        reader = self.reader
        true = [row.id for row in self.policy.rules if row.then == "hold_identity" and reader.applies[row.id]]
        keys = frozenset(key for id_ in true for key in reader.readings[id_][1])
        return keys if true else self.open_facts  # by one rule or another: whatever tells them apart

    @property
    def ground(self) -> bool:
        """Whether the claimed reason's ground is met or unknown, and the outcome leaves room for one."""
        return self.outcome not in {"hold_identity", "deny"} and any(met for _, met, _ in self.possible)

    @property
    def sums(self) -> tuple[SumKind, ...]:
        """The kinds of sum that can go with the outcome; none where the matter or its reason is not named."""
        if self.outcome == "hold_identity" or self.facts.text("claim.reason") is None:
            return ()
        paid = [leaf for leaf in self.possible if leaf[2] != "none"]
        kinds: set[SumKind] = {kind for _, met, kind in paid if met} or {kind for _, _, kind in paid}
        return tuple(sorted(kinds))

    @property
    def clauses(self) -> tuple[str, ...]:
        """The table's ids of the rules that carry the outcome."""
        base = "approve" if self.outcome == "approve_if_verified" else self.outcome
        cited = {id_ for row in self.policy.rules if self.carries(row, base) for id_ in row.cites}
        return tuple(id_ for id_ in self.policy.table if id_ in cited)

    def carries(self, row: Rule, outcome: str) -> bool:
        """Whether a decision with this outcome rests on the rule. A ground carries it while it is not refuted."""
        if row.then == "approve":
            fits = outcome in {"approve", "manual_review"}
        else:
            fits = outcome in row.beside if row.then == "cite" else row.then == outcome
        value = self.reader.applies[row.id]
        return fits and (value is not False if row.open else value is True)
