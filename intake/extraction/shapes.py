"""What of a cue is compared with a sentence: its slots as bits, from the looked-up word outwards."""

from __future__ import annotations

from typing import NamedTuple

from intake.extraction.passage import Span

_Wanted = tuple[
    tuple[int, int], ...
]  # a slot's bit, and how many words may stand between it and the last one


class Shape(NamedTuple):
    """The slots round the anchor of a cue."""

    needed: int  # the bits of all slots but the anchor
    partner: int  # the bit of the rarest of these, 0 where there is none
    left: _Wanted  # from the anchor on
    right: _Wanted

    def match(
        self, fits: list[int], steps: tuple[int, ...], at: int, sentence: Span
    ) -> tuple[int, ...] | None:
        """The words of the cue round its anchor at word `at`, inside the sentence; None where they are not there.

        Args:
            fits: for each word of the passage, the bits of the slots that it fills.
            steps: see `Passage`.
            at: index of the anchor.
            sentence: where all of them must stand.
        """
        left = _leftwards(self.left, fits, steps, at, sentence.first) if self.left else ()
        if left is None:
            return None
        right = _rightwards(self.right, fits, steps, at, sentence.last) if self.right else ()
        return None if right is None else (*left, at, *right)


def _leftwards(
    wanted: _Wanted, fits: list[int], steps: tuple[int, ...], at: int, floor: int
) -> tuple[int, ...] | None:
    bit, gap = wanted[0]
    further = wanted[1:]
    least = steps[at] - gap
    for place in range(at - 1, floor - 1, -1):
        if steps[place + 1] < least:
            return None
        if fits[place] & bit:
            rest = _leftwards(further, fits, steps, place, floor) if further else ()
            if rest is not None:
                return (*rest, place)
    return None


def _rightwards(
    wanted: _Wanted, fits: list[int], steps: tuple[int, ...], at: int, ceiling: int
) -> tuple[int, ...] | None:
    bit, gap = wanted[0]
    further = wanted[1:]
    for place in range(at + 1, ceiling):
        if steps[place] - steps[at + 1] > gap:
            return None
        if fits[place] & bit:
            rest = _rightwards(further, fits, steps, place, ceiling) if further else ()
            if rest is not None:
                return (place, *rest)
    return None
