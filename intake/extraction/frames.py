"""Two things said near each other, in any order, that mean together what neither means alone.

A pattern of the cue grammar fixes the order of its words. Where a meaning has many orders ("she cannot write
herself, my mother", "my mother, who is in hospital") the two halves are tables of their own, and meet here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intake.extraction.cues import Hit
from intake.extraction.reading import Marked
from intake.extraction.types import Evidence

_REFUSALS = frozenset(
    {"flag.declines_alternative", "flag.declines_extension", "flag.refuses", "flag.negation"}
)
_SUITS = ("flag.if_easier", "flag.not_minded")  # of what is offered


def spoken(marked: Marked) -> Marked:
    """The passage without what it cites: "your terms say that no …" is not the customer's own no.

    What is cited ends at a comma, but for one right behind the cue ("сказано, что …"). Nor is a no the
    customer's in a sentence that tells of another company's offer or of one taken in the end, nor in a clause that
    says that something is fine if it is easier ("I want no credits, pay by card if that is easier" is a no).
    """
    cites = marked.named("flag.cited")  # "I never said that I …" cites too
    told = marked.sentences_of("flag.of_others", "flag.accepts_alternative")
    suits = marked.named(*_SUITS)
    if not (cites or told or suits):
        return marked
    words = marked.passage.words

    def cited(hit: Hit) -> bool:
        return any(
            hit.sentence == cite.sentence
            and cite.first <= hit.first
            and cite.last < hit.last
            and "," not in words[cite.last + 2 : hit.first]
            for cite in cites
        )

    def suited(hit: Hit) -> bool:
        return any(
            hit.sentence == one.sentence
            and "," not in words[min(hit.last, one.last) : max(hit.first, one.first)]
            for one in suits
        )

    own = (
        hit
        for hit in marked.hits
        if not (hit.label.startswith("flag.") and cited(hit))
        and not (hit.label in _REFUSALS and (hit.sentence in told or suited(hit)))
    )
    return replace(marked, hits=tuple(own))


def apart_from(marked: Marked, *labels: str, other: str) -> Sequence[Hit]:
    """The hits for one of `labels`, less those on words that say something else, `other`."""
    hits = marked.of(*labels)
    others = marked.of(other) if hits else ()
    return [hit for hit in hits if not any(hit.overlaps(one) for one in others)] if others else hits


def unbroken(marked: Marked, hits: Iterable[Hit]) -> list[Hit]:
    """Those with no comma inside: that would part two things said."""
    words = marked.passage.words
    return [hit for hit in hits if "," not in words[hit.first : hit.last]]


def beside(marked: Marked, what: str, near: str, *, apart: int = 0, unless: str = "") -> Evidence | None:
    """The sentence that says `what`, where it or one up to `apart` sentences away names `near`.

    A cue counts though negated: it is named all the same. A sentence that says `unless`, or has it between
    the two, shows nothing.
    """
    said, named = marked.named(what), {hit.sentence for hit in marked.named(near)}
    if not (said and named):
        return None
    barred = {hit.sentence for hit in marked.named(unless)}
    for hit in said:
        for other in range(hit.sentence - apart, hit.sentence + apart + 1):
            between = range(min(hit.sentence, other), max(hit.sentence, other) + 1)
            if other in named and barred.isdisjoint(between):
                return marked.evidence(hit)
    return None
