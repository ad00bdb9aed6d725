"""What links a word to the label of a password: how closely they belong together, or why they cannot."""

from __future__ import annotations

import re

from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.logins import SIGN
from intake.redaction.reading import apposed
from intake.redaction.scan import WORDS, Scan
from intake.redaction.wordforms import DIGITED, MADE_UP, Word

ENOUGH = 3.0
_NAMED = 24  # characters before a word in which another word may name it
_NAMING = (Kind.LABEL, Kind.NOT_CODE, Kind.OTHER, Kind.MONEY)
ENTERING = {Kind.LOGIN, Kind.OPENING}
_CLOSED = re.compile(r"[\"'»”)*]*(?:[.,;:!?…)]|\s*$|\s*\n|\s+[-–(])")


def linked(scan: Scan, label: Hit, word: Word) -> float:
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
        or (label.kind is Kind.TOKEN and word.form < DIGITED)
        or (label.kind is Kind.OTP_CONTEXT and (after or not _used_for(scan, word, label)))
        or (
            label.kind in ENTERING
            and not (
                _goes_with(scan, label, word)
                if after
                else _set_to(scan, word)
                or _typed(scan, word, label)
                or _used_for(scan, word, label)
                or _meant_for(scan, word, label)
                or (word.form >= MADE_UP and _stood_for(scan, word))
            )
        )
        or (text[word.end : word.end + 4].lstrip("]) \"'").startswith(":") and not (after and same))
        or _of_login(scan, word)
    ):
        return -ENOUGH
    words = WORDS.findall(text, start, end)
    if not same:
        return _across(scan, label, word, words)
    if after:
        return _after(scan, label, word, words)
    return _before(scan, label, word, words)


def _goes_with(scan: Scan, label: Hit, word: Word) -> bool:
    """Whether a word after a login may be its password: made up, and not named as something else."""
    before = WORDS.findall(scan.folded.lower, max(0, word.start - 12), word.start)
    using = bool(before) and before[-1] in scan.lexicon.using
    return word.form >= (DIGITED if using else MADE_UP) and not _named(scan, label, word)


def _named(scan: Scan, label: Hit, word: Word) -> bool:
    """Whether something else is named before a word, and has no number of its own: "plan X", not "VPS 2241 root X"."""
    other = scan.last_before(word.start, _NAMED, *_NAMING)
    if other is None or scan.hits.within(other.end, word.start, Kind.TOLD):
        return False
    return other.end > label.start or not scan.digits_within(other.end, label.start)


def _of_login(scan: Scan, word: Word) -> bool:
    """Whether a word is the name of an account, by the word straight before it or the pair that it opens."""
    named = scan.hits.within(max(0, word.start - 14), word.start, Kind.LOGIN, Kind.LABEL)
    sentences = scan.sentences()
    return (
        bool(named)
        and (word.form < MADE_UP or _only_named(scan, named[-1], word))
        and sentences.at(named[-1].start) == sentences.at(word.start)
        and scan.joins(named[-1].end, word.start, 6)
    )


def _only_named(scan: Scan, named: Hit, word: Word) -> bool:
    """Whether a word is what the word for an account straight before it names: "user support-team2"."""
    text = scan.folded
    return (
        text.words[named.start : named.end] in scan.lexicon.account
        and not text.lower[named.end : word.start].strip(" :")
        and not SIGN.search(text.plain, word.start + 1, word.end)
    )


def _across(scan: Scan, label: Hit, word: Word, words: list[str]) -> float:
    """A word in the sentence before or after the label's: best alone in it."""
    text, after = scan.folded.lower, word.start > label.start
    span = scan.sentences().span(scan.sentences().at(word.start))
    alone = len(text[slice(*span)].split()) <= 2
    stood_for = not after and _stood_for(scan, word)
    if (not alone and (word.plain or not (after or stood_for))) or (not after and word.form < DIGITED):
        return -ENOUGH
    weight = -0.4 if after else -0.8
    if after and not word.plain and scan.announced(label.end, word.start):
        weight += 0.8
    if stood_for:
        weight += 1.0
    elif alone:
        weight += 1.2
    else:
        strangers = sum(each not in scan.lexicon.filler for each in words)
        weight -= 0.05 * (len(words) + strangers) + (0.0 if word.form >= DIGITED else 0.6)
    if word.plain and text[label.end : word.start].strip(" \"')")[:1] not in {":", "?", "-"}:
        weight -= 1.0
    return weight


def _sentence_start(scan: Scan, word: Word) -> int:
    return scan.sentences().span(scan.sentences().at(word.start))[0]


def _stood_for(scan: Scan, word: Word) -> bool:
    """Whether a word is said to be the new or the old one of something that is named later."""
    words = list(WORDS.finditer(scan.folded.lower, max(0, word.start - _NAMED), word.start))
    if words and words[-1].group() in scan.lexicon.copula:
        words.pop()
    if not words or words[-1].group() not in scan.lexicon.renewed:
        return False
    return words[-1].start() >= _sentence_start(scan, word)


