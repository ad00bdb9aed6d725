"""Reason: why the money is wanted back, by cues and, where they leave it open, by the classifier."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from intake.extraction.cues import Hit
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Candidate, Evidence, Field, Reason, Source

_LABELS = {f"reason.{reason.value}": reason for reason in Reason}
_FADE = 0.6  # each further cue for the same reason counts less: ten weak hints are not ten proofs
_SUBJECT = 0.8  # of a subject line's cues: it names the matter, but in two words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One reason, what speaks for it, and the sentence that says it best."""

    reason: Reason
    score: float
    evidence: Evidence
    source: Source
    rule: str


def read_reason(reading: Reading) -> Field | None:
    """The main reason, the others as losing candidates; None where nothing speaks of one."""
    ranked = rank(reading)
    if not ranked:
        return None
    total = sum(scored.score for scored in ranked)
    chosen, *others = (
        Candidate(
            value=scored.reason,
            evidence=scored.evidence,
            source=scored.source,
            confidence=round(min(0.98, scored.score / (total + 1.0)), 2),
            rule=scored.rule,
        )
        for scored in ranked
    )
    return Field(chosen=chosen, others=tuple(others))


def rank(reading: Reading) -> list[Scored]:
    """Every reason that something speaks for, best first."""
    found: dict[Reason, list[tuple[float, Marked, Hit]]] = defaultdict(list)
    for marked, factor in ((reading.body, 1.0), (reading.subject, _SUBJECT)):
        seen = set()
        for hit in marked.hits:
            reason = _LABELS.get(hit.label)
            if reason and not hit.negated and (reason, hit.cue.source) not in seen:
                seen.add((reason, hit.cue.source))
                found[reason].append((hit.cue.weight * factor, marked, hit))
    return sorted((_scored(reason, hits) for reason, hits in found.items()), key=lambda scored: -scored.score)


def _scored(reason: Reason, hits: list[tuple[float, Marked, Hit]]) -> Scored:
    hits.sort(key=lambda item: -item[0])
    _, marked, best = hits[0]
    return Scored(
        reason=reason,
        score=sum(weight * _FADE**index for index, (weight, _, _) in enumerate(hits)),
        evidence=marked.evidence(best),
        source=Source.SUBJECT if marked.passage.part == "subject" else Source.BODY,
        rule=f"cue: {best.cue.source}",
    )
