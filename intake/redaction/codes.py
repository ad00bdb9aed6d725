"""PINs and one-time codes: digits under a label; "code" alone needs SMS, bank or confirmation words beside it."""

from __future__ import annotations

import re

from intake.redaction.beside import _UNIT
from intake.redaction.findings import SecretType
from intake.redaction.labels import Hit, Kind
from intake.redaction.scan import Scan

_PIN = re.compile(
    r"(?<![0-9.,/])(?:[0-9]{4,6}|[0-9](?:[ \-][0-9]){3}|[0-9]{2}[ \-][0-9]{2})(?![0-9]|[.,/:\-][0-9])"
)
_OTP = re.compile(
    r"(?<![0-9.,/+])(?:[a-z]-)?(?:[0-9]{3}[ \-][0-9]{3}|[0-9]{2}[ \-][0-9]{2}[ \-][0-9]{2}|[0-9]{4}[ \-][0-9]{4}|[0-9]{4,8}|[0-9](?:[ \-][0-9]){3,7})"
    r"(?![0-9]|[,/:\-.][0-9]|[^\S\n][0-9]{2,3}(?![0-9]))"
)
_BACKWARD = re.compile(r"(?<![0-9.,/:\-])((?:[a-z]-)?(?:[0-9]{3}[ \-][0-9]{3}|[0-9]{4,8}))([^0-9]{0,40})$")
_REACH = 64


def find_pins(scan: Scan) -> None:
    """Cut PINs: four to six digits after the label, or before it."""
    for hit in scan.hits.of(Kind.PIN):
        if not _value_after(scan, hit, _PIN, SecretType.PIN):
            _value_before(scan, hit, SecretType.PIN)


def find_one_time_codes(scan: Scan) -> None:
    """Cut SMS and other one-time codes."""
    for hit in scan.hits.of(Kind.OTP):
        if not _value_after(scan, hit, _OTP, SecretType.OTP):
            _value_before(scan, hit, SecretType.OTP)
    for hit in scan.hits.of(Kind.CODE):
        first, last = scan.sentence(hit.start, hit.end)
        said = scan.hits.within(first, last, Kind.OTP_CONTEXT, Kind.SMS, Kind.OTP)
        if said and not scan.hits.within(first, last, Kind.NOT_OTP) and not _value_after(scan, hit, _OTP, SecretType.OTP):
            _value_before(scan, hit, SecretType.OTP)
    for hit in scan.hits.of(Kind.SMS):
        _message(scan, hit)


_SIX = re.compile(r"(?<![0-9.,/+])(?:[0-9]{3}[ \-]?[0-9]{3}|[0-9]{4,8})(?![0-9]|[,/:\-.][0-9])")
_SEARCHED = 40  # characters from "SMS" to its code


def _message(scan: Scan, hit: Hit) -> None:
    """A code that came by SMS without the word code: "got an SMS: 550912"."""
    text = scan.folded.lower
    match = _SIX.search(text, hit.end, hit.end + _SEARCHED)
    if match and scan.joins(hit.end, match.start()) and not _UNIT.match(text, match.end()):
        gap = text[hit.end : match.start()]
        if ":" in gap or "\"" in gap or any(word in scan.lexicon.arrived for word in gap.split()):
            scan.cut(*match.span(), SecretType.OTP, "otp.sms")


_ANNOUNCED = re.compile(
    r"(?:[:=]|->|=>|\bis|\bwas|\bist|\blautet|\bест|\best|\bes|\bэто|\bце)[\s\"'(*>]{0,6}$"
)
_BLOCKS = re.compile(r"[.!?]\s|\n\s*\n|\x1a")


def _value_after(scan: Scan, hit: Hit, pattern: re.Pattern[str], kind: SecretType) -> bool:
    text = scan.folded.lower
    reach = hit.end + (120 if kind is SecretType.OTP else _REACH)
    for match in pattern.finditer(text, hit.end, reach):
        gap = text[hit.end : match.start()]
        if _BLOCKS.search(gap):
            return False
        if _UNIT.match(text, match.end()) or not scan.free(match.start(), match.end()):
            continue
        if scan.joins(hit.end, match.start()) or (
            _ANNOUNCED.search(gap) and not _other_label(scan, hit.end, match.start())
        ):
            return scan.cut(match.start(), match.end(), kind, f"{kind.value}.after")
    return False


def _other_label(scan: Scan, start: int, end: int) -> bool:
    last = scan.last_before(
        end, min(24, end - start), Kind.LABEL, Kind.NOT_CODE, Kind.CVV, Kind.EXPIRY, Kind.NOT_CARD, Kind.CARD
    )
    return (
        last is not None
        and scan.joins(last.end, end, 12)
        and not any(c.isalpha() for c in scan.folded.lower[last.end : end])
    )


def _value_before(scan: Scan, hit: Hit, kind: SecretType) -> None:
    text = scan.folded.lower
    head = max(0, hit.start - 52)
    match = _BACKWARD.search(text[head : hit.start])
    if match is None or "\n" in match.group(2) or _BLOCKS.search(match.group(2)):
        return
    start, end = head + match.start(1), head + match.end(1)
    size = sum(c.isdigit() for c in match.group(1))
    if _UNIT.match(text, end) or (kind is SecretType.PIN and size > 6):
        return
    before = scan.last_before(start, 24, Kind.LABEL, Kind.NOT_CODE, Kind.OTP, Kind.PIN, Kind.CARD)
    if before is not None and scan.joins(before.end, start, 16):
        return
    gap = match.group(2)
    named = gap.split()[:1] and gap.split()[0].strip("-–") in scan.lexicon.copula and len(gap.split()) <= 4
    if (named or scan.joins(end, hit.start, 40)) and any(c in gap for c in " (=-:"):
        scan.cut(start, end, kind, f"{kind.value}.before")