def _after(scan: Scan, label: Hit, word: Word, words: list[str]) -> float:
    """A word after the label in its sentence."""
    lexicon = scan.lexicon
    gap = scan.folded.lower[label.end : word.start]
    told_of = gap.rstrip(" \"'").endswith(":") and words and words[0] in lexicon.relative
    used = word.plain and _used(scan, label, word)
    if word.plain and not used and (not _closed(scan, word.end) or (_clause(scan, words) and not told_of)):
        return -ENOUGH
    strangers = sum(each not in lexicon.filler for each in words)
    weight = (0.0 if strangers else 1.0) - 0.03 * len(words) - 0.06 * strangers
    told = scan.last_before(word.start, 24, Kind.TOLD)
    weight += 0.6 if used else 0.0
    if scan.announced(label.end, word.start) or gap.endswith("("):
        weight += 1.6
    elif apposed(gap) or (gap.rstrip().endswith(",") and words and words[0] in lexicon.copula):
        weight += 1.8
    elif words and (
        (words[-1] in lexicon.into and (not word.plain or _set(scan, label)))
        or (label.kind in ENTERING and words[-1] in lexicon.using)
    ):
        weight += 0.8
    elif told is not None and told.start >= label.end and scan.joins(told.end, word.start, 16):
        weight += 0.5 if word.plain else 1.0
    if word.plain and _set_before(scan, label):
        weight += 0.4
    return weight if told_of else weight - _denial(scan, label)


def _used(scan: Scan, label: Hit, word: Word) -> bool:
    """Whether a word with a dash is what is used as a password: "as my password I use Cherry-white everywhere"."""
    text = scan.folded.lower
    if "-" not in text[word.start : word.end]:
        return False
    before = WORDS.findall(text, max(0, label.start - 16), label.start)
    told = scan.last_before(word.start, 16, Kind.TOLD)
    called = not scan.lexicon.role.isdisjoint(before[-2:])
    return called and told is not None and not text[told.end : word.start].strip()


def _set(scan: Scan, label: Hit) -> bool:
    """Whether a sentence tells of setting or telling something: not so "the password page is in Dutch"."""
    return bool(scan.hits.within(*scan.sentences().span(scan.sentences().at(label.start)), Kind.TOLD))


def _before(scan: Scan, label: Hit, word: Word, words: list[str]) -> float:
    """A word before the label in its sentence: "X as my password"."""
    lexicon = scan.lexicon
    strangers = sum(each not in lexicon.filler for each in words)
    weight = -0.03 * len(words) - 0.06 * strangers
    if words and word.plain and words[0] in lexicon.purpose:
        return -ENOUGH  # "asks for a password"
    if words and (words[0] in lexicon.copula or words[0] in lexicon.role):
        weight += 1.3
    elif not lexicon.role.isdisjoint(words[-2:]):
        weight += 0.9
    elif not strangers:
        weight += 0.4
    if _stood_for(scan, word):
        weight += 1.0
    if word.plain and scan.last_before(word.start, 24, Kind.TOLD):
        weight += 0.4
    elif label.kind in ENTERING:
        weight += 0.5
    return weight - _denial(scan, label)


def _set_to(scan: Scan, word: Word) -> bool:
    """Whether a word that is made up was set or used: "changed it to X, and cannot log in", "with X you get in"."""
    before = WORDS.findall(scan.folded.lower, max(0, word.start - 8), word.start)
    if word.form < MADE_UP or not before:
        return False
    told = scan.near(word.start, word.end, _NAMED, 0, Kind.TOLD) or scan.typed(word.start, word.end, 0)
    return before[-1] in scan.lexicon.using or (told and before[-1] in scan.lexicon.into)


def _typed(scan: Scan, word: Word, label: Hit) -> bool:
    """Whether a word is said to be what is typed: "X is what I type to get in"."""
    words = WORDS.findall(scan.folded.lower, word.end, label.start)
    return (
        word.form >= DIGITED
        and bool(words)
        and words[0] in scan.lexicon.copula
        and bool(scan.hits.within(word.end, label.start, Kind.TOLD))
    )


def _used_for(scan: Scan, word: Word, label: Hit) -> bool:
    """Whether a word that is made up is said to be used for what the label says: "I still use X to log in"."""
    told = scan.last_before(word.start, 24, Kind.TOLD) if word.form >= MADE_UP else None
    if told is None or not scan.joins(told.end, word.start, 16, strangers=2):  # "still"
        return False
    aim, *others = WORDS.findall(scan.folded.lower, word.end, label.start) or [""]
    return (
        opens_with_aim(scan, label)
        if not aim
        else aim in scan.lexicon.aim and scan.lexicon.filler.issuperset(others)
    )


def _meant_for(scan: Scan, word: Word, label: Hit) -> bool:
    """Whether a word that is made up is set off, and said what for: "it was one of these: X / Y for the panel"."""
    text = scan.folded.lower
    if word.form < MADE_UP:
        return False
    first = max(_sentence_start(scan, word), word.start - 2 * _NAMED)
    set_off = text[first : word.start].rstrip(" \"'*").endswith((":", "/"))
    if not set_off or scan.hits.within(first, word.start, *_NAMING):
        return False
    aim, *others = WORDS.findall(text, word.end, label.start) or [""]
    said = aim in scan.lexicon.aim or aim in scan.lexicon.pointing
    return opens_with_aim(scan, label) if not aim else said and scan.lexicon.filler.issuperset(others)


def opens_with_aim(scan: Scan, label: Hit) -> bool:
    """Whether a label itself says what for: "to log in"."""
    return scan.folded.words[label.start : label.end].split()[0] in scan.lexicon.aim


def called(scan: Scan, word: Word, label: Hit) -> bool:
    """Whether a word before a label is called what it says: "X as my password"."""
    words = WORDS.findall(scan.folded.lower, word.end, label.start)
    return bool(words) and words[0] in scan.lexicon.role and scan.lexicon.filler.issuperset(words[1:])


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
