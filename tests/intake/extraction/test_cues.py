"""The cue grammar: gaps, stems, choices, and what a negator reaches."""

from __future__ import annotations

import pytest

from intake.extraction.cues import Hit, Lexicon
from intake.extraction.lexicon import LANGUAGES, lexicon
from intake.extraction.negation import Scope
from intake.extraction.passage import read
from intake.extraction.patterns import Compiler
from intake.redaction.text import sealed

SCOPE = Scope(
    negators=frozenset({"not", "no", "nicht"}),
    breaks=frozenset({"but", "because"}),
    only=frozenset({"only"}),
    fixed=frozenset({"longer"}),
    after=True,
)
CLASSES = {"pay": ["paid", "charge*"]}


def find(pattern: str, text: str, label: str = "reason.other") -> list[Hit]:
    index = Lexicon(SCOPE)
    for cue in Compiler(CLASSES, SCOPE).cues(label, 3.0, pattern):
        index.add(cue)
    return index.find(read(sealed(text), "body"))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("<pay> .. twice", "I was charged by you twice", True),
        ("<pay> .. twice", "charged one two three four five twice", False),
        ("<pay> ..6 twice", "charged one two three four five twice", True),
        ("<pay> .. twice", "I paid. Twice I wrote.", False),
        ("my (own) card", "my card", True),
        ("my (own) card", "my own card", True),
        ("paid #", "paid 49.00", True),
        ("back|came_through", "it came through", True),
        ("cooling-off", "the cooling-off period", True),
        ("remboursé", "REMBOURSE moi", True),
    ],
)
def test_a_pattern_fits_as_written(pattern: str, text: str, *, found: bool) -> None:
    assert bool(find(pattern, text)) is found


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("I was not charged twice", True),
        ("I was charged, not once, but charged twice", False),
        ("not happy because charged twice", False),
        ("not only charged twice", False),
        ("charged twice", False),
        ("charged twice nicht", True),
        ("charged twice nicht genutzte", False),
    ],
)
def test_a_negator_reaches_as_far_as_its_clause(text: str, *, negated: bool) -> None:
    assert [hit.negated for hit in find("charged twice", text)][-1] is negated


def test_a_pattern_with_a_negator_of_its_own_is_not_turned_round() -> None:
    assert [hit.negated for hit in find("no longer needed", "it is not here, no longer needed")] == [False]


def test_the_negator_of_a_pattern_speaks_of_its_own_clause() -> None:
    assert find("not .. refund", "this helps me not, I want a refund") == []


@pytest.mark.parametrize("pattern", ["<nobody> twice", "paid|no,thanks", "..4"])
def test_a_mistake_in_the_data_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"class|never matches|no words"):
        list(Compiler(CLASSES, SCOPE).cues("reason.other", 1.0, pattern))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_of_a_language_compile(language: str) -> None:
    assert lexicon(language).exact
