"""Kind of message: does a person ask for money back, add to a matter, or want something else?

Sentences are weighed one by one. A wish counts unless its own sentence takes it back: negated, supposed ("if it
fails again I'd …"), reported ("your colleague asked whether …") or over ("has arrived").
All of that is weighed up in `doubt`.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.extraction.cues import Hit, Lexicon
from intake.extraction.doubt import Cued, likelihood_of_a_request
from intake.extraction.hearing import hear
from intake.extraction.reading import Marked, Reading
from intake.extraction.seeming import HEADLINE, PAID, THING, headlines, real
from intake.extraction.types import Evidence, Kind, Reason
from intake.mail.redacted import Author, RedactedMessage

WISH, CANCEL = "kind.wish", "kind.cancel"
_DEMAND = "kind.demand"  # in so many words, and the verb is an imperative: "remboursez-moi"
_REFUSED = "kind.nowish"
_AND = "kind.and"  # "… cannot work and wants a refund": what was denied before it is not what comes after
_BESIDE = "kind.beside"  # looks like it and is not: "the server came back"
_CHOICE = "kind.choice"  # where the money should go, or which of two is taken
_ARRIVED = "kind.arrived"  # the money is back, the matter can be closed
_NOTICE = "kind.notice"  # a machine says that it wrote
_SUPPOSED = "kind.hypothetical"
_TOLD = ("kind.reported", "kind.pitch")
_TAKEN_BACK = (_SUPPOSED, *_TOLD)
_RECEIVED = "kind.received"
_DECLINES = ("flag.declines_waiting", "flag.declines_alternative")
_FOREIGN = f"reason.{Reason.UNAUTHORIZED_PAYMENT}"
_NEAR = 3  # words from which a negator reaches an imperative
_PROSPECT = "kind.prospect"  # nothing was bought yet
_STAYS = "kind.no_request"  # what was asked is taken back, the service is kept
_CLEAR = 2.0  # weight from which a wish needs no support
_MONEY_REASONS = tuple(
    f"reason.{reason.value}"
    for reason in (
        Reason.DUPLICATE_PAYMENT,
        Reason.UNAUTHORIZED_PAYMENT,
        Reason.UNWANTED_RENEWAL,
        Reason.MISTAKEN_PAYMENT,
        Reason.LEGAL_RIGHT,
    )
)  # these complain of a payment, so they ask for it back even where no word says so
_ABOUT_REFUNDS = (WISH, CANCEL, _DEMAND, *(f"reason.{reason.value}" for reason in Reason))
_SOMETHING_ELSE = ("kind.service", "kind.pitch")
# Likelihood of a request: where one is clearly wished, and where not. Of 1,601 unseen and hard letters 99 were told
# wrongly so, 105 by 0.52 alone; below it there is a case all the same.
_WISHED, _ENOUGH = 0.52, 0.6
# From here on a message is never set aside: of 692 requests none lay below, of 1,184 hard ones 27.
_DOUBTFUL = 0.15
_UNASKED, _SUREST = 0.85, 0.97  # confidence where no word asks for money, and at the most
_STORY = 25  # words from which a message can stand alone


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSeen:
    """The kind, how sure, and the sentence that decided."""

    kind: Kind
    confidence: float
    evidence: Evidence | None
    doubtful: bool = False  # `other` by a narrow margin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:  # or what speaks against one
    weight: float
    evidence: Evidence | None


_NO_WISH = _Wish(weight=0.0, evidence=None)


def classify(message: RedactedMessage, reading: Reading) -> KindSeen:
    """The kind of message, how sure, and why."""
    if message.automatic:
        return KindSeen(kind=Kind.AUTOMATIC, confidence=0.97, evidence=None)
    wish = _wish(reading.body, reading.lexicon)
    if _answers(message):
        return _in_a_thread(message, reading, wish)
    return _alone(message, reading, wish)


def _alone(message: RedactedMessage, reading: Reading, wish: _Wish) -> KindSeen:
    """A message that starts a matter."""
    notice = _best(reading.body, _notices(reading.body))
    if notice.weight and wish.weight <= _CLEAR:
        return KindSeen(kind=Kind.OTHER, confidence=0.8, evidence=notice.evidence)
    heard, complaint = hear(reading), _complaint(reading)
    refused, titled = _against(reading.body, reading.lexicon), _wish(reading.subject, reading.lexicon)
    if not reading.body.passage.words:
        wish = titled
    come = () if complaint else (_ARRIVED,)  # of one who complains it was something else that came
    other = _strongest(reading.body, *_SOMETHING_ELSE, THING, *come)
    cued = Cued(
        wished=wish.weight,
        titled=titled.weight,
        refused=refused.weight,
        something_else=other.weight,
        complained=complaint is not None,
    )
    likely = likelihood_of_a_request(reading, heard, cued)
    if likely >= (_WISHED if wish.weight > _CLEAR else _ENOUGH):
        said = heard.wished if heard.wish > heard.reason else heard.complaint
        shown = wish.evidence or titled.evidence or complaint or said
        sure = likely if wish.evidence or titled.evidence else min(likely, _UNASKED)
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=_confidence(sure), evidence=shown)
    shown = refused.evidence or other.evidence
    sure = _confidence(1 - likely)
    doubtful = likely >= _DOUBTFUL or _passed_on(message, reading)
    return KindSeen(kind=Kind.OTHER, confidence=sure, evidence=shown, doubtful=doubtful)


def _passed_on(message: RedactedMessage, reading: Reading) -> bool:
    """Whether what is forwarded asks for money back: a colleague's "this one is yours" says nothing of it."""
    quotes = (quote for author in Author for quote in reading.quotes(message, author, WISH, _DEMAND))
    return any(_wish(quote, reading.lexicon).weight > _CLEAR for quote in quotes)


