"""The small language of `when`: parsed with `ast`, whitelisted, and turned into the nodes below.

`and or not`, comparisons, `in [...]`, `is [not] true|false|known`, fact names, declared words in quotes, numbers,
dates in quotes. No calls, no arithmetic, no attributes beyond fact names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Number = int | Decimal
Basis = Literal["claimed", "cancelled"]


class Node:
    """A condition. Nodes are compared by identity: the parser makes one object for each distinct atom."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, slots=True)
class Const(Node):
    """Always true, or never."""

    value: bool


@dataclass(frozen=True, eq=False, slots=True)
class Bool(Node):
    """A fact that is true or false."""

    key: str


@dataclass(frozen=True, eq=False, slots=True)
class Word(Node):
    """A fact whose word is one of `words`."""

    key: str
    words: frozenset[str]


@dataclass(frozen=True, eq=False, slots=True)
class Same(Node):
    """Two facts are equal; addresses and other text without regard to case."""

    left: str
    right: str


@dataclass(frozen=True, eq=False, slots=True)
class Gap(Node):
    """`left - right <= bound` (`<` where strict), over days or money; a side that is None is zero."""

    left: str | None
    right: str | None
    bound: Number
    strict: bool


@dataclass(frozen=True, eq=False, slots=True)
class Known(Node):
    """`is known`: of a date that may never have happened three-valued, of any other fact two-valued."""

    key: str


@dataclass(frozen=True, eq=False, slots=True)
class Is(Node):
    """`is true`, `is false`: two-valued, an unknown fact is neither."""

    key: str
    value: bool


@dataclass(frozen=True, eq=False, slots=True)
class Left(Node):
    """The refund calculation leaves nothing."""

    basis: Basis


@dataclass(frozen=True, eq=False, slots=True)
class Listed(Node):
    """`usage` lists an item of this kind."""

    item: str


@dataclass(frozen=True, eq=False, slots=True)
class Spent(Node):
    """A sum (see `amount.SumKind`) comes to nothing: the leaf that `Left` is made of."""

    sum: str


@dataclass(frozen=True, eq=False, slots=True)
class Not(Node):
    """The contrary."""

    item: Node


@dataclass(frozen=True, eq=False, slots=True)
class And(Node):
    """All of them."""

    items: tuple[Node, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Or(Node):
    """One of them at least."""

    items: tuple[Node, ...]


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, from left to right."""
    yield node
    if isinstance(node, Not):
        yield from walk(node.item)
    elif isinstance(node, And | Or):
        for item in node.items:
            yield from walk(item)
