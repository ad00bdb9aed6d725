"""What of a cue is compared with a sentence: its slots as bits, from the looked-up word outwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

# For each slot, from the anchor on: its bit, and how many words may stand between it and the one before.
Wanted: TypeAlias = tuple[tuple[int, int], ...]


class Shape(NamedTuple):
    """The slots round the anchor of a cue."""

    needed: int  # the bits of all slots but the anchor
    partner: int  # the bit of the rarest of these, 0 where there is none
    left: Wanted
    right: Wanted


def leftwards(
    wanted: Wanted, fits: Sequence[int], steps: Sequence[int], at: int, floor: int
) -> tuple[int, ...] | None:
    """The words to the left of word `at` that fill the slots, in their order; None where there are none.

    Args:
        wanted: the slots.
        fits: for each word of the passage, the bits of the slots that it fills.
        steps: see `Passage`.
        at: index of the word.
        floor: the first word of the sentence.
    """
    bit, gap = wanted[0]
    further = wanted[1:]
    least = steps[at] - gap
    for place in range(at - 1, floor - 1, -1):
        if steps[place + 1] < least:
            return None
        if fits[place] & bit:
            if not further:
                return (place,)
            rest = leftwards(further, fits, steps, place, floor)
            if rest is not None:
                return (*rest, place)
    return None


def rightwards(
    wanted: Wanted, fits: Sequence[int], steps: Sequence[int], at: int, ceiling: int
) -> tuple[int, ...] | None:
    """The same to the right, up to the word `ceiling`, which is the next sentence's."""
    bit, gap = wanted[0]
    further = wanted[1:]
    for place in range(at + 1, ceiling):
        if steps[place] - steps[at + 1] > gap:
            return None
        if fits[place] & bit:
            if not further:
                return (place,)
            rest = rightwards(further, fits, steps, place, ceiling)
            if rest is not None:
                return (place, *rest)
    return None