def _confidence(likely: float) -> float:
    return round(min(_SUREST, likely), 2)


def _in_a_thread(message: RedactedMessage, reading: Reading, wish: _Wish) -> KindSeen:
    """A message that answers another: a reply, unless it tells a whole story, says thanks or wants another thing."""
    # What is thought of the quotes is asked last: to mark a long chain costs more than all the rest.
    if wish.weight >= _CLEAR and _stands_alone(reading) and _fresh(message, reading):
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=0.75, evidence=wish.evidence)
    if wish.weight < _CLEAR and _only_thanks(reading):
        return KindSeen(
            kind=Kind.OTHER,
            confidence=0.85,
            evidence=_strongest(reading.body, _ARRIVED, _RECEIVED).evidence,
        )
    something_else = _strongest(reading.body, *_SOMETHING_ELSE)
    declines = bool(reading.body.sentences_of(*_DECLINES))  # who does answers an offer
    if something_else.weight > _CLEAR and not (wish.weight or declines or _matter(message, reading)):
        return KindSeen(kind=Kind.OTHER, confidence=0.7, evidence=something_else.evidence)
    return KindSeen(kind=Kind.REPLY, confidence=0.9, evidence=wish.evidence)


def _wish(marked: Marked, lexicon: Lexicon) -> _Wish:
    """The strongest wish for money back in a passage that is not taken back where it stands."""
    wishes = [*marked.of(WISH, CANCEL, _DEMAND), *_far_denied(marked, lexicon)]
    if not wishes or _not_charged(marked, _PROSPECT):
        return _NO_WISH
    stays = bool(marked.sentences_of(_STAYS))
    refused = [*_refusals(marked), *marked.of(_BESIDE)]
    spoiled = marked.sentences_of(*_TAKEN_BACK) | {hit.sentence for hit in _come(marked)}
    found = [
        hit
        for hit in wishes
        if hit.sentence not in spoiled
        and not (stays and (hit.label == CANCEL or hit.cue.weight <= _CLEAR))
        and not any(hit.overlaps(other) for other in refused)
    ]
    return _best(marked, list(real(marked, found)))


def _notices(marked: Marked) -> list[Hit]:
    """Words of a machine, or of one who writes to many."""
    begun = headlines(marked)
    return [*marked.of(_NOTICE), *(hit for hit in marked.of(HEADLINE) if hit.sentence in begun)]


def _against(marked: Marked, lexicon: Lexicon) -> _Wish:
    """The strongest word that no money is wanted: refused, supposed, or come already."""
    refused = [*_refusals(marked), *_not_charged(marked, _PROSPECT, _SUPPOSED)]
    refused += [*marked.of(_STAYS, *_TOLD), *_come(marked)]
    denied = marked.of(WISH, CANCEL, _DEMAND, negated=True)
    held = {hit.first for hit in _far_denied(marked, lexicon)} if denied else ()
    refused += [
        hit
        for hit in denied
        if hit.cue.weight >= _CLEAR and not any(hit.first <= first <= hit.last for first in held)
    ]
    return _best(marked, refused)


def _refusals(marked: Marked) -> list[Hit]:
    """Words that refuse money, unless an "and" parts the denial from the wish."""
    refused = marked.of(_REFUSED)
    ands = [hit.first for hit in marked.of(_AND)] if refused else ()
    return [hit for hit in refused if not any(hit.first < place < hit.last for place in ands)]


