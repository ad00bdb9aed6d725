"""Every world that the known facts leave open, without walking them one by one.

A policy's diagram is cut down to the values that its variables can still take; what is left of it shows which
outcomes are possible and which unknown facts can still change outcome or amount.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from rules import kleene
from rules.amount import Sum, SumKind, reckon
from rules.compiled import ABSENT, DATED, GIVEN, Compiled, World
from rules.diagram import Diagrams
from rules.expr import Number, Same
from rules.facts import Facts
from rules.vocabulary import FACTS

Vector = dict[int, int]
"""Values for the comparisons whose dates or sums are unknown."""
Limit = tuple[str, str, Number, bool]
"""`first - second <= number` (`<` where strict); "" stands for zero."""
_BOTH: Final = (0, 1)


class Worlds:
    """The worlds that facts leave open under one policy.

    Args:
        model: the policy's diagrams.
        facts: what is known.
    """

    def __init__(self, model: Compiled, facts: Facts) -> None:
        self.model = model
        self.facts = facts
        self._allowed: dict[int, tuple[int, ...]] = {}
        self._sums: dict[SumKind, Sum] = {}

    def sum(self, kind: SumKind) -> Sum:
        """What one kind of sum comes to."""
        if kind not in self._sums:
            self._sums[kind] = reckon(self.facts, kind)
        return self._sums[kind]

    def allowed(self, place: int) -> tuple[int, ...]:
        """The values that a variable can still take."""
        if place not in self._allowed:
            self._allowed[place] = self._find_allowed(place)
        return self._allowed[place]

    def alike(self, place: int) -> int:
        """The last variable that asks the same: two sums that are equal come to nothing together."""
        name = self.model.asks[place]
        if name[0] != "spent":
            return place
        key = self.sum(name[1]).key  # type: ignore[arg-type]  # the name of a SumKind
        spent = [number for number, other in enumerate(self.model.asks) if other[0] == "spent"]
        return next(
            number
            for number in reversed(spent)
            if self.sum(self.model.asks[number][1]).key == key  # type: ignore[arg-type]  # likewise
        )

    def _find_allowed(self, place: int) -> tuple[int, ...]:  # noqa: PLR0911 - one return a case
        name = self.model.asks[place]
        values = self.facts.values
        match name[0]:
            case "bool":
                value = values.get(name[1], FACTS[name[1]].default)
                return _truth(value if isinstance(value, bool) else None)
            case "word":
                return self._words(name[1])
            case "date":
                # A word that proves that it never came makes DATED the same as ABSENT in the diagram.
                # What another fact stands in for is never asked for: while unknown, it has not come.
                unknown = (ABSENT,) if FACTS[name[1]].fallback else (ABSENT, DATED)
                return (GIVEN,) if name[1] in values else unknown
            case "same":
                return _truth(kleene.same(self.facts, Same(name[1], name[2])))
            case "gap":
                return _truth(kleene.gap(self.facts, self.model.gaps[place]))
            case "listed":
                usage = self.facts.usage
                return _BOTH if usage is None else (int(any(row.item == name[1] for row in usage)),)
        return _truth(self.sum(name[1]).nothing)  # type: ignore[arg-type]  # the name of a SumKind

    def _words(self, key: str) -> tuple[int, ...]:
        words = FACTS[key].words
        if key in self.facts.values:
            return (words.index(str(self.facts.values[key])),)
        # A known date disproves the word that says it never happened.
        refuted = {
            spec.undated[key]
            for spec in FACTS.values()
            if key in spec.undated and spec.key in self.facts.values
        }
        return tuple(place for place, word in enumerate(words) if word not in refuted)


class View:
    """One diagram, cut down to the worlds that are left.

    Attributes:
        raw: the leaves that can be reached.
    """

    def __init__(self, worlds: Worlds, root: int) -> None:
        self._worlds = worlds
        self._root = root
        self._cut = Diagrams(worlds.model.store.sizes)
        self._seen_gaps: set[int] = set()
        self.raw: set[World | bool] = set()
        top = self._reduce({})
        self._tops: list[tuple[Vector, int]] = [({}, top)]
        if self._seen_gaps:
            self.raw.clear()
            self._cut = Diagrams(worlds.model.store.sizes)
            self._tops = [(vector, self._reduce(vector)) for vector in self._vectors()]

    def _reduce(self, fixed: Vector) -> int:
        """The diagram without the values that no variable can take, `fixed` for those comparisons; its new root."""
        store, gaps, cut = self._worlds.model.store, self._worlds.model.gaps, self._cut
        allowed, alike = self._worlds.allowed, self._worlds.alike
        memo: dict[int, int] = {}

        def go(at: int) -> int:
            if (found := memo.get(at)) is not None:
                return found
            kids = store.kids[at]
            if not kids:
                leaf = store.leaves[at]
                self.raw.add(leaf)  # type: ignore[arg-type]  # leaves are worlds or truths
                found = cut.leaf(self._shown(leaf))
            elif (place := store.var[at]) in fixed:
                found = go(kids[fixed[place]])
            elif len(values := allowed(place)) == 1:
                found = go(kids[values[0]])
            else:
                if place in gaps:
                    self._seen_gaps.add(place)
                found = cut.node(alike(place), tuple([go(kids[value]) for value in values]))
            memo[at] = found
            return found

        return go(self._root)

    def _shown(self, leaf: object) -> object:
        """What of a world is seen from outside: its outcome and, but for a denial, its sum."""
        if not isinstance(leaf, tuple):
            return leaf
        outcome, _met, kind = leaf
        return (outcome, None) if outcome == "deny" else (outcome, self._worlds.sum(kind).key)

    def _vectors(self) -> list[Vector]:
        places = sorted(self._seen_gaps)
        found: list[Vector] = [{}]
        for place in places:
            found = [
                wider
                for vector in found
                for value in _BOTH
                if feasible(self._limits(wider := {**vector, place: value}))
            ]
        return found

    def _limits(self, vector: Vector, other: tuple[str, Vector] | None = None) -> list[Limit]:
        """The vector as limits on the unknown terms; `other` adds a second vector in which one fact differs."""
        limits = list(self._limits_of(vector, None))
        if other is not None:
            limits += self._limits_of(other[1], other[0])
        return limits

    def _limits_of(self, vector: Vector, renamed: str | None) -> Iterator[Limit]:
        facts = self._worlds.facts
        for place, value in vector.items():
            gap = self._worlds.model.gaps[place]
            left, low = _resolved(facts, gap.left, renamed)
            right, high = _resolved(facts, gap.right, renamed)
            bound = gap.bound - low + high
            if value:
                yield left, right, bound, gap.strict
            elif isinstance(gap.bound, int):
                yield right, left, -bound - 1, False
            else:
                yield right, left, -bound, not gap.strict

    def certain(self) -> bool | None:
        """The value that a condition has in every world, None where it varies."""
        return self.raw == {True} if len(self.raw) == 1 else None

    def essential(self) -> set[str]:
        """The unknown facts that can still change what is seen from outside."""
        cut = self._cut
        found: set[str] = set()
        for place in {*cut.var} - {len(cut.sizes)}:
            found |= self._facts_behind(place)
        for leaf in self.raw:
            if isinstance(leaf, tuple) and leaf[0] != "deny":
                found |= self._worlds.sum(leaf[2]).needs
        for fact in self._gap_facts(self._seen_gaps) - found:
            if any(
                top != other and self._alone(fact, one, two)
                for group in self._grouped(fact)
                for (one, top), (two, other) in combinations(group, 2)
            ):
                found.add(fact)
        return found

    def _facts_behind(self, place: int) -> set[str]:
        name, values = self._worlds.model.asks[place], self._worlds.facts.values
        match name[0]:
            case "listed":
                return {"usage"}
            case "spent":
                return set(self._worlds.sum(name[1]).needs)  # type: ignore[arg-type]  # a SumKind
            case "same":
                return {key for key in name[1:] if key not in values}
        return {name[1]}

    def _gap_facts(self, places: Iterable[int]) -> set[str]:
        """The unknown facts that comparisons wait for."""
        facts, gaps = self._worlds.facts, self._worlds.model.gaps
        terms = {term for place in places for term in (gaps[place].left, gaps[place].right) if term}
        return {kleene.base_fact(facts, term) for term in terms if kleene.number(facts, term) is None}

    def _grouped(self, fact: str) -> Iterable[list[tuple[Vector, int]]]:
        """The vectors that differ in comparisons with this fact alone: to change it changes no other comparison."""
        others = [place for place in self._seen_gaps if fact not in self._gap_facts([place])]
        groups: dict[tuple[int, ...], list[tuple[Vector, int]]] = {}
        for vector, top in self._tops:
            groups.setdefault(tuple([vector[place] for place in others]), []).append((vector, top))
        return groups.values()

    def _alone(self, fact: str, one: Vector, two: Vector) -> bool:
        """Whether changing this fact alone leads from one vector to the other."""
        return feasible(self._limits(one, (fact, two)))


def _truth(value: bool | None) -> tuple[int, ...]:  # noqa: FBT001 - a truth value is the point
    return _BOTH if value is None else (int(value),)


def _resolved(facts: Facts, term: str | None, renamed: str | None) -> tuple[str, Number]:
    """An unknown term's name and 0, or "" and a known term's number."""
    value = kleene.number(facts, term)
    if value is not None:
        return "", value
    base = kleene.base_fact(facts, term or "")
    return (base + "'" if base == renamed else base), 0


def feasible(limits: list[Limit]) -> bool:
    """Whether some dates and sums keep all limits: no circle of them adds up to less than nothing (Bellman–Ford)."""
    names = {name for limit in limits for name in limit[:2]}
    reach: dict[str, tuple[Number, int]] = dict.fromkeys(names, (0, 0))
    for _round in range(len(names) + 1):
        changed = False
        for first, second, bound, strict in limits:
            total, stricts = reach[second]
            through = (total + bound, stricts - strict)
            if through < reach[first]:
                reach[first] = through
                changed = True
        if not changed:
            return True
    return False
