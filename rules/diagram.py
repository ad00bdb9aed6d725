"""Decision diagrams: a function of finitely many facts, every equal part stored once.

A node asks one variable and has a child for each of its values; variables come in one fixed order and a node whose
children are equal is left out. So two equal functions are one node, and a variable stands in a diagram exactly if
the function can change with it (Bryant 1986, carried over from two values to several).
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Final

Leaf = Hashable
MAX_NODES: Final = 200_000
"""A thousand clauses take about twenty thousand; what needs more is entangled beyond proof."""


class TooLargeError(ValueError):
    """A policy whose conditions entangle too many facts; nothing is proven of it, and nothing decided by it."""

    def __init__(self) -> None:
        super().__init__(
            f"the conditions entangle too many facts (over {MAX_NODES:,} nodes); split or simplify them"
        )


class Diagrams:
    """A store of diagrams over one list of variables.

    Args:
        sizes: how many values each variable has, in the order in which diagrams ask them.
    """

    __slots__ = ("_leaf_of", "_unique", "kids", "leaves", "sizes", "var")

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self.var: list[int] = []
        self.kids: list[tuple[int, ...]] = []
        self.leaves: list[Leaf] = []
        self._unique: dict[tuple[int, tuple[int, ...]], int] = {}
        self._leaf_of: dict[Leaf, int] = {}

    def _add(self, var: int, kids: tuple[int, ...], leaf: Leaf) -> int:
        if len(self.var) >= MAX_NODES:
            raise TooLargeError
        self.var.append(var)
        self.kids.append(kids)
        self.leaves.append(leaf)
        return len(self.var) - 1

    def leaf(self, value: Leaf) -> int:
        """The function that is `value` everywhere."""
        if value not in self._leaf_of:
            self._leaf_of[value] = self._add(len(self.sizes), (), value)
        return self._leaf_of[value]

    def node(self, var: int, kids: tuple[int, ...]) -> int:
        """The function that asks `var` first."""
        if kids.count(kids[0]) == len(kids):
            return kids[0]
        key = (var, kids)
        if key not in self._unique:
            self._unique[key] = self._add(var, kids, None)
        return self._unique[key]

    def combine(self, function: Callable[..., Leaf], *roots: int) -> int:
        """The function whose value is `function` of the values of `roots`, world by world."""
        memo: dict[tuple[int, ...], int] = {}

        def go(at: tuple[int, ...]) -> int:
            if at in memo:
                return memo[at]
            top = min(self.var[n] for n in at)
            if top == len(self.sizes):
                found = self.leaf(function(*(self.leaves[n] for n in at)))
            else:
                found = self.node(
                    top,
                    tuple(
                        go(tuple(self.kids[n][value] if self.var[n] == top else n for n in at))
                        for value in range(self.sizes[top])
                    ),
                )
            memo[at] = found
            return found

        return go(roots)

    def choose(self, condition: int, then: int, otherwise: int) -> int:
        """`then` where the condition holds, `otherwise` elsewhere."""
        true, false = self.leaf(value=True), self.leaf(value=False)
        memo: dict[tuple[int, int, int], int] = {}

        def go(c: int, t: int, o: int) -> int:
            if c == true or t == o:
                return t
            if c == false:
                return o
            key = (c, t, o)
            if key not in memo:
                top = min(self.var[c], self.var[t], self.var[o])
                memo[key] = self.node(
                    top,
                    tuple(
                        go(
                            self.kids[c][value] if self.var[c] == top else c,
                            self.kids[t][value] if self.var[t] == top else t,
                            self.kids[o][value] if self.var[o] == top else o,
                        )
                        for value in range(self.sizes[top])
                    ),
                )
            return memo[key]

        return go(condition, then, otherwise)
