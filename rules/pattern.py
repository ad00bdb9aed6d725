"""What a policy's clauses can tell of facts. Facts of one pattern are ruled alike, so one ruling serves them all.

Of yes-no facts and words the value is in it; of dates, sums and text only whether they are known, and what each
comparison makes of them. A day that is compared with unknown ones counts from the first such day: to move all days
alike changes no comparison.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rules.amount import SumKind
from rules.compiled import compiled
from rules.derived import FALLBACKS
from rules.expr import Gap, Known, Number, Same, walk
from rules.facts import Facts
from rules.kleene import gap, number, same
from rules.types import Policy
from rules.vocabulary import FACTS
from rules.worlds import Worlds

Pattern = tuple[object, ...]
"""Equal for two sets of facts only if no clause of the policy tells them apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compared:
    """What one policy compares.

    Attributes:
        valued: yes-no facts and words, which count as they are.
        known: the other facts, of which it counts whether they are known.
        days: comparisons of dates.
        amounts: comparisons of sums of money.
    """

    valued: tuple[str, ...]
    known: tuple[str, ...]
    pairs: tuple[Same, ...]
    days: tuple[Gap, ...]
    amounts: tuple[Gap, ...]
    items: tuple[str, ...]
    sums: tuple[SumKind, ...]


@lru_cache(maxsize=64)
def _compared(policy: Policy) -> _Compared:
    model = compiled(policy)
    keys = sorted(set(_keys(policy)))
    leaves: set[SumKind] = {leaf[2] for leaf in model.store.leaves if isinstance(leaf, tuple)}
    spent: set[SumKind] = {name[1] for name in model.asks if name[0] == "spent"}  # type: ignore[misc]  # a SumKind
    return _Compared(
        valued=tuple(key for key in keys if FACTS[key].kind in {"bool", "word"}),
        known=tuple(key for key in keys if FACTS[key].kind not in {"bool", "word"}),
        pairs=tuple(Same(*name[1:]) for name in model.asks if name[0] == "same"),
        days=tuple(node for node in model.gaps.values() if _of_days(node)),
        amounts=tuple(node for node in model.gaps.values() if not _of_days(node)),
        items=tuple(name[1] for name in model.asks if name[0] == "listed"),
        sums=tuple(sorted(leaves | spent)),
    )


def _keys(policy: Policy) -> Iterator[str]:
    """Every fact that a ruling reads, sums aside."""
    yield from ("claim.reason", *policy.proofs)
    for beside in policy.settles.values():
        yield from beside
    for kind, *names in compiled(policy).asks:
        if kind in {"bool", "word", "date", "same"}:
            yield from names
        if kind == "word":  # a known day disproves the word for its never having come
            yield from (key for key, spec in FACTS.items() if names[0] in spec.undated)
    for node in compiled(policy).gaps.values():
        yield from _facts_of(node)
    for rule in policy.rules:
        yield from (node.key for node in walk(rule.condition) if isinstance(node, Known))


def _facts_of(node: Gap) -> list[str]:
    return [key for term in (node.left, node.right) if term for key in FALLBACKS.get(term, (term,))]


def _of_days(node: Gap) -> bool:
    return FACTS[_facts_of(node)[0]].kind == "date"


def pattern(policy: Policy, worlds: Worlds) -> Pattern:
    """The pattern of the facts that `worlds` are open under."""
    compared, facts = _compared(policy), worlds.facts
    values = facts.values
    listed = None if facts.usage is None else {row.item for row in facts.usage}
    sums = [worlds.sum(kind) for kind in compared.sums]
    alike = [found.key for found in sums]
    return (
        tuple([values.get(key) for key in compared.valued]),
        tuple([key in values for key in compared.known]),
        tuple([same(facts, pair) for pair in compared.pairs]),
        tuple([gap(facts, node) for node in compared.days]),
        tuple([gap(facts, node) for node in compared.amounts]),
        _from_the_first([_half(facts, node) for node in compared.days]),
        tuple([_half(facts, node) for node in compared.amounts]),
        None if listed is None else tuple([item in listed for item in compared.items]),
        tuple([(found.nothing, found.needs, alike.index(found.key)) for found in sums]),
    )


def _half(facts: Facts, node: Gap) -> Number | None:
    """The known side of a comparison whose other side is unknown."""
    left, right = number(facts, node.left), number(facts, node.right)
    return right if left is None else left if right is None else None


def _from_the_first(days: list[Number | None]) -> tuple[Number | None, ...]:
    """Days counted from the first of them."""
    first = min((day for day in days if day is not None), default=0)
    return tuple([None if day is None else day - first for day in days])
