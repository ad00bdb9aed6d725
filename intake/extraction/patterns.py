"""Compiles the patterns of the cue grammar (its rules: `cues`) into cues that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from intake.extraction.cues import ADDRESS, GAP, NARROW, NUMBER, Cue, Slot
from intake.extraction.negation import Scope
from intake.extraction.passage import fold, split

_JOINED = re.compile(r"(?<=\w)[_'’.-](?=\w|$)")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu)'")
_GAP = re.compile(r"\.\.\d*")


class Compiler:
    """Compiles the patterns of one language: its classes of words are in most of them, so each slot is made once.

    Args:
        classes: the words of each class that a pattern may name.
        scope: how negation reaches.
    """

    def __init__(self, classes: Mapping[str, Iterable[str]], scope: Scope) -> None:
        self._classes = classes
        self._negative = scope.negators | scope.fixed
        self._slots: dict[tuple[str, int], tuple[Slot, tuple[int, int], bool]] = {}
        self._phrases: dict[str, list[list[str]]] = {}

    def cues(self, label: str, weight: float, pattern: str) -> Iterator[Cue]:
        """The cues that one written pattern stands for: one for each choice of its words in brackets.

        Raises:
            ValueError: the pattern names a class that is not there, or has no words.
        """
        for words in self._choices(pattern.split()):
            slots, gap = [], 0
            for word in words:
                if _GAP.fullmatch(word):
                    gap = int(word[2:] or GAP)
                else:
                    slots.append(self._slot(word, gap))
                    gap = 0
            if not slots:
                raise ValueError(f"a pattern of {label} has no words: {pattern!r}")
            yield Cue(
                label=label,
                weight=weight,
                slots=tuple(slot for slot, _, _ in slots),
                anchor=max(range(len(slots)), key=lambda i: (slots[i][1], -i)),
                negative=any(negative for _, _, negative in slots),
                narrow=label in NARROW,
                source=pattern,
            )

    def _choices(self, words: list[str]) -> Iterator[list[str]]:
        """The pattern spelled out: with and without each word in brackets, with each phrase of a choice."""
        if not words:
            yield []
            return
        head, *rest = words
        optional = head.startswith("(") and head.endswith(")")
        word = head[1:-1] if optional else head
        heads = self._phrases.get(word)
        if heads is None:
            heads = self._phrases[word] = _phrases(word, self._classes)
        for tail in self._choices(rest):
            for spelled in heads:
                yield [*spelled, *tail]
            if optional:
                yield tail

    def _slot(self, word: str, gap: int) -> tuple[Slot, tuple[int, int], bool]:
        """A slot, how rare it is, and whether a negator can stand in it."""
        made = self._slots.get((word, gap))
        if made is None:
            slot = _slot(word, self._classes, gap)
            made = self._slots[word, gap] = slot, slot.rarity, bool(slot.words & self._negative)
        return made


def _phrases(word: str, classes: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """One slot of single words, and each phrase among its choices (`back|came_through|e-mail`) as words in a row.

    The phrases of a class are choices like any other.
    """
    spelled = [_in_a_row(part) for part in _parts(word, classes)]
    single = "|".join(words[0] for words in spelled if len(words) == 1)
    return [*([[single]] if single else []), *(words for words in spelled if len(words) > 1)]


def _parts(word: str, classes: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The choices of a slot; a class stays whole, but for the phrases in it."""
    for part in word.split("|"):
        yield part
        if part.startswith("<"):
            yield from (member for member in classes.get(part[1:-1], ()) if _is_phrase(member))


@cache
def _is_phrase(part: str) -> bool:
    return not part.startswith("<") and len(_in_a_row(part)) > 1


def _in_a_row(part: str) -> list[str]:
    """The words of a phrase, each as the tokeniser splits it ("cooling-off", "m'occupe")."""
    if not _JOINED.search(part) or part.startswith("<"):
        return [part]
    words = [word for piece in part.split("_") for word in _tokens(piece.rstrip("*"))]
    return [*words[:-1], words[-1] + "*" * part.endswith("*")]


def _tokens(piece: str) -> list[str]:
    return [piece] if _ELIDED.fullmatch(piece) else split(piece)


def _slot(word: str, classes: Mapping[str, Iterable[str]], gap: int) -> Slot:
    atoms = set(_atoms(word, classes))
    stems = {atom for atom in atoms if atom.endswith("*")}
    return Slot(
        words=frozenset(atoms - stems - {NUMBER, ADDRESS}),
        stems=tuple(sorted(stem[:-1] for stem in stems)),
        number=NUMBER in atoms,
        address=ADDRESS in atoms,
        gap=gap,
    )


def _atoms(word: str, classes: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for part in word.split("|"):
        if part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in classes:
                raise ValueError(f"no class of words is called {part}")
            for member in classes[part[1:-1]]:
                if not _is_phrase(member):
                    yield from _atoms(member, classes)
        else:
            yield _atom(part)


@cache
def _atom(written: str) -> str:
    atom = fold(written)
    if len(split(atom.rstrip("*"))) != 1 and not _ELIDED.fullmatch(atom):
        raise ValueError(f"not one word, so it never matches: {written!r}")
    return atom
