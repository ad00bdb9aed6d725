"""Passwords that stand beside a name: in URLs, after "login", after an address."""

from __future__ import annotations

import re
from bisect import bisect_left

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.passwords import SENTENCE
from intake.redaction.scan import Scan
from intake.redaction.wordforms import firm, made_up, strong, trimmed

_URL = re.compile(r"[a-z][a-z0-9+.\-]{1,15}://[^\s/:@]{0,64}:([^\s/@]{1,128})@")
_PAIR = re.compile(
    r"(?<!\S)([^\s/|:,;]{2,64})(?:[^\S\n]*[/|]{1,2}[^\S\n]*|:|[^\S\n]+-[^\S\n]+)([^\s\x1a]{4,128})"
)


def find_logins(scan: Scan) -> None:
    """Cut the second half of login pairs."""
    if "://" in scan.folded.lower:
        for match in _URL.finditer(scan.folded.lower):
            scan.cut(match.start(1), match.end(1), SecretType.PASSWORD, "password.url")
    for hit, _, ceiling in scan.hits.apart(Kind.LOGIN, Kind.OPENING):
        _pair(scan, hit, ceiling)
        _joined_pair(scan, hit, ceiling)
    if "@" in scan.folded.plain:
        _mail_pairs(scan)
        _mail_and_word(scan)
        _mail_and_typed(scan)


def _pair(scan: Scan, hit: Hit, ceiling: int) -> None:
    """Cut the second of "name / secret" after a word such as "login" or "access"."""
    text = scan.folded.plain
    for match in _PAIR.finditer(text, hit.start, min(hit.end + 100, ceiling + 60)):
        if SENTENCE.search(text, hit.end, max(hit.end, match.start())) or "\x1a" in match.group():
            break
        start, end = trimmed(text, *match.span(2))
        spaced = match.group()[match.end(1) - match.start()].isspace() and any(
            map(str.isdigit, match.group(2))
        )
        if hit.kind is Kind.OPENING and not spaced:
            continue  # part of a path
        name = match.group(1).lstrip("\"'([*")
        named = name[:1].isalnum() and not name.isdigit()
        if named and not match.group().startswith("http") and strong(text[start:end]):
            scan.cut(start, end, SecretType.PASSWORD, "password.pair")
            return
    for match in _SIGNED.finditer(text, hit.end, min(hit.end + 60, ceiling)):
        start, end = trimmed(text, *match.span())
        if SENTENCE.search(text, hit.end, start):
            return
        if made_up(text[start:end]) and SIGN.search(text, start + 1, end):
            scan.cut(start, end, SecretType.PASSWORD, "password.signed")
            return


def _joined_pair(scan: Scan, hit: Hit, ceiling: int) -> None:
    """Cut the second of "log me in with ann@example.org and Tulip9": behind a name, and no word of prose."""
    text, lexicon = scan.folded.plain, scan.lexicon
    for name in _NAME.finditer(text, hit.end, min(hit.end + _JOINED, ceiling)):
        match = _JOINT.match(text, name.end())
        if match is None or SENTENCE.search(text, hit.end, name.start()):
            return
        link = match.group(1).lower()
        start, end = trimmed(text, *match.span(2))
        value = text[start:end]
        if (
            (link in lexicon.joint or link in lexicon.using)
            and strong(value)
            and any(c.isdigit() for c in value)
            and ("@" in name.group() or made_up(value))
            and scan.cut(start, end, SecretType.PASSWORD, "password.joined")
        ):
            return


_JOINED = 100  # characters from a word such as "log in" to the password
# Of an account: with a dot, @ or underscore inside. An underscore is a letter of words too, so that it is looked for
# apart: were it tried as both, "a_a_a_…!" would be split in every way there is.
_NAME = re.compile(r"(?<!\S)(?=\S*(?:[.@]|_[\w\-+]))[^\W_][\w\-+]*+(?:[.@][\w\-+]++)*+(?!\S)")
_JOINT = re.compile(r"\s+(\S{1,12})\s+([^\s\x1a]{4,128})")
_SIGNED = re.compile(r"(?<!\S)[^\s\x1a@=/:]{6,64}(?!\S)")
SIGN = re.compile(r"[!#$%^*?~][^\W_]")  # such signs inside a word are no prose
_FILE = re.compile(
    r"\.(?:bmp|csv|docx?|gif|html?|jpe?g|json|pdf|png|svg|txt|webp|xlsx?|xml|ya?ml|zip)\b", re.IGNORECASE
)
_MAIL_PAIR = re.compile(r"@[\w\-]+(?:\.[\w\-]+)+(?:[^\S\n]*[/|:;,][^\S\n]*|(\s+))([^\s\x1a]{5,128})")


def _mail_pairs(scan: Scan) -> None:
    """Cut what follows an address after a slash: ann@example.org / Pass1word; or below it, where access is spoken of."""
    text = scan.folded.plain
    for match in _MAIL_PAIR.finditer(text):
        if text[match.start() - 1 : match.start()] == "=" and _FILE.search(
            text, match.start(), match.start(2)
        ):
            continue  # curl -F file=@in.svg
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


_MAIL_AND = re.compile(r"@[\w\-]+(?:\.[\w\-]+)+\s+(\S{1,8})\s+([^\s\x1a]{5,128})")
_LONGEST_NAME = 80  # characters of an address before its sign, and of the word before that


def _mail_and_word(scan: Scan) -> None:
    """Cut the second of "you come in with ann@example.org and Tulip9", however coming in is called."""
    text, lexicon = scan.folded.plain, scan.lexicon
    for match in _MAIL_AND.finditer(text):
        before = text[max(0, match.start() - _LONGEST_NAME) : match.start()].lower().split()
        start, end = trimmed(text, *match.span(2))
        value = text[start:end]
        if (
            len(before) > 1
            and before[-2] in lexicon.using
            and match.group(1).lower() in lexicon.joint
            and strong(value)
            and "@" not in value
            and any(c.isdigit() for c in value)
        ):
            scan.cut(start, end, SecretType.PASSWORD, "password.joined")


_TYPED = 16  # characters from a verb of typing to what is typed
_AFTER_MAIL = 80  # characters from an address to what is typed with it


def _mail_and_typed(scan: Scan) -> None:
    """Cut what is made up and said to be typed behind an address: "the name is ann@example.org, there I type Tulip=9"."""
    text = scan.folded.plain
    for mail in _MAIL.finditer(text):
        at = mail.end()
        last = bisect_left(scan.numbers, (at + _AFTER_MAIL,))
        for number, _ in scan.numbers[bisect_left(scan.numbers, (at,)) : last]:
            match = _TRIED.match(text, max(text.rfind(" ", at, number), text.rfind("\n", at, number)) + 1)
            if match is None or match.start() < at:
                continue
            start, end = trimmed(text, *match.span())
            told = firm(text[start:end]) and scan.typed(start, end, _TYPED)
            named = told and scan.hits.within(at, start, *_NAMED)
            if told and not named and not SENTENCE.search(text, at, start):
                scan.cut(start, end, SecretType.PASSWORD, "password.typed")


_MAIL = re.compile(r"@[\w\-]+(?:\.[\w\-]+)+(?=[,;)]? [^\W\d_])")  # its sentence goes on
_TRIED = re.compile(r"[^\s\x1a@/]{6,64}(?!\S)")
_NAMED = (Kind.LABEL, Kind.NOT_CODE, Kind.OTHER, Kind.MONEY, Kind.THING)
