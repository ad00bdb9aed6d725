"""PINs and one-time codes: digits under a label; "code" alone needs SMS, bank or confirmation words beside it."""

from __future__ import annotations

import re

from intake.redaction.beside import UNIT
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import Scan

_PIN = re.compile(
    r"(?<![0-9.,/])(?<![0-9]-)(?:[0-9]{4,6}|[0-9](?:[ \-][0-9]){3}|[0-9]{2}[ \-][0-9]{2})(?![0-9]|[.,/:\-][0-9])"
)
_OTP = re.compile(
    r"(?<![0-9.,/+])(?<![0-9]-)(?:(?<!\w)[a-z]-)?(?:[0-9]{3}[ \-][0-9]{3}|[0-9]{2}[ \-][0-9]{2}[ \-][0-9]{2}|[0-9]{4}[ \-][0-9]{4}|[0-9]{2}[ \-][0-9]{2}|[0-9]{4,8}|[0-9](?:[ \-][0-9]){3,7})"
    r"(?![0-9]|[,/:\-.][0-9]|[^\S\n][0-9]{2,3}(?![0-9]))"
)
_BACKWARD = re.compile(
    r"(?<![0-9.,/:\-])((?:(?<!\w)[a-z]-)?(?:[0-9]{3}[ \-][0-9]{3}|[0-9]{4,8}))([^0-9]{0,40})$"
)
_LONG_CODE = re.compile(
    r"(?<![0-9.,/+])(?:[0-9]{3}[ \-]?[0-9]{3}|[0-9]{2}[ \-][0-9]{2}[ \-][0-9]{2})(?![0-9]|[ ,/:\-.][0-9])"
)
_SIX_BEFORE = re.compile(r"(?<![0-9.,/+\-])([0-9]{3}[ \-]?[0-9]{3})[^0-9.,;:]{1,32}$")
_TYPICAL = 6  # digits
_FEW = 4  # words
_OTHER = 24  # characters before a value in which another label may stand
_WORD = re.compile(r"[^\W\d_]+")
_REACH = 64  # characters from a label to its value
_REACH_OTP = 120  # bank messages tell the sum and the shop before the code
_BEFORE = 52  # characters from a value to the label after it
_PATTERNS = {SecretType.PIN: _PIN, SecretType.OTP: _OTP}


def find_pins(scan: Scan) -> None:
    """Cut PINs: four to six digits after the label, or before it."""
    for hit, floor, ceiling in scan.hits.apart(Kind.PIN):
        _value(scan, hit, floor, ceiling, SecretType.PIN)


def find_one_time_codes(scan: Scan) -> None:
    """Cut SMS and other one-time codes."""
    for hit, floor, ceiling in scan.hits.apart(Kind.OTP):
        _value(scan, hit, floor, ceiling, SecretType.OTP)
    for hit, floor, ceiling in scan.hits.apart(Kind.CODE, Kind.TOKEN):
        if scan.digits_within(
            max(floor, hit.start - _BEFORE), min(hit.end + _REACH_OTP, ceiling)
        ) and one_time(scan, hit):
            _value(scan, hit, floor, ceiling, SecretType.OTP)
    for hit, floor, _ in scan.hits.apart(Kind.OTP_CONTEXT):
        _sent_to_confirm(scan, hit, floor)
    for hit, _, ceiling in scan.hits.apart(Kind.CVV):
        _too_long_for_cvv(scan, hit, ceiling)
    for hit, floor, ceiling in scan.hits.apart(Kind.SMS):
        if scan.digits_within(max(floor, hit.start - _SEARCHED), min(hit.end + _SEARCHED, ceiling)):
            _message(scan, hit, floor)


def one_time(scan: Scan, hit: Hit) -> bool:
    """Whether "code" means a one-time code here: SMS, bank or confirmation words in its sentence, or a warning near."""
    first, last = scan.sentence(hit.start, hit.end)
    if scan.hits.within(first, last, Kind.NOT_OTP):
        return False
    said = scan.hits.within(first, last, Kind.OTP_CONTEXT, Kind.SMS, Kind.OTP)
    return (
        bool(said)
        or _sent_to_device(scan, first, last)
        or scan.near(hit.start, hit.end, 100, 100, Kind.WARNING)
        or scan.near(hit.start, hit.end, 60, 0, Kind.SMS)
    )


def _sent_to_device(scan: Scan, first: int, last: int) -> bool:
    """Whether a sentence tells of something that was sent to a phone or an address."""
    words = set(_WORD.findall(scan.folded.lower, first, last))
    return not (words.isdisjoint(scan.lexicon.arrived) or words.isdisjoint(scan.lexicon.device))


