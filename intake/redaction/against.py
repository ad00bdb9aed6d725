"""What speaks against a number being a code: a unit behind it, another label or a sum before it, a year, an hour."""

from __future__ import annotations

import re

from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan
from intake.redaction.values import Value

CERTAIN = 99.0  # something else for certain
_STRANGER = 0.5  # a word beside a number that may name what it counts
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")
_YEAR_WEIGHT, _YEAR_TOLD = 1.5, 3.5  # alone; and in the midst of a sentence
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_DATE = re.compile(r"(?:0[1-9]|[12][0-9]|3[01])[ \-](?:0[1-9]|1[0-2])(?:[ \-](?:19|20)?[0-9]{2})?")
_ROUND = re.compile(r"[0-9]{1,2}00")
_NUMBER_SIGN = re.compile(r"(?:#|№|(?<![^\W_])n(?:[or]\.?|[°º])) ?\Z")
_SIGN = 5  # characters of one
_NUMBERED = (Kind.CVV, Kind.OTP, Kind.PIN, Kind.CODE, Kind.PASSWORD, Kind.SMS)  # have numbers themselves
_BETWEEN = 40  # characters from another label to a number
_HEAD = 24  # characters before a number in which a word stands that names it
COUNTERS = (
    Kind.LABEL,
    Kind.NOT_CODE,
    Kind.NOT_OTP,
    Kind.NOT_CARD,
    Kind.MONEY,
    Kind.OTHER,
    Kind.THING,
)
SECRETS = (
    Kind.CVV,
    Kind.OTP,
    Kind.PIN,
    Kind.SMS,
    Kind.CODE,
    Kind.BACK,
    Kind.FRONT,
    Kind.OTP_CONTEXT,
    Kind.PASSWORD,
    Kind.ATM,
    Kind.WARNING,
)


def against(scan: Scan, value: Value, first: int, last: int) -> float:
    """What speaks against a number in its sentence `first:last`, whatever its label is."""
    counter = scan.last_before(value.start, min(_BETWEEN, value.start - first), *COUNTERS, *SECRETS)
    if counter is not None and counter.kind in COUNTERS and _takes(scan, counter, value):
        return CERTAIN
    return _behind(scan, value, last) + _before(scan, value, first) + _looks(scan, value)


def _behind(scan: Scan, value: Value, last: int) -> float:
    """A unit behind a number, or another word that it may count."""
    text = scan.folded.lower
    word = WORDS.match(text, value.end + 1, last) if text[value.end : value.end + 1] in {" ", "-"} else None
    if word is None:
        return 0.0
    units = scan.hits.within(word.start(), word.end() + 1, Kind.UNIT)
    if units and units[0].start == word.start():
        return CERTAIN
    if _YEAR.fullmatch(text, value.start, value.end):
        return _YEAR_TOLD
    return 0.0 if _common(scan, *word.span()) else _STRANGER


def _before(scan: Scan, value: Value, first: int) -> float:
    """A word straight before a number that dates or names it."""
    text = scan.folded.lower
    words = list(WORDS.finditer(text, max(first, value.start - _HEAD), value.start))
    if not words or text[words[-1].end() : value.start].strip(" '\"("):
        return 0.0
    word = words[-1].group()
    named = not _common(scan, *words[-1].span())
    if _YEAR.fullmatch(text, value.start, value.end) and (named or word in scan.lexicon.dating):
        return CERTAIN
    if word in scan.lexicon.clock and _CLOCK.fullmatch(text, value.start, value.end):
        return CERTAIN
    return _STRANGER if named else 0.0


def _looks(scan: Scan, value: Value) -> float:
    """The number itself: a year, a round sum, a date, a number sign."""
    text = scan.folded.lower
    if _YEAR.fullmatch(text, value.start, value.end):
        return _YEAR_WEIGHT
    if _DATE.fullmatch(text, value.start, value.end):
        return 1.0
    sign = _NUMBER_SIGN.search(text, max(0, value.start - _SIGN), value.start)
    if sign:
        label = scan.last_before(sign.start(), _HEAD, *_NUMBERED)
        return 1.5 if label and not text[label.end : sign.start()].strip() else CERTAIN
    return 0.6 if _ROUND.fullmatch(value.digits) else 0.0


def _takes(scan: Scan, counter: Hit, value: Value) -> bool:
    """Whether another label, a sum or the name of a thing takes a number for itself."""
    text = scan.folded.lower
    gap = text[counter.end : value.start]
    if scan.digits_within(counter.end, value.start) or any(c in gap for c in ",;("):
        return False
    words = WORDS.findall(gap)
    if _what_for(scan, counter):
        return False
    if counter.kind in {Kind.LABEL, Kind.THING} and text[counter.start : counter.end] in scan.lexicon.device:
        onto = WORDS.findall(text, max(0, counter.start - 12), counter.start)
        if words or (onto and onto[-1] in scan.lexicon.onto):
            return False  # "sent to my phone: 482913"
    strangers = sum(word not in scan.lexicon.filler for word in words)
    return (not strangers and len(words) <= 3) or (counter.kind is Kind.MONEY and len(words) <= 2)


def _what_for(scan: Scan, counter: Hit) -> bool:
    """Whether a word only says what a secret is for: "PIN for calls 4471"."""
    before = scan.last_before(counter.start, _HEAD, Kind.PIN, Kind.CVV, Kind.OTP)
    gap = WORDS.findall(scan.folded.lower, before.end, counter.start) if before else []
    return len(gap) == 1 and gap[0] in scan.lexicon.purpose


def _common(scan: Scan, start: int, end: int) -> bool:
    """Whether a word beside a number names nothing that the number would count."""
    word = scan.folded.lower[start:end]
    lexicon = scan.lexicon
    return (
        any(
            word in words
            for words in (
                lexicon.linking,
                lexicon.closed,
                lexicon.no_value,
                lexicon.denials,
                lexicon.arrived,
                lexicon.into,
                lexicon.instead,
            )
        )
        or len(word) == 1
        or bool(scan.hits.within(start, end, *SECRETS, Kind.TOLD, Kind.CARD, Kind.EXPIRY))
    )
