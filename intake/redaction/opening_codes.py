"""Codes that open a document: digits that are typed or used to open one, whether or not they are called a code."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan

_DIGITS = re.compile(r"(?<![\w.,/+\-#])[0-9]{4,10}(?![\w/\-]|[.,][0-9]| ?[%€$£₽₴])")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")
_REACH = 120  # characters from the word of opening to the code
_TYPED = 20  # characters from what is done with a code to the code


def find_opening_codes(scan: Scan) -> None:
    """Cut digits by which a file is opened: "to open the PDF type 290482"."""
    for hit in scan.hits.of(Kind.OPENING, Kind.TOKEN):
        first, last = scan.sentences().span(scan.sentences().at(hit.start))
        first, last = max(first, hit.start - _REACH), min(last, hit.end + _REACH)
        if not scan.digits_within(first, last):
            continue
        if scan.lexicon.document.isdisjoint(WORDS.findall(scan.folded.lower, first, last)):
            continue
        for match in _DIGITS.finditer(scan.folded.lower, first, last):
            if _typed(scan, hit, *match.span()) and not _YEAR.fullmatch(match.group()):
                scan.cut(*match.span(), SecretType.PIN, "pin.opening")


def _typed(scan: Scan, hit: Hit, start: int, end: int) -> bool:
    """Whether the words straight before or behind a number say that it is typed, used, or the key itself."""
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
