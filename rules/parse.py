"""Text of a condition → nodes of `expr`. Every refusal says what is wrong and how to put it right."""

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import floor
from typing import Final, Literal

from rules import derived, expr
from rules.expr import Node, Number
from rules.vocabulary import FACTS, USAGE_ITEMS

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 40


class ExpressionError(ValueError):
    """A condition that the language does not have; the text names the part and the remedy."""


Scale = Literal["date", "money", "days", "number"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Quantity:
    """One side of a comparison of size: `plus - minus + offset`."""

    plus: str | None = None
    minus: str | None = None
    offset: Number = 0
    scale: Scale = "number"


@dataclass(frozen=True, kw_only=True, slots=True)
class DateTerm:
    """A deadline usable as a date: a fact and whole calendar days added to it."""

    fact: str
    days: int


class Parser:
    """Parses the conditions of one policy, so that equal atoms become one object.

    Args:
        deadlines: the policy's calendar deadlines by name.
        defines: text of the named conditions; each may use those before it and after it, not itself.
    """

    def __init__(self, deadlines: Mapping[str, DateTerm], defines: Mapping[str, str]) -> None:
        self._deadlines = deadlines
        self._defines = defines
        self._atoms: dict[tuple[object, ...], Node] = {}
        self._named: dict[str, Node] = {}
        self._open: list[str] = []

    @cached_property
    def _names(self) -> list[str]:
        deadlines = [f"deadline.{name}" for name in self._deadlines]
        return [*FACTS, *derived.DIFFERENCES, *derived.FALLBACKS, *deadlines, *self._defines]

    def parse(self, text: str) -> Node:
        """Read one condition.

        Raises:
            ExpressionError: for anything outside the language.
        """
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"is longer than {MAX_LENGTH} characters; split it with [define]")
        try:
            tree = ast.parse(text.strip().replace("\n", " "), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ExpressionError("cannot be read; write e.g. claim.reason == 'cancellation'") from None
        return self._node(tree, MAX_DEPTH)

    def named(self, name: str) -> Node:
        """The condition of a `[define]`, parsed once."""
        if name in self._open:
            raise ExpressionError(f"[define] {name} uses itself; take it out of its own condition")
        if name not in self._named:
            self._open.append(name)
            try:
                self._named[name] = self.parse(self._defines[name])
            finally:
                self._open.pop()
        return self._named[name]

    def _atom(self, make: type[Node], *args: object) -> Node:
        key = (make, *args)
        if key not in self._atoms:
            self._atoms[key] = make(*args)
        return self._atoms[key]

    def _node(self, tree: ast.expr, depth: int) -> Node:
        if not depth:
            raise ExpressionError("is nested too deeply; split it with [define]")
        match tree:
            case ast.BoolOp(op=ast.And(), values=values):
                return expr.And(tuple(self._node(value, depth - 1) for value in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return expr.Or(tuple(self._node(value, depth - 1) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return expr.Not(self._node(operand, depth - 1))
            case ast.Compare():
                return self._chain(tree)
            case ast.Constant(value=bool(value)):
                return self._atom(expr.Const, value)
            case ast.Attribute() | ast.Name():
                return self._condition(self._name(tree))
        raise ExpressionError(f"uses `{_shown(tree)}`, which the language of conditions does not have")

    def _condition(self, name: str) -> Node:
        if name in self._defines:
            return self.named(name)
        if name in {"true", "false"}:
            return self._atom(expr.Const, name == "true")
        if name == derived.NOTHING_LEFT:
            return self._atom(expr.Left, "claimed")
        if name == derived.NOTHING_LEFT_IF_CANCELLED:
            return self._atom(expr.Left, "cancelled")
        if name.startswith("usage.") and name.removeprefix("usage.") in USAGE_ITEMS:
            return self._atom(expr.Listed, name.removeprefix("usage."))
        if name in FACTS and FACTS[name].kind == "bool":
            return self._atom(expr.Bool, name)
        if name in FACTS:
            raise ExpressionError(f"uses {name} as a condition; compare it with something, or ask `is known`")
        raise self._unknown(name)

    def _unknown(self, name: str) -> ExpressionError:
        close = difflib.get_close_matches(name, self._names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        return ExpressionError(f"names {name}, which is neither a fact nor a [define]{hint}")

    def _name(self, tree: ast.expr) -> str:
        match tree:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=ast.Name(id=group), attr=name):
                return f"{group}.{name}"
        raise ExpressionError(f"uses `{_shown(tree)}`; a fact's name has one dot, like order.paid_on")

    def _chain(self, tree: ast.Compare) -> Node:
        sides = [tree.left, *tree.comparators]
        parts = [
            self._compare(left, op, right)
            for left, op, right in zip(sides, tree.ops, sides[1:], strict=False)
        ]
        return parts[0] if len(parts) == 1 else expr.And(tuple(parts))

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:  # noqa: PLR0911 - one return a case
        match op:
            case ast.Is():
                return self._is(left, right)
            case ast.IsNot():
                return expr.Not(self._is(left, right))
            case ast.In():
                return self._member(left, right)
            case ast.NotIn():
                return expr.Not(self._member(left, right))
            case ast.Eq():
                return self._equal(left, right)
            case ast.NotEq():
                return expr.Not(self._equal(left, right))
        a, b = self._quantity(left), self._quantity(right)
        match op:
            case ast.LtE():
                return self._gap(a, b, strict=False)
            case ast.Lt():
                return self._gap(a, b, strict=True)
            case ast.Gt():
                return expr.Not(self._gap(a, b, strict=False))
        return expr.Not(self._gap(a, b, strict=True))

    def _is(self, left: ast.expr, right: ast.expr) -> Node:
        name, asked = self._name(left), self._name(right) if isinstance(right, ast.Name) else ""
        if name not in FACTS:
            raise self._unknown(name)
        if asked == "known":
            return self._atom(expr.Known, name)
        if asked in {"true", "false"} and FACTS[name].kind == "bool":
            return self._atom(expr.Is, name, asked == "true")
        raise ExpressionError(
            f"asks what {name} is; after `is` stands known, or true or false for a yes-no fact"
        )

    def _member(self, left: ast.expr, right: ast.expr) -> Node:
        if not isinstance(right, ast.List | ast.Tuple):
            raise ExpressionError("has `in` without a list; write in ['card', 'paypal']")
        return self._word(self._name(left), frozenset(_constant_text(item) for item in right.elts))

    def _word(self, name: str, words: frozenset[str]) -> Node:
        if name not in FACTS:
            raise self._unknown(name)
        allowed = FACTS[name].words
        for word in sorted(words):
            if word not in allowed:
                close = difflib.get_close_matches(word, allowed, n=1)
                hint = f"; did you mean '{close[0]}'?" if close else ""
                raise ExpressionError(f"compares {name} with '{word}', which it can never be{hint}")
        return self._atom(expr.Word, name, words)

    def _equal(self, left: ast.expr, right: ast.expr) -> Node:
        if isinstance(left, ast.Attribute):
            name = self._name(left)
            kind = FACTS[name].kind if name in FACTS else ""
            if kind == "word" and isinstance(right, ast.Constant):
                return self._word(name, frozenset({_constant_text(right)}))
            if kind in {"word", "text", "currency", "bool"} and isinstance(right, ast.Attribute):
                other = self._name(right)
                if other not in FACTS or FACTS[other].kind != kind:
                    raise ExpressionError(f"compares {name} with {other}, which is of another type")
                return self._atom(expr.Same, *sorted((name, other)))
        a, b = self._quantity(left), self._quantity(right)
        return expr.And((self._gap(a, b, strict=False), self._gap(b, a, strict=False)))

    def _quantity(self, tree: ast.expr) -> _Quantity:  # noqa: PLR0911 - one return a case
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return _Quantity(offset=Decimal(str(value)))
            case ast.Constant(value=str(value)):
                try:
                    return _Quantity(offset=date.fromisoformat(value).toordinal(), scale="date")
                except ValueError:
                    raise ExpressionError(
                        f"compares with '{value}', which is no date like '2026-06-01'"
                    ) from None
        name = self._name(tree)
        if name in derived.DIFFERENCES:
            plus, minus = derived.DIFFERENCES[name]
            return _Quantity(plus=plus, minus=minus, scale="days")
        if name in derived.FALLBACKS:
            return _Quantity(plus=name, scale="date")
        if name.startswith("deadline.") and name.removeprefix("deadline.") in self._deadlines:
            term = self._deadlines[name.removeprefix("deadline.")]
            return _Quantity(plus=term.fact, offset=term.days, scale="date")
        if name in FACTS and FACTS[name].kind == "date":
            return _Quantity(plus=name, scale="date")
        if name in FACTS and FACTS[name].kind == "money":
            return _Quantity(plus=name, scale="money")
        if name in FACTS:
            raise ExpressionError(f"compares the size of {name}, which is neither a date nor a sum")
        raise self._unknown(name)

    def _gap(self, a: _Quantity, b: _Quantity, *, strict: bool) -> Node:
        scales = {a.scale, b.scale}
        if len(scales) > 1 and scales not in ({"days", "number"}, {"money", "number"}):
            raise ExpressionError(f"compares {a.scale} with {b.scale}; compare like with like")
        plus = [term for term in (a.plus, b.minus) if term]
        minus = [term for term in (a.minus, b.plus) if term]
        if plus == minus or len(plus) > 1:  # two differences have two terms on either side
            raise ExpressionError("compares things that do not depend on two different facts")
        bound = b.offset - a.offset
        if "money" not in scales:  # whole days: less than k is at most k - 1
            bound, strict = _whole(bound, strict=strict), False
        return self._atom(expr.Gap, plus[0] if plus else None, minus[0] if minus else None, bound, strict)


def _whole(bound: Number, *, strict: bool) -> int:
    below = floor(bound)
    return below - 1 if strict and below == bound else below


def _constant_text(tree: ast.expr) -> str:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    raise ExpressionError(f"has `{_shown(tree)}` where a word in quotes belongs")


def _shown(tree: ast.expr) -> str:
    return ast.unparse(tree)[:40]
