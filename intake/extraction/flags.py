"""Flags: what an agent has to know before deciding, each with the words that raised it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from intake.extraction.cues import Hit
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Evidence, Field, FieldName, Flag, FlagSeen, Kind, Method, Reason, Source
from intake.mail.redacted import Author, RedactedMessage
from intake.redaction.findings import SecretType

Fields = Mapping[FieldName, Field | None]

# A destination merely named is the original method where the message shows that it was paid from there.
_DESTINATIONS = {
    "flag.to_card": frozenset({Method.CARD, Method.APPLE_PAY, Method.GOOGLE_PAY}),
    "flag.to_account": frozenset({Method.BANK_TRANSFER, Method.DIRECT_DEBIT}),
    "flag.to_wallet": frozenset({Method.PAYPAL, Method.YOOMONEY, Method.WEBMONEY, Method.CRYPTO, Method.SBP}),
}
_PLAIN = 2.0  # a refusal above this weight needs no offer beside it, one before it will do
_BLUNT = 5.0  # "no, thanks" refuses what was spoken of two sentences before, or what support has just asked
_OTHER_GROUNDS = frozenset(
    {Reason.UNWANTED_RENEWAL, Reason.CANCELLATION}
)  # there an extension is what was paid
_ITEM = re.compile(
    r"^[ \t]*(?:[-*•–—]|\(?\d{1,2}[.)]|[a-zа-я][.)])[ \t]+(?=\S)(?P<item>[^\n]*\d[^\n]*)$", re.MULTILINE
)
_SUM = re.compile(r"\d[\d .,']*\s?(?:[€$£¥₽₴]|[A-Z]{3}\b|eur|usd|руб|р\b|грн)|[€$£¥₽₴]\s?\d", re.IGNORECASE)
_SUM_REACH = 90  # characters behind a number in which its own sum stands
_TWO = 2
_ASKED = re.compile(
    r"refund|reimburs|cancel|back|erstatt|zurück|kündig|storn|rembours|annul|résili|reembols|dev[ou]l|devuelv"
    r"|верн|возвр|отмен|скас",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\w-]+(?:\s*[,;&+]|\s+(?:\w+\s+){1,4})\s*(?:(?:order|invoice|no)\.?\s+)?(?:#|№)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsSeen:
    """The flags, and what the customer says of waiting, of other offers, of where the money shall go."""

    flags: tuple[FlagSeen, ...]
    declines_waiting: bool | None
    declines_alternative: bool | None
    destination: str | None  # "original", "balance", or None


def read_flags(message: RedactedMessage, reading: Reading, kind: Kind, fields: Fields) -> FlagsSeen:
    """Every flag of the contract for one message; those of the customer's wishes only where he asks for money."""
    seen = dict(_of_the_message(message))
    waiting = alternative = None
    if kind in {Kind.REFUND_REQUEST, Kind.REPLY}:
        seen |= dict(_of_the_words(message, reading, fields))
        waiting = _stance(seen, Flag.DECLINES_WAITING, reading.body, "flag.accepts_waiting")
        alternative = _stance(seen, Flag.DECLINES_ALTERNATIVE, reading.body, "flag.accepts_alternative")
    destination = {Flag.WANTS_BALANCE: "balance", Flag.WANTS_ORIGINAL_METHOD: "original"}
    return FlagsSeen(
        flags=tuple(FlagSeen(flag=flag, evidence=seen[flag]) for flag in Flag if flag in seen),
        declines_waiting=waiting,
        declines_alternative=alternative,
        destination=next((word for flag, word in destination.items() if flag in seen), None),
    )


def _of_the_message(message: RedactedMessage) -> Iterator[tuple[Flag, Evidence | None]]:
    """What needs no reading."""
    if message.findings:
        yield Flag.SECRETS_REDACTED, None
    if message.unread:
        yield Flag.ATTACHMENT_UNREAD, None
    if message.sender_check.from_domain_passed is False:
        yield Flag.SENDER_UNVERIFIED, None


