"""IBANs (ISO 13616) and magnetic tracks (ISO/IEC 7813): long numbers with a check or a frame of their own."""

from __future__ import annotations

import re

from stdnum import iban
from stdnum.exceptions import ValidationError

from intake.redaction.findings import SecretType
from intake.redaction.scan import Scan

_LENGTHS = {
    **dict.fromkeys(("no",), 15), **dict.fromkeys(("be", "bi"), 16), **dict.fromkeys(("dk", "fi", "fo", "gl", "nl", "sd", "fk"), 18),
    **dict.fromkeys(("mk", "si"), 19), **dict.fromkeys(("at", "ba", "ee", "kz", "lt", "lu", "xk", "mn"), 20),
    **dict.fromkeys(("ch", "cr", "hr", "li", "lv"), 21), **dict.fromkeys(("bg", "bh", "de", "gb", "ge", "ie", "me", "rs", "va"), 22),
    **dict.fromkeys(("ae", "gi", "il", "iq", "tl", "om", "so"), 23), **dict.fromkeys(("ad", "cz", "md", "pk", "ro", "sa", "se", "sk", "es", "tn", "vg"), 24),
    **dict.fromkeys(("ly", "pt", "st"), 25), **dict.fromkeys(("is", "tr"), 26), **dict.fromkeys(("fr", "gr", "it", "mc", "sm", "dj"), 27),
    **dict.fromkeys(("al", "az", "by", "cy", "do", "gt", "hu", "lb", "pl", "sv", "ni"), 28), **dict.fromkeys(("br", "eg", "ps", "qa", "ua"), 29),
    **dict.fromkeys(("jo", "kw", "mu", "ye"), 30), **dict.fromkeys(("mt", "sc"), 31), "lc": 32, "ru": 33,
}  # fmt: skip
_CHAR = re.compile(r"[ \-.\t\r\n>_+]{0,6}+([0-9a-z])")
_CHECK = 2  # check digits of an IBAN
_TRACK1 = re.compile(r"%?b ?[0-9](?:[ ]?[0-9]){11,18} ?\^[^\^\n]{2,30}\^[^\n?]{4,80}\??")
_TRACK2 = re.compile(
    r"(?:;[0-9](?:[ ]?[0-9]){11,18} ?[=d]|(?<![0-9a-z])[0-9]{13,19}[=d](?=[0-9]{7}))[0-9]{4,40}[0-9?f]*"
)


def find_ibans(scan: Scan) -> None:
    """Cut IBANs whose check digits agree, and mistyped ones under the word IBAN."""
    text = scan.folded.lower
    for first, last in scan.numbers:
        if last - first < _CHECK:
            continue
        head = first - 1 if text[first - 1 : first] in {" ", "-", "+"} else first
        country = text[head - 2 : head] if head > 1 else ""
        wanted = _LENGTHS.get(country)
        if wanted is None or _glued(text, head - 2):
            continue
        end, compact = first, country
        while len(compact) < wanted and (char := _CHAR.match(text, end)):
            end, compact = char.end(), compact + char.group(1)
        if len(compact) < wanted or text[end : end + 1].isalnum():
            continue
        valid = _valid(compact)
        if valid or (_named(text, head - 2) and sum(c.isdigit() for c in compact) >= 12):
            scan.cut(
                head - 2, end, SecretType.IBAN, "iban.mod97" if valid else "iban.named", compact[-4:].upper()
            )


def _glued(text: str, start: int) -> bool:
    """Whether the country code is the end of a longer word ("IBAN" apart)."""
    return text[max(0, start - 1) : start].isalnum() and not text[max(0, start - 4) : start].endswith("iban")


def _named(text: str, start: int) -> bool:
    return "iban" in text[max(0, start - 30) : start]


def _valid(compact: str) -> bool:
    try:
        iban.validate(compact.upper(), check_country=False)
    except ValidationError:
        return False
    return True


def find_tracks(scan: Scan) -> None:
    """Cut magnetic stripe data, with or without its sentinels."""
    text = scan.folded.lower
    signs = {sign for start, end in scan.rows for sign in "^=d" if text.find(sign, start, end + 2) >= 0}
    if "^" in signs:
        for match in _TRACK1.finditer(text):
            scan.cut(*match.span(), SecretType.TRACK, "track.one")
    for match in _TRACK2.finditer(text) if signs & {"=", "d"} else ():
        scan.cut(*match.span(), SecretType.TRACK, "track.two")
