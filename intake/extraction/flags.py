"""Flags: what an agent has to know before deciding, each with the words that raised it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from intake.extraction.destinations import to_balance, to_original
from intake.extraction.frames import apart_from, beside, spoken, unbroken
from intake.extraction.mailboxes import lost_mailbox
from intake.extraction.parties import of_another
from intake.extraction.reading import Marked, Reading, first_evidence
from intake.extraction.refusals import (
    less_bought,
    plain_refusal,
    refused_offer,
    short_no,
    term_refused,
    waved_off,
)
from intake.extraction.several import several_requests
from intake.extraction.types import Evidence, Field, FieldName, Flag, FlagSeen, Reason, Source
from intake.mail.redacted import Author, RedactedMessage
from intake.mail.settings import ReadingSettings

Fields = Mapping[FieldName, Field | None]

_AUTHORITY = "flag.authority"
_ELSE = frozenset({"flag.offered", "flag.extension", "flag.proposes_term"})
_LONGER = frozenset({"flag.extension", "flag.proposes_term"})
_PROPOSED = ("flag.offered", "flag.offered_wait", "flag.extension", "flag.proposes_term")
_MORE = frozenset({"flag.extension", "flag.offered"})
_LATE_NO = ("flag.declines_waiting", "flag.made_other_arrangements")  # of what has not come, not of an offer
_CLEAR = 3.0  # a cue from this weight on says alone that something has not come
_OTHER_GROUNDS = frozenset({Reason.UNWANTED_RENEWAL, Reason.CANCELLATION})  # there the extension was paid
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


def read_flags(
    message: RedactedMessage, reading: Reading, fields: Fields, settings: ReadingSettings, *, asks: bool
) -> FlagsSeen:
    """Every flag of one message; those of the customer's wishes only where he asks for money."""
    seen = dict(_of_the_message(message))
    if _differs(message, fields, settings):
        account = fields.get(FieldName.ACCOUNT_EMAIL)
        seen[Flag.SENDER_DIFFERS] = account.chosen.evidence if account else None
    waiting = alternative = None
    if asks:
        reading = replace(reading, subject=spoken(reading.subject), body=spoken(reading.body))
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
    yield from _cued(message, reading, fields)
    balance = to_balance(reading)
    asked = _asked(message, reading)
    late = _waiting(reading, fields, asked)
    declined = _alternative(reading, fields, balance=balance is not None)
    if message.is_reply and not (late or declined):
        late, declined = _answered(reading, asked)
    if late:
        yield Flag.DECLINES_WAITING, late
    if declined:
        yield Flag.DECLINES_ALTERNATIVE, declined
    original = None if balance else to_original(message, reading, fields)
    if balance:
        yield Flag.WANTS_BALANCE, balance
    elif original:
        yield Flag.WANTS_ORIGINAL_METHOD, original
    several = several_requests(reading, fields, duplicate=_reason(fields) is Reason.DUPLICATE_PAYMENT)
    if several:
        yield Flag.SEVERAL_REQUESTS, several


def _cued(message: RedactedMessage, reading: Reading, fields: Fields) -> Iterator[tuple[Flag, Evidence]]:
    """Flags that cue words alone raise."""
    other = of_another(reading, _reason(fields))
    if other:
        yield Flag.THIRD_PARTY, other
    lost = lost_mailbox(reading)
    if lost:
        yield Flag.LOST_EMAIL_ACCESS, lost
    if message.is_reply:  # the authority that an agent asked for may come as a forwarded word
        for author in (Author.OTHER, Author.UNKNOWN):
            for quote in reading.quotes(message, author, _AUTHORITY):
                evidence = first_evidence((quote,), _AUTHORITY)
                if evidence:
                    yield Flag.THIRD_PARTY, evidence


def _alternative(reading: Reading, fields: Fields, *, balance: bool) -> Evidence | None:
    """An offer refused: said at one go, or a refusal in the sentence of an offer, or soon after it.

    Words that refuse to wait ("no extension of the delivery time") refuse nothing else, and what was
    not had ("never got the credits") is not refused. Who wants the balance does not refuse it. A service ended
    for a late payment is back only as another one: a plain refusal is of that.
    """
    prolonged = _reason(fields) in _OTHER_GROUNDS
    body = less_bought(reading.body, prolonged=prolonged)
    others = [
        *body.of("flag.declines_waiting", "flag.wants_balance", "flag.not_there", "flag.stays"),
        *body.named("flag.not_had"),
    ]
    labels = ["flag.declines_alternative"]
    if not prolonged:
        labels.append("flag.declines_extension")
    besides = body.sentences_of("flag.by_mistake")  # "I took the other plan by mistake and do not need it"
    for hit in body.of(*labels):
        if hit.sentence not in besides and not any(hit.overlaps(other) for other in others):
            return body.evidence(hit)
    late = _late(reading, fields)
    besides |= body.sentences_of(*(_LATE_NO if late else ()))
    if balance:  # "you can keep it as credit"
        besides |= body.sentences_of("flag.wants_balance")
    offers = ["flag.offered"]
    if not balance:
        offers.append("flag.offered_balance")
    if not (late or prolonged):
        offers.append("flag.extension")
    return (
        refused_offer(body, *offers, besides=besides)
        or waved_off(body, "flag.offered", "flag.extension")
        or beside(body, "flag.negation", "flag.sure_offer", unless="flag.not_refused")
        or (plain_refusal(body) if _reason(fields) is Reason.OVERDUE_TERMINATION else None)
    )


