"""Passwords that stand beside a name: in URLs, after "login", after an address."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.passwords import SENTENCE
from intake.redaction.scan import Scan
from intake.redaction.wordforms import made_up, strong, trimmed

_URL = re.compile(r"[a-z][a-z0-9+.\-]{1,15}://[^\s/:@]{0,64}:([^\s/@]{1,128})@")
_PAIR = re.compile(r"(?<!\S)([^\s/|:,;]{2,64})(?:[^\S\n]*[/|][^\S\n]*|:|[^\S\n]+-[^\S\n]+)([^\s\x1a]{4,128})")


def find_logins(scan: Scan) -> None:
    """Cut the second half of login pairs."""
    if "://" in scan.folded.lower:
        for match in _URL.finditer(scan.folded.lower):
            scan.cut(match.start(1), match.end(1), SecretType.PASSWORD, "password.url")
    for hit, _, ceiling in scan.hits.apart(Kind.LOGIN):
        _pair(scan, hit, ceiling)
    if "@" in scan.folded.plain:
        _mail_pairs(scan)


def _pair(scan: Scan, hit: Hit, ceiling: int) -> None:
    """Cut the second of "name / secret" after a word such as "login" or "access"."""
    text = scan.folded.plain
    for match in _PAIR.finditer(text, hit.start, min(hit.end + 100, ceiling + 60)):
        if SENTENCE.search(text, hit.end, max(hit.end, match.start())) or "\x1a" in match.group():
            break
        start, end = trimmed(text, *match.span(2))
        if strong(text[start:end]) and not match.group(1).isdigit() and not match.group(0).startswith("http"):
            scan.cut(start, end, SecretType.PASSWORD, "password.pair")
            return
    for match in _SIGNED.finditer(text, hit.end, min(hit.end + 60, ceiling)):
        start, end = trimmed(text, *match.span())
        if SENTENCE.search(text, hit.end, start):
            return
        if made_up(text[start:end]) and _SIGN.search(text, start + 1, end):
            scan.cut(start, end, SecretType.PASSWORD, "password.signed")
            return


_SIGNED = re.compile(r"(?<!\S)[^\s\x1a@=/:]{6,64}(?!\S)")
_SIGN = re.compile(r"[!#$%^*?~][^\W_]")  # such signs inside a word are no prose
_MAIL_PAIR = re.compile(r"@[\w\-]+(?:\.[\w\-]+)+(?:[^\S\n]*[/|:;,][^\S\n]*|(\s+))([^\s\x1a]{5,128})")


def _mail_pairs(scan: Scan) -> None:
    """Cut what follows an address after a slash: ann@example.org / Pass1word; or below it, where access is spoken of."""
    text = scan.folded.plain
    for match in _MAIL_PAIR.finditer(text):
        start, end = match.span(2)
        if (sign := text[match.end(0) - len(match.group(2)) - 1]) in ",;" and sign in match.group(2):
            end = text.index(sign, start)  # a row of a table goes on
        start, end = trimmed(text, start, end)
        value = text[start:end]
        if match.group(1) and not (
            made_up(value) and scan.near(match.start(), match.start(), 60, 0, Kind.LOGIN, Kind.PASSWORD)
        ):
            continue
        if (
            strong(value)
            and "@" not in value
            and any(c.isdigit() for c in value)
            and any(c.islower() for c in value)
        ):
            scan.cut(start, end, SecretType.PASSWORD, "password.pair")
