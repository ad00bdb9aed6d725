"""A secret that was found once is one wherever it stands again: in the quoted reply, in another line."""

from __future__ import annotations

import ahocorasick  # type: ignore[import-not-found]  # ships no types

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
        if (far and end - start < _EVERYWHERE.get(cut.type, 99)) or _inside_word(text, start, end):
            continue
        scan.cut(start, end, cut.type, f"{cut.type.value}.again", cut.last_four)


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether it is part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum())