def _asked(message: RedactedMessage, reading: Reading) -> frozenset[str]:
    """Of waiting and other offers, what the company's words in a reply propose; a longer plan is no waiting."""
    refused = any(True for _ in reading.body.of("flag.refuses", "flag.bare_no", "flag.declines_term"))
    if not (message.is_reply and refused):
        return frozenset()
    found = set()
    for quote in reading.quotes(message, Author.OTHER, *_PROPOSED):
        longer = {hit.sentence for hit in quote.named(*_LONGER)} - quote.sentences_of("flag.waits")
        found |= {
            hit.label for hit in quote.hits if hit.label != "flag.offered_wait" or hit.sentence not in longer
        }
    return frozenset(found)


def _answered(reading: Reading, asked: frozenset[str]) -> tuple[Evidence | None, Evidence | None]:
    """What a short "no" refuses, waiting or another offer, is told by the question that it answers."""
    evidence = short_no(reading.body, plain=asked & _ELSE != {"flag.proposes_term"})
    if not asked.isdisjoint(_ELSE):
        return None, evidence or term_refused(reading.body)
    return (evidence if "flag.offered_wait" in asked else None), None


def _waiting(reading: Reading, fields: Fields, asked: frozenset[str]) -> Evidence | None:
    """Late delivery is no longer wanted; "no longer need it" says so only where something is late."""
    reason = _reason(fields)  # of an overdue service it is the payment that came late
    if reason is Reason.OVERDUE_TERMINATION or (reason not in _MAY_BE_LATE and not _undelivered(reading)):
        return None
    direct = _postponed(reading, fields)
    if direct is None:
        direct = first_evidence(reading.parts, "flag.too_late")
    late = _late(reading, fields)
    if direct is None and ("flag.offered_wait" in asked or (late and asked.isdisjoint(_ELSE))):
        direct = refused_offer(reading.body, "flag.offered_wait", besides=_of_offers(reading.body))
    return direct or (first_evidence(reading.parts, "flag.made_other_arrangements") if late else None)


def _of_offers(body: Marked) -> frozenset[int]:
    """The sentences that speak of an offer or a longer term, and not of waiting: a no is of these."""
    return frozenset(hit.sentence for hit in body.named(*_MORE)) - body.sentences_of("flag.waits")


def _postponed(reading: Reading, fields: Fields) -> Evidence | None:
    """Waiting refused, not that for money; where nothing is late, not that for an answer, nor an offer or a longer term."""
    for marked in reversed(reading.parts):
        declined = apart_from(marked, "flag.declines_waiting", other="flag.yours_not")
        late = bool(declined) and _late(reading, fields)
        more = {hit.sentence for hit in marked.named(*_MORE) if not late}
        others = {hit.sentence for hit in marked.named("flag.awaits_else") if not late}
        waits, money = marked.named("flag.waits"), unbroken(marked, marked.named("flag.awaits_money"))
        for hit in declined:
            if hit.sentence in others or any(hit.overlaps(one) for one in money):
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
    lost = "flag.unreachable" if lost_mailbox(reading) else ""
    return any(
        hit.cue.weight >= _CLEAR
        for part in reading.parts
        for hit in apart_from(part, "reason.not_activated", other=lost)
    )


def _differs(message: RedactedMessage, fields: Fields, settings: ReadingSettings) -> bool:
    """The account's address is given, and it is not the sender's.

    The sender of what a form on the company's own site sends is the one to whom answers go. Any other Reply-To is
    the sender's say: with it, or with a recipient of his own choice, he could pass for the owner of the account.
    """
    account, writer = fields.get(FieldName.ACCOUNT_EMAIL), message.sender_email
    if account is None or account.chosen.source is Source.HEADER or writer is None:
        return False
    if message.reply_to and _of_the_house(writer.text.casefold(), settings):
        writer = message.reply_to
    return str(account.chosen.value).casefold() != writer.text.casefold()


def _of_the_house(address: str, settings: ReadingSettings) -> bool:
    """Whether it is in a domain of support's own."""
    houses = {support.rpartition("@")[2] for support in settings.support_addresses}
    return address.rpartition("@")[2] in houses


def _stance(seen: Mapping[Flag, Evidence | None], flag: Flag, body: Marked, accepts: str) -> bool | None:
    """True: declined; False: accepted in so many words; None: the customer does not say."""
    if flag in seen:
        return True
    return False if any(True for _ in body.of(accepts)) else None


def _reason(fields: Fields) -> Reason | None:
    field = fields.get(FieldName.REASON)
    value = field.chosen.value if field else None
    return value if isinstance(value, Reason) else None
