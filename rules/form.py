"""The parts of a policy file, read one by one: what is wrong with any of them is noted, not raised."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from rules.problems import Problem

Table = Mapping[str, Any]
W = TypeVar("W", bound=str)

_NAMES: Final = {
    str: "text in quotes",
    list: "list",
    dict: "table",
    int: "whole number",
    bool: "true or false",
    object: "value",
}


class Form:
    """One parsed TOML table, and the problems found in it so far."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[Problem] = []

    def say(self, place: str, detail: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(place=place, detail=detail))

    def check_keys(
        self, place: str, table: Table, allowed: Mapping[str, type], needed: Iterable[str] = ()
    ) -> None:
        """Note keys that are unknown, of a wrong type, or missing."""
        for key, value in table.items():
            if key not in allowed:
                self.say(f"{place}{key}", f"is no setting here; there are {', '.join(allowed)}")
            elif not isinstance(value, allowed[key]) or (allowed[key] is int and isinstance(value, bool)):
                self.say(f"{place}{key}", f"must be a {_NAMES[allowed[key]]}")
        for key in needed:
            if key not in table:
                self.say(f"{place}{key}", "is missing; every policy needs it")

    def word(self, place: str, table: Table, key: str, words: Sequence[W], default: W) -> W:
        """One of `words`; the default where it is left out or cannot be."""
        value = table.get(key, default)
        found = next((word for word in words if word == value), None)
        if found is None:
            self.say(f"{place}{key}", f"must be one of {', '.join(words)}")
            return default
        return found

    def texts(
        self, place: str, table: Table, key: str, allowed: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """A list of texts, each one of `allowed` where that is given; what is no text is left out."""
        values = table.get(key, ())
        if not isinstance(values, list | tuple):
            self.say(f"{place}{key}", "must be a list")
            return ()
        known = None if allowed is None else set(allowed)
        for value in values:
            if not isinstance(value, str):
                self.say(f"{place}{key}", "must hold texts only")
            elif known is not None and value not in known:
                self.say(f"{place}{key}", f"names {value}, which does not exist here")
        return tuple(value for value in values if isinstance(value, str))

    def rows(self, key: str) -> list[Table]:
        """The tables of a `[[key]]`."""
        found: list[Table] = []
        for number, row in enumerate(self.table.get(key, []), start=1):
            if isinstance(row, dict):
                found.append(row)
            else:
                self.say(f"{key} no. {number}", f"must be a table, [[{key}]]")
        return found
