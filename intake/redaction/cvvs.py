"""CVVs under a label: after it, before it, on the line below; and whose back it is that the digits stand on."""

from __future__ import annotations

import re
from itertools import chain

from intake.redaction.beside import UNIT
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan

_CVV = re.compile(r"(?<![0-9.,])[0-9]{3,4}(?![0-9]|[.,/:\-][0-9]|[.,]?[^\S\n]?[0-9])")
_THREE = re.compile(
    r"(?<![0-9.,])[0-9]{3}(?![0-9]|[.,/:\-][0-9]|[.,]?[^\S\n]?[0-9])"
)  # four may be a card's last
_FOUR = re.compile(
    r"(?<![0-9.,])(?!(?:19[5-9]|20[0-4])[0-9])[0-9]{4}(?![0-9]|[.,/:\-][0-9]|[.,]?[^\S\n]?[0-9])"
)
_STRIP = re.compile(  # the card's last four, and the CVV
    r"(?<![0-9.,])[0-9]{4} ([0-9]{3})(?![0-9]|[.,/:\-][0-9]|[.,]?[^\S\n]?[0-9])"
)
_SPACED = re.compile(r"(?<![0-9])[0-9](?:(?:[ \-.]|, ?)[0-9]){2,3}(?![0-9]|[ \-.,] ?[0-9])")
_TOLD = 32  # characters of any words before a colon or "is"
_CLAUSE = 40  # characters before "back" in which digits are spoken of
_BESIDE = 3  # characters from a thing to its side: "on the box behind"
_OWNER = 28  # characters from "back" to whose it is
_NO_CARD = (Kind.THING, Kind.LABEL, Kind.NOT_CODE)
_OWNERS = (*_NO_CARD, Kind.CARD, Kind.CVV)
_COUNTED = (Kind.MONEY, Kind.OTHER, Kind.LABEL, Kind.NOT_OTP, Kind.NOT_CODE)
_CVV_KINDS = (Kind.CVV, Kind.CODE, Kind.BACK, Kind.FRONT)
_REACH = 60  # characters from a label to its value
_SAYS = 16  # characters from a thing to the digits on it
_ENDS = 32  # characters of the words before a card's last digits: "which ends in"
_SUM = 16  # characters from digits to the sum that they are part of


def find_cvvs(scan: Scan) -> None:
    """Cut CVV values under a label: before it, after it, on the next line; "code" alone counts beside a card."""
    for hit, floor, ceiling in chain.from_iterable(map(scan.hits.apart, _CVV_KINDS)):
        first, last = max(floor, hit.start - 40), min(hit.end + _REACH, ceiling)
        if not scan.digits_within(first, last):
            continue
        if of_a_thing(scan, hit) or not (
            hit.kind is Kind.CVV
            or (hit.kind is not Kind.FRONT and scan.beside_card(hit.start, hit.end, 80))
            or _side_of_card(scan, hit)
            or _figures_on_back(scan, hit)
        ):
            if _code_of_card(scan, hit) and not _after_label(scan, hit, last, _THREE):
                _pin_of_card(scan, hit, last)
            continue
        if not _after_label(scan, hit, last) and not scan.served(hit.end):
            _before_label(scan, hit, first)


def _side_of_card(scan: Scan, hit: Hit) -> bool:
    """Whether the side that is meant is a card's: "on the back of my card"."""
    return hit.kind in {Kind.BACK, Kind.FRONT} and scan.near(hit.start, hit.end, 24, 24, Kind.CARD)


def _figures_on_back(scan: Scan, hit: Hit) -> bool:
    """Whether digits are said to stand on a back, in any wording: "the last three figures at the rear"."""
    if hit.kind is not Kind.BACK:
        return False
    head = scan.folded.lower[max(0, hit.start - _CLAUSE) : hit.start]
    tail = scan.folded.lower[hit.end : hit.end + _OWNER]
    clause = re.split(r"[.!?;\n\x1a]", head)[-1] + " " + re.split(r"[.!?;\n\x1a0-9]", tail)[0]
    return not scan.lexicon.figures.isdisjoint(clause.split())


def _code_of_card(scan: Scan, hit: Hit) -> bool:
    """Whether a code is said to be a card's own: "control code of my card"; but "declined with code 51" is not."""
    owner = scan.hits.within(hit.end, hit.end + _OWNER, Kind.CARD) if hit.kind is Kind.CODE else []
    if not owner or re.search(r"[.,;!?\n]", scan.folded.lower[hit.end : owner[0].start]):
        return False
    first, last = scan.sentence(hit.start, hit.end)
    return not scan.hits.within(first, last, Kind.NOT_OTP) and scan.joins(hit.end, owner[0].start)


def _pin_of_card(scan: Scan, hit: Hit, last: int) -> None:
    """Cut four digits that are a card's code, not its last: "the code of my card is 8830"."""
    match = _FOUR.search(scan.folded.lower, hit.end, last)
    if match and scan.joins(hit.end, match.start()) and not UNIT.match(scan.folded.lower, match.end()):
        scan.cut(*match.span(), SecretType.PIN, "pin.card")


