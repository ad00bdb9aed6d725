"""A policy as decision diagrams: worked out once when it is loaded, only restricted for each case."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rules import expr
from rules.amount import ENDS, SumKind
from rules.diagram import Diagrams
from rules.expr import And, Gap, Known, Left, Listed, Node, Not, Or, Spent, Word, walk
from rules.types import RANK, AmountBasis, Policy, RefundTerms, Rule
from rules.vocabulary import FACTS

ABSENT, DATED, GIVEN = range(3)
"""Of a date that may never have happened: it did not; it did, on a day not known; the facts give the day."""

HOLD: Final = ("hold_identity", False, "none")
World = tuple[str, bool, SumKind]
"""What holds in a world where all is known: outcome, whether the claimed ground is met, kind of sum."""

Asked = tuple[str, ...]
_PROOFS: Final = sorted({word for spec in FACTS.values() for word in spec.undated})
_EARLY: Final = ("claim.reason", "order.product", *_PROOFS)
"""Words that decide most, asked first; with them those that prove that a date never came."""


def asked(node: Node) -> Asked | None:  # noqa: PLR0911 - one return a case
    """The variable that an atom asks, None for a node that is no atom or the same in every world."""
    match node:
        case expr.Bool(key=key) | expr.Is(key=key):
            return ("bool", key)
        case Word(key=key):
            return ("word", key)
        case expr.Same(left=left, right=right):
            return ("same", left, right)
        case Gap(left=left, right=right, bound=bound, strict=strict):
            return ("gap", left or "", right or "", str(bound), str(strict))
        case Known(key=key) if FACTS[key].undated or FACTS[key].fallback:
            return ("date", key)
        case Listed(item=item):
            return ("listed", item)
        case Spent(sum=kind):
            return ("spent", kind)
    return None


def sum_conditions(terms: RefundTerms, basis: expr.Basis) -> dict[SumKind, Node]:
    """Where each kind of sum is the one to work out."""
    reason = Word("claim.reason", frozenset(terms.failure_reasons if basis == "claimed" else ()))
    no_share = Word("claim.reason", frozenset(terms.no_share_for if basis == "claimed" else ()))
    share = And(
        (
            Word("order.product", frozenset(terms.period_products)),
            Not(Word("order.status", frozenset({"pending"}))),
            Not(Listed("period")),
            Not(no_share),
        )
    )
    return {
        "until_failure": And((share, reason, _provided(terms, "until_failure"))),
        "until_end": And((share, Not(reason), _provided(terms, "until_end"))),
    }


def _provided(terms: RefundTerms, kind: SumKind) -> Node:
    """Products that count as provided from a date: only where it is not after the end of use."""
    return And(
        tuple(
            Or(
                (
                    Not(Word("order.product", frozenset({product}))),
                    And((Known(key), Gap(key, ENDS[kind], 0, strict=False))),
                )
            )
            for product, key in terms.provided_from.items()
        )
    )


def nothing_left(terms: RefundTerms, basis: expr.Basis) -> Node:
    """`derived.nothing_left` spelled out: whichever sum is the one to work out, it comes to nothing."""
    kinds = sum_conditions(terms, basis)
    plain = And((Not(Or(tuple(kinds.values()))), Spent("plain")))
    return Or((plain, *(And((where, Spent(kind))) for kind, where in kinds.items())))


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """One policy's diagrams.

    Attributes:
        asks: the variable of each place in the order.
        gaps: the comparison behind each `gap` variable.
        world: what a world comes to, holds included.
        rule: each rule's own condition.
        effective: each rule's condition where no rule that beats it is true.
        left: `derived.nothing_left` by basis.
        sums: the kind of sum that each `amount` of a rule means.
    """

    store: Diagrams
    asks: tuple[Asked, ...]
    gaps: dict[int, Gap]
    world: int
    rule: dict[str, int]
    effective: dict[str, int]
    left: dict[expr.Basis, int]
    sums: dict[AmountBasis, int]


class _Builder:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.left: dict[expr.Basis, Node] = {
            "claimed": nothing_left(policy.refund, "claimed"),
            "cancelled": nothing_left(policy.refund, "cancelled"),
        }
        atoms: dict[Asked, Node] = {}
        for node in self._all_nodes():
            name = asked(node)
            if name is not None:
                atoms.setdefault(name, node)
        self.asks = tuple(atoms)
        self.place = {name: place for place, name in enumerate(self.asks)}
        self.gaps = {self.place[name]: node for name, node in atoms.items() if isinstance(node, Gap)}
        self.store = Diagrams([_size(name) for name in self.asks])
        self.true, self.false = self.store.leaf(value=True), self.store.leaf(value=False)
        self.memo: dict[Node, int] = {}

    def _all_nodes(self) -> Iterable[Node]:
        for key in _EARLY:
            yield Word(key, frozenset())
        for rule in self.policy.rules:
            yield from walk(rule.condition)
        yield from walk(self.policy.ground)
        # Sums last and side by side: where two come to the same, `worlds` asks the last of them for both.
        for node in self.left.values():
            yield from walk(node)

    def diagram(self, node: Node) -> int:
        if node not in self.memo:
            self.memo[node] = self._diagram(node)
        return self.memo[node]

    def _diagram(self, node: Node) -> int:
        match node:
            case expr.Const(value=value):
                return self.store.leaf(value)
            case Not(item=item):
                return self.store.choose(self.diagram(item), self.false, self.true)
            case And(items=items):
                found = self.true
                for item in items:
                    found = self.store.choose(found, self.diagram(item), self.false)
                return found
            case Or(items=items):
                found = self.false
                for item in items:
                    found = self.store.choose(found, self.true, self.diagram(item))
                return found
            case Left(basis=basis):
                return self.diagram(self.left[basis])
        return self._atom(node)

    def _atom(self, node: Node) -> int:
        name = asked(node)
        if name is None:  # `is known` of a fact that gets known in every world
            return self.true
        place = self.place[name]
        match node:
            case Word(key=key, words=words):
                return self.store.node(
                    place, tuple(self.store.leaf(word in words) for word in FACTS[key].words)
                )
            case Known(key=key):
                dated = self.true
                for other, word in FACTS[key].undated.items():
                    proof = self._atom(Word(other, frozenset({word})))
                    dated = self.store.choose(proof, self.false, dated)
                given = self.store.node(place, (self.false, self.false, self.true))
                maybe = self.store.node(place, (self.false, self.true, self.false))
                return self.store.choose(given, self.true, self.store.choose(maybe, dated, self.false))
            case expr.Is(value=False):
                return self.store.node(place, (self.true, self.false))
        return self.store.node(place, (self.false, self.true))

    def sums(self, basis: expr.Basis) -> int:
        found = self.store.leaf("plain")
        for kind, where in sum_conditions(self.policy.refund, basis).items():
            found = self.store.choose(self.diagram(where), self.store.leaf(kind), found)
        return found

    def build(self) -> Compiled:
        conditions = {rule.id: self.diagram(rule.condition) for rule in self.policy.rules}
        effective = dict(conditions)
        for rule in self.policy.rules:
            for beaten in rule.overrides:
                effective[beaten] = self.store.choose(conditions[rule.id], self.false, effective[beaten])
        amounts: dict[AmountBasis, int] = {
            "none": self.store.leaf("none"),
            "whole": self.store.leaf("whole"),
            "claimed": self.sums("claimed"),
            "cancelled": self.sums("cancelled"),
        }
        met = self.diagram(self.policy.ground)

        def given(outcome: str, amount: int) -> int:
            return self.store.combine(lambda ground, kind: (outcome, ground, kind), met, amount)

        world = given(self.policy.otherwise, amounts["none"])
        for rule in _weakest_first(self.policy.rules):
            world = self.store.choose(effective[rule.id], given(rule.then, amounts[rule.amount]), world)
        for rule in self.policy.rules:
            if rule.then == "hold_identity":
                world = self.store.choose(effective[rule.id], self.store.leaf(HOLD), world)
        left: dict[expr.Basis, int] = {basis: self.diagram(node) for basis, node in self.left.items()}
        return Compiled(
            store=self.store,
            asks=self.asks,
            gaps=self.gaps,
            world=world,
            rule=conditions,
            effective=effective,
            left=left,
            sums=amounts,
        )


def _weakest_first(rules: tuple[Rule, ...]) -> list[Rule]:
    return [rule for then in reversed(RANK) for rule in reversed(rules) if rule.then == then]


def _size(name: Asked) -> int:
    return len(FACTS[name[1]].words) if name[0] == "word" else 3 if name[0] == "date" else 2


@lru_cache(maxsize=64)
def compiled(policy: Policy) -> Compiled:
    """The diagrams of a policy, built at its first use."""
    return _Builder(policy).build()
