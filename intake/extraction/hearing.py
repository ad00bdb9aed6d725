"""What a message sounds like to the classifiers, sentence by sentence and as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from intake.extraction.nlp import NONE, WISH, sound
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Evidence, Reason

FLOOR = 1e-3  # likelihood below which a sentence says nothing
_REASONS = tuple(Reason)
_LABELS = (*_REASONS, WISH, NONE)
_SHORTEST = 3  # words: greetings and names are no statements
_MOST = 40  # sentences that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """What the classifiers say of a message."""

    asks: float  # see `Sound`
    likely: dict[
        str, list[float]
    ]  # each label's likelihood in each of the sentences; empty where there are none
    _sentences: list[tuple[Marked, int]]  # those that were looked at

    def loudest(self, label: str) -> tuple[Marked, int]:
        """The sentence where a label is likeliest."""
        likely = self.likely[label]
        return self._sentences[likely.index(max(likely))]

    def evidence(self, label: str) -> Evidence:
        """The same, to be shown."""
        marked, sentence = self.loudest(label)
        return marked.passage.sentence_evidence(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a message sounds like to the classifiers.

    Of its most telling sentence the likelihood; of all sentences together the sum of squares, so that one that sounds
    like a little of everything says nothing.
    """

    reason: float  # that it gives a reason for a refund
    complaint: Evidence | None  # the sentence that does
    wish: float  # that it asks for money back
    wished: Evidence | None
    requests: float  # together: that they ask for money back, or give a reason to
    others: float  # together: that they ask for something else, or for nothing
    asks: float  # as a whole: that it asks for money back (log odds)


def hear(reading: Reading) -> Heard:
    """How much the message sounds like one that asks for money back, and how much like another."""
    voices = listen(reading)
    peaks = {label: peak for label, likely in voices.likely.items() if (peak := max(likely)) > FLOOR}
    squares = {label: sum(map(mul, likely, likely)) for label, likely in voices.likely.items()}
    reason = max((one for one in _REASONS if one in peaks), key=peaks.__getitem__, default=None)
    return Heard(
        reason=peaks[reason] if reason else 0.0,
        complaint=voices.evidence(reason) if reason else None,
        wish=peaks.get(WISH, 0.0),
        wished=voices.evidence(WISH) if WISH in peaks else None,
        requests=sum(total for label, total in squares.items() if label != NONE and total > FLOOR),
        others=total if (total := squares.get(NONE, 0.0)) > FLOOR else 0.0,
        asks=voices.asks,
    )


@lru_cache(maxsize=1)  # the kind of a message is asked first, then the reason
def listen(reading: Reading) -> Voices:
    """What the classifiers say of body and subject."""
    subject, body = reading.subject.passage, reading.body.passage
    spoken = [
        (marked, index, before + span.first, before + span.last)
        for marked, before in ((reading.body, len(subject.words)), (reading.subject, 0))
        for index, span in enumerate(marked.passage.sentences)
        if span.last - span.first >= _SHORTEST
    ][:_MOST]
    heard = sound(subject.words + body.words, [(first, last) for _, _, first, last in spoken])
    return Voices(
        asks=heard.asks,
        likely={label: heard.likely[label] for label in _LABELS} if spoken else {},
        _sentences=[(marked, index) for marked, index, _, _ in spoken],
    )
