"""Passwords that follow one that was found: from X to Y, X or Y, X then Y."""

from __future__ import annotations

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.passwords import TOKEN
from intake.redaction.scan import Scan
from intake.redaction.wordforms import strong, trimmed

_ROW = 48  # characters between two passwords of one row
_VERB = 12  # characters beside one in which a verb stands


def cut_row(scan: Scan, at: int, walked: set[int]) -> None:
    """Cut others that follow in a row; where one `walked` before there is nothing left to cut."""
    text = scan.folded.plain
    while at not in walked and (match := TOKEN.search(text, at, at + _ROW)):
        walked.add(at)
        start, end = trimmed(text, *match.span())
        if strong(text[start:end]) and "\x1a" not in text[at:start]:
            if not scan.cut(start, end, SecretType.PASSWORD, "password.second"):
                return
        elif not _links(scan, start, end):
            return
        at = match.end()


def cut_row_before(scan: Scan, at: int) -> None:
    """Cut others that stand before one, each with a verb of its own: "tried X, tried Y, wrong password"."""
    text = scan.folded.plain
    for match in reversed(list(TOKEN.finditer(text, max(0, at - _ROW), at))):
        start, end = trimmed(text, *match.span())
        if strong(text[start:end]) and scan.near(start, end, _VERB, _VERB, Kind.TOLD):
            scan.cut(start, end, SecretType.PASSWORD, "password.second")
        elif not _links(scan, start, end):
            return


def _links(scan: Scan, start: int, end: int) -> bool:
    """Whether a word only links two passwords."""
    word, lexicon = scan.folded.lower[start:end], scan.lexicon
    linking = (lexicon.filler, lexicon.joint, lexicon.role, lexicon.between)
    return any(word in words for words in linking) or bool(
        scan.hits.within(start, end, Kind.PASSWORD, Kind.TOLD)
    )
