"""Where values stand in a part: kept in order, so that the nearest is found without a walk through all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from intake.extraction.fields.page import FAR, REACH, Mark, Near, Page

_ANOTHERS = 4  # added to the distance of a cue that stands nearer to another value
_ELSEWHERE = 8  # and to that of a cue in another sentence

Place = tuple[int, int]  # first token, and the one after the last


def nearest(page: Page, places: Sequence[Place], first: int, last: int) -> tuple[int, int]:
    """Index of the place nearest to the tokens `first` up to `last`, and its distance; (-1, FAR) where there is none.

    Places are in order and do not overlap: only the one before and the one after can be nearest. Of equally
    near ones it is the one that follows: "VAT 19.00" more often than "19.00 VAT".
    """
    best, least = -1, FAR
    if not places:
        return best, least
    at = bisect_left(places, (last,))
    if at < len(places) and (distance := page.gap(last - 1, places[at][0])) < least:
        best, least = at, distance
    if at and places[at - 1][1] <= first:
        distance = page.gap(places[at - 1][1] - 1, first)
        if distance < least:
            best, least = at - 1, distance
    return best, least


def following(places: Sequence[Place], place: Place) -> int:
    """The token at which the next place begins, else where cues cannot speak of this one any more."""
    after = bisect_left(places, (place[1],))
    return places[after][0] if after < len(places) else place[1] + REACH


def leading(
    page: Page, place: Place, head_start: Mapping[str, int], rivals: Sequence[Place] = ()
) -> Near | None:
    """The cue that speaks of a place: the nearest, each kind of `head_start` with its own.

    Args:
        page: the part.
        place: the tokens in question.
        head_start: steps that a kind of cue may be farther away and still win; other kinds do not count.
        rivals: the places of all values of this sort; a cue that stands nearer to another one is put back.
    """
    sentences = page.tokens.sentences
    best, least = None, FAR
    for near in page.near(*place, "cue"):
        mark = near.mark
        if mark.kind not in head_start:
            continue
        effective = near.distance - head_start[mark.kind]
        if rivals:
            effective += _ELSEWHERE * (sentences[mark.first] != sentences[place[0]])
            effective += _ANOTHERS * (nearest(page, rivals, mark.first, mark.last)[1] < near.distance)
        if effective < least:
            best, least = near, effective
    return best


def intended(page: Page) -> Iterator[Mark]:
    """What somebody wanted to do with money, a word of wanting before it in its sentence: "wollte … überweisen"."""
    sentences = page.tokens.sentences
    wanted = -1  # the sentence of the last word of wanting
    for mark in page.group("intent"):
        if mark.kind == "modal":
            wanted = sentences[mark.first]
        elif sentences[mark.first] == wanted:
            yield mark


def negated(page: Page, mark: Mark) -> bool:
    """Whether "not" stands up to two words before a word of paying, in its clause."""
    found = page.touching(mark.first, mark.last, "neg", before=2)
    return (
        found is not None
        and found.kind == "not"
        and page.tokens.clauses[found.first] == page.tokens.clauses[mark.first]
    )


def blanked(text: str, slices: Iterable[tuple[int, int]]) -> str:
    """`text` with slices that mean something else made unreadable; as long as it was."""
    pieces: list[str] = []
    done = 0
    for start, end in sorted(slices):
        if start >= done:
            pieces += text[done:start], "\x00" * (end - start)
            done = end
    return "".join(pieces) + text[done:]
