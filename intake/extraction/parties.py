"""Whose matter it is: the writer's own, or that of another person whom the letter names."""

from __future__ import annotations

from dataclasses import replace

from intake.extraction.frames import apart_from, beside
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Evidence, Reason

_FOR_ANOTHER = frozenset({"flag.their_matter", "flag.their_wish"})


def of_another(reading: Reading, reason: Reason | None) -> Evidence | None:
    """Written for somebody else: said so, or one whom the customer knows is named, and near by that it is theirs.

    Not where that one spent the customer's own money, nor what the writer bought for a kinsman.
    """
    own_money = _paid_himself(reading, reason)
    for marked in reversed(reading.parts):
        own = marked.sentences_of("flag.i_bought") - marked.sentences_of(*_FOR_ANOTHER)
        spoken_for = marked.sentences_of("flag.speaks_for")
        for hit in apart_from(marked, "flag.third_party", other="flag.own_name"):
            if hit.sentence not in own and (hit.sentence in spoken_for or not own_money):
                return marked.evidence(hit)
    if reason is Reason.UNAUTHORIZED_PAYMENT:
        return None
    body, own_matter = _of_people(reading.body), "flag.own_matter"
    owned = body.sentences_of("flag.their_matter")  # who lies in hospital alone has not bought anything
    return (
        beside(body, "flag.their_matter", "flag.kin_named", apart=1, unless=own_matter)
        or beside(body, "flag.their_state", "flag.kin_named", unless=own_matter)
        or (beside(body, "flag.their_plight", "flag.kin_named", unless=own_matter) if owned else None)
        or _bought(body)
    )


def _of_people(body: Marked) -> Marked:
    """The passage without the people who are none: "mon espace client" names no client."""
    others = body.named("flag.no_person")
    if not others:
        return body
    kept = (
        hit
        for hit in body.hits
        if hit.label != "flag.kin_named" or not any(hit.overlaps(other) for other in others)
    )
    return replace(body, hits=tuple(kept))


def _paid_himself(reading: Reading, reason: Reason | None) -> bool:
    """Whether the writer's own money was spent, by himself or unasked: he asks for himself, whosever the account is.

    Who has paid the wrong invoice, a friend's perhaps, has paid.
    """
    owned, bought = reading.body.sentences_of("flag.own_matter"), reading.body.sentences_of("flag.i_bought")
    if reason is Reason.UNAUTHORIZED_PAYMENT:
        return bool(owned or reading.subject.sentences_of("flag.own_matter"))
    return bool(bought) if reason is Reason.MISTAKEN_PAYMENT else not owned.isdisjoint(bought)


def _bought(body: Marked) -> Evidence | None:
    """A person named bought or paid, and wishes something, there or in the next sentence; not what the writer bought."""
    named = {hit.sentence for hit in body.hits if hit.label == "flag.kin_named"}
    wished = {hit.sentence for hit in body.hits if hit.label == "flag.their_wish"}
    own = body.sentences_of("flag.i_bought", "flag.own_matter")
    for hit in body.of("flag.they_bought"):
        at = hit.sentence
        if at in named and at not in own and not wished.isdisjoint({at, at + 1}):
            return body.evidence(hit)
    return None
