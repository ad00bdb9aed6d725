"""The account's address: labelled or said to be the account's, never support's, a payer's or a contact's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from intake.extraction.fields.page import FAR, Near, Page
from intake.extraction.fields.places import negated
from intake.extraction.types import Candidate, Evidence, FieldName, Source
from intake.mail.redacted import RedactedMessage
from intake.mail.settings import ReadingSettings
from intake.redaction.text import Redacted

NAME = FieldName.ACCOUNT_EMAIL

# RFC 5321 §4.1.2 without quoted local parts and address literals, which no account has
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}(?![\w-])")
_ROBOTS = re.compile(
    r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|notifications?)(?:[+.-].*)?"
)
_WEIGHT = {"own": 0.96, "mail": 0.82, "payer": 0.25, "contact": 0.3}
_HEAD_START = {"own": 3, "mail": 0, "payer": 2, "contact": 2}
_REACH = 14
_SAME_REACH = 12
_BESIDE, _PREPOSITION = (
    3,
    4,
)  # tokens up to which a preposition, a word of four letters at most, speaks of an address
_COPIES = frozenset({"cc", "bcc", "cc'd"})
_LEAST = 0.5
_REPEATED = 0.12
_SENDERS = 0.84  # the sender's own address written out in the message
_STRANGERS = 0.66
_SAID = 0.86
_DEFAULT = 0.5


def read(page: Page, message: RedactedMessage, settings: ReadingSettings) -> Iterator[Candidate]:
    """Candidates for the account's address in one part."""
    sender = message.sender_email.text.casefold() if message.sender_email else ""
    matches = list(_ADDRESS.finditer(page.text)) if "@" in page.text else []
    written = [match.group().casefold() for match in matches]
    for match in matches:
        bare = match.group().strip(".'-")
        address = bare.casefold()  # may be longer: İ, ß
        if not is_ours(address, settings):
            start = match.start() + match.group().index(bare)
            end = start + len(bare)
            confidence, rule = _judge(page, start, end, own=address == sender)
            if written.count(match.group().casefold()) > 1 and confidence > _LEAST:
                confidence += _REPEATED  # "we have two accounts, a@… and b@…; it is b@…"
            if confidence > 0.1:
                value = page.part.redacted.slice(start, end).derive(address)
                yield page.candidate(value, start, end, confidence, rule)
    if sender and page.group("same") and not is_ours(sender, settings):
        yield from _said_same(page, message.sender_email)


def is_ours(address: str, settings: ReadingSettings) -> bool:
    """Whether an address is support's own, another desk of the same house, or a robot's."""
    local, _, domain = address.partition("@")
    houses = {support.rpartition("@")[2] for support in settings.support_addresses}
    return address in settings.support_addresses or _ROBOTS.fullmatch(local) is not None or (domain in houses)


def default_account(message: RedactedMessage, settings: ReadingSettings) -> Candidate | None:
    """The sender's address as the account's, where the policy takes an unstated account from the sender.

    For fresh requests alone: a reply that states no account leaves it to its case.
    """
    sender = message.sender_email
    if settings.account_default != "sender" or not sender or is_ours(sender.text.casefold(), settings):
        return None
    evidence = Evidence(text=sender, part="header", start=0, end=len(sender))
    return Candidate(
        value=sender.derive(sender.text.casefold()),
        evidence=evidence,
        source=Source.HEADER,
        confidence=_DEFAULT,
        rule="sender by default",
    )


def _judge(page: Page, start: int, end: int, *, own: bool) -> tuple[float, str]:
    first, last = page.tokens.range(start, end)
    best, least = None, FAR
    for near in page.near(first, last, "account"):
        doubt = near.mark.kind in {"payer", "contact"}
        elsewhere = page.tokens.sentences[near.mark.first] != page.tokens.sentences[first]
        if near.distance > _REACH or (not near.left and near.distance > 6) or (doubt and elsewhere):
            continue
        preposition = doubt and len(word := _words(page, near)) <= _PREPOSITION and word not in _COPIES
        if preposition and near.distance > _BESIDE:
            continue  # "the account is in the name of my wife: ann@…": no "of ann@…"
        effective = near.distance - _HEAD_START[near.mark.kind] + (0 if near.left else 3) + preposition
        if effective < least:
            best, least = near, effective
    weight, rule = (_SENDERS, "the sender's address") if own else (_STRANGERS, "an address")
    if best is None:
        return weight, rule
    kind = best.mark.kind
    said = _WEIGHT[kind] - 0.01 * max(0, best.distance - 4)
    if kind in {"own", "mail"}:
        return max(weight, said), f"cue: {kind}"
    if kind == "contact" and page.part.source is not Source.BODY and own:
        return weight, "recipient of the receipt"
    return said, f"cue: {kind}"


def _words(page: Page, near: Near) -> str:
    return "".join(page.tokens.words[near.mark.first : near.mark.last])


def _said_same(page: Page, sender: Redacted | None) -> Iterator[Candidate]:
    """Such as "My login is the address I'm writing from": the words are the evidence, the value the sender's address."""
    if sender is None or page.part.name != "body":
        return  # a signature says "this e-mail is confidential"
    # "reply to this address": the last word of one phrase is the first of the other
    asked = [one for one in page.group("account") if one.kind == "contact" and one.last - one.first > 1]
    for mark in page.group("same"):
        if negated(page, mark) or any(one.first < mark.first < one.last < mark.last for one in asked):
            continue
        start, end = page.tokens.starts[mark.first], page.tokens.ends[mark.last - 1]
        sentence = page.tokens.sentences[mark.first]
        kinds = {
            near.mark.kind
            for near in page.near(mark.first, mark.last, "account")
            # "could you use this address from now on": for answers; "of", "to" alone say nothing of it
            if (near.mark.kind != "contact" or (near.mark.last - near.mark.first > 1 and near.distance <= 3))
            and near.distance <= _SAME_REACH
            and page.tokens.sentences[near.mark.first] == sentence
        }
        length = bisect_right(page.tokens.sentences, sentence) - bisect_left(page.tokens.sentences, sentence)
        whole = length <= 8 or page.folded[start - 1 : start] == "("
        if kinds & {"payer", "contact"} or not ("own" in kinds or whole):
            continue
        yield page.candidate(
            sender.derive(sender.text.casefold()), start, end, _SAID, "the sender's own address, in words"
        )
