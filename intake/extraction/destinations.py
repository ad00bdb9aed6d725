"""Where the money shall go: to the balance kept with the company, or back the way it came."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from intake.extraction.clauses import CLAUSE_ENDS, Clauses, lies_on, words_of
from intake.extraction.cues import Hit, is_address
from intake.extraction.frames import unbroken
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Evidence, Field, FieldName, Method
from intake.mail.redacted import RedactedMessage
from intake.redaction.findings import SecretType

Fields = Mapping[FieldName, Field | None]

# A destination merely named is the original method where the message shows that it was paid from there.
_DESTINATIONS = {
    "flag.to_card": frozenset({Method.CARD, Method.APPLE_PAY, Method.GOOGLE_PAY}),
    "flag.to_account": frozenset({Method.BANK_TRANSFER, Method.DIRECT_DEBIT}),
    "flag.to_wallet": frozenset({Method.PAYPAL, Method.YOOMONEY, Method.WEBMONEY, Method.CRYPTO, Method.SBP}),
    "flag.to_it": frozenset(Method),  # the one that was named
}
_BY_CARD = _DESTINATIONS["flag.to_card"]
_BY_WALLET = _DESTINATIONS["flag.to_wallet"] | {Method.OTHER, Method.APPLE_PAY, Method.GOOGLE_PAY}
_STEM = 4  # letters that tell one means of payment from another, whatever their case
_OF_BALANCE = frozenset({"flag.wants_balance", "flag.balance_place"})
_TERSE = 16  # words and marks
_PLACES = {
    "flag.at_card": _DESTINATIONS["flag.to_card"],
    "flag.at_account": _DESTINATIONS["flag.to_account"],
    "flag.at_wallet": _DESTINATIONS["flag.to_wallet"],
}


def to_balance(reading: Reading) -> Evidence | None:
    """The money shall go to the balance: said at one go, or the balance and "put it", "fine by me" in one sentence.

    Not where the sentence names another place as wished, or whence the money came, or says what the balance is,
    nor what the company's people wanted, unless the customer goes along.
    """
    for marked in map(_own_wish, reversed(reading.parts)):
        wanted = marked.of("flag.wants_balance")
        if not wanted:
            continue
        refused = {hit.sentence for hit in _there(marked, "flag.declines_balance")}
        back = list(marked.of("flag.wants_original_method", "flag.not_had"))
        # "to the balance, if that is easier" says nothing of it
        back += unbroken(marked, marked.of("flag.balance_fact"))
        elsewhere = _there(marked, *_DESTINATIONS)
        for hit in wanted:
            if hit.sentence in refused or any(hit.overlaps(other) for other in back):
                continue
            if all(hit.sentence != other.sentence or hit.overlaps(other) for other in elsewhere):
                return marked.evidence(hit)
    body = _own_wish(reading.body)
    named = {hit.sentence for hit in body.of("flag.balance_place") if not _waved_off(body, hit)}
    declined = body.sentences_of("flag.declines_balance") - {
        hit.sentence for hit in body.named("flag.not_minded")
    }
    places = named - declined - body.sentences_of("flag.balance_fact")
    wished = places & {hit.sentence for hit in body.named("flag.settles")}  # "I do not mind" too
    return body.passage.sentence_evidence(min(wished)) if wished else None


def _waved_off(body: Marked, place: Hit) -> bool:
    """Whether what follows in the clause refuses the place named ("Guthaben könnt ihr euch sparen")."""
    return any(_leads(body, place, hit) for hit in body.of("flag.refuses"))


def _leads(marked: Marked, one: Hit, other: Hit) -> bool:
    """Whether `one` stands before `other` in the same clause."""
    words = marked.passage.words
    return (
        one.sentence == other.sentence
        and one.last < other.first
        and CLAUSE_ENDS.isdisjoint(words[one.last : other.first])
    )


def _own_wish(marked: Marked) -> Marked:
    """The passage without the balance where the company's people spoke of it and no word of the customer's agrees."""
    said = marked.of("flag.company_said")
    if not said:
        return marked
    agreed = marked.of("flag.agrees")

    def theirs(hit: Hit) -> bool:
        return any(
            _leads(marked, one, hit)
            and not any(
                one.sentence <= yes.sentence <= one.sentence + 1 and yes.first > one.last for yes in agreed
            )
            for one in said
        )

    kept = (hit for hit in marked.hits if not (hit.cue.label in _OF_BALANCE and theirs(hit)))
    return replace(marked, hits=tuple(kept))


def to_original(message: RedactedMessage, reading: Reading, fields: Fields) -> Evidence | None:
    """The money shall go back the way it came: said so, or it is the choice left beside the balance."""
    for part in reversed(reading.parts):
        stated = _stated(part)
        if stated:
            return stated
    method = fields.get(FieldName.METHOD)
    shown = {method.chosen.value} if method else set()
    elsewhere = False
    if any(finding.type is SecretType.PAN for finding in message.findings):
        elsewhere = shown.isdisjoint(_BY_CARD) and bool(shown)
        if not shown:
            shown.add(Method.CARD)  # who gives a card's number for the refund paid with it
    refused = any(True for part in reading.parts for _ in part.of("flag.declines_balance"))
    refused = (
        refused and Method.ACCOUNT_BALANCE not in shown
    )  # what was paid from the balance came from no card
    labels = [label for label, methods in _DESTINATIONS.items() if methods & shown or refused]
    if elsewhere:  # "put it on it" is then said of the card whose number stands there
        labels = [label for label in labels if label != "flag.to_it"]
    if shown <= _BY_WALLET:  # "back to Bizum" shows it, where nothing else is said to have paid
        labels.append("flag.back_to")
    named = (part.evidence(hit) for part in reversed(reading.parts) for hit in _wished(part, *labels))
    return next(named, None) or _returned(reading.body, shown) or _the_same(reading.body)


def _there(marked: Marked, *labels: str) -> Sequence[Hit]:
    """The destinations named, less one that is not wanted ("no need for the card") or only told of."""
    hits = marked.of(*labels)
    others = _not_there(marked) if hits else ()
    if not others:
        return hits
    shut = words_of(others)
    return [hit for hit in hits if not lies_on(hit, shut)]


def _not_there(marked: Marked) -> Sequence[Hit]:
    """The places not wanted, and those where money merely lies ("there is money on my card").

    A wish in the same clause makes a destination of these ("so that the money is on the card tomorrow").
    """
    refused, lying = marked.of("flag.not_there"), marked.of("flag.lies_there")
    if not lying:
        return refused
    wished = marked.of("flag.there_again", "flag.returns")
    clauses = Clauses(marked)
    places = {place for hit in wished for place in (clauses.begin(hit), clauses.end(hit))}
    told = (hit for hit in lying if places.isdisjoint((clauses.begin(hit), clauses.end(hit))))
    return [*refused, *told]


def _wished(marked: Marked, *labels: str) -> Iterator[Hit]:
    """The destinations named, less those that only tell where money was taken ("charged on our bank account")."""
    charged, asked = (
        marked.of("flag.charged"),
        marked.sentences_of("flag.asks_back", "flag.returns", "kind.wish"),
    )
    for hit in _there(marked, *labels):
        if hit.sentence in asked or not any(_leads(marked, one, hit) for one in charged):
            yield hit


def _stated(marked: Marked) -> Evidence | None:
    """The way that it came, asked for; not a sentence that only tells how it was paid ("twice from the same card")."""
    stated = marked.of("flag.wants_original_method")
    if not stated:
        return None
    charged, clauses = marked.of("flag.charged"), Clauses(marked)
    drawn = words_of(unbroken(marked, marked.of("flag.drawn")))
    before = clauses.ends([*charged, *marked.of("flag.paid_first")])
    behind = clauses.begins(charged)
    asked = marked.sentences_of("flag.asks_back", "flag.returns", "kind.wish")
    closed, refused = marked.sentences_of("flag.way_closed"), words_of(_not_there(marked))
    facts: dict[int, _Facts] = {}
    for hit in stated:
        if hit.sentence in closed or lies_on(hit, refused):
            continue
        if hit.sentence in asked:
            return marked.evidence(hit)
        if hit.sentence not in facts:
            facts[hit.sentence] = _facts(marked, hit.sentence)
        told = (
            facts[hit.sentence].addressed
            or (facts[hit.sentence].listed and _behind_comma(marked, hit))
            or lies_on(hit, drawn)
            or before.get(clauses.begin(hit), hit.first) < hit.first
            or behind.get(clauses.end(hit), hit.last) > hit.last
        )
        if not told:
            return marked.evidence(hit)
    return None


class _Facts(NamedTuple):
    """What kind of sentence it is, asked once for all that it says."""

    addressed: bool  # "I write from ann@…, and the account is on the same"
    listed: bool  # a row of facts, a day and a sum at least ("EO-1375, $12.00, November 1, same card.")


def _facts(marked: Marked, sentence: int) -> _Facts:
    span = marked.passage.sentences[sentence]
    said = marked.passage.words[span.first : span.last]
    listed = said.count(",") > 1 and sum(any(map(str.isdigit, word)) for word in said) > 1
    return _Facts(addressed=any(map(is_address, said)), listed=listed)


def _behind_comma(marked: Marked, hit: Hit) -> bool:
    """Whether a comma of its own sentence stands right before it."""
    begin = marked.passage.sentences[hit.sentence].first
    return hit.first > begin and marked.passage.words[hit.first - 1] == ","


def _returned(body: Marked, shown: Collection[object]) -> Evidence | None:
    """A sentence that asks something back and names, in any order, the place that it was paid from."""
    asked = body.sentences_of("flag.asks_back", "flag.returns") - body.sentences_of("flag.charged")
    if not asked:
        return None
    labels = [label for label, methods in _PLACES.items() if not methods.isdisjoint(shown)]
    found = asked & {hit.sentence for hit in _there(body, *labels)}
    return body.passage.sentence_evidence(min(found)) if found else None


def _the_same(body: Marked) -> Evidence | None:
    """One means of payment twice, behind a comma ("I paid by PayPal, so PayPal please"); no figures: those tell of two payments."""
    means = body.of("flag.means")
    if len(means) < 2:
        return None
    words = body.passage.words
    found = body.sentences_of("flag.paid_first") - body.sentences_of("flag.charged")
    means = [hit for hit in means if hit.sentence in found]
    for one, other in pairwise(means):
        span = body.passage.sentences[one.sentence]
        said = words[span.first : span.last]
        if (
            one.sentence == other.sentence
            and words[one.first][:_STEM] == words[other.first][:_STEM]
            and "," in words[one.last : other.first]
            and len(said) <= _TERSE
            and not any(char.isdigit() for word in said for char in word)
        ):
            return body.evidence(other)
    return None
