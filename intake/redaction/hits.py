"""The words of the label files in one text: those that start a search at once, the others where they are asked for.

Most of a mail is prose with no secret in reach, and most words of the label files only weigh for or against a
number beside them. So one pass looks for the words that finders go from; all words are looked for only in the
blocks of text that hold such a word, or that a finder asks about. A block ends at a sign that stands in no label,
so no word lies across its edge: what is found is what one search of the whole text would find.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import ahocorasick

from intake.redaction.kinds import STARTING, Kind

_BLOCK = 512  # characters at least: a label is looked for no further from a number
_LONGEST = 64  # characters of a word
_Found = tuple[int, int, int, Kind]  # start, end below zero (so that the longer is first), rank, kind


class Hit(NamedTuple):
    """A word of the label files in a folded text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the label files, ready to search: each is in `starting` or in `others`."""

    starting: ahocorasick.Automaton  # what finders go from: `STARTING`, and the devices that codes come to
    others: ahocorasick.Automaton
    numbers: (
        ahocorasick.Automaton
    )  # number words, which are in `others` too: finders go from them beside a label
    edges: re.Pattern[str]  # signs that are no letters and stand in no label


@dataclass(slots=True)
class Hits:
    """The words found in one text, in its order, none inside another."""

    words: str
    vocabulary: Vocabulary
    all: list[Hit] = field(default_factory=list)  # so far
    kinds: set[Kind] = field(default_factory=set)  # of these
    _starts: list[int] = field(default_factory=list)
    _starting: list[_Found] = field(init=False)
    _edges: list[int] = field(default_factory=list)  # of the blocks, where any was asked for
    _done: set[int] = field(default_factory=set)  # the blocks in which all words were looked for
    _left: bool = True  # whether there are others
    _numbered: bool = False  # whether every number word is found

    def __post_init__(self) -> None:
        self._starting = _found(self.vocabulary.starting, self.words, 0, len(self.words))
        for start, _, _, _ in self._starting:
            self._search(start, start + 1)

    @property
    def starting(self) -> bool:
        """Whether any word stands here that finders go from."""
        return bool(self._starting)

    def of(self, *kinds: Kind) -> list[Hit]:
        """Those of the given kinds: of `STARTING`, the number words, and the names of devices."""
        if Kind.NUMBER in kinds and not self._numbered:
            self._numbered = True
            for start, _, _, _ in _found(self.vocabulary.numbers, self.words, 0, len(self.words)):
                self._search(start, start + 1)
        if self.kinds.isdisjoint(kinds):
            return []
        return [hit for hit in self.all if hit.kind in kinds]

    def apart(self, *kinds: Kind) -> Iterator[tuple[Hit, int, int]]:
        """Each of the given kinds, where the one before it ends and where the next one starts.

        What belongs to a label is looked for no further than that, so the whole search stays linear.
        """
        hits = self.of(*kinds)
        for at, hit in enumerate(hits):
            floor = hits[at - 1].end if at else 0
            ceiling = hits[at + 1].start if at + 1 < len(hits) else sys.maxsize
            yield hit, floor, ceiling

    def within(self, start: int, end: int, *kinds: Kind) -> list[Hit]:
        """Those of the given kinds that lie wholly between `start` and `end`."""
        if self._left and not STARTING.issuperset(kinds):
            self._search(start, end)
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [hit for hit in self.all[first:last] if hit.kind in kinds and hit.end <= end]

    def stand_near(self, places: Iterable[tuple[int, int]], reach: int, *kinds: Kind) -> bool:
        """Whether one of the given kinds begins or ends within `reach` characters of one of these places."""
        zones: list[tuple[int, int]] = []
        for start, end in sorted(places):
            first, last = max(0, start - reach - _LONGEST), end + reach + _LONGEST
            if zones and first <= zones[-1][1]:
                zones[-1] = zones[-1][0], max(last, zones[-1][1])
            else:
                zones.append((first, last))
        return any(self.within(*zone, *kinds) for zone in zones)

    def _search(self, start: int, end: int) -> None:
        """Look for all words in the blocks between `start` and `end`."""
        if not self._edges:
            self._edges = _edges(self.words, self.vocabulary.edges)
        first = max(0, bisect_right(self._edges, start) - 1)
        last = min(bisect_left(self._edges, end), len(self._edges) - 1)
        for block in range(first, last):
            if block not in self._done:
                self._done.add(block)
                self._left = len(self._done) < len(self._edges) - 1
                self._search_block(*self._edges[block : block + 2])

    def _search_block(self, first: int, last: int) -> None:
        """All words of one block; of two that overlap the one that starts first, then the longer."""
        starting = self._starting[
            bisect_left(self._starting, (first,)) : bisect_left(self._starting, (last,))
        ]
        found = sorted(starting + _found(self.vocabulary.others, self.words, first, last))
        hits: list[Hit] = []
        reached = 0
        for start, negative_end, _, kind in found:
            if -negative_end > reached:
                hits.append(Hit(start, -negative_end, kind))
                reached = -negative_end
        at = bisect_left(self._starts, first)
        self.all[at:at] = hits
        self._starts[at:at] = [hit.start for hit in hits]
        self.kinds.update([hit.kind for hit in hits])


def _edges(words: str, signs: re.Pattern[str]) -> list[int]:
    """Where the blocks of a text start, and its end."""
    edges = [0]
    while sign := signs.search(words, edges[-1] + _BLOCK):
        edges.append(sign.start())
    return [*edges, len(words)]


def _found(automaton: ahocorasick.Automaton, words: str, first: int, last: int) -> list[_Found]:
    """The words of an automaton in a part of a text, in its order; overlapping ones too."""
    size = len(words)
    found: list[_Found] = []
    # Of a part alone, for an automaton copies all of what it is given.
    for last_char, (length, rank, kind, ahead, behind) in automaton.iter(words[first:last]):
        end = first + last_char + 1
        start = end - length
        if start and (
            (words[start - 1].isalpha() and not ahead)
            or (words[start - 1].isdigit() and words[start].isdigit())
        ):
            continue
        if end < size and (
            (words[end].isalpha() and not behind) or (words[end].isdigit() and words[end - 1].isdigit())
        ):
            continue
        if behind:
            while end < size and words[end].isalpha():
                end += 1
        found.append((start, -end, rank, kind))
    found.sort()
    return found
