"""Reason: why the money is wanted back. Cues and the classifier vote; in trials neither alone came near both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp, log
from typing import NamedTuple

from intake.extraction.cues import Hit
from intake.extraction.hearing import FLOOR, listen
from intake.extraction.reading import Marked, Reading, mark_nothing
from intake.extraction.types import Candidate, Evidence, Field, Kind, Reason, Source

_REASONS = tuple(Reason)
_LABELS = {f"reason.{reason.value}": reason for reason in Reason}
_DECLINED = "flag.declines_alternative"
_OFFERED = "flag.offered"
_LOCKED_OUT = "flag.lost_email_access"
_OF_ACCESS = frozenset({Reason.TECHNICAL_FAILURE, Reason.PROVIDER_FAULT, Reason.NOT_ACTIVATED})
# Why a customer gives up: beside one of these "cancel it, I no longer need it" tells what follows, not why.
_ENDED_BY = _OF_ACCESS | {Reason.UNWANTED_RENEWAL, Reason.DISSATISFIED}
_FOLLOWS = 0.6
_REFUSALS = ("flag.declines_waiting", _DECLINED)
_TOO_LATE = ("flag.declines_waiting", "flag.too_late", "flag.made_other_arrangements")
_OF_OFFERS = frozenset({Reason.DISSATISFIED, Reason.WRONG_ORDER, Reason.UNWANTED_RENEWAL, Reason.OTHER})
_ENDED, _CHARGED_ON = "kind.ended", "kind.again"
_DECISIVE = 5.0  # points of a cue that settles it
_STILL_OF_IT = range(-1, 4)  # sentences around a promise that may tell of it: "it is not there"
_STRONG = 3.0
_TERSE = 3  # words and marks of a sentence that has no room for anything else
_FADE = 0.6  # each further cue for the same reason counts less: ten weak hints are not ten proofs
_SUBJECT = 0.8  # of a subject line's cues: it names the matter, but in two words
_TRUST = 4.0  # points of a cue for each unit of log likelihood; 3 to 5 did equally well on letters never trained on
_SPREAD = 2.0  # points that make a reason 2.7 times as likely; fitted on letters of our own, a little on the safe side
_UNSAID = 4.0  # points of a reason that no word names
_SUREST = 0.97
_BELIEVED = 0.25  # likelihood from which the classifier alone names a reason
_SURELY = 0.75  # likelihood from which it does so in a reply as well
_HEARD, _PLAIN = 2.0, 4.0  # points of cues that do so in a request, in a reply


class Scored(NamedTuple):
    """One reason, what speaks for it, and the sentence that says it best."""

    reason: Reason
    score: float
    evidence: Evidence
    source: Source
    rule: str
    heard: bool  # loud enough to name it
    plain: bool  # said in so many words


class _Vote(NamedTuple):
    """What one side says for a reason, or the classifier for another label."""

    weight: float
    marked: Marked
    sentence: int  # the one that says it best
    rule: str
    terse: bool = False  # a whole sentence of few words says it: "never activated."

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
    ended = cues.get(Reason.CANCELLATION)
    if ended and any(reason in cues and cues[reason].weight >= _HEARD for reason in _ENDED_BY):
        cues[Reason.CANCELLATION] = ended._replace(weight=ended.weight * _FOLLOWS)
    model = _by_model(reading)
    if Reason.NOT_ACTIVATED not in cues and any(map(_awaited, reading.parts)):
        model.pop(Reason.NOT_ACTIVATED, None)  # the classifier cannot tell what has not come
    ranked = [
        _scored(reason, cues.get(reason), model.get(reason))
        for reason in _REASONS
        if reason in cues or (reason in model and model[reason].weight >= _BELIEVED / 2)
    ]
    return sorted(ranked, key=lambda scored: -scored.score)


def _hits(reading: Reading) -> dict[Reason, list[tuple[float, Marked, Hit]]]:
    """The cues that hold, each pattern once."""
    found: dict[Reason, list[tuple[float, Marked, Hit]]] = defaultdict(list)
    for marked, factor in ((reading.body, 1.0), (reading.subject, _SUBJECT)):
        seen = set()
        for hit in _charged_on(marked)[:1]:
            found[Reason.UNWANTED_RENEWAL].append((hit.cue.weight * factor, marked, hit))
        hits = marked.of(*_LABELS)
        beside = _beside(marked) if hits else None
        for hit in hits:
            reason = _LABELS[hit.label]
            if beside and (reason, hit.cue.source) not in seen and not beside(reason, hit):
                seen.add((reason, hit.cue.source))
                found[reason].append((hit.cue.weight * factor, marked, hit))
    return found


def _beside(marked: Marked) -> Callable[[Reason, Hit], bool]:
    """Tells whether a cue for a reason speaks of something else in this passage."""
    refusals = list(marked.of(*_REFUSALS))
    declined = [hit for hit in refusals if hit.label == _DECLINED]
    if any(hit.cue.weight >= _HEARD for hit in marked.of("reason.not_activated")):
        declined += marked.of(*_TOO_LATE)  # what came too late is "no longer needed"
    charged_on = _charged_on(marked)
    elsewhere: dict[Reason, list[Hit]] = defaultdict(list)
    # "no extra month needed"; but "no longer needed, found another" is a reason. What was ended and still charged for
    # is no news, nor is that charge a second one.
    elsewhere[Reason.CANCELLATION] = declined + (list(marked.of(_ENDED)) if charged_on else [])
    elsewhere[Reason.DUPLICATE_PAYMENT] = charged_on
    for reason in _OF_ACCESS:
        elsewhere[reason] += marked.of(
            _LOCKED_OUT
        )  # "can't get into the mailbox" explains the sender's address
    for reason in _OF_OFFERS:
        elsewhere[reason] += (
            refusals  # "a later date doesn't suit us" speaks of the offer, not of the service
        )
    sentences = {
        Reason.CANCELLATION: marked.sentences_of(_OFFERED),
        Reason.NOT_ACTIVATED: _awaited(marked),
    }
    return lambda reason, hit: (
        hit.sentence in sentences.get(reason, ()) or any(hit.overlaps(other) for other in elsewhere[reason])
    )


def _charged_on(marked: Marked) -> list[Hit]:
    """Charges that went on after the customer had ended it: "cancelled in March … charged again today"."""
    return list(marked.of(_CHARGED_ON)) if marked.sentences_of(_ENDED) else []


def _awaited(marked: Marked) -> frozenset[int]:
    """The sentences that tell of something promised besides the service, such as a refund agreed on."""
    promises = (hit.sentence for hit in marked.of(f"reason.{Reason.OTHER}") if hit.cue.weight >= _DECISIVE)
    return frozenset(sentence + step for sentence in promises for step in _STILL_OF_IT)


def _by_cues(hits: list[tuple[float, Marked, Hit]]) -> _Vote:
    hits.sort(key=lambda item: -item[0])
    _, marked, best = hits[0]
    return _Vote(
        weight=sum(weight * _FADE**index for index, (weight, _, _) in enumerate(hits)),
        marked=marked,
        sentence=best.sentence,
        rule=f"cue: {best.cue.source}",
        terse=any(weight >= _STRONG and _all_of_it(marked, hit) for weight, marked, hit in hits),
    )


def _all_of_it(marked: Marked, hit: Hit) -> bool:
    span = marked.passage.sentences[hit.sentence]
    return span.last - span.first <= _TERSE


def _by_model(reading: Reading) -> dict[str, _Vote]:
    """For each label its likelihoods over the sentences together, and the sentence where it is likeliest."""
    voices = listen(reading)
    votes = {}
    for label, likely in voices.likely.items():
        total = sum(likely)
        if total > FLOOR:
            marked, sentence = voices.loudest(label)
            votes[label] = _Vote(weight=total, marked=marked, sentence=sentence, rule="classifier")
    return votes


def _scored(reason: Reason, cues: _Vote | None, model: _Vote | None) -> Scored:
    """Both votes in points of a cue; the words shown are those of the side that spoke up more."""
    likely = _TRUST * (log(max(model.weight, FLOOR) if model else FLOOR) - log(FLOOR))
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
        plain=points >= (_STRONG if total >= _SURELY / 2 else _PLAIN)
        or total >= _SURELY
        or (cues is not None and cues.terse),
    )
