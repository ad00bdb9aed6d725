"""Letters typed for digits (O for 0, l and I for 1, Cyrillic О), inside a run that already looks like a card."""

from __future__ import annotations

import re
from itertools import chain

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.ranges import LuhnSums, lengths
from intake.redaction.scan import Scan

_BEHIND = re.compile(r"[0-9][ \-.]?[oOоОlIіІ|]")
_LETTERS = frozenset("oOоОlIіІ|")
_CARD = re.compile(
    r"(?<![^\W_])[0-9oOоОlIіІ|](?:[^\S\n]?[\-.]?[^\S\n]?[0-9oOоОlIіІ|]){12,18}(?![^\W_])",
)
# What `_CARD` is made of, in bytes: "0" a digit, "o" a letter like one (or any beyond ASCII), " " between them.
_SIGNS = bytes(
    ord("0" if char.isdigit() else "o" if char in "oOlI|?" else " " if char in " \t\r\f\v-." else "x")
    for char in map(chr, range(128))
).ljust(256, b"x")
_RUN = re.compile(rb"[0o][0o ]{12,}")
_FEWEST = 5  # digits: `_SHARE` of a card
_DIGITS = str.maketrans("oOоОlIіІ|", "000011111")
_GROUPS = re.compile(r"[^ \-.\t]+")
_SHARE = 0.35  # of the characters at least must be digits
_MIN_SIZE = 3  # of the groups, the last apart


def find_lookalikes(scan: Scan) -> None:
    """Cut cards with letters in place of digits."""
    text = scan.folded.plain
    if not any(
        text[start - 1 : start] in _LETTERS or _BEHIND.match(text, end - 1) for start, end in scan.numbers
    ):
        return
    signs = scan.folded.ascii.translate(_SIGNS)
    runs = (run.span() for run in _RUN.finditer(signs) if run.group().count(b"0") >= _FEWEST)
    for match in chain.from_iterable(_CARD.finditer(text, start, end + 1) for start, end in runs):
        raw = match.group()
        digits = re.sub(r"[^0-9]", "", raw.translate(_DIGITS))
        typed = sum(c.isdigit() for c in raw)
        if typed == len(digits) or typed < _SHARE * len(digits) or len(digits) not in lengths(digits[:4]):
            continue
        groups = _GROUPS.findall(raw)
        even = all(len(group) >= _MIN_SIZE for group in groups[:-1])
        likely = LuhnSums(digits).valid(0, len(digits)) or scan.near(
            match.start(), match.end(), 40, 0, Kind.CARD
        )
        if (
            even
            and likely
            and scan.cut(match.start(), match.end(), SecretType.PAN, "pan.lookalike", digits[-4:])
        ):
            scan.add_card(*match.span())
