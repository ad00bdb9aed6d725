"""Codes that open a document: what is typed or used to open one, whether or not it is called a code."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import strong, trimmed

_DIGITS = re.compile(r"(?<![\w.,/+\-#])[0-9]{4,10}(?![\w/\-]|[.,][0-9]| ?[%€$£₽₴])")
_MIXED = re.compile(r"(?<!\S)[^\s\x1a]{6,40}")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")
_APPOSED = re.compile(r"[,:(–\-]\s*(?:([^\W\d_]{2,12})\s+)?\Z")
_REACH = 120  # characters from the word of opening to the code
_TYPED = 20  # characters from what is done with a code to the code
_BEHIND = 3  # characters behind a code in which its clause ends


def find_opening_codes(scan: Scan) -> None:
    """Cut that by which a file is opened: "to open the PDF type 290482"."""
    text = scan.folded.lower
    for hit in scan.hits.of(Kind.OPENING, Kind.TOKEN, Kind.PASSWORD):
        first, last = max(0, hit.start - _REACH), hit.end + _REACH
        if not scan.digits_within(first, last) or _no_document(scan, first, last):
            continue
        start, end = scan.sentences().span(scan.sentences().at(hit.start))
        first, last = max(first, start), min(last, end)
        if _no_document(scan, first, last):
            continue
        for match in _DIGITS.finditer(text, first, last) if hit.kind is not Kind.PASSWORD else ():
            if _typed(scan, hit, *match.span()) and not _YEAR.fullmatch(match.group()):
                scan.cut(*match.span(), SecretType.PIN, "pin.opening")
        for match in _MIXED.finditer(scan.folded.plain, first, last):
            start, end = trimmed(scan.folded.plain, *match.span())
            value = scan.folded.plain[start:end]
            if (
                strong(value)
                and any(c.isdigit() for c in value)
                and "@" not in value
                and (_typed(scan, hit, start, end) or _apposed(scan, hit, start, end))
            ):
                scan.cut(start, end, SecretType.PASSWORD, "password.opening")


def _no_document(scan: Scan, start: int, end: int) -> bool:
    """Whether nothing is named here that is opened with a code."""
    return scan.lexicon.document.isdisjoint(WORDS.findall(scan.folded.lower, start, end))


def _typed(scan: Scan, hit: Hit, start: int, end: int) -> bool:
    """Whether the words straight before or behind a code say that it is typed, used, or the key itself."""
    if hit.end <= start <= hit.end + _TYPED and scan.announced(hit.end, start) and scan.joins(hit.end, start):
        return True
    text = scan.folded.lower
    words = WORDS.findall(text, max(0, start - _TYPED), start)
    if words and words[-1] in scan.lexicon.using:
        return text[max(0, start - 4) : start].strip()[-1:] not in {".", ","}
    told = scan.last_before(start, _TYPED, Kind.TOLD)
    if told is not None and scan.joins(told.end, start):
        return True
    behind = scan.hits.within(end, end + _TYPED, Kind.TOLD)
    return bool(behind) and text[end : behind[0].start] == " "


def _apposed(scan: Scan, hit: Hit, start: int, end: int) -> bool:
    """Whether a word is set off behind what opens: "opens with my postcode and year, so LS62AB1971"."""
    text = scan.folded.lower
    match = _APPOSED.search(text, max(hit.end, start - _TYPED), start) if hit.end < start else None
    if match is None or (match.group(1) and match.group(1) not in scan.lexicon.filler):
        return False
    said = scan.hits.within(hit.end, start, Kind.TOLD) or not scan.lexicon.using.isdisjoint(
        WORDS.findall(text, hit.end, start)
    )
    return bool(said) and not text[end : end + _BEHIND].strip()[:1].isalnum()
