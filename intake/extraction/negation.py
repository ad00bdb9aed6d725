"""How a language negates, and how far its negators reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.extraction.passage import Passage

REACH = 4  # words before a match, or behind it, in which a negator still speaks of it
_CLAUSE_MARKS = frozenset(',;:()–—-"«»')


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The words that negate, and those that end or lift it."""

    negators: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()  # words that open a new clause: but, because, что, weil
    only: frozenset[str] = frozenset()  # after a negator these lift it: "not only"
    fixed: frozenset[str] = frozenset()  # in a pattern they carry the negation: "no longer", "nicht mehr"
    after: bool = False  # the negator may follow: "kündigen möchte ich nicht"

    def negating(self, words: Sequence[str], first: int, last: int) -> list[int]:
        """The places of a sentence, words `first` up to `last`, where something is negated, in order."""
        return [
            at
            for at in range(first, last)
            if words[at] in self.negators and (at + 1 >= len(words) or words[at + 1] not in self.only)
        ]

    def in_reach(self, passage: Passage, span: tuple[int, ...], *, narrow: bool) -> bool:
        """Whether a match holds together: a negator of the pattern speaks of its own clause.

        Args:
            passage: where it was found.
            span: its words.
            narrow: it must stand in one clause altogether.
        """
        return not any(
            (narrow or passage.words[left] in self.negators) and self._parted(passage, left + 1, right)
            for left, right in pairwise(span)
            if right > left + 1
        )

    def negated(self, passage: Passage, span: tuple[int, ...], last: int, negating: Sequence[int]) -> bool:
        """Whether a negator stands inside the gaps of a match, just before it in its clause, or closes that.

        Args:
            passage: where it was found.
            span: its words.
            last: the word after its sentence.
            negating: see `negating`.
        """
        start, end, before, inside = span[0], span[-1], -1, False
        for at in negating:
            if at < start:
                before = at
            elif at < end and at not in span:
                inside = True
        if before >= max(0, start - REACH) and not self._parted(passage, before, start):
            return True
        return inside or (self.after and self._after(passage, end + 1, last, negating))

    def _after(self, passage: Passage, start: int, end: int, negating: Sequence[int]) -> bool:
        """A negator that closes the clause: "kündigen möchte ich nicht", but not "den nicht genutzten Teil"."""
        at = next((at for at in negating if start <= at < start + REACH), -1)
        if at < 0 or self._parted(passage, start, at + 1):
            return False
        after = passage.words[at + 1] if at + 1 < end else "."
        return not after[0].isalnum() or after in self.breaks or after in self.fixed

    def _parted(self, passage: Passage, start: int, end: int) -> bool:
        words, breaks = passage.words, self.breaks
        for at in range(start, end):
            word = words[at]
            if (word in _CLAUSE_MARKS or word in breaks) and at not in passage.aside:
                return True
        return False
