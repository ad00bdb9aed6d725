"""Passwords that stand in a row: changed from X to Y, and those that follow one that was found: X or Y, X then Y."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.passwords import SENTENCE, TOKEN
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import made_up, strong, trimmed

_ROW = 48  # characters between two passwords of one row
_CHANGE = 100  # characters from a label to the passwords that were changed
_TOKENS = re.compile(r"\S{1,128}")
_VALUE = re.compile(r"(?=.*[^\W_])(?![0-9]{1,3}$)[^@]{4,}")
_LONGEST, _HEAD = 64, 4  # characters of a password, and of the beginning that two tries share
_SPELLED = re.compile(
    r"(?<!\S)(?=[^\s,\-\x1a:][ ,\-])(?:[^\s,\-\x1a](?:,? |-)){4,40}+[^\s,\-\x1a](?![^\s.,;)])"
)
_FEWEST, _HINT = 5, 4  # letters and digits of one, and words before it that say how it is written
_VERB = 12  # characters beside one in which a verb stands


def find_changed_passwords(scan: Scan) -> None:
    """Cut both of "changed the password from X to Y", where one of the two is no word of prose; and spelled ones."""
    text, lexicon = scan.folded.plain, scan.lexicon
    for hit, floor, ceiling in scan.hits.apart(Kind.PASSWORD, Kind.NOT_PASSWORD):
        if hit.kind is Kind.PASSWORD:
            _cut_spelled(scan, hit, ceiling)
        first, last = max(floor, hit.start - _CHANGE), hit.end + _CHANGE
        if not scan.digits_within(first, last):
            continue
        words = scan.folded.lower[first:last].split()
        if lexicon.origin.isdisjoint(words) or lexicon.into.isdisjoint(words):
            continue
        tokens = list(_TOKENS.finditer(text, first, last))
        for origin, former, into, latter in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
            told = origin.group().lower() in lexicon.origin and into.group().lower() in lexicon.into
            if told and not SENTENCE.search(text, *sorted((hit.end, latter.start()))):
                _cut_both(scan, trimmed(text, *former.span()), trimmed(text, *latter.span()), hit.end)


def _cut_spelled(scan: Scan, hit: Hit, ceiling: int) -> None:
    """Cut a password that is written sign by sign: "letter by letter: F e r n 7 7 !"."""
    text = scan.folded.plain
    match = _SPELLED.search(text, hit.end, min(hit.end + _CHANGE, ceiling))
    if match is None or SENTENCE.search(text, hit.end, match.start()):
        return
    signs = sum(map(str.isalnum, match.group()))
    if signs >= _FEWEST and len(WORDS.findall(text, hit.end, match.start())) <= _HINT:
        scan.cut(*match.span(), SecretType.PASSWORD, "password.spelled")


def _cut_both(scan: Scan, former: tuple[int, int], latter: tuple[int, int], label: int) -> None:
    """Cut the password before a change and the one after it; before their label both must be made up."""
    values = [scan.folded.plain[slice(*span)] for span in (former, latter)]
    digited = [any(c.isdigit() for c in value) and not value.isdigit() for value in values]
    if all(map(_VALUE.fullmatch, values)) and (all(digited) if latter[1] < label else any(digited)):
        for span in (former, latter):
            scan.cut(*span, SecretType.PASSWORD, "password.changed")


def cut_row(scan: Scan, at: int, walked: set[int]) -> None:
    """Cut others that follow in a row; where one `walked` before there is nothing left to cut."""
    text = scan.folded.plain
    linked, row = True, at
    while at not in walked and (match := TOKEN.search(text, at, row + _ROW)):
        walked.add(at)
        start, end = trimmed(text, *match.span())
        if strong(text[start:end]) and "\x1a" not in text[at:start]:
            told = linked or _told_too(scan, row, start, end)
            if not (told and scan.cut(start, end, SecretType.PASSWORD, "password.second")):
                return
            linked, row = True, match.end()
        elif not _links(scan, start, end):
            linked = False
            if not scan.digits_within(end, row + _ROW):
                return  # what else is told may only be made up
        at = match.end()


def _told_too(scan: Scan, row: int, start: int, end: int) -> bool:
    """Whether a word that is made up is said to be one too, later in its sentence: "X, and since Tuesday it's Y"."""
    return (
        made_up(scan.folded.plain[start:end])
        and (scan.announced(row, start) or _alike(scan, row, start))
        and not SENTENCE.search(scan.folded.plain, row, start)
        and not scan.hits.within(row, start, Kind.LABEL, Kind.OTHER, Kind.NOT_CODE, Kind.LOGIN, Kind.MONEY)
    )


def cut_row_before(scan: Scan, at: int) -> None:
    """Cut others that stand before one, each with a verb of its own: "tried X, tried Y, wrong password"."""
    text = scan.folded.plain
    for match in reversed(list(TOKEN.finditer(text, max(0, at - _ROW), at))):
        start, end = trimmed(text, *match.span())
        if strong(text[start:end]) and (
            scan.near(start, end, _VERB, _VERB, Kind.TOLD) or _first_of_two(scan, start, end, at)
        ):
            scan.cut(start, end, SecretType.PASSWORD, "password.second")
        elif not _links(scan, start, end):
            return


def _alike(scan: Scan, end: int, start: int) -> bool:
    """Whether the word that ends at `end` and the one at `start` begin alike, as two tries at one password do."""
    text = scan.folded.plain
    first = text[max(0, end - _LONGEST) : end].split()[-1].lstrip("\"'([<*")
    return len(first) > _HEAD and text.startswith(first[:_HEAD], start)


def _first_of_two(scan: Scan, start: int, end: int, at: int) -> bool:
    """Whether a word with digits and nothing but an "and" behind it stands before a password: "X and Y as password"."""
    word = scan.folded.plain[start:end]
    made = any(c.isdigit() for c in word) and any(c.islower() for c in word)
    link = scan.folded.lower[end:at].strip(" \"'")
    linked = link in scan.lexicon.joint or (link == "/" and _alike(scan, end, at))
    named = scan.last_before(start, _VERB, Kind.LABEL, Kind.OTHER, Kind.LOGIN, Kind.NOT_CODE)
    return made and linked and named is None


def _links(scan: Scan, start: int, end: int) -> bool:
    """Whether a word only links two passwords."""
    word, lexicon = scan.folded.lower[start:end], scan.lexicon
    linking = (lexicon.filler, lexicon.joint, lexicon.role, lexicon.between)
    return any(word in words for words in linking) or bool(
        scan.hits.within(start, end, Kind.PASSWORD, Kind.TOLD)
    )