def _of_the_words(
    message: RedactedMessage, reading: Reading, fields: Fields
) -> Iterator[tuple[Flag, Evidence | None]]:
    if _differs(message, fields):
        account = fields.get(FieldName.ACCOUNT_EMAIL)
        yield Flag.SENDER_DIFFERS, account.chosen.evidence if account else None
    yield from _cued(message, reading)
    late = _waiting(reading, fields)
    declined = _alternative(reading.body, fields)
    if message.is_reply and not (late or declined):
        late, declined = _answered(message, reading)
    if late:
        yield Flag.DECLINES_WAITING, late
    if declined:
        yield Flag.DECLINES_ALTERNATIVE, declined
    balance = _balance(reading)
    original = _original(message, reading, fields)
    if balance:
        yield Flag.WANTS_BALANCE, balance
    elif original:
        yield Flag.WANTS_ORIGINAL_METHOD, original
    several = _several(reading, fields)
    if several:
        yield Flag.SEVERAL_REQUESTS, several


def _cued(message: RedactedMessage, reading: Reading) -> Iterator[tuple[Flag, Evidence]]:
    """Flags that cue words alone raise."""
    for flag in (Flag.THIRD_PARTY, Flag.LOST_EMAIL_ACCESS):
        evidence = _first(reading.parts, f"flag.{flag.value}")
        if evidence:
            yield flag, evidence
    if message.is_reply:  # the authority that an agent asked for may come as a forwarded word
        for author in (Author.OTHER, Author.UNKNOWN):
            for quote in reading.quotes(message, author):
                evidence = _first((quote,), "flag.authority")
                if evidence:
                    yield Flag.THIRD_PARTY, evidence


def _alternative(body: Marked, fields: Fields) -> Evidence | None:
    """An offer refused: said at one go, or a refusal in the sentence of an offer, or soon after it.

    Words that refuse to wait ("no extension of the delivery time") refuse nothing else, and what was
    not had ("never got the credits") is not refused.
    """
    others = list(body.of("flag.declines_waiting", "flag.not_had"))
    labels = ["flag.declines_alternative"]
    if _reason(fields) not in _OTHER_GROUNDS:
        labels.append("flag.declines_extension")
    for hit in body.of(*labels):
        if not any(hit.overlaps(other) for other in others):
            return body.evidence(hit)
    return _refused(body, "flag.offered", besides=body.sentences_of("flag.declines_waiting"))


def _refused(body: Marked, offer: str, besides: Collection[int] = ()) -> Evidence | None:
    """A refusal in the sentence of an offer, a plain one in the next, a blunt one up to two after it."""
    offered = {hit.sentence for hit in body.hits if hit.label == offer}  # negated or not: it is named
    for hit in body.of("flag.refuses"):
        reach = (hit.cue.weight > _PLAIN) + (hit.cue.weight >= _BLUNT)
        near = range(hit.sentence - reach, hit.sentence + 1)
        if hit.sentence not in besides and not offered.isdisjoint(near):
            return body.evidence(hit)
    return None


def _answered(message: RedactedMessage, reading: Reading) -> tuple[Evidence | None, Evidence | None]:
    """What a bare "no, thanks" refuses, waiting or another offer, is told by the question that it answers."""
    bare = next((hit for hit in reading.body.of("flag.refuses") if hit.cue.weight >= _BLUNT), None)
    if bare is None:
        return None, None
    evidence = reading.body.evidence(bare)
    asked = {hit.label for quote in reading.quotes(message, Author.OTHER) for hit in quote.hits}
    if "flag.offered" in asked:
        return None, evidence
    return (evidence if "flag.offered_wait" in asked else None), None


def _waiting(reading: Reading, fields: Fields) -> Evidence | None:
    """Late delivery is no longer wanted; "no longer need it" says so only where something is late."""
    direct = _first(reading.parts, "flag.declines_waiting")
    if direct is None and _reason(fields) is not Reason.OVERDUE_TERMINATION:  # there the payment was late
        direct = _first(reading.parts, "flag.too_late")
    if direct or _reason(fields) is not Reason.NOT_ACTIVATED:
        return direct
    return _refused(reading.body, "flag.offered_wait") or _first(
        reading.parts, "flag.made_other_arrangements"
    )


def _balance(reading: Reading) -> Evidence | None:
    """The money shall go to the balance, and the same words do not say that it shall not, or whence it came."""
    for marked in reversed(reading.parts):
        refused = marked.sentences_of("flag.declines_balance")
        back = list(marked.of("flag.wants_original_method", "flag.not_had"))
        for hit in marked.of("flag.wants_balance"):
            if hit.sentence not in refused and not any(hit.overlaps(other) for other in back):
                return marked.evidence(hit)
    return None


