"""Facts files as the commands read them: one object, or one object a line, from a path or standard input."""

from __future__ import annotations

import codecs
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from intake.errors import BadDataError, NoInputError, Problem
from rules.facts import FactErrors, check_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.facts import Facts

STDIN = "-"
_MAX_DIGITS: Final = 4000  # of a whole number; Python refuses more than 4,300


def _read(name: str) -> bytes:
    """The bytes of a file, `-` for standard input, without a byte order mark.

    Raises:
        NoInputError: there is no such file.
    """
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except FileNotFoundError:
        raise NoInputError(Problem(where=name, what="no such file", remedy="check the path")) from None
    return data.removeprefix(codecs.BOM_UTF8)


def parse_json(data: bytes) -> object:
    """One JSON value; NaN and Infinity, which JSON does not have, are refused, and numbers too large for a float.

    Raises:
        ValueError: the data are no JSON in UTF-8.
    """
    try:
        return json.loads(
            data.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_constant(text)


def _whole(text: str) -> int | str:
    """A number with more digits than Python reads stays text: the facts' own check names its key."""
    return int(text) if len(text) <= _MAX_DIGITS else text


def one_object(name: str) -> Facts:
    """The facts of a file that holds one object.

    Raises:
        BadDataError: with every problem, each named by its key.
    """
    try:
        return check_facts(parse_json(_read(name)))
    except FactErrors as errors:
        raise BadDataError(
            *(
                Problem(where=f"{name}: {plain(key)}" if key else name, what=detail)
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


def facts_by_line(name: str) -> list[tuple[int, Facts]]:
    """The facts of a file that holds one object a line, with the lines' numbers.

    Raises:
        BadDataError: with every problem of every line, each named by line and key.
    """
    found: list[tuple[int, Facts]] = []
    problems: list[Problem] = []
    for number, line in lines(name):
        where = f"{name}:{number}"
        try:
            found.append((number, check_facts(parse_json(line))))
        except FactErrors as errors:
            problems += [
                Problem(where=f"{where}: {plain(key)}" if key else where, what=detail)
                for key, detail in errors.problems
            ]
        except ValueError:
            problems.append(Problem(where=where, what="is no JSON"))
    if problems:
        raise BadDataError(*problems)
    return found


def lines(name: str) -> Iterator[tuple[int, bytes]]:
    """The numbered lines of a file that are not blank."""
    for number, line in enumerate(_read(name).split(b"\n"), start=1):
        if line.strip():
            yield number, line


def as_json(value: object) -> str:
    """One line of JSON; half a surrogate pair, which UTF-8 cannot write, is echoed as its escape (RFC 8259 §8.2)."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def plain(key: str) -> str:
    """A key for a line on standard error: line breaks and half pairs escaped."""
    return as_json(key)[1:-1]
