"""Passwords told in prose: which word of a sentence, or of the next, a label means, by weighing as in `told_codes`.

The finder before this one knows "password: X", "X is my password" and the like. Here every word near a label is
weighed: its form (made up, quoted, plain), what links it to the label, whether it stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.password_rows import cut_row
from intake.redaction.passwords import TOKEN
from intake.redaction.reading import apposed
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import MAILBOX, ORDERLY, QUOTED, inside, made_up, strong, trimmed

_ENOUGH = 3.0
_BASE = {Kind.PASSWORD: 1.5, Kind.LOGIN: 1.2}
_BESIDE = 48  # characters from a label to a value that was cut before
_REACH = 160  # characters from a label to its value
_LONGEST_QUOTE = 40
_MADE_UP, _DIGITED, _ODD, _BRIEF, _PLAIN, _QUOTE = 2.6, 2.0, 1.4, 0.9, 0.3, 1.6  # how much a form says
_DASHED = (0.0, 0.3, 0.9)  # and dashes in it
_SHORT = re.compile(r"[^\W\d_]{3,4}[0-9]{2,3}")
_CLOSED = re.compile(r"[\"'»”)*]*(?:[.,;:!?…)]|\s*$|\s*\n|\s+[-–(])")
_PHRASE = re.compile(
    r"(?:\s?[:=\-–>]+\s*|\s+(?:[^\W\d_]{1,8}\s+)?)([^\W_]+(?:[ \-][^\W_]+){1,6})(?=[^\S\n]*(?:[.,;!?)\n]|\Z))"
)
_APART = re.compile(
    r"@|\t|\"?[,;|]\S|\r?\n\S*[,;|]|\r?\n[^\n]{0,80}[,;|]\"?\x1a"
)  # behind the password of a URL, and before the next cell of a table
_MASK = re.compile(r"[\W_]*")
_SPEAKING = frozenset(Kind) - {Kind.THING, Kind.NUMBER, Kind.BACK, Kind.FRONT}
_NAMING = {Kind.OTHER, Kind.LABEL, Kind.NOT_CODE}


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that may be a password, and how much its form says for that."""

    start: int
    end: int
    form: float
    quoted: bool

    @property
    def plain(self) -> bool:
        """Whether nothing tells it from a word of prose."""
        return self.form < 1 and not self.quoted


def find_told_passwords(scan: Scan) -> None:
    """Cut passwords that a sentence tells in its own words."""
    if scan.hits.kinds.isdisjoint(_BASE):
        return
    walked: set[int] = set()
    for cut in scan.earlier:
        if cut.type is SecretType.PASSWORD and not _APART.match(scan.folded.plain, cut.end):
            cut_row(scan, cut.end, walked)
    for label, floor, ceiling in scan.hits.apart(Kind.PASSWORD):
        if not _cut_phrase(scan, label):
            _cut_near(scan, label, floor, min(ceiling, len(scan.folded.plain)), walked)
    for label, floor, ceiling in scan.hits.apart(*_BASE):
        if label.kind is Kind.LOGIN:
            _cut_near(scan, label, floor, min(ceiling, len(scan.folded.plain)), walked)


def _cut_near(scan: Scan, label: Hit, floor: int, ceiling: int, walked: set[int]) -> None:
    """Cut the likeliest word round a label, in its sentence or the ones beside it."""
    sentences = scan.sentences()
    own = sentences.at(label.start)
    start, end = sentences.span(own)
    if 1 in scan.taken[max(start, label.start - _BESIDE) : label.start]:
        return  # its value is cut already
    taken = scan.taken.find(b"\x01", label.end, min(end, label.end + _BESIDE))
    ceiling = taken if taken >= 0 else ceiling
    first = label.start if taken >= 0 else max(sentences.span(own - 1)[0], floor, label.start - _REACH)
    last = min(max(sentences.span(own + 1)[1], end), ceiling, label.end + _REACH)
    best, place = _ENOUGH, None
    for word in _words(scan, first, last, label):
        weight = _BASE[label.kind] + word.form + word.quoted * _QUOTE + _linked(scan, label, word)
        if weight > best:
            best, place = weight, word
    if place is not None and scan.cut(place.start, place.end, SecretType.PASSWORD, "password.told"):
        cut_row(scan, place.end, walked)


