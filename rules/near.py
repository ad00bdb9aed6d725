"""Which clauses the cases of a policy prove: each needs a case that fires it and one that misses it by one fact."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from rules import expr
from rules.cases import Case
from rules.derived import FALLBACKS
from rules.expr import Node, walk
from rules.facts import MAX_DIGITS, Facts, FactValue, UsageItem
from rules.kleene import number
from rules.readings import Reader
from rules.types import Policy, Rule
from rules.vocabulary import FACTS

_MORE_THAN_PAID: Final = Decimal(10**MAX_DIGITS)


def unproven(policy: Policy, cases: Iterable[Case]) -> Iterator[tuple[str, str]]:
    """Clauses without proof: (rule id, what is lacking). Notes and conditions that always hold need none."""
    readers = [(case.facts, Reader(case.facts, policy)) for case in cases]
    for rule in policy.rules:
        if rule.then == "note" or isinstance(rule.condition, expr.Const):
            continue
        if not any(reader.applies[rule.id] for _, reader in readers):
            yield rule.id, "no case fires it"
        misses = (facts for facts, reader in readers if reader.readings[rule.id][0] is not True)
        if not any(
            _fires(changed, policy, rule)
            for facts in misses
            for changed in one_fact_away(facts, rule.condition)
        ):
            yield rule.id, "no case misses it by one fact"


def _fires(facts: Facts, policy: Policy, rule: Rule) -> bool:
    return Reader(facts, policy).read(rule)[0] is True


def one_fact_away(facts: Facts, condition: Node) -> Iterator[Facts]:
    """The facts with one of them changed, as far as the condition asks for it."""
    for node in walk(condition):
        for key, value in _changes(facts, node):
            if key == "usage":
                yield replace(facts, usage=value)  # type: ignore[arg-type]  # `_changes` gives items under this key
            elif facts.values.get(key) != value:
                yield replace(facts, values=_with(facts.values, key, value))  # type: ignore[arg-type]  # a fact's value


def _with(values: Mapping[str, FactValue], key: str, value: FactValue | None) -> dict[str, FactValue]:
    changed = {other: known for other, known in values.items() if other != key}
    return changed if value is None else {**changed, key: value}


def _changes(facts: Facts, node: Node) -> Iterator[tuple[str, object]]:
    match node:
        case expr.Bool(key=key) | expr.Is(key=key):
            yield from ((key, value) for value in (True, False, None))
        case expr.Word(key=key, words=words):
            yield from ((key, word) for word in (*sorted(words), *FACTS[key].words))
        case expr.Known(key=key):
            yield key, None
            yield key, _some_value(key)
        case expr.Same(left=left, right=right):
            yield left, facts.values.get(right)
            yield right, "somebody.else@example.org"
        case expr.Gap():
            yield from _around(facts, node)
        case expr.Listed(item=item):
            yield "usage", (UsageItem(item=item, amount=Decimal(0)),)
            yield "usage", ()
        case expr.Left():
            yield "usage", (UsageItem(item="other", amount=_MORE_THAN_PAID),)
            yield "usage", ()


def _some_value(key: str) -> FactValue:
    """Any value that the fact can have."""
    samples: dict[str, FactValue] = {
        "date": date(2026, 1, 1),
        "bool": True,
        "money": Decimal(1),
        "currency": "EUR",
        "text": "x",
    }
    return samples.get(FACTS[key].kind) or FACTS[key].words[0]


def _around(facts: Facts, node: expr.Gap) -> Iterator[tuple[str, object]]:
    """Either side moved to the bound and to both sides of it."""
    for term, other, bound in ((node.left, node.right, node.bound), (node.right, node.left, -node.bound)):
        fixed = number(facts, other)
        if term is None or fixed is None:
            continue
        key = FALLBACKS.get(term, (term,))[-1]
        for step in (-1, 0, 1):
            value = fixed + bound + step
            if FACTS[key].kind == "money":
                yield key, Decimal(max(value, 0))
            elif 1 <= value <= date.max.toordinal():
                yield key, date.fromordinal(int(value))
