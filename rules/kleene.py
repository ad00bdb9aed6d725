"""Three-valued reading of conditions: false wins `and`, true wins `or`, else unknown (Kleene 1952).

A value comes with the facts that it rests on: of a decided condition those that decide it, of an unknown one the
unknown facts it hangs on.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from rules import expr
from rules.derived import FALLBACKS
from rules.expr import Node, Number
from rules.facts import Facts
from rules.vocabulary import FACTS

Truth = bool | None
Reading = tuple[Truth, tuple[str, ...]]


def number(facts: Facts, term: str | None) -> Number | None:
    """A date (as an ordinal) or sum that a condition compares; None while unknown, 0 for no term."""
    if term is None:
        return 0
    for key in FALLBACKS.get(term, (term,)):
        value = facts.values.get(key)
        if isinstance(value, date):
            return value.toordinal()
        if value is not None:
            return facts.money(key)
    return None


def base_fact(facts: Facts, term: str) -> str:
    """The fact that a term is read from, or waits for."""
    names = FALLBACKS.get(term, (term,))
    return next((key for key in names if key in facts.values), names[-1])


def same(facts: Facts, node: expr.Same) -> Truth:
    """Whether two facts are equal, None while one is unknown."""
    left, right = facts.values.get(node.left), facts.values.get(node.right)
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return left == right


def gap(facts: Facts, node: expr.Gap) -> Truth:
    """Whether the left side exceeds the right by no more than the bound."""
    left, right = number(facts, node.left), number(facts, node.right)
    if left is None or right is None:
        return None
    return left - right < node.bound if node.strict else left - right <= node.bound


def known(facts: Facts, key: str) -> Truth:
    """`is known`: of a date that may never have happened, unknown until something proves either."""
    if key in facts.values:
        return True
    proofs = FACTS[key].undated
    if not proofs or any(facts.values.get(other) == word for other, word in proofs.items()):
        return False
    return None


class Kleene:
    """Reads the conditions of one policy under one set of facts, each node once.

    Args:
        facts: what is known.
        left: whether the calculation leaves nothing, and the facts that this rests on.
    """

    __slots__ = ("_facts", "_left", "_memo")

    def __init__(self, facts: Facts, left: Callable[[expr.Basis], Reading]) -> None:
        self._facts = facts
        self._left = left
        self._memo: dict[int, Reading] = {}

    def read(self, node: Node) -> Reading:
        """The value of a condition and the facts it rests on."""
        found = self._memo.get(id(node))
        if found is None:
            found = self._memo[id(node)] = self._READ[type(node)](self, node)
        return found

    def _const(self, node: expr.Const) -> Reading:
        return node.value, ()

    def _bool(self, node: expr.Bool) -> Reading:
        value = self._facts.values.get(node.key, FACTS[node.key].default)
        return value if isinstance(value, bool) else None, (node.key,)

    def _word(self, node: expr.Word) -> Reading:
        value = self._facts.values.get(node.key)
        return None if value is None else value in node.words, (node.key,)

    def _same(self, node: expr.Same) -> Reading:
        return same(self._facts, node), (node.left, node.right)

    def _gap(self, node: expr.Gap) -> Reading:
        keys = tuple(base_fact(self._facts, term) for term in (node.left, node.right) if term)
        return gap(self._facts, node), keys

    def _known(self, node: expr.Known) -> Reading:
        proofs = () if node.key in self._facts.values else tuple(FACTS[node.key].undated)
        return known(self._facts, node.key), (node.key, *proofs)

    def _is(self, node: expr.Is) -> Reading:
        return self._facts.values.get(node.key) is node.value, (node.key,)

    def _listed(self, node: expr.Listed) -> Reading:
        usage = self._facts.usage
        return None if usage is None else any(row.item == node.item for row in usage), ("usage",)

    def _nothing_left(self, node: expr.Left) -> Reading:
        return self._left(node.basis)

    def _not(self, node: expr.Not) -> Reading:
        value, keys = self.read(node.item)
        return None if value is None else not value, keys

    def _and(self, node: expr.And) -> Reading:
        return self._fold(node.items, winner=False)

    def _or(self, node: expr.Or) -> Reading:
        return self._fold(node.items, winner=True)

    def _fold(self, items: tuple[Node, ...], *, winner: bool) -> Reading:
        decided: tuple[str, ...] = ()
        open_: tuple[str, ...] = ()
        for item in items:
            value, keys = self.read(item)
            if value is winner:
                return winner, keys
            if value is None:
                open_ += keys
            else:
                decided += keys
        return (None, open_) if open_ else (not winner, decided)

    _READ: Final[Mapping[type[Node], Callable[..., Reading]]] = {
        expr.Const: _const,
        expr.Bool: _bool,
        expr.Word: _word,
        expr.Same: _same,
        expr.Gap: _gap,
        expr.Known: _known,
        expr.Is: _is,
        expr.Listed: _listed,
        expr.Left: _nothing_left,
        expr.Not: _not,
        expr.And: _and,
        expr.Or: _or,
    }
