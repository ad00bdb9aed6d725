"""Loads the cue data of the languages: `languages/<language>/{common,kind,reason,flags}.toml`.

common.toml   how the language negates, and classes of words that patterns may name
kind.toml     what a message asks for            label "kind.<table>"
reason.toml   why money is wanted back           label "reason.<table>"
flags.toml    what an agent has to know          label "flag.<table>"

Each table has patterns under `decisive`, `strong`, `good` and `weak`, one a line (the grammar: `cues`).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from intake.extraction.cues import Cue, Lexicon
from intake.extraction.negation import Scope
from intake.extraction.patterns import Compiler

LANGUAGES = ("en", "ru", "de", "fr", "es", "uk")
WEIGHTS = {"decisive": 5.0, "strong": 3.0, "good": 2.0, "weak": 1.0}
_FILES = ("kind", "reason", "flags")


@cache
def lexicon(*languages: str) -> Lexicon:
    """One index over the cues of `languages`, the first of which sets how negation reaches.

    Raises:
        ValueError: a data file has a mistake; the message names the table.
    """
    scopes = [_scope(_read(language, "common")) for language in languages]
    scope = Scope(
        negators=frozenset[str]().union(*(scope.negators for scope in scopes)),
        breaks=frozenset[str]().union(*(scope.breaks for scope in scopes)),
        only=frozenset[str]().union(*(scope.only for scope in scopes)),
        fixed=frozenset[str]().union(*(scope.fixed for scope in scopes)),
        after=scopes[0].after,
    )
    index = Lexicon(scope)
    for language in languages:
        for cue in _cues(language, scope):
            index.add(cue)
    return index


@cache
def data_version() -> str:
    """Eight digits that change with any cue: part of the reader's version."""
    digest = hashlib.sha256()
    for language in LANGUAGES:
        for name in ("common", *_FILES):
            digest.update(_path(language, name).read_bytes())
    return digest.hexdigest()[:8]


@cache
def function_words(language: str) -> frozenset[str]:
    """The small words by which the language is told apart."""
    return frozenset(_read(language, "common")["scope"]["function_words"].split())


def _cues(language: str, scope: Scope) -> Iterator[Cue]:
    classes = {name: text.split() for name, text in _read(language, "common").get("classes", {}).items()}
    compiler = Compiler(classes, scope)
    for file in _FILES:
        prefix = "flag" if file == "flags" else file
        for table, strengths in _read(language, file).items():
            for strength, patterns in strengths.items():
                for pattern in patterns.strip().splitlines():
                    if pattern.strip():
                        yield from compiler.cues(f"{prefix}.{table}", WEIGHTS[strength], pattern)


def _scope(common: dict[str, dict[str, str]]) -> Scope:
    scope = common["scope"]
    return Scope(
        negators=frozenset(scope["negators"].split()),
        breaks=frozenset(scope["breaks"].split()),
        only=frozenset(scope.get("only", "").split()),
        fixed=frozenset(scope.get("fixed", "").split()),
        after=bool(scope.get("after", "")),
    )


def _read(language: str, name: str) -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = tomllib.loads(_path(language, name).read_text(encoding="utf-8"))
    return data


def _path(language: str, name: str) -> Traversable:
    return files("intake.extraction") / "languages" / language / f"{name}.toml"
