"""The texts of letters: TOML files with Jinja templates, ours or a company's own, filled in a sandbox.

A company's folder may hold `en.toml` … with only the letters, words and clauses that it wants otherwise, and a
`layout.html` round the text. Nothing of a mail but what is named in `content` ever reaches a template, and what
comes out of it passes the redactor.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.errors import ConfigError, Problem
from intake.letters.kinds import LANGUAGES, LetterKind
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive

_LAYOUT: Final = "layout.html"
_ERRORS: Final = (
    TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_MOST: Final = 20_000  # characters of a letter
_ITEM: Final = "- "


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A letter's words, redacted, and the same as HTML."""

    subject: Redacted
    text: Redacted
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, or a list."""

    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All letters of one language."""

    language: str
    table: Mapping[str, Any]
    layout: str
    where: str  # for errors: the file that a company replaces

    def word(self, *path: str) -> str:
        """A word of `[words]`."""
        found: Any = self.table["words"]
        for step in path:
            found = found[step]
        return str(found)

    def clause(self, policy: str, rule: str) -> str | None:
        """How a rule is told to customers; None: as the policy says it."""
        found = self.table.get("clause", {}).get(policy, {}).get(rule)
        return None if found is None else str(found)

    def fill(self, kind: LetterKind, context: Mapping[str, object], redactor: Redactor) -> Filled:
        """The letter.

        Raises:
            ConfigError: the template is not right.
            RedactionError: the redactor does not come to rest on it.
        """
        table = self.table[kind.value]
        subject = " ".join(self._render(kind, "subject", table["subject"], context).split())
        text = re.sub(r"\n{3,}", "\n\n", self._render(kind, "text", table["text"], context)).strip() + "\n"
        clean = redactor.redact(Sensitive(text), "letter").text
        blocks = _blocks(clean.text)
        html = self._render(
            kind, _LAYOUT, self.layout, {"language": self.language, "blocks": blocks}, html=True
        )
        return Filled(
            subject=redactor.redact(Sensitive(subject), "subject").text, text=clean, html=html.strip() + "\n"
        )

    def _render(
        self, kind: LetterKind, part: str, source: str, context: Mapping[str, object], *, html: bool = False
    ) -> str:
        try:
            made = _environment(html).from_string(source).render(context)
        except _ERRORS as error:
            line = getattr(error, "lineno", None)
            told = f"{type(error).__name__}{f' in line {line}' if line else ''}: {error}"
            remedy = "mend the template; `intake check` fills each with a sample"
            raise ConfigError(
                Problem(where=f"{self.where}: {kind.value}.{part}", what=told, remedy=remedy)
            ) from None
        if not made.strip() or len(made) > _MOST:
            what = "gives nothing" if not made.strip() else "gives more than a letter holds"
            raise ConfigError(Problem(where=f"{self.where}: {kind.value}.{part}", what=what))
        return made


def texts(language: str, folder: Path | None = None) -> Texts:
    """The letters of one language, the company's own before ours.

    Raises:
        ConfigError: a file of the company's cannot be used.
    """
    ours, layout = _ours(language), _our_layout()
    where = f"letters/{language}.toml"
    if folder is None:
        return Texts(language=language, table=ours, layout=layout, where=where)
    own = _own(folder / f"{language}.toml")
    if (folder / _LAYOUT).is_file():
        layout = (folder / _LAYOUT).read_text(encoding="utf-8")
    return Texts(
        language=language, table=_merged(ours, own), layout=layout, where=str(folder / f"{language}.toml")
    )


def _own(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            Problem(where=str(path), what=f"cannot be used: {error}", remedy="mend it")
        ) from None
    known = {kind.value for kind in LetterKind} | {"words", "clause"}
    problems = [
        Problem(where=f"{path}: {name}", what="no such letter", remedy=f"one of {', '.join(sorted(known))}")
        for name in table.keys() - known
    ]
    problems += [
        Problem(where=f"{path}: {kind.value}", what="is a table with subject, text or both, in quotes")
        for kind in LetterKind
        if not _is_letter(table.get(kind.value, {}))
    ]
    problems += [
        Problem(where=f"{path}: {place}", what="is none of our words", remedy="letters/en.toml lists them")
        for place in _misfits(table.get("words", {}), _ours(LANGUAGES[0])["words"], "words")
    ]
    problems += [
        Problem(where=f"{path}: clause.{name}", what="is a table of rules, each with its words in quotes")
        for name in _odd_clauses(table.get("clause", {}))
    ]
    if problems:
        raise ConfigError(*problems)
    return table


def _misfits(own: object, ours: object, place: str) -> Iterator[str]:
    """Where a company's words have another shape than ours."""
    if not isinstance(own, dict) or not isinstance(ours, dict):
        if isinstance(ours, dict) or not isinstance(own, str):
            yield place
        return
    for name, value in own.items():
        yield from _misfits(value, ours.get(name), f"{place}.{name}")


def _odd_clauses(table: object) -> list[str]:
    if not isinstance(table, dict):
        return ["*"]
    return [
        name
        for name, rules in table.items()
        if not isinstance(rules, dict) or not all(isinstance(text, str) for text in rules.values())
    ]


def _is_letter(table: object) -> bool:
    return isinstance(table, dict) and all(
        name in {"subject", "text"} and isinstance(value, str) for name, value in table.items()
    )


def _merged(ours: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for name, value in own.items():
        before = merged.get(name)
        merged[name] = (
            _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
        )
    return merged


def _blocks(text: str) -> tuple[Block, ...]:
    """Paragraphs are set apart by a blank line; lines that begin with "- " are a list."""
    blocks = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = tuple(line.strip() for line in paragraph.splitlines())
        if all(line.startswith(_ITEM) for line in lines):
            blocks.append(Block(items=tuple(line.removeprefix(_ITEM) for line in lines)))
        else:
            blocks.append(Block(lines=lines))
    return tuple(blocks)


@cache
def _environment(html: bool) -> ImmutableSandboxedEnvironment:  # noqa: FBT001 - a key of the cache
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=html, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _ours(language: str) -> dict[str, Any]:
    if language not in LANGUAGES:
        raise ValueError("a language that no letter is written in")
    return tomllib.loads((files("intake.letters") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def _our_layout() -> str:
    return (files("intake.letters") / "texts" / _LAYOUT).read_text(encoding="utf-8")
