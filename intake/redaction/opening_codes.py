"""Codes that open a document: what is typed or used to open one, whether or not it is called a code."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import made_up, strong, trimmed

OPENING_KINDS = (Kind.OPENING, Kind.TOKEN, Kind.PASSWORD, Kind.CODE)
_DIGITS = re.compile(r"(?<![\w.,/+\-#])[0-9]{4,10}(?![\w/\-]|[.,][0-9]| ?[%€$£₽₴])")
_MIXED = re.compile(r"(?<!\S)[^\s\x1a]{6,40}")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")
_APPOSED = re.compile(r"[,:(–\-]\s*(?:([^\W\d_]{2,12})\s+)?\Z")
_REACH = 120  # characters from the word of opening to the code
_TYPED = 20  # characters from what is done with a code to the code
_NAMED = 32  # characters from the word of opening to the code that it names
_MANY = 5  # digits in one word: names of things have fewer
_BEHIND = 3  # characters behind a code in which its clause ends


def find_opening_codes(scan: Scan) -> None:
    """Cut that by which a file is opened: "to open the PDF type 290482"."""
    for hit, floor, ceiling in scan.hits.apart(*OPENING_KINDS):
        first, last = max(0, hit.start - _REACH), hit.end + _REACH
        if hit.kind is Kind.CODE and not scan.digits_within(hit.end, hit.end + _NAMED):
            continue
        if not scan.digits_within(max(first, floor), min(last, ceiling)) or _no_document(scan, first, last):
            continue
        start, end = scan.sentences().span(scan.sentences().at(hit.start))
        first, last = max(first, start), min(last, end)
        if not _no_document(scan, first, last):
            _cut_codes(scan, hit, max(first, floor), min(last, ceiling))


def _cut_codes(scan: Scan, hit: Hit, first: int, last: int) -> None:
    """Cut the digits, or the words with digits, that are told to open what its sentence names."""
    text = scan.folded.plain
    for match in _DIGITS.finditer(text, first, last) if hit.kind is not Kind.PASSWORD else ():
        told = _named(scan, hit, match.start()) or (hit.kind is not Kind.CODE and _typed(scan, *match.span()))
        if told and not _YEAR.fullmatch(match.group()):
            scan.cut(*match.span(), SecretType.PIN, "pin.opening")
    if hit.kind is Kind.CODE:
        return
    for match in _MIXED.finditer(text, first, last):
        start, end = trimmed(text, *match.span())
        if _drawn(text[start:end]) and (
            _named(scan, hit, start) or _typed(scan, start, end) or _apposed(scan, hit, start, end)
        ):
            scan.cut(start, end, SecretType.PASSWORD, "password.opening")


def _drawn(value: str) -> bool:
    """Whether a word may be made up to open something: digits in it, and a capital, a sign or many digits."""
    digits = sum(c.isdigit() for c in value)
    made = any(c.isupper() for c in value) or made_up(value) or digits >= _MANY
    return digits > 0 and made and "@" not in value and strong(value)


def _no_document(scan: Scan, start: int, end: int) -> bool:
    """Whether nothing is named here that is opened with a code."""
    return scan.lexicon.document.isdisjoint(WORDS.findall(scan.folded.lower, start, end))


def _named(scan: Scan, hit: Hit, start: int) -> bool:
    """Whether a word names a code behind it, with nothing but what it opens between: "the key of the file is X"."""
    if not (hit.end <= start <= hit.end + _NAMED and scan.announced(hit.end, start)):
        return False
    words = WORDS.findall(scan.folded.lower, hit.end, start)
    return all(word in scan.lexicon.filler or word in scan.lexicon.document for word in words)


def _typed(scan: Scan, start: int, end: int) -> bool:
    """Whether the words straight before or behind a code say that it is typed or used."""
    text = scan.folded.lower
    words = WORDS.findall(text, max(0, start - _TYPED), start)
    if words and words[-1] in scan.lexicon.using:
        return text[max(0, start - 4) : start].strip()[-1:] not in {".", ","}
    return scan.typed(start, end, _TYPED)


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
