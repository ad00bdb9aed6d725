"""Problem: the customer's own description of the trouble, as one exact slice of his words."""

from __future__ import annotations

from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Candidate, Field, Reason, Source

_TOLD = frozenset(f"reason.{reason.value}" for reason in Reason)
_TROUBLE = 2.0  # weight from which a cue tells of trouble
_APART = 2  # sentences that may stand between two of the same story
_LONGEST = 900  # characters


def read_problem(reading: Reading) -> Field | None:
    """The sentences that tell what went wrong, from the first to the last; None where none does."""
    for marked, source in ((reading.body, Source.BODY), (reading.subject, Source.SUBJECT)):
        told = sorted({hit.sentence for hit in marked.named(*_TOLD) if hit.cue.weight >= _TROUBLE})
        if told:
            return Field(chosen=_candidate(marked, told, source))
    return None


def _candidate(marked: Marked, told: list[int], source: Source) -> Candidate:
    passage = marked.passage
    first = last = told[0]
    for sentence in told[1:]:
        whole = passage.sentences[sentence].end - passage.sentences[first].start
        if sentence - last > _APART + 1 or whole > _LONGEST:
            break
        last = sentence
    evidence = passage.evidence(passage.sentences[first].start, passage.sentences[last].end)
    return Candidate(
        value=evidence.text,
        evidence=evidence,
        source=source,
        confidence=0.8,
        rule="sentences that tell of trouble",
    )
