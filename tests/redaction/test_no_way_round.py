"""Whatever is added to the house, free text enters it redacted: tables and letters are found, not listed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

import intake.store
from intake.letters import template
from intake.letters.kinds import LANGUAGES, LetterKind
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted
from intake.store import tables
from intake.store.types import CHECKED

CARD = "4111 1111 1111 1111"


class Hostile(str):
    """A value that holds a card wherever a template looks: as text, as a list, in its parts."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield Hostile(self)

    def __getattr__(self, name: str) -> Hostile:
        return Hostile(self)


def test_no_table_of_any_module_is_missed_and_every_column_is_checked() -> None:
    known = set(tables.METADATA.tables)
    for module in pkgutil.walk_packages(intake.store.__path__, "intake.store."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    assert set(tables.METADATA.tables) == known
    columns = [column for table in tables.METADATA.sorted_tables for column in table.columns]
    assert [column for column in columns if not isinstance(column.type, tuple(CHECKED))] == []


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_lets_a_card_through_whatever_it_is_filled_with(language: str, kind: LetterKind) -> None:
    texts = template.texts(language)
    names: set[str] = set()
    for source in texts.table[kind.value].values():
        names |= meta.find_undeclared_variables(SandboxedEnvironment().parse(source))
    filled = texts.fill(kind, dict.fromkeys(names, Hostile(f"my card {CARD}")), Redactor())
    assert isinstance(filled.text, Redacted)
    assert isinstance(filled.subject, Redacted)
    for shown in (filled.subject.text, filled.text.text, filled.html):
        assert "1111 1111" not in shown
