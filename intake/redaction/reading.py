"""One text while the numbers in it are weighed: its labels, the words of its sentences."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from intake.redaction.against import against
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan
from intake.redaction.values import Value

CARD_NEAR = 80  # characters from a card to what is told of it
LONGEST = 400  # characters of a sentence that are read
_REACH = 240  # characters from a label to its value
_BEFORE, _AFTER = 8, 5  # labels that are weighed for one value


@dataclass(slots=True)
class Reading:
    """One text while its numbers are weighed."""

    scan: Scan
    labels: list[Hit]
    starts: list[int]
    words: dict[int, frozenset[str]] = field(default_factory=dict)
    spoken: dict[tuple[int, int], frozenset[Kind]] = field(default_factory=dict)

    def close(self, start: int, end: int) -> bool:
        """Whether a label or a card is near enough to `start:end`."""
        first = bisect_left(self.starts, start - _REACH)
        labelled = first < len(self.starts) and self.starts[first] < end + _REACH
        return labelled or self.scan.beside_card(start, end, CARD_NEAR)

    def spelled(self) -> bool:
        """Whether number words may be near enough to a label or a card."""
        places = [(start, start) for start in self.starts] + self.scan.cards
        return self.scan.hits.stand_near(places, _REACH, Kind.NUMBER)

    def near(self, value: Value) -> list[Hit]:
        """The labels that are near enough to a value, and not more than a few of them."""
        at = bisect_left(self.starts, value.start)
        first = max(bisect_left(self.starts, value.start - _REACH), at - _BEFORE)
        return self.labels[first : min(bisect_left(self.starts, value.end + _REACH), at + _AFTER)]

    def kinds(self, first: int, last: int) -> frozenset[Kind]:
        """The kinds of the words in a row of sentences."""
        if (first, last) not in self.spoken:
            sentences = self.scan.sentences()
            span = sentences.span(first)[0], sentences.span(last)[1]
            self.spoken[first, last] = frozenset(hit.kind for hit in self.scan.hits.within(*span, *Kind))
        return self.spoken[first, last]

    def said(self, number: int) -> frozenset[str]:
        """The words of a sentence."""
        if number not in self.words:
            start, end = self.scan.sentences().span(number)
            self.words[number] = frozenset(
                WORDS.findall(self.scan.folded.lower, start, min(end, start + LONGEST))
            )
        return self.words[number]

    def against(self, value: Value) -> float:
        """What speaks against a value in its sentence."""
        sentences = self.scan.sentences()
        return against(self.scan, value, *sentences.span(sentences.at(value.start)))


def apposed(gap: str) -> bool:
    """Whether a clause set off by commas lies between: "the code, which I typed, 482913"."""
    return gap.rstrip().endswith(",") and gap.count(",") > 1
