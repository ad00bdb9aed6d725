"""Kind of message: does a person ask for money back, add to a matter, or want something else?

Sentences are weighed one by one. A wish counts unless its own sentence takes it back: negated, supposed ("if it
fails again I'd …"), reported ("your colleague asked whether …") or over ("has arrived").
The scales are not even: a doubtful message becomes a case for a person to look at, only a clear one is `other`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.extraction.cues import Hit
from intake.extraction.reading import Marked, Reading
from intake.extraction.reason import likeliest
from intake.extraction.types import Evidence, Kind, Reason
from intake.mail.redacted import Author, RedactedMessage

WISH, CANCEL = "kind.wish", "kind.cancel"
_REFUSED = "kind.nowish"
_ARRIVED = "kind.arrived"  # the money is back, the matter can be closed
_NOTICE = "kind.notice"  # a machine says that it wrote
_PAID = "kind.paid"  # a payment with a figure
_TAKEN_BACK = ("kind.hypothetical", "kind.reported", "kind.received", "kind.pitch")
_PROSPECT = "kind.prospect"  # nothing was bought yet
_STAYS = "kind.no_request"  # what was asked is taken back, the service is kept
_CLEAR = 2.0  # weight from which a wish needs no support
_LIKELY, _VERY_LIKELY = 0.5, 0.75  # of the classifier, that a sentence gives a reason for a refund
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
# Who complains of these and names no money wants the thing itself, in most mails.
_WANT_IT_WORKING = frozenset({Reason.TECHNICAL_FAILURE, Reason.NOT_ACTIVATED, Reason.DISSATISFIED, None})
_ABOUT_REFUNDS = ("kind.wish", "kind.cancel", *(f"reason.{reason.value}" for reason in Reason))
_SOMETHING_ELSE = ("kind.service", "kind.pitch")
_STORY = 25  # words from which a message can stand alone


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSeen:
    """The kind, how sure, and the sentence that decided."""

    kind: Kind
    confidence: float
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:  # or what speaks against one
    weight: float
    evidence: Evidence | None


_SUM = re.compile(
    r"[€$£₽₴]\s?\d|\d\s?(?:[€$£₽₴]|(?:eur|usd|gbp|rub|uah|euros?|dollars?|bucks|руб|грн|евро|євро|доллар|долар)\b|руб|грн)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b(?:[A-ZА-Я]{1,5}[-/]?)?\d{4,}(?:[-/]\d+)*\b")
_NO_WISH = _Wish(weight=0.0, evidence=None)


def classify(message: RedactedMessage, reading: Reading) -> KindSeen:
    """The kind of message (contract, Words)."""
    if message.automatic:
        return KindSeen(kind=Kind.AUTOMATIC, confidence=0.97, evidence=None)
    wish = _wish(reading.body)
    if _answers(message):
        return _in_a_thread(message, reading, wish)
    return _alone(reading, wish)


def _alone(reading: Reading, wish: _Wish) -> KindSeen:
    """A message that starts a matter."""
    against = _against(reading.body)
    notice = _strongest(reading.body, _NOTICE)
    if notice.weight and wish.weight <= _CLEAR:
        return KindSeen(kind=Kind.OTHER, confidence=0.8, evidence=notice.evidence)
    if wish.weight >= _CLEAR and wish.weight >= against.weight - 1:
        sure = 0.97 if wish.weight > max(_CLEAR, against.weight) else 0.8
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=sure, evidence=wish.evidence)
    if against.weight >= _CLEAR:
        return KindSeen(kind=Kind.OTHER, confidence=0.93, evidence=against.evidence)
    titled = _wish(reading.subject)
    if titled.weight >= _CLEAR:
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=0.85, evidence=titled.evidence)
    return _doubtful(reading, max(wish.weight, titled.weight / 2), wish.evidence or titled.evidence)


def _doubtful(reading: Reading, hint: float, hinted: Evidence | None) -> KindSeen:
    """No clear wish: a hint of one, a payment complained of, or a statement that sounds like one make a case."""
    complaint = _complaint(reading)
    statement = likeliest(reading)
    points = hint
    if statement.reason not in _WANT_IT_WORKING:
        points += (
            (complaint is not None) + (statement.likelihood > _LIKELY) + (statement.likelihood > _VERY_LIKELY)
        )
    elif reading.body.sentences_of(_PAID):
        points += (
            statement.likelihood > _LIKELY
        )  # who names the sum paid for a thing that fails, may want it back
    points += _names_a_payment(reading.body.passage.text.text)
    something_else = _strongest(reading.body, *_SOMETHING_ELSE)
    if points > something_else.weight:
        evidence = hinted or complaint or statement.evidence
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=0.5, evidence=evidence)
    return KindSeen(kind=Kind.OTHER, confidence=0.8, evidence=something_else.evidence)


def _names_a_payment(text: str) -> bool:
    """Whether a sum and an order's number stand in it: whoever names both writes about that payment."""
    return bool(_SUM.search(text)) and bool(_NUMBER.search(_SUM.sub(" ", text)))


def _in_a_thread(message: RedactedMessage, reading: Reading, wish: _Wish) -> KindSeen:
    """A message that answers another: a reply, unless it tells a whole story, says thanks or wants another thing."""
    matter = _matter(message, reading)
    if wish.weight >= _CLEAR and _stands_alone(reading) and not (message.is_reply and matter):
        return KindSeen(kind=Kind.REFUND_REQUEST, confidence=0.75, evidence=wish.evidence)
    if wish.weight < _CLEAR and _only_thanks(reading):
        return KindSeen(
            kind=Kind.OTHER,
            confidence=0.85,
            evidence=_strongest(reading.body, _ARRIVED, "kind.received").evidence,
        )
    something_else = _strongest(reading.body, *_SOMETHING_ELSE)
    if something_else.weight > _CLEAR and not matter and not wish.weight:
        return KindSeen(kind=Kind.OTHER, confidence=0.7, evidence=something_else.evidence)
    return KindSeen(kind=Kind.REPLY, confidence=0.9, evidence=wish.evidence)


def _wish(marked: Marked) -> _Wish:
    """The strongest wish for money back in a passage that is not taken back where it stands."""
    if marked.sentences_of(_PROSPECT):
        return _NO_WISH
    stays = bool(marked.sentences_of(_STAYS))
    spoiled = marked.sentences_of(*_TAKEN_BACK)
    refused = list(marked.of(_REFUSED))
    found = [
        hit
        for hit in marked.of(WISH, CANCEL)
        if hit.sentence not in spoiled
        and not (stays and (hit.label == CANCEL or hit.cue.weight <= _CLEAR))
        and not any(hit.overlaps(other) for other in refused)
    ]
    return _best(marked, found)


def _against(marked: Marked) -> _Wish:
    """The strongest word that no money is wanted: refused, supposed, or come already."""
    refused = list(marked.of(_REFUSED, _PROSPECT, _STAYS, *_TAKEN_BACK))
    refused += [hit for hit in marked.of(WISH, CANCEL, negated=True) if hit.cue.weight >= _CLEAR]
    return _best(marked, refused)


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
        spoiled = marked.sentences_of(*_TAKEN_BACK, _REFUSED)
        for hit in marked.of(*_MONEY_REASONS):
            if hit.cue.weight > _CLEAR and hit.sentence not in spoiled:
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
        for _ in quote.of(WISH, CANCEL, "kind.reported", "kind.details")
    )


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
    return bool(body.sentences_of("kind.received")) and not facts and len(words) < 2 * _STORY
