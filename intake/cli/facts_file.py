"""Facts files as the commands read them: one object, or one object a line, from a path or standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import BadDataError, NoInputError, Problem
from rules.facts import FactErrors, check_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.facts import Facts

STDIN = "-"


def read_text(name: str) -> str:
    """The text of a file, `-` for standard input.

    Raises:
        NoInputError: there is no such file.
        BadDataError: it is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except FileNotFoundError:
        raise NoInputError(Problem(where=name, what="no such file", remedy="check the path")) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadDataError(
            Problem(where=name, what="is not UTF-8", remedy="save the facts as UTF-8")
        ) from None


def parse_json(text: str) -> object:
    """One JSON value; NaN and Infinity, which JSON does not have, are refused.

    Raises:
        ValueError: the text is no JSON.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def one_object(name: str) -> Facts:
    """The facts of a file that holds one object.

    Raises:
        BadDataError: with every problem, each named by its key.
    """
    try:
        return check_facts(parse_json(read_text(name)))
    except FactErrors as errors:
        raise BadDataError(
            *(
                Problem(where=f"{name}: {key}" if key else name, what=detail)
                for key, detail in errors.problems
            )
        ) from None
    except ValueError:
        raise BadDataError(
            Problem(
                where=name,
                what="is no JSON",
                remedy="a facts file is one JSON object; --lines reads one a line",
            )
        ) from None


def lines(name: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file that are not blank."""
    for number, line in enumerate(read_text(name).split("\n"), start=1):
        if line.strip():
            yield number, line