def _sent_to_confirm(scan: Scan, hit: Hit, floor: int) -> None:
    """Six digits that came to confirm something, without the word code: "the bank sent 550 912 to confirm"."""
    head = max(floor, hit.start - _SEARCHED)
    if not scan.digits_within(head, hit.start):
        return
    text = scan.folded.lower
    match = _SIX_BEFORE.search(text[head : hit.start])
    if match is None or not scan.joins(head + match.end(1), hit.start):
        return
    start, end = head + match.start(1), head + match.end(1)
    words = _WORD.findall(text, max(0, start - _SEARCHED), start)[-_FEW:]
    others = scan.hits.within(max(0, start - _OTHER), start, Kind.LABEL, Kind.NOT_OTP)
    named = any(text[other.start : other.end] not in scan.lexicon.device for other in others)
    if not named and not scan.lexicon.arrived.isdisjoint(words):
        scan.cut(start, end, SecretType.OTP, "otp.sent")


def _too_long_for_cvv(scan: Scan, hit: Hit, ceiling: int) -> None:
    """Six digits under a CVV's label are a one-time code: both are called "security code" or "verification code"."""
    match = _LONG_CODE.search(scan.folded.lower, hit.end, min(hit.end + _REACH, ceiling))
    if match and scan.joins(hit.end, match.start()) and not UNIT.match(scan.folded.lower, match.end()):
        scan.cut(*match.span(), SecretType.OTP, "otp.long")


def _value(scan: Scan, hit: Hit, floor: int, ceiling: int, kind: SecretType) -> None:
    """Cut the value that belongs to a label."""
    first = max(floor, hit.start - _BEFORE)
    last = min(hit.end + (_REACH_OTP if kind is SecretType.OTP else _REACH), ceiling)
    if (
        scan.digits_within(first, last)
        and not _value_after(scan, hit, last, kind)
        and not scan.served(hit.end)
    ):
        _value_before(scan, hit, first, kind)


_SIX = re.compile(r"(?<![0-9.,/+])(?:[0-9]{3}[ \-]?[0-9]{3}|[0-9]{4,8})(?![0-9]|[,/:\-.][0-9])")
_SEARCHED = 40  # characters from "SMS" to its code


def _message(scan: Scan, hit: Hit, floor: int) -> None:
    """A code that came by SMS without the word code: "got an SMS: 550912"."""
    text = scan.folded.lower
    match = _SIX.search(text, hit.end, hit.end + _SEARCHED)
    if match and scan.joins(hit.end, match.start()) and not UNIT.match(text, match.end()):
        gap = text[hit.end : match.start()]
        words = text[max(0, hit.start - 25) : hit.start].split() + gap.split()
        last = gap.split()[-1] if gap.strip() else ""
        if last in scan.lexicon.origin or (last in scan.lexicon.into and len(match.group()) < _TYPICAL):
            return  # who sent it, or to whom
        if ":" in gap or '"' in gap or any(word in scan.lexicon.arrived for word in words):
            scan.cut(*match.span(), SecretType.OTP, "otp.sms")
            return
    head = max(floor, hit.start - _SEARCHED)
    before = _BACKWARD.search(text[head : hit.start])
    if before and not _YEAR.fullmatch(before.group(1)) and scan.joins(head + before.end(1), hit.start):
        words = text[max(0, hit.start - 60) : hit.start].split()
        named = scan.last_before(head + before.start(1), _OTHER, Kind.LABEL, Kind.OTHER, Kind.MONEY)
        if (
            named
            and not text[named.end : head + before.start(1)].strip()
            and text[named.start : named.end] not in scan.lexicon.device
        ):
            return
        if any(word in scan.lexicon.arrived for word in words):
            scan.cut(head + before.start(1), head + before.end(1), SecretType.OTP, "otp.sms")


_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_BLOCKS = re.compile(r"[.!]\s|[^\s]\?\s+\w+\s+\w+\s|\n\s*\n|\x1a")


def _value_after(scan: Scan, hit: Hit, last: int, kind: SecretType) -> bool:
    text = scan.folded.lower
    for match in _PATTERNS[kind].finditer(text, hit.end, last):
        start, end = match.span()
        if _BLOCKS.search(text, hit.end, start):
            return False
        if UNIT.match(text, end) or not scan.free(start, end) or _dialled(text, start, end):
            continue
        announced = scan.announced(hit.end, start)
        if not announced and _is_year(scan, hit.end, start, end):
            continue
        if kind is SecretType.PIN and postal(scan, hit.end, start, end):
            return False
        if scan.joins(hit.end, start) or (announced and not _other_label(scan, hit.end, start)):
            done = scan.cut(start, end, kind, f"{kind.value}.after")
            if kind is SecretType.PIN:
                _other_pin(scan, end)
            return done
    return False