def of_a_thing(scan: Scan, hit: Hit) -> bool:
    """Whether the side that is meant is not a card's: "on the back of the box"."""
    words = re.split(r"[^\w]+", scan.folded.lower[hit.start : hit.end])
    if hit.kind is Kind.CODE or scan.lexicon.sides.isdisjoint(words):
        if hit.kind is not Kind.CVV or scan.lexicon.figures.isdisjoint(words):
            return False
        side = scan.last_before(hit.start, _SAYS, *_OWNERS)
        if (side is not None and side.kind is Kind.THING) or _of_a_sum(scan, hit):
            return True  # "the box says 3 digits", "3 digits of the price"
    elif (
        (thing := scan.last_before(hit.start, _CLAUSE, *_OWNERS))
        and thing.kind in _NO_CARD
        and hit.start - thing.end <= _BESIDE
    ):
        return True
    owner = scan.hits.within(hit.start + 1, hit.end + _OWNER, *_OWNERS)
    return bool(owner) and owner[0].kind in _NO_CARD and not scan.digits_within(hit.end, owner[0].start)


def _of_a_sum(scan: Scan, hit: Hit) -> bool:
    """Whether digits are those of a price: no CVV is told "for the refund" either, but that may say what it is for."""
    money = scan.hits.within(hit.end, hit.end + _SUM, Kind.MONEY)
    words = WORDS.findall(scan.folded.lower, hit.end, money[0].start) if money else []
    linked = bool(words) and scan.lexicon.filler.issuperset(words) and scan.lexicon.purpose.isdisjoint(words)
    return linked and not re.search(r"[,;:.]", scan.folded.lower[hit.end : money[0].start])


def _after_label(scan: Scan, hit: Hit, last: int, *patterns: re.Pattern[str]) -> bool:
    text = scan.folded.lower
    strip = _STRIP.search(text, hit.end, last)
    if strip and not patterns and _linked(scan, hit.end, *strip.span()):
        return scan.cut(*strip.span(1), SecretType.CVV, f"{hit.kind.value}.strip")
    for pattern in patterns or (_CVV, _SPACED):
        match = pattern.search(text, hit.end, last)
        if match and _linked(scan, hit.end, *match.span()) and not UNIT.match(text, match.end()):
            if hit.kind is Kind.BACK and _ends(scan, match.start()):
                return False  # "back to the card that ends in 1111"
            return scan.cut(match.start(), match.end(), SecretType.CVV, f"{hit.kind.value}.after")
    return False


def _ends(scan: Scan, at: int) -> bool:
    """Whether digits are said to be the last of a card, or the time until when it is good."""
    return not scan.lexicon.until.isdisjoint(WORDS.findall(scan.folded.lower, max(0, at - _ENDS), at)[-2:])


def _linked(scan: Scan, label: int, start: int, end: int) -> bool:
    """Whether a value belongs to a label before it: linked by words, or alone on a line below."""
    if scan.joins(label, start) or _loosely_linked(scan, label, start):
        return True
    text = scan.folded.lower
    if (
        start - label <= _TOLD
        and scan.announced(label, start)
        and not re.search(r"[.!]\s|[,;]|\n|\x1a", text[label:start])
    ):
        return not scan.hits.within(label, start, Kind.LABEL, Kind.NOT_CODE, Kind.NOT_OTP, Kind.UNIT)
    alone = end == len(text) or text[end] in "\r\n"
    return alone and start - label <= 12 and not text[label:start].strip("\r\n\t >:-*|")


def _loosely_linked(scan: Scan, label: int, start: int) -> bool:
    """Whether one strange word stands among the linking ones ("is definitely"), and nothing denies a value."""
    gap = scan.folded.lower[label:start]
    return (
        not re.search(r"[.,;!?\n]", gap)
        and not scan.hits.within(label, start, Kind.LABEL, Kind.NOT_CODE, Kind.NOT_OTP, Kind.THING)
        and scan.lexicon.denials.isdisjoint(gap.split())
        and not scan.lexicon.copula.isdisjoint(gap.split())
        and scan.joins(label, start, strangers=1)
    )


_BACKWARD = re.compile(r"(?<![0-9.,/:\-])([0-9]{3,4})([^0-9]{0,32})$")


def _before_label(scan: Scan, hit: Hit, head: int) -> None:
    text = scan.folded.lower
    match = _BACKWARD.search(text[head : hit.start])
    if (
        match is None
        or "\n" in match.group(2)
        or ". " in match.group(2)
        or UNIT.match(text, head + match.end(1))
    ):
        return
    beside = hit.kind is Kind.CODE or scan.beside_card(hit.start, hit.end, 80)
    if hit.kind is not Kind.CVV and match.group(2).strip(" ,;(" if beside else " ("):
        return
    at = head + match.start(1)
    if _ends(scan, at):
        return
    other = scan.last_before(at, 16, *_COUNTED)
    if other is not None and scan.joins(other.end, at, 8):
        return
    if scan.joins(head + match.start(2), hit.start, 32):
        scan.cut(at, head + match.end(1), SecretType.CVV, "cvv.before")
