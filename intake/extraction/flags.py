"""Flags: what an agent has to know before deciding, each with the words that raised it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from intake.extraction.cues import Hit, is_address
from intake.extraction.frames import apart_from, beside, spoken
from intake.extraction.reading import Marked, Reading, first_evidence
from intake.extraction.refusals import plain_refusal, refused_offer, short_no
from intake.extraction.several import several_requests
from intake.extraction.types import Evidence, Field, FieldName, Flag, FlagSeen, Kind, Method, Reason, Source
from intake.mail.redacted import Author, RedactedMessage
from intake.redaction.findings import SecretType

Fields = Mapping[FieldName, Field | None]

# A destination merely named is the original method where the message shows that it was paid from there.
_DESTINATIONS = {
    "flag.to_card": frozenset({Method.CARD, Method.APPLE_PAY, Method.GOOGLE_PAY}),
    "flag.to_account": frozenset({Method.BANK_TRANSFER, Method.DIRECT_DEBIT}),
    "flag.to_wallet": frozenset({Method.PAYPAL, Method.YOOMONEY, Method.WEBMONEY, Method.CRYPTO, Method.SBP}),
    "flag.to_it": frozenset(Method),  # the one that was named
}
_AUTHORITY = "flag.authority"
_CLOSE = 8  # words behind an address that still speak of it
_MORE = frozenset({"flag.extension", "flag.offered"})
_CLEAR = 3.0  # a cue from this weight on says alone that something has not come
_OTHER_GROUNDS = frozenset(
    {Reason.UNWANTED_RENEWAL, Reason.CANCELLATION}
)  # there an extension is what was paid
_MAY_BE_LATE = frozenset(  # elsewhere "too late" and "I wait no longer" are of no delivery
    {
        None,
        Reason.NOT_ACTIVATED,
        Reason.TECHNICAL_FAILURE,
        Reason.PROVIDER_FAULT,
        Reason.WRONG_ORDER,
        Reason.CANCELLATION,
    }
)


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
    reading = replace(reading, subject=spoken(reading.subject), body=spoken(reading.body))
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
    yield from _cued(message, reading, fields)
    balance = _balance(reading)
    late = _waiting(reading, fields)
    declined = _alternative(reading, fields, balance=balance is not None)
    if message.is_reply and not (late or declined):
        late, declined = _answered(message, reading)
    if late:
        yield Flag.DECLINES_WAITING, late
    if declined:
        yield Flag.DECLINES_ALTERNATIVE, declined
    original = None if balance else _original(message, reading, fields)
    if balance:
        yield Flag.WANTS_BALANCE, balance
    elif original:
        yield Flag.WANTS_ORIGINAL_METHOD, original
    several = several_requests(reading, fields, duplicate=_reason(fields) is Reason.DUPLICATE_PAYMENT)
    if several:
        yield Flag.SEVERAL_REQUESTS, several


def _cued(message: RedactedMessage, reading: Reading, fields: Fields) -> Iterator[tuple[Flag, Evidence]]:
    """Flags that cue words alone raise."""
    other = _of_another(reading, fields)
    if other:
        yield Flag.THIRD_PARTY, other
    lost = _lost(reading)
    if lost:
        yield Flag.LOST_EMAIL_ACCESS, lost
    if message.is_reply:  # the authority that an agent asked for may come as a forwarded word
        for author in (Author.OTHER, Author.UNKNOWN):
            for quote in reading.quotes(message, author, _AUTHORITY):
                evidence = first_evidence((quote,), _AUTHORITY)
                if evidence:
                    yield Flag.THIRD_PARTY, evidence


def _of_another(reading: Reading, fields: Fields) -> Evidence | None:
    """Written for somebody else: said so, or one whom the customer knows is named, and near by that it is theirs.

    Not where that one spent the customer's own money.
    """
    for marked in reversed(reading.parts):
        for hit in apart_from(marked, "flag.third_party", other="flag.own_name"):
            return marked.evidence(hit)
    if _reason(fields) is Reason.UNAUTHORIZED_PAYMENT:
        return None
    body, own = reading.body, "flag.own_matter"
    owned = body.sentences_of("flag.their_matter")  # who lies in hospital alone has not bought anything
    return (
        beside(body, "flag.their_matter", "flag.kin_named", apart=1, unless=own)
        or beside(body, "flag.their_state", "flag.kin_named", unless=own)
        or (beside(body, "flag.their_plight", "flag.kin_named", unless=own) if owned else None)
    )


def _lost(reading: Reading) -> Evidence | None:
    """The mailbox is gone or shut to the customer: said at one go, or a mailbox and that in one sentence.

    Not a mail of support's that did not come or open.
    """
    for marked in reversed(reading.parts):
        for hit in apart_from(marked, "flag.lost_email_access", other="flag.other_mail"):
            return marked.evidence(hit)
        others = marked.sentences_of("flag.other_mail")
        named = [hit for hit in marked.of("flag.mailbox") if hit.sentence not in others]
        for hit in marked.of("flag.unreachable"):
            if any(_speaks_of(marked, hit, mailbox) for mailbox in named):
                return marked.evidence(hit)
    return None


def _speaks_of(marked: Marked, hit: Hit, mailbox: Hit) -> bool:
    """Whether it is the mailbox that is gone; a bare address may be named for its account, so that stands close."""
    words, steps = marked.passage.words, marked.passage.steps
    if not is_address(words[mailbox.first]):
        return hit.sentence == mailbox.sentence
    return hit.sentence == mailbox.sentence and 0 <= steps[hit.first] - steps[mailbox.last] <= _CLOSE


def _alternative(reading: Reading, fields: Fields, *, balance: bool) -> Evidence | None:
    """An offer refused: said at one go, or a refusal in the sentence of an offer, or soon after it.

    Words that refuse to wait ("no extension of the delivery time") refuse nothing else, and what was
    not had ("never got the credits") is not refused. Who wants the balance does not refuse it. A service ended
    for a late payment is back only as another one: a plain refusal is of that.
    """
    body = reading.body
    others = list(body.of("flag.declines_waiting", "flag.not_had", "flag.wants_balance"))
    labels = ["flag.declines_alternative"]
    if _reason(fields) not in _OTHER_GROUNDS:
        labels.append("flag.declines_extension")
    for hit in body.of(*labels):
        if not any(hit.overlaps(other) for other in others):
            return body.evidence(hit)
    late = _late(reading, fields)
    waiting = body.sentences_of("flag.declines_waiting") if late else frozenset[int]()
    offers = ["flag.offered"]
    if not balance:
        offers.append("flag.offered_balance")
    if not late and _reason(fields) not in _OTHER_GROUNDS:
        offers.append("flag.extension")
    return (
        refused_offer(body, *offers, besides=waiting)
        or beside(body, "flag.negation", "flag.sure_offer", unless="flag.not_refused")
        or (plain_refusal(body) if _reason(fields) is Reason.OVERDUE_TERMINATION else None)
    )


def _answered(message: RedactedMessage, reading: Reading) -> tuple[Evidence | None, Evidence | None]:
    """What a short "no" refuses, waiting or another offer, is told by the question that it answers."""
    evidence = short_no(reading.body)
    if evidence is None:
        return None, None
    asked = {hit.label for quote in reading.quotes(message, Author.OTHER) for hit in quote.hits}
    if "flag.offered" in asked:
        return None, evidence
    return (evidence if "flag.offered_wait" in asked else None), None


def _waiting(reading: Reading, fields: Fields) -> Evidence | None:
    """Late delivery is no longer wanted; "no longer need it" says so only where something is late."""
    reason = _reason(fields)  # of an overdue service it is the payment that came late
    if reason is Reason.OVERDUE_TERMINATION or (reason not in _MAY_BE_LATE and not _undelivered(reading)):
        return None
    direct = _postponed(reading, fields)
    if direct is None:
        direct = first_evidence(reading.parts, "flag.too_late")
    if direct or not _late(reading, fields):
        return direct
    return refused_offer(reading.body, "flag.offered_wait") or first_evidence(
        reading.parts, "flag.made_other_arrangements"
    )


def _postponed(reading: Reading, fields: Fields) -> Evidence | None:
    """Waiting refused; where nothing is late, not that for an answer or money, nor an offer or a longer term refused."""
    late = _late(reading, fields)
    for marked in reversed(reading.parts):
        more = {hit.sentence for hit in marked.hits if hit.label in _MORE and not late}
        others = {hit.sentence for hit in marked.hits if hit.label == "flag.awaits_else" and not late}
        waits = [hit for hit in marked.hits if hit.label == "flag.waits"]
        for hit in marked.of("flag.declines_waiting"):
            if hit.sentence in others:
                continue
            if hit.sentence not in more or any(hit.overlaps(wait) for wait in waits):
                return marked.evidence(hit)
    return None


def _late(reading: Reading, fields: Fields) -> bool:
    """Something paid for has not come, as its main ground or beside one; not that no mail comes to a lost mailbox."""
    reason = _reason(fields)
    return reason is Reason.NOT_ACTIVATED or (reason is Reason.CANCELLATION and _undelivered(reading))


def _undelivered(reading: Reading) -> bool:
    """Said beside another ground: something has not come."""
    lost = "flag.unreachable" if _lost(reading) else ""
    return any(
        hit.cue.weight >= _CLEAR
        for part in reading.parts
        for hit in apart_from(part, "reason.not_activated", other=lost)
    )


def _balance(reading: Reading) -> Evidence | None:
    """The money shall go to the balance, and the sentence names no other place, nor whence it came."""
    for marked in reversed(reading.parts):
        refused = marked.sentences_of("flag.declines_balance")
        back = list(marked.of("flag.wants_original_method", "flag.not_had", "flag.balance_fact"))
        elsewhere = list(marked.of(*_DESTINATIONS))
        for hit in marked.of("flag.wants_balance"):
            if hit.sentence in refused or any(hit.overlaps(other) for other in back):
                continue
            if all(hit.sentence != other.sentence or hit.overlaps(other) for other in elsewhere):
                return marked.evidence(hit)
    return None


def _original(message: RedactedMessage, reading: Reading, fields: Fields) -> Evidence | None:
    """The money shall go back the way it came: said so, or it is the choice left beside the balance."""
    stated = first_evidence(reading.parts, "flag.wants_original_method")
    if stated:
        return stated
    method = fields.get(FieldName.METHOD)
    shown = {method.chosen.value} if method else set()
    if any(finding.type is SecretType.PAN for finding in message.findings):
        shown.add(Method.CARD)  # who gives a card's number for the refund paid with it
    refused = any(True for part in reading.parts for _ in part.of("flag.declines_balance"))
    labels = [label for label, methods in _DESTINATIONS.items() if methods & shown or refused]
    return first_evidence(reading.parts, *labels) if labels else None


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