def _cut_phrase(scan: Scan, label: Hit) -> bool:
    """Cut several words that a passphrase is told to be: the rest of the clause."""
    if scan.folded.words[label.start : label.end] not in scan.lexicon.phrases:
        return False
    match = _PHRASE.match(scan.folded.plain, label.end)
    return match is not None and scan.cut(*match.span(1), SecretType.PASSWORD, "password.phrase")


def _words(scan: Scan, first: int, last: int, label: Hit) -> Iterator[_Word]:
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
        quoted = QUOTED.match(text, start) if text[start] in "\"'" else None
        if quoted and quoted.end() - start <= _LONGEST_QUOTE:
            start, end = inside(quoted)
            at = max(at, quoted.end())
        else:
            quoted = None
            start, end = trimmed(text, start, end)
        form = _form(scan, start, end, quoted=quoted is not None)
        if form:
            yield _Word(start, end, form, quoted is not None)


def _form(scan: Scan, start: int, end: int, *, quoted: bool) -> float:
    """How much a word looks like a password; 0 where it is none for certain."""
    value = scan.folded.plain[start:end]
    lower, lexicon = value.lower(), scan.lexicon
    if len(value) < 3 or _MASK.fullmatch(value) or not scan.free(start, end) or MAILBOX.search(value):
        return 0.0
    if not quoted and any(lower in words for words in (lexicon.no_value, lexicon.filler, lexicon.denials)):
        return 0.0
    hits = scan.hits.within(start, end, *_SPEAKING)
    if (
        " " not in value
        and strong(value)
        and not (hits and hits[0].start == start and hits[0].kind in _NAMING)
    ):
        return _MADE_UP if made_up(value) else _DIGITED if any(c.isdigit() for c in value) else _ODD
    if (hits and not quoted) or ORDERLY.fullmatch(value.strip(".,;:!?")):
        return _BRIEF if _SHORT.fullmatch(value) and not hits else 0.0
    return _PLAIN + _DASHED[min(2, value.count("-"))]


def _linked(scan: Scan, label: Hit, word: _Word) -> float:
    """How closely a label and a word belong together; far below 0 where they cannot."""
    text = scan.folded.lower
    after = word.start >= label.end
    start, end = (label.end, word.start) if after else (word.end, label.start)
    sentences = scan.sentences()
    same = sentences.at(label.start) == sentences.at(word.start)
    if (
        "\x1a" in text[start:end]
        or text[word.end : word.end + 2].lstrip(":/ ").startswith("\x1a")
        or 1 in scan.taken[word.end : word.end + 2]
        or (label.kind is Kind.LOGIN and not (_goes_with(scan, word) if after else _set_to(scan, word)))
        or (text[word.end : word.end + 4].lstrip("]) \"'").startswith(":") and not (after and same))
        or _of_login(scan, word)
    ):
        return -_ENOUGH
    words = WORDS.findall(text, start, end)
    if not same:
        return _across(scan, label, word, words)
    if after:
        return _after(scan, label, word, words)
    return _before(scan, label, word, words)


def _goes_with(scan: Scan, word: _Word) -> bool:
    """Whether a word after a login may be its password: made up, and not named as something else."""
    before = WORDS.findall(scan.folded.lower, max(0, word.start - 12), word.start)
    using = bool(before) and before[-1] in scan.lexicon.using
    if word.form < (_DIGITED if using else _MADE_UP):
        return False
    return scan.last_before(word.start, 24, Kind.LABEL, Kind.NOT_CODE, Kind.OTHER, Kind.MONEY) is None


def _of_login(scan: Scan, word: _Word) -> bool:
    """Whether a word is the name of an account, by the word straight before it or the pair that it opens."""
    named = scan.hits.within(max(0, word.start - 14), word.start, Kind.LOGIN, Kind.LABEL)
    sentences = scan.sentences()
    return (
        bool(named)
        and word.form < _MADE_UP
        and sentences.at(named[-1].start) == sentences.at(word.start)
        and scan.joins(named[-1].end, word.start, 6)
    )


def _across(scan: Scan, label: Hit, word: _Word, words: list[str]) -> float:
    """A word in the sentence before or after the label's: best alone in it."""
    text, after = scan.folded.lower, word.start > label.start
    span = scan.sentences().span(scan.sentences().at(word.start))
    alone = len(text[slice(*span)].split()) <= 2
    if (not alone and (word.plain or not after)) or (not after and word.form < _DIGITED):
        return -_ENOUGH
    weight = -0.4 if after else -0.8
    if alone:
        weight += 1.2
    else:
        strangers = sum(each not in scan.lexicon.filler for each in words)
        weight -= 0.05 * (len(words) + strangers) + (0.0 if word.form >= _DIGITED else 0.6)
    if word.plain and text[label.end : word.start].strip(" \"')")[:1] not in {":", "?", "-"}:
        weight -= 1.0
    return weight


