"""A refusal, and what it refuses: the offer in its sentence or before it, or the question that a short "no" answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from intake.extraction.reading import Marked
from intake.extraction.types import Evidence

_PLAIN = 2.0  # a refusal above this weight needs no offer beside it, one before it will do
_BLUNT = 5.0  # "no, thanks" refuses what was spoken of two sentences before, or what support has just asked
_SHORT = 8  # words and marks of a sentence that says one thing
_QUESTION = 7  # words and marks of "a free month of what, please?"
_WAITS = frozenset({"flag.waits", "flag.awaits_else"})
_BARE = 2  # words and marks of a sentence that is a plain "no."


def refused_offer(body: Marked, *offers: str, besides: Collection[int] = ()) -> Evidence | None:
    """A refusal in the sentence of an offer, a plain one in the next, a blunt one up to two after it."""
    refusals = body.of("flag.refuses", "flag.bare_no")
    if not refusals:
        return None
    own = body.of("flag.not_had", "flag.third_party")  # "the extra space that I ordered" is no offer
    offered = {
        hit.sentence  # negated or not: it is named
        for hit in body.named(*offers)
        if not any(hit.overlaps(other) for other in own)
    }
    for hit in refusals:
        if hit.label == "flag.bare_no" and body.passage.length(hit.sentence) > _BARE:
            continue
        reach = (hit.cue.weight > _PLAIN) + (hit.cue.weight >= _BLUNT)
        near = range(hit.sentence - reach, hit.sentence + 1)
        if hit.sentence not in besides and not offered.isdisjoint(near):
            return body.evidence(hit)
    return None


def waved_off(body: Marked, *offers: str) -> Evidence | None:
    """An offer echoed as a question ("Bonus minutes? I have plenty."): who asks for something says more."""
    offered = body.of(*offers)
    asks = {hit.sentence for hit in body.named("flag.asks_for")} if offered else ()
    for hit in offered:
        last = body.passage.sentences[hit.sentence].last
        if (
            body.passage.words[last - 1] == "?"
            and body.passage.length(hit.sentence) <= _QUESTION
            and hit.sentence not in asks
        ):
            return body.evidence(hit)
    return None


def plain_refusal(body: Marked) -> Evidence | None:
    """The first refusal that says by itself that something is refused."""
    return next((body.evidence(hit) for hit in body.of("flag.refuses") if hit.cue.weight > _PLAIN), None)


def short_no(body: Marked, *, plain: bool = True) -> Evidence | None:
    """A "no, thanks", a "no" that opens a sentence, or (if `plain`) a refusal that is all a short sentence says."""
    sentences = body.passage.sentences
    for hit in body.of("flag.refuses", "flag.bare_no"):
        if hit.label == "flag.bare_no":
            short = hit.first == sentences[hit.sentence].first
        else:
            short = plain and hit.cue.weight > _PLAIN and body.passage.length(hit.sentence) <= _SHORT
        if short or hit.cue.weight >= _BLUNT:
            return body.evidence(hit)
    return None


def term_refused(body: Marked) -> Evidence | None:
    """A span of time refused ("I don't want the 14 days"), in answer to an offer of one; not one to wait through."""
    waits = {hit.sentence for hit in body.named(*_WAITS)}  # negated or not
    return next(
        (body.evidence(hit) for hit in body.of("flag.declines_term") if hit.sentence not in waits), None
    )


def less_bought(body: Marked, *, prolonged: bool) -> Marked:
    """The passage without the offers that are none: a longer term that was charged for, credits that were paid for.

    And without a no that is of a way to pay ("not needed on the card"), of a password that does not fit, of ending
    what is kept, of waiting, or, where a service ends (`prolonged`), of what is needed no longer: that was bought.
    """
    waits, longer = body.named(*_WAITS), {hit.sentence for hit in body.named("flag.extension")}
    offered = {hit.sentence for hit in body.named("flag.offered")}
    other = {
        "flag.sure_offer": body.of("flag.not_had"),
        "flag.refuses": [
            *body.of("flag.not_there", "flag.no_fit", "flag.stays"),
            *(hit for hit in body.of("flag.outgrown") if prolonged or hit.sentence not in offered),
            *(
                hit
                for hit in body.of("flag.declines_waiting")
                if hit.sentence not in longer and any(hit.overlaps(one) for one in waits)
            ),
        ],
    }
    if not any(other.values()):
        return body
    kept = (hit for hit in body.hits if not any(hit.overlaps(one) for one in other.get(hit.label, ())))
    return replace(body, hits=tuple(kept))
