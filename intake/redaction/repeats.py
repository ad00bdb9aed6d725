"""A secret that was found once is one wherever it stands again: in the quoted reply, in another line."""

from __future__ import annotations

import re

import ahocorasick

from intake.redaction.findings import SecretType
from intake.redaction.scan import Cut, Scan

_EVERYWHERE = {
    SecretType.PASSWORD: 6,
    SecretType.TOKEN: 8,
    SecretType.OTP: 5,
    SecretType.PAN: 12,
}  # characters at least
_NEARBY = {SecretType.CVV: 3, SecretType.PIN: 4, SecretType.OTP: 4}  # too short to be sure of farther away
_REACH = 80  # characters
_LONG = 12  # characters
_PART = re.compile(r"[\-.,/:][0-9]| ?(?:[€$£₽₴%]|eur|usd|gbp|rub|руб|грн|р\.)")
_LAST_WORD = re.compile(r"([^\W\d_]+)[^\S\n]*$")


def find_repeats(scan: Scan) -> None:
    """Cut what repeats an earlier finding of this pass, letter by letter."""
    text = scan.folded.plain
    values: dict[str, Cut] = {}
    for cut in scan.cuts:
        value = text[cut.start : cut.end]
        if len(value) >= min(_EVERYWHERE.get(cut.type, 99), _NEARBY.get(cut.type, 99)):
            values.setdefault(value, cut)
    if not values:
        return
    automaton = ahocorasick.Automaton()
    for value, cut in values.items():
        automaton.add_word(value, cut)
    automaton.make_automaton()
    for last, cut in automaton.iter(text):
        end = last + 1
        start = end - (cut.end - cut.start)
        far = min(abs(start - cut.end), abs(cut.start - end)) > _REACH
        short = end - start < _EVERYWHERE.get(cut.type, 99)
        if (_inside_word(text, start, end) and not _sure(text[start:end])) or (
            short and (far or not _bare(scan, start, end))
        ):
            continue
        scan.cut(start, end, cut.type, f"{cut.type.value}.again", cut.last_four)


def _bare(scan: Scan, start: int, end: int) -> bool:
    """Whether a short number stands for itself: no date, price, room or order."""
    text = scan.folded.lower
    if _PART.match(text, end) or text[start - 1 : start] in set("#№-./:$€£"):
        return False
    before = _LAST_WORD.search(text[max(0, start - 24) : start])
    return before is None or before.group(1) in scan.lexicon.filler


def _sure(value: str) -> bool:
    """Whether it is so long and made up that it is the same one inside of another word too: "keyc0ffee2547…key"."""
    return len(value) >= _LONG and value.isalnum() and not (value.isalpha() or value.isdigit())


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether it is part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum())
