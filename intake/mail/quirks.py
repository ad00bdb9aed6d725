"""Servers' quirks as data: `quirks.toml` says who does what, where that is written, and what we do about it."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

_KINDS = frozenset({"busy", "wait", "identify", "window", "views", "trash", "prefix", "names"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One line of the table."""

    kind: str
    server: str
    seen: str
    source: str
    words: tuple[str, ...]
    we: str


def _read() -> tuple[Quirk, ...]:
    table = tomllib.loads(files("intake.mail").joinpath("quirks.toml").read_text(encoding="utf-8"))
    found = tuple(Quirk(**{**entry, "words": tuple(entry["words"])}) for entry in table["quirk"])
    if unknown := {quirk.kind for quirk in found} ^ _KINDS:
        raise AssertionError(f"quirks.toml: {sorted(unknown)}")
    return found


QUIRKS = _read()


def _words(kind: str) -> tuple[str, ...]:
    return tuple(word for quirk in QUIRKS if quirk.kind == kind for word in quirk.words)


_BUSY = _words("busy")
_WAITS = tuple(re.compile(word) for word in _words("wait"))
IDENTIFY = _words("identify")[0]
VIEWS = frozenset(_words("views"))
TRASH_ONLY = _words("trash")[0]
PREFIX = _words("prefix")[0]
_WINDOW = _words("window")[0]


def is_busy(text: str) -> bool:
    """Whether a server's NO or BYE, in capitals, asks for patience."""
    return any(word in text for word in _BUSY) or wait_s(text) is not None


def wait_s(text: str) -> float | None:
    """For how many seconds a server's NO, in capitals, asks us to stay away; None: it does not say."""
    for wait in _WAITS:
        if told := wait.search(text):
            return int(told["ms"]) / 1000
    return None


def window(capabilities: Iterable[bytes]) -> int | None:
    """At how many messages one command looks; None: at all of them."""
    for capability in capabilities:
        name, _, limit = capability.decode("ascii", "replace").upper().partition("=")
        if f"{name}=" == _WINDOW and limit.isdecimal() and int(limit) > 0:
            return int(limit)
    return None


def _names() -> Mapping[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for word in _words("names"):
        use, _, listed = word.partition("=")
        names[use] |= {name.replace("_", " ").casefold() for name in listed.split()}
    return {use: frozenset(found) for use, found in names.items()}


NAMES = _names()
