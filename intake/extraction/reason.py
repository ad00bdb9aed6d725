"""Reason: why the money is wanted back. Cues and the classifier vote; in trials neither alone came near both.

Of short statements that neither had seen, cues named the reason of 73 %, the classifier of 60 %, both of 82 %.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, log

from intake.extraction.cues import Hit
from intake.extraction.nlp import likelihoods
from intake.extraction.reading import Marked, Reading, mark_nothing
from intake.extraction.types import Candidate, Evidence, Field, Kind, Reason, Source

_LABELS = {f"reason.{reason.value}": reason for reason in Reason}
_SCORED = {reason: reason.value for reason in Reason}  # by the classifier
_DECLINED = "flag.declines_alternative"
_REFUSALS = ("flag.declines_waiting", _DECLINED)
_OF_OFFERS = frozenset({Reason.DISSATISFIED, Reason.WRONG_ORDER, Reason.UNWANTED_RENEWAL})
_FADE = 0.6  # each further cue for the same reason counts less: ten weak hints are not ten proofs
_SUBJECT = 0.8  # of a subject line's cues: it names the matter, but in two words
_TRUST = 1.5  # points of a cue for each unit of log likelihood; 1 to 2 did equally well
_SPREAD = 2.0  # points that make a reason 2.7 times as likely; fitted on letters of our own, a little on the safe side
_UNSAID = 4.0  # points of a reason that no word names
_SUREST = 0.97
_FLOOR = 1e-3  # likelihood below which a sentence says nothing
_BELIEVED = 0.5  # likelihood from which the classifier alone names a reason
_HEARD, _PLAIN = 2.0, 3.0  # points of cues that do so in a request, in a reply
_SHORTEST = 3  # words: greetings and names are no statements
_MOST = 40  # sentences that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One reason, what speaks for it, and the sentence that says it best."""

    reason: Reason
    score: float
    evidence: Evidence
    source: Source
    rule: str
    heard: bool  # loud enough to name it
    plain: bool  # said in so many words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote:
    """What one side says for a reason."""

    weight: float
    marked: Marked
    sentence: int  # the one that says it best
    rule: str

    @property
    def evidence(self) -> Evidence:
        """The sentence: cut out only for who shows it."""
        return self.marked.passage.sentence_evidence(self.sentence)


def read_reason(reading: Reading, kind: Kind) -> Field | None:
    """The main reason, the others as losing candidates; None where nothing speaks of one.

    A reply need not give a reason, its case has one: only plain words of its own count.
    """
    own = replace(reading, subject=mark_nothing(reading.subject)) if kind is Kind.REPLY else reading
    ranked = rank(own)
    if not ranked or not (ranked[0].plain if kind is Kind.REPLY else ranked[0].heard):
        return None
    chosen, *others = (
        Candidate(
            value=scored.reason,
            evidence=scored.evidence,
            source=scored.source,
            confidence=confidence,
            rule=scored.rule,
        )
        for scored, confidence in zip(ranked, confidences(ranked), strict=True)
    )
    return Field(chosen=chosen, others=tuple(others))


def confidences(ranked: Sequence[Scored]) -> list[float]:
    """How likely each reason is the main one: shares of the scores' exponentials, something unsaid among them."""
    best = ranked[0].score
    shares = [exp((scored.score - best) / _SPREAD) for scored in ranked]
    total = sum(shares) + exp((_UNSAID - best) / _SPREAD)
    return [round(min(_SUREST, share / total), 2) for share in shares]


