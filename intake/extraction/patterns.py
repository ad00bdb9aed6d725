"""Compiles the patterns of the cue grammar (its rules: `cues`) into cues that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from intake.extraction.cues import GAP, NARROW, NUMBER, Cue, Scope, Slot
from intake.extraction.passage import fold, split

_ELIDED = re.compile(r"(?:[cdjlmnst]|qu)'")


def compile_cues(
    label: str, weight: float, pattern: str, classes: Mapping[str, Iterable[str]], scope: Scope
) -> Iterator[Cue]:
    """The cues that one written pattern stands for: one for each choice of its words in brackets.

    Raises:
        ValueError: the pattern names a class that is not there, or has no words.
    """
    for words in _choices(pattern.split()):
        slots, gap = [], 0
        for word in words:
            if re.fullmatch(r"\.\.\d*", word):
                gap = int(word[2:] or GAP)
            else:
                slots.append(_slot(word, classes, gap))
                gap = 0
        if not slots:
            raise ValueError(f"a pattern of {label} has no words: {pattern!r}")
        anchor = max(range(len(slots)), key=lambda i: (_rarity(slots[i]), -i))
        negative = any(slot.words & (scope.negators | scope.fixed) for slot in slots)
        yield Cue(
            label=label,
            weight=weight,
            slots=tuple(slots),
            anchor=anchor,
            negative=negative,
            narrow=label in NARROW,
            source=pattern,
        )


def _choices(words: list[str]) -> Iterator[list[str]]:
    """The pattern spelled out: with and without each word in brackets, with each phrase of a choice."""
    if not words:
        yield []
        return
    head, *rest = words
    optional = head.startswith("(") and head.endswith(")")
    heads = _phrases(head[1:-1] if optional else head)
    for tail in _choices(rest):
        for spelled in heads:
            yield [*spelled, *tail]
        if optional:
            yield tail


def _phrases(word: str) -> list[list[str]]:
    """One slot of single words, and each phrase among its choices (`back|came_through|e-mail`) as words in a row."""
    spelled = [_in_a_row(part) for part in word.split("|")]
    single = "|".join(words[0] for words in spelled if len(words) == 1)
    return [*([[single]] if single else []), *(words for words in spelled if len(words) > 1)]


def _in_a_row(part: str) -> list[str]:
    """The words of a phrase, and of a hyphenated word as the tokeniser splits it ("cooling-off")."""
    if "-" not in part.strip("-"):
        return part.split("_")
    words = [word for piece in part.split("_") for word in split(piece.rstrip("*"))]
    return [*words[:-1], words[-1] + "*" * part.endswith("*")]


def _slot(word: str, classes: Mapping[str, Iterable[str]], gap: int) -> Slot:
    atoms = set(_atoms(word, classes))
    stems = {atom for atom in atoms if atom.endswith("*")}
    return Slot(
        words=frozenset(atoms - stems - {NUMBER}),
        stems=tuple(sorted(stem[:-1] for stem in stems)),
        number=NUMBER in atoms,
        gap=gap,
    )


def _atoms(word: str, classes: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for part in word.split("|"):
        if part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in classes:
                raise ValueError(f"no class of words is called {part}")
            for member in classes[part[1:-1]]:
                yield from _atoms(member, classes)
        else:
            yield _atom(part)


def _atom(written: str) -> str:
    atom = fold(written)
    if len(split(atom.rstrip("*"))) != 1 and not _ELIDED.fullmatch(atom):
        raise ValueError(f"not one word, so it never matches: {written!r}")
    return atom


def _rarity(slot: Slot) -> tuple[int, int]:
    """Long words are rare, few of them rarer: the best slot to look up first."""
    shortest = min(len(word) for word in (*slot.words, *slot.stems, *(("#",) if slot.number else ())))
    return (min(5, shortest), -len(slot.words) - len(slot.stems))