def _not_charged(marked: Marked, *labels: str) -> list[Hit]:
    """Hits that mean a purchase to come; "I never bought a thing" beside "I was charged 20 EUR" means another."""
    hits = marked.of(*labels)
    if not hits:
        return []
    paid, foreign = marked.sentences_of(PAID), marked.sentences_of(_FOREIGN)
    charged = {place for one in paid for other in foreign if abs(one - other) <= 1 for place in (one, other)}
    return [hit for hit in hits if hit.sentence not in charged]


def _come(marked: Marked) -> list[Hit]:
    """That the money has come, unless it tells where it once came from."""
    received = marked.of(_RECEIVED)
    beside = marked.of(_BESIDE) if received else ()
    return [hit for hit in received if not any(hit.overlaps(other) for other in beside)]


def _far_denied(marked: Marked, lexicon: Lexicon) -> list[Hit]:
    """Imperatives that only a negator of other words precedes: "we don't need your limits refund us"."""
    words, negators = marked.passage.words, lexicon.scope.negators
    return [
        hit
        for hit in marked.of(_DEMAND, negated=True)
        if negators.isdisjoint(words[max(0, hit.first - _NEAR) : hit.last + _NEAR])
    ]


def _strongest(marked: Marked, *labels: str) -> _Wish:
    return _best(marked, list(marked.of(*labels)))


def _best(marked: Marked, hits: list[Hit]) -> _Wish:
    if not hits:
        return _NO_WISH
    best = max(hits, key=lambda hit: hit.cue.weight)
    return _Wish(weight=best.cue.weight, evidence=marked.evidence(best))


def _complaint(reading: Reading) -> Evidence | None:
    """A payment complained of."""
    for marked in reading.parts:
        strong = [hit for hit in marked.of(*_MONEY_REASONS) if hit.cue.weight > _CLEAR]
        if not strong:
            continue
        spoiled = marked.sentences_of(*_TAKEN_BACK, _RECEIVED, _REFUSED)
        for hit in real(marked, [hit for hit in strong if hit.sentence not in spoiled]):
            return marked.evidence(hit)
    return None


def _answers(message: RedactedMessage) -> bool:
    quoted = any(not quote.forwarded and quote.author is not Author.CUSTOMER for quote in message.quotes)
    return message.is_reply or (quoted and _reply_subject(message.subject.text))


def _reply_subject(subject: str) -> bool:
    return subject.strip().lower().startswith(("re:", "aw:", "rv:", "sv:", "antw:", "ответ:", "відп:", "re["))


def _matter(message: RedactedMessage, reading: Reading) -> bool:
    """Whether the thread is about a refund: its subject or its quoted words say so."""
    if any(True for _ in reading.subject.of(*_ABOUT_REFUNDS)):
        return True
    return any(
        True
        for author in Author
        for quote in reading.quotes(message, author)
        for _ in quote.of(WISH, CANCEL, _DEMAND, "kind.reported", "kind.details")
    )


def _fresh(message: RedactedMessage, reading: Reading) -> bool:
    """Whether a message that answers another may start a matter all the same."""
    return not message.is_reply or (_on_a_receipt(message, reading) and not _matter(message, reading))


def _on_a_receipt(message: RedactedMessage, reading: Reading) -> bool:
    """Whether it answers a machine's receipt or notice: the first word of a person in that thread."""
    labels = (PAID, _NOTICE)
    others = (
        quote
        for author in (Author.OTHER, Author.UNKNOWN)
        for quote in reading.quotes(message, author, *labels)
    )
    return any(quote.sentences_of(*labels) for quote in others)


def _stands_alone(reading: Reading) -> bool:
    body = reading.body
    reasons = [
        hit for hit in body.of(*(f"reason.{reason.value}" for reason in Reason)) if hit.cue.weight >= _CLEAR
    ]
    return len(body.passage.words) >= _STORY and bool(reasons)


def _only_thanks(reading: Reading) -> bool:
    """Thanks or a confirmation, and nothing that a case could want: no number, no address, no question.

    Where the money has come the figures are those of the refund.
    """
    body = reading.body
    words = body.passage.words
    if "?" in words:
        return False
    if body.sentences_of(_ARRIVED) and len(words) < 3 * _STORY:
        return True
    facts = any(any(char.isdigit() for char in word) or word == "@" for word in words)
    facts = facts or bool(body.sentences_of(_CHOICE))
    return bool(body.sentences_of(_RECEIVED)) and not facts and len(words) < 2 * _STORY