def rank(reading: Reading) -> list[Scored]:
    """Every reason that something speaks for, best first."""
    cues = {reason: _by_cues(hits) for reason, hits in _hits(reading).items()}
    model = _by_model(reading)
    ranked = [
        _scored(reason, cues.get(reason), model.get(reason))
        for reason in Reason
        if reason in cues or (reason in model and model[reason].weight >= _BELIEVED / 2)
    ]
    return sorted(ranked, key=lambda scored: -scored.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The sentence that sounds most like a reason for a refund."""

    reason: Reason | None
    likelihood: float
    evidence: Evidence | None


def likeliest(reading: Reading) -> Statement:
    """How much the message sounds like one that asks for money back, by its most telling sentence."""
    votes = _by_model(reading, together=max)
    if not votes:
        return Statement(reason=None, likelihood=0.0, evidence=None)
    reason = max(votes, key=lambda reason: votes[reason].weight)
    return Statement(reason=reason, likelihood=votes[reason].weight, evidence=votes[reason].evidence)


def _hits(reading: Reading) -> dict[Reason, list[tuple[float, Marked, Hit]]]:
    """The cues that hold, each pattern once."""
    found: dict[Reason, list[tuple[float, Marked, Hit]]] = defaultdict(list)
    for marked, factor in ((reading.body, 1.0), (reading.subject, _SUBJECT)):
        seen = set()
        refusals = list(marked.of(*_REFUSALS))
        declined = [hit for hit in refusals if hit.label == _DECLINED]
        for hit in marked.hits:
            reason = _LABELS.get(hit.label)
            if reason is Reason.CANCELLATION and any(hit.overlaps(other) for other in declined):
                continue  # "no extra month needed"; but "no longer needed, found another" is a reason
            if reason in _OF_OFFERS and any(hit.overlaps(other) for other in refusals):
                continue  # "a later date doesn't suit us" speaks of the offer, not of the service
            if reason and not hit.negated and (reason, hit.cue.source) not in seen:
                seen.add((reason, hit.cue.source))
                found[reason].append((hit.cue.weight * factor, marked, hit))
    return found


def _by_cues(hits: list[tuple[float, Marked, Hit]]) -> _Vote:
    hits.sort(key=lambda item: -item[0])
    _, marked, best = hits[0]
    return _Vote(
        weight=sum(weight * _FADE**index for index, (weight, _, _) in enumerate(hits)),
        marked=marked,
        sentence=best.sentence,
        rule=f"cue: {best.cue.source}",
    )


def _by_model(reading: Reading, together: Callable[[Iterable[float]], float] = sum) -> dict[Reason, _Vote]:
    """For each reason its likelihoods over the sentences together, and the sentence where it is likeliest."""
    spoken = list(_statements(reading))[:_MOST]
    scores = likelihoods([words for _, _, words in spoken])
    votes = {}
    for reason, label in _SCORED.items():
        likely = scores.get(label)
        if likely and (total := together(likely)) > _FLOOR:
            marked, sentence, _ = spoken[likely.index(max(likely))]
            votes[reason] = _Vote(weight=total, marked=marked, sentence=sentence, rule="classifier")
    return votes


def _statements(reading: Reading) -> Iterator[tuple[Marked, int, tuple[str, ...]]]:
    for marked in (reading.body, reading.subject):
        for index, span in enumerate(marked.passage.sentences):
            if span.last - span.first >= _SHORTEST:
                yield marked, index, marked.passage.words[span.first : span.last]


def _scored(reason: Reason, cues: _Vote | None, model: _Vote | None) -> Scored:
    """Both votes in points of a cue; the words shown are those of the side that spoke up more."""
    likely = _TRUST * (log(max(model.weight, _FLOOR) if model else _FLOOR) - log(_FLOOR))
    points = cues.weight if cues else 0.0
    total = model.weight if model else 0.0
    shown = cues or model
    if shown is None:
        raise ValueError("a reason that nobody speaks for")
    evidence = shown.evidence
    return Scored(
        reason=reason,
        score=points + likely,
        evidence=evidence,
        source=Source.SUBJECT if evidence.part == "subject" else Source.BODY,
        rule=shown.rule,
        heard=points >= _HEARD or total >= _BELIEVED,
        plain=points >= _PLAIN,
    )
