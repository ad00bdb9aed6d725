"""One-time codes of letters and digits ("AB3-9XK", "K7P2QX"): beside a word for such codes, and no booking's or order's."""

from __future__ import annotations

import re
from bisect import bisect_left

from intake.redaction.codes import one_time
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import ORDERLY

# Eight at most without a dash: what is longer is a key, and goes as one.
_MIXED = re.compile(
    r"(?<![\w\-.@/])(?=[A-Za-z\-]{0,5}[0-9])(?=[0-9\-]{0,5}[A-Za-z])"
    r"(?:[A-Z0-9]{5,8}|[a-z0-9]{5,8}|(?:[A-Z0-9]{2,4}-){1,2}[A-Z0-9]{3,4}|(?:[a-z0-9]{2,4}-){1,2}[a-z0-9]{3,4})(?![\w\-@/]|\.\w)"
)
_REACH = 64  # characters from a label to its value
_BEFORE = 40  # characters from a value to the label after it
_CLOSE = 24  # characters round both in which something else may be named
_STOP = re.compile(r"[.!?]\s|\n\s*\n|\x1a")
_OTHERS = (Kind.LABEL, Kind.NOT_CODE, Kind.OTHER, Kind.NOT_CARD)


def find_mixed_codes(scan: Scan) -> None:
    """Cut one-time codes that have letters."""
    for hit, floor, ceiling in scan.hits.apart(Kind.OTP, Kind.CODE, Kind.CVV):
        first, last = max(floor, hit.start - _BEFORE), min(hit.end + _REACH, ceiling)
        if not _any_mixed(scan, first, last):
            continue
        if hit.kind is not Kind.CODE or one_time(scan, hit):  # no CVV has letters
            _cut_code(scan, hit, first, last)


def _any_mixed(scan: Scan, first: int, last: int) -> bool:
    """Whether a number here touches a letter, or a dash behind which there may be one: few do."""
    text = scan.folded.lower
    at = bisect_left(scan.numbers, (first,))
    while at < len(scan.numbers) and scan.numbers[at][0] < last:
        start, end = scan.numbers[at]
        for beside in (text[start - 1 : start], text[end : end + 1]):
            if beside == "-" or beside.isalpha():
                return True
        at += 1
    return False


def _cut_code(scan: Scan, hit: Hit, first: int, last: int) -> None:
    """Cut the code that belongs to a label: after it, or before it where it is said to be one."""
    text = scan.folded.plain
    for match in _MIXED.finditer(text, hit.end, last):
        if _belongs(scan, hit, match) and scan.cut(*match.span(), SecretType.OTP, "otp.mixed"):
            return
    for match in _MIXED.finditer(text, first, hit.start):
        words = WORDS.findall(scan.folded.lower, match.end(), hit.start)
        said = bool(words) and (words[0] in scan.lexicon.copula or words[0] in scan.lexicon.role)
        if said and _belongs(scan, hit, match):
            scan.cut(*match.span(), SecretType.OTP, "otp.mixed")


def _belongs(scan: Scan, hit: Hit, match: re.Match[str]) -> bool:
    """Whether a word of letters and digits is the code that a label tells of, and nothing else is named beside it."""
    text = scan.folded.plain
    after = match.start() >= hit.end
    start, end = (hit.end, match.start()) if after else (match.end(), hit.start)
    if _STOP.search(text, start, end) or _named(scan, hit, match):
        return False
    told = after and scan.announced(start, end)
    if ORDERLY.fullmatch(match.group()) and not told:
        return False
    strangers = 0 if hit.kind is Kind.CVV else 1
    return (
        told
        or scan.joins(start, end, strangers=strangers)
        or (after and scan.typed(*match.span(), end - start))
    )


def _named(scan: Scan, hit: Hit, match: re.Match[str]) -> bool:
    """Whether something else is named close by that has such codes: a booking, an order; and no bank or message."""
    first, last = max(0, min(hit.start, match.start()) - _CLOSE), max(hit.end, match.end()) + _CLOSE
    stop = _STOP.search(scan.folded.plain, max(hit.end, match.end()), last)
    last = stop.start() if stop else last  # "… is KX7P-9QRT. The error code was ACC-4031."
    if scan.hits.within(first, match.start(), Kind.NOT_OTP):
        return True
    others = scan.hits.within(first, last, *_OTHERS)
    named = any(scan.folded.lower[other.start : other.end] not in scan.lexicon.device for other in others)
    return named and not scan.hits.within(first, last, Kind.SMS, Kind.BANK, Kind.OTP_CONTEXT)