_DIALLED = re.compile(r"[ \-][0-9]{4}")


def _dialled(text: str, start: int, end: int) -> bool:
    """Whether digits are part of a telephone number: "07700 900123"."""
    return (text[start] == "0" and _DIALLED.match(text, end) is not None) or (
        text[start - 1] in " -"
        and re.search(r"(?<![0-9])0[0-9]{3,4}[ \-]$", text[max(0, start - 8) : start]) is not None
    )


def _other_pin(scan: Scan, end: int) -> None:
    """The old one beside the new."""
    match = _PIN.search(scan.folded.lower, end, end + 32)
    if (
        match
        and match.start() - end > 1
        and not _is_year(scan, end, *match.span())
        and scan.joins(end, match.start())
    ):
        scan.cut(*match.span(), SecretType.PIN, "pin.second")


_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")


def _is_year(scan: Scan, label: int, start: int, end: int) -> bool:
    """Whether four digits are rather the year of something told: "changed my PIN in 2019"."""
    text = scan.folded.lower
    words = text[label:start].split()
    if not words or not _YEAR.fullmatch(text, start, end):
        return False
    behind = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    if behind and behind.group() not in scan.lexicon.joint | scan.lexicon.filler | scan.lexicon.denials:
        return True
    return words[-1] in scan.lexicon.dating or (
        len(words) > 1 and not scan.hits.within(label, start, Kind.CARD)
    )


def of_plug(scan: Scan, end: int, hit: Hit) -> bool:
    """Whether digits that end here count pins: "a plug of 4471 pins"."""
    return scan.folded.lower[end : hit.start] == " " and scan.folded.lower[hit.end - 1] == "s"


def postal(scan: Scan, label: int, start: int, end: int) -> bool:
    """Whether digits are an Indian postal code ("PIN 400001"), or belong to a place of that name ("PIN Street 12")."""
    if label < start and scan.hits.within(label, start, Kind.NOT_PIN):
        return True
    return (
        end - start == 6
        and scan.near(start, end, 60, 30, Kind.NOT_PIN)
        and not scan.near(start, end, 60, 30, Kind.CARD)
    )


def _other_label(scan: Scan, start: int, end: int) -> bool:
    """Whether the value belongs to another label, after a comma: "no SMS code, order: 123456"."""
    last = scan.last_before(
        end, min(24, end - start), Kind.LABEL, Kind.NOT_CODE, Kind.CVV, Kind.EXPIRY, Kind.NOT_CARD
    )
    if last is None or not any(c in scan.folded.lower[start : last.start] for c in ",;("):
        return last is not None and last.kind is Kind.NOT_CODE
    return not any(c.isalpha() for c in scan.folded.lower[last.end : end])


def _value_before(scan: Scan, hit: Hit, head: int, kind: SecretType) -> None:
    text = scan.folded.lower
    match = _BACKWARD.search(text[head : hit.start])
    if match is None or "\n" in match.group(2) or _BLOCKS.search(match.group(2)):
        return
    start, end = head + match.start(1), head + match.end(1)
    size = sum(c.isdigit() for c in match.group(1))
    hour = text[max(0, start - 8) : start].split()[-1:] and _CLOCK.fullmatch(text, start, end)
    if UNIT.match(text, end) or (kind is SecretType.PIN and (size > 6 or of_plug(scan, end, hit))):
        return
    if hour and text[max(0, start - 8) : start].split()[-1] in scan.lexicon.clock:
        return
    before = scan.last_before(start, 24, Kind.LABEL, Kind.NOT_CODE, Kind.OTP, Kind.PIN, Kind.CARD)
    if before is not None and scan.joins(before.end, start, 16):
        return
    other = scan.last_before(start, 24, Kind.OTHER)
    if other is not None and other.end == start - 1:
        return  # "your hotline 60777"
    gap = match.group(2)
    named = gap.split()[:1] and gap.split()[0].strip("-–") in scan.lexicon.copula and len(gap.split()) <= 4
    if (named or scan.joins(end, hit.start, 40)) and any(c in gap for c in " (=-:"):
        scan.cut(start, end, kind, f"{kind.value}.before")