def _original(message: RedactedMessage, reading: Reading, fields: Fields) -> Evidence | None:
    """The money shall go back the way it came: said so, or it is the choice left beside the balance."""
    stated = _first(reading.parts, "flag.wants_original_method")
    if stated:
        return stated
    method = fields.get(FieldName.METHOD)
    shown = {method.chosen.value} if method else set()
    if any(finding.type is SecretType.PAN for finding in message.findings):
        shown.add(Method.CARD)  # who gives a card's number for the refund paid with it
    refused = any(True for part in reading.parts for _ in part.of("flag.declines_balance"))
    labels = [label for label, methods in _DESTINATIONS.items() if methods & shown or refused]
    return _first(reading.parts, *labels) if labels else None


def _several(reading: Reading, fields: Fields) -> Evidence | None:
    """More than one order or payment asked back: said so, or listed with a sum each. A duplicate is one matter."""
    if _reason(fields) is Reason.DUPLICATE_PAYMENT:
        return _first(reading.parts, "flag.several_refunds")
    said = _first(reading.parts, "flag.several_requests", "flag.several_refunds")
    if said:
        return said
    body = reading.body.passage
    items = [item for item in _ITEM.finditer(body.text.text) if _SUM.search(item["item"])]
    if len(items) > 1:
        return body.evidence(items[0].start(), items[-1].end())
    return _numbered(reading, fields)


def _numbered(reading: Reading, fields: Fields) -> Evidence | None:
    """Two numbers of one kind: each with a sum of its own behind it, or joined in one breath ("X and also Y")."""
    field = fields.get(FieldName.ORDER_NUMBER)
    if field is None:
        return None
    found = [field.chosen, *field.others]
    shapes = {_shape(str(candidate.value)) for candidate in found}
    if len(shapes) != 1 or len({candidate.value for candidate in found}) < _TWO:
        return None
    text = reading.body.passage.text.text
    at = sorted({text.find(str(candidate.value)) for candidate in found} - {-1})
    if len(at) < _TWO:
        return None
    ends = [*at[1:], min(len(text), at[-1] + _SUM_REACH)]
    pieces = [text[start:end][:_SUM_REACH] for start, end in zip(at, ends, strict=True)]
    joined = all(_JOINED.fullmatch(piece) for piece in pieces[:-1])
    asked = (_ASKED.search(text[max(0, start - _SUM_REACH) : start + _SUM_REACH]) for start in at)
    if joined or (all(_SUM.search(piece) for piece in pieces) and all(asked)):
        return reading.body.passage.evidence(at[0], ends[-1])
    return None


def _shape(number: str) -> str:
    """The letters of a number: two numbers of one kind share them, an order and its invoice do not."""
    return re.sub(r"[\W\d_]+", "", number).casefold()


def _differs(message: RedactedMessage, fields: Fields) -> bool:
    """The account's address is given, and it is not the sender's."""
    account = fields.get(FieldName.ACCOUNT_EMAIL)
    if account is None or account.chosen.source is Source.HEADER or message.sender_email is None:
        return False
    return str(account.chosen.value).casefold() != message.sender_email.text.casefold()


def _stance(seen: Mapping[Flag, Evidence | None], flag: Flag, body: Marked, accepts: str) -> bool | None:
    """True: declined; False: accepted in so many words; None: the customer does not say."""
    if flag in seen:
        return True
    return False if any(True for _ in body.of(accepts)) else None


def _reason(fields: Fields) -> Reason | None:
    field = fields.get(FieldName.REASON)
    value = field.chosen.value if field else None
    return value if isinstance(value, Reason) else None


def _first(parts: tuple[Marked, ...], *labels: str) -> Evidence | None:
    """The sentence of the strongest cue for one of `labels`; the body before the subject."""
    best: tuple[float, Marked, Hit] | None = None
    for marked in reversed(parts):
        for hit in marked.of(*labels):
            if best is None or hit.cue.weight > best[0]:
                best = (hit.cue.weight, marked, hit)
    return best[1].evidence(best[2]) if best else None
