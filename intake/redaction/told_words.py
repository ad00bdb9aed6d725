"""Passwords told in prose: which word of a sentence, or of the next, a label means, by weighing as in `told_codes`.

The finder before this one knows "password: X", "X is my password" and the like. Here every word near a label is
weighed: its form (made up, quoted, plain), what links it to the label, whether it stands alone (`told_links`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.logins import SIGN
from intake.redaction.password_rows import cut_row, cut_row_before
from intake.redaction.passwords import TOKEN
from intake.redaction.scan import Scan
from intake.redaction.told_links import ENOUGH, ENTERING, called, linked, opens_with_aim
from intake.redaction.wordforms import (
    DIGITED,
    MADE_UP,
    MAILBOX,
    ORDERLY,
    QUOTED,
    Word,
    inside,
    made_up,
    strong,
    trimmed,
)

_BASE = {Kind.PASSWORD: 1.5, Kind.LOGIN: 1.2, Kind.OPENING: 1.2, Kind.TOKEN: 1.2}
_AIM = 1.2  # of a word of logging in that says what for
_BESIDE = 48  # characters from a label to a value that was cut before
_REACH = 160  # characters from a label to its value
_LONGEST_QUOTE = 40
_ODD, _BRIEF, _PLAIN, _QUOTE = 1.4, 0.9, 0.3, 1.6  # how much a form says, as `MADE_UP` and `DIGITED`
_DASHED = (0.0, 0.3, 0.9)  # and dashes in it
_SHORT = re.compile(r"[^\W\d_]{3,4}[0-9]{2,3}")
_PHRASE = re.compile(
    r"(?:(?:\s[^\W\d_]{1,10}){0,3}\s?[:=\-–>]+\s*|\s+(?:[^\W\d_]{1,8}\s+)?)([^\W_]+(?:[ \-][^\W_]+){1,6})(?=[^\S\n]*(?:[.,;!?)\n]|\Z))"
)
_APART = re.compile(
    r"@|\t|\"?[,;|]\S|\r?\n\S*[,;|]|\r?\n[^\n]{0,80}[,;|]\"?\x1a"
)  # behind the password of a URL, and before the next cell of a table
_MASK = re.compile(r"[\W_]*")
_SPEAKING = frozenset(Kind) - {Kind.THING, Kind.NUMBER, Kind.BACK, Kind.FRONT}
_NAMING = {Kind.OTHER, Kind.LABEL, Kind.NOT_CODE}


def find_told_passwords(scan: Scan) -> None:
    """Cut passwords that a sentence tells in its own words."""
    if scan.hits.kinds.isdisjoint((*_BASE, Kind.OTP_CONTEXT)):
        return
    end = len(scan.folded.plain)
    walked: set[int] = set()
    for cut in scan.earlier:
        if cut.type is SecretType.PASSWORD and not _APART.match(scan.folded.plain, cut.end):
            cut_row(scan, cut.end, walked)
            cut_row_before(scan, cut.start)
    for label, floor, ceiling in scan.hits.apart(Kind.PASSWORD):
        if not _cut_phrase(scan, label):
            _cut_near(scan, label, floor, min(ceiling, end), walked)
    for label, floor, ceiling in scan.hits.apart(*_BASE):
        if not scan.digits_within(label.start - _REACH, label.end + _REACH):
            continue  # what these words tell of is made up, with digits in it
        if label.kind in ENTERING or (label.kind is Kind.TOKEN and _to_get_in(scan, label)):
            _cut_near(scan, label, floor, min(ceiling, end), walked)
    _cut_used(scan, walked)


def _cut_used(scan: Scan, walked: set[int]) -> None:
    """Cut what is used "to log in", which may also be said of a code."""
    for label, floor, ceiling in scan.hits.apart(Kind.OTP_CONTEXT):
        if scan.digits_within(label.start - _BESIDE, label.start) and opens_with_aim(scan, label):
            _cut_near(scan, label, floor, min(ceiling, len(scan.folded.plain)), walked)


def _to_get_in(scan: Scan, label: Hit) -> bool:
    """Whether a key is one to log in with or to open a file: "my wifi is called Nest and the key is …"."""
    return scan.last_before(label.start, _BESIDE, *ENTERING) is not None


def _cut_near(scan: Scan, label: Hit, floor: int, ceiling: int, walked: set[int]) -> None:
    """Cut the likeliest word round a label, in its sentence or the ones beside it."""
    sentences = scan.sentences()
    own = sentences.at(label.start)
    start, end = sentences.span(own)
    if 1 in scan.taken[max(start, label.start - _BESIDE) : label.start]:
        return  # its value is cut already
    taken = scan.taken.find(b"\x01", label.end, min(end, label.end + _BESIDE))
    ceiling = taken if taken >= 0 else ceiling
    first = (
        max(start, label.start - _BESIDE)
        if taken >= 0
        else max(sentences.span(own - 1)[0], floor, label.start - _REACH)
    )
    last = min(max(sentences.span(own + 1)[1], end), ceiling, label.end + _REACH)
    best, place = ENOUGH, None
    for word in _words(scan, first, last, label):
        if taken >= 0 and word.start < label.start and not called(scan, word, label):
            continue  # the label has its value, unless this one is called so too: "X as my password, since then …"
        weight = _BASE.get(label.kind, _AIM) + word.form + word.quoted * _QUOTE + linked(scan, label, word)
        if weight > best:
            best, place = weight, word
    if place is not None and scan.cut(place.start, place.end, SecretType.PASSWORD, "password.told"):
        cut_row(scan, place.end, walked)
        cut_row_before(scan, place.start)


def _cut_phrase(scan: Scan, label: Hit) -> bool:
    """Cut several words that a passphrase is told to be: the rest of the clause."""
    if scan.folded.words[label.start : label.end] not in scan.lexicon.phrases:
        return False
    match = _PHRASE.match(scan.folded.plain, label.end)
    return match is not None and scan.cut(*match.span(1), SecretType.PASSWORD, "password.phrase")


def _words(scan: Scan, first: int, last: int, label: Hit) -> Iterator[Word]:
    """The words round a label that may be passwords; what stands in quotes is one."""
    text = scan.folded.plain
    at = first
    while match := TOKEN.search(text, at, last):
        start, end = match.span()
        at = end
        if start < label.end and end > label.start:
            start = label.end
            while start < end and text[start] in ":=-–>'":
                start += 1
            if end - start < 3:
                continue
        opening = start - 2 if text[max(0, start - 2) : start] == '" ' else start  # « as in French »
        quoted = QUOTED.match(text, opening) if text[opening] in "\"'" else None
        if quoted and quoted.start() < label.start < quoted.end():
            continue  # the label is quoted itself: "forgot password"
        if quoted and quoted.end() - start <= _LONGEST_QUOTE:
            start, end = inside(quoted)
            at = max(at, quoted.end())
        else:
            quoted = None
            start, end = trimmed(text, start, end)
        form = _form(scan, start, end, quoted=quoted is not None)
        if form:
            yield Word(start, end, form, quoted is not None)


def _form(scan: Scan, start: int, end: int, *, quoted: bool) -> float:
    """How much a word looks like a password; 0 where it is none for certain."""
    value = scan.folded.plain[start:end]
    lower, lexicon = value.lower(), scan.lexicon
    nothing = (lexicon.filler, lexicon.no_value, lexicon.denials, lexicon.brand)
    if len(value) < 3 or (not quoted and any(lower in words for words in nothing)):
        return 0.0
    if _MASK.fullmatch(value) or not scan.free(start, end) or MAILBOX.search(value):
        return 0.0
    hits = scan.hits.within(start, end, *_SPEAKING)
    if (
        " " not in value
        and strong(value)
        and not (hits and hits[0].start == start and hits[0].kind in _NAMING and not SIGN.search(value, 1))
    ):
        return MADE_UP if made_up(value) else DIGITED if any(c.isdigit() for c in value) else _ODD
    if (hits and not quoted) or ORDERLY.fullmatch(value.strip(".,;:!?")):
        return _BRIEF if _SHORT.fullmatch(value) and not hits else 0.0
    return _PLAIN + _DASHED[min(2, value.count("-"))]
