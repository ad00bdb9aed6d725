"""Which things said stand in one clause: asked often of a long passage, so its clauses are counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from intake.extraction.cues import Hit
from intake.extraction.reading import Marked

CLAUSE_ENDS = frozenset({",", ";", ":", "(", ")"})
_Place = tuple[int, int]  # a sentence and the clause in it


def words_of(hits: Iterable[Hit]) -> frozenset[int]:
    """The places of all words that one of `hits` spans: what lies on one of them overlaps it."""
    return frozenset(at for hit in hits for at in range(hit.first, hit.last + 1))


def lies_on(hit: Hit, words: frozenset[int]) -> bool:
    """Whether one of `words` is among those that the hit spans."""
    return not words.isdisjoint(range(hit.first, hit.last + 1))


class Clauses:
    """The clauses of a passage: how many have ended before each word."""

    def __init__(self, marked: Marked) -> None:
        words = marked.passage.words
        self._ended: Sequence[int] = list(accumulate((word in CLAUSE_ENDS for word in words), initial=0))

    def begin(self, hit: Hit) -> _Place:
        """Where the hit begins."""
        return hit.sentence, self._ended[hit.first]

    def end(self, hit: Hit) -> _Place:
        """Where it ends."""
        return hit.sentence, self._ended[hit.last]

    def ends(self, hits: Iterable[Hit]) -> dict[_Place, int]:
        """The first word that ends one of `hits`, for each clause: what begins behind it there is led by it."""
        found: dict[_Place, int] = {}
        for hit in hits:
            place = self.end(hit)
            found[place] = min(found.get(place, hit.last), hit.last)
        return found

    def begins(self, hits: Iterable[Hit]) -> dict[_Place, int]:
        """The last word that begins one of `hits`, for each clause: what ends before it there leads it."""
        found: dict[_Place, int] = {}
        for hit in hits:
            place = self.begin(hit)
            found[place] = max(found.get(place, hit.first), hit.first)
        return found