def _after(scan: Scan, label: Hit, word: _Word, words: list[str]) -> float:
    """A word after the label in its sentence."""
    lexicon = scan.lexicon
    gap = scan.folded.lower[label.end : word.start]
    if word.plain and (not _closed(scan, word.end) or _clause(scan, words)):
        return -_ENOUGH
    strangers = sum(each not in lexicon.filler for each in words)
    weight = (0.0 if strangers else 1.0) - 0.03 * len(words) - 0.06 * strangers
    told = scan.last_before(word.start, 24, Kind.TOLD)
    if scan.announced(label.end, word.start) or gap.endswith("("):
        weight += 1.6
    elif apposed(gap) or (gap.rstrip().endswith(",") and words and words[0] in lexicon.copula):
        weight += 1.8
    elif words and (words[-1] in lexicon.into or (label.kind is Kind.LOGIN and words[-1] in lexicon.using)):
        weight += 0.8
    elif told is not None and told.start >= label.end and scan.joins(told.end, word.start, 16):
        weight += 0.5 if word.plain else 1.0
    if word.plain and _set_before(scan, label):
        weight += 0.4
    return weight - _denial(scan, label)


def _before(scan: Scan, label: Hit, word: _Word, words: list[str]) -> float:
    """A word before the label in its sentence: "X as my password"."""
    lexicon = scan.lexicon
    strangers = sum(each not in lexicon.filler for each in words)
    weight = -0.03 * len(words) - 0.06 * strangers
    if words and (words[0] in lexicon.copula or words[0] in lexicon.role):
        weight += 1.3
    elif not lexicon.role.isdisjoint(words[-2:]):
        weight += 0.9
    elif not strangers:
        weight += 0.4
    if (word.plain and scan.last_before(word.start, 24, Kind.TOLD)) or label.kind is Kind.LOGIN:
        weight += 0.4
    return weight - _denial(scan, label)


def _set_to(scan: Scan, word: _Word) -> bool:
    """Whether a word that is made up was set: "changed it to X, and cannot log in"."""
    before = WORDS.findall(scan.folded.lower, max(0, word.start - 8), word.start)
    told = scan.last_before(word.start, 24, Kind.TOLD)
    return word.form >= _MADE_UP and told is not None and bool(before) and before[-1] in scan.lexicon.into


def _denial(scan: Scan, label: Hit) -> float:
    """What a denial in the label's sentence takes off."""
    span = scan.sentences().span(scan.sentences().at(label.start))
    return 0.0 if scan.lexicon.denials.isdisjoint(WORDS.findall(scan.folded.lower, *span)) else 0.8


def _clause(scan: Scan, words: list[str]) -> bool:
    """Whether no value follows: "the password is that …", "password and name are …", "was not …"."""
    lexicon = scan.lexicon
    return (
        (bool(words) and words[0] in lexicon.joint - lexicon.into - lexicon.that)
        or not lexicon.denials.isdisjoint(words)
        or any(
            word in lexicon.that and (at == len(words) - 1 or (at > 0 and words[at - 1] in lexicon.copula))
            for at, word in enumerate(words)
        )
    )


def _set_before(scan: Scan, label: Hit) -> bool:
    """Whether a verb before the label sets or names its value: "I set the password X", "once was the password X"."""
    first = scan.sentences().span(scan.sentences().at(label.start))[0]
    head = WORDS.findall(scan.folded.lower, max(first, label.start - 16), label.start)
    return bool(scan.hits.within(first, label.start, Kind.TOLD)) or not scan.lexicon.copula.isdisjoint(head)


def _closed(scan: Scan, end: int) -> bool:
    """Whether nothing goes on behind a plain word that would make it part of a phrase."""
    if _CLOSED.match(scan.folded.lower, end):
        return True
    word = WORDS.match(scan.folded.lower, end + 1)
    return word is not None and (
        word.group() in scan.lexicon.joint or bool(scan.hits.within(word.start(), word.end(), Kind.TOLD))
    )
