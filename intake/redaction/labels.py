"""The words that stand beside secrets, from `labels/*.toml`, found in one pass over a text.

A kind is a key of those files (`Kind`); the words of all languages are searched together, for people mix them.
A blank in a word stands for a blank, dash, underscore, slash or line break; `*` at an end lets the word go on.
`[[short]]` lists labels in parts, of which each may be shortened: every way to join them is a label.
"""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from itertools import product

import ahocorasick

from intake.redaction.hits import Hits, Vocabulary
from intake.redaction.kinds import DEVICES, RANK, STARTING, Kind
from intake.redaction.normalise import Folded, fold
from intake.redaction.numerals import in_one_word

_MISSPELLED = (Kind.PASSWORD, Kind.CVV, Kind.PIN, Kind.OTP, Kind.OTP_CONTEXT)
_LONG = 6  # letters of a word whose misspellings are known too


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every language's words, ready to search."""

    vocabulary: Vocabulary
    filler: frozenset[str]  # words that may stand between a label and its value
    linking: frozenset[str]  # these, and what joins two values or two groups of one
    copula: frozenset[str]  # of these, those that announce a value: "is"
    arrived: frozenset[str]  # of these, those that say that a message came: "got"
    figures: frozenset[str]  # words for digits and numbers: with the back of something they name a CVV
    device: frozenset[str]  # what a code is sent to: "phone"
    sides: frozenset[str]  # the words of `back` and `front`
    denials: frozenset[str]  # words that say that there is no value: "does not work"
    role: frozenset[str]  # words by which a value before a label is called one: "X as my password"
    joint: frozenset[str]  # words that join two values, or go on after one: "and", "or", "but"
    origin: frozenset[str]  # words before who sent a message: "from"
    onto: frozenset[str]  # words before what a message is sent to: "on my"
    into: frozenset[str]  # words before what a password is set to
    that: frozenset[str]  # words that open a clause: "the password is that …"
    clock: frozenset[str]  # words before an hour: "at"
    dating: frozenset[str]  # words before a year: "since"
    using: frozenset[str]  # words between a login and its password: "with"
    phrases: frozenset[str]  # labels of passwords that are several words
    until: frozenset[str]  # words that end the time a card is good for: "till"
    day: frozenset[str]  # words before the date of something: "on"
    purpose: frozenset[str]  # words before what a value is for: "PIN for calls"
    renewed: frozenset[str]  # words that stand for a password: "my new one"
    pointing: frozenset[str]  # words by which a sentence goes back to the one before: "it came by SMS"
    recited: frozenset[str]  # words of reading aloud: "he read me the back"
    instead: frozenset[str]  # words before what should have been typed: "instead of 882014"
    closed: frozenset[str]  # pronouns and the like, which name nothing: "them"
    relative: frozenset[str]  # words that open a relative clause: "the password that does not work"
    asked: frozenset[str]  # what else a denial says of a label: "was not asked"
    no_value: frozenset[str]  # words that are never a password
    between: frozenset[str]  # words that may stand between the groups of a dictated card
    portion: frozenset[str]  # words for a part of a card, the first one apart: "second half", "the rest"
    aim: frozenset[str]  # words before what a password is used for: "I use X to log in"
    bidden: frozenset[str]  # words by which somebody is told to type or use a code: "type", "eingeben"
    document: frozenset[str]  # what is opened with a code: "attachment"
    account: frozenset[str]  # words of `login` that only a name follows: "user"
    brand: frozenset[str]  # names that look made up: "the password of PayPal" tells none
    digits: Mapping[str, str]  # number words

    def find(self, folded: Folded) -> Hits:
        """The words in a text."""
        return Hits(folded.words, self.vocabulary)


# What a lexicon holds as it is listed.
_SETS = tuple(
    field.name for field in fields(Lexicon) if field.name not in {"vocabulary", "linking", "sides", "digits"}
)
_SHORT = "short"  # labels that are shortened: a letter less, and they are other words
# A word of these sets and kinds may stand between a label and its value.
_FILLERS = (
    "filler",
    "copula",
    "arrived",
    "figures",
    "device",
    Kind.CARD,
    Kind.CODE,
    Kind.FRONT,
    Kind.BACK,
    Kind.OTP_CONTEXT,
    Kind.BANK,
)


@cache
def lexicon(extra: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Lexicon:
    """All label files and the operator's extra labels, read and compiled once."""
    words, digits = _read()
    for kind, listed in extra:
        words[kind] |= _spellings(listed)
    words[Kind.NUMBER] |= digits.keys()
    words["filler"] = set().union(*(words[name] for name in _FILLERS))
    return Lexicon(
        vocabulary=_compile(words),
        linking=frozenset(words["filler"] | words["between"] | words["joint"]),
        sides=frozenset(words[Kind.BACK] | words[Kind.FRONT]),
        digits=digits,
        **{name: frozenset(words[name]) for name in _SETS},
    )


def _read() -> tuple[dict[str, set[str]], dict[str, str]]:
    """The words of all label files by kind or set, and the number words."""
    words: dict[str, set[str]] = {kind: set() for kind in (*Kind, *_SETS, _SHORT)}
    digits: dict[str, str] = {}
    short: list[tuple[Kind, set[str]]] = []
    listed_files = files("intake.redaction").joinpath("labels").iterdir()
    for language in sorted(
        (file for file in listed_files if file.name.endswith(".toml")), key=lambda file: file.name
    ):
        data = tomllib.loads(language.read_text("utf-8"))
        numbers = data.pop("digits", {})
        if written := data.pop("in_one_word", None):
            numbers |= in_one_word(numbers, **written)
        for word, value in numbers.items():
            digits |= dict.fromkeys(_spellings([word]), value)
        short += [(Kind(each["kind"]), _shortened(each["parts"])) for each in data.pop("short", ())]
        for kind, listed in data.items():
            words[kind] |= _spellings(listed)
    words[_SHORT] = set().union(*(labels - words[kind] for kind, labels in short))
    for kind, labels in short:
        words[kind] |= labels
        if kind in {
            Kind.PIN,
            Kind.OTP,
        }:  # their values are sought in one sentence: the label's stop ends none
            words[kind] |= {f"{label}." for label in labels}
    return words, digits


def _shortened(parts: Sequence[Sequence[str]]) -> set[str]:
    """Every label that takes one word of each part, with full stops or without: "cod. seg.", "cód seguridad"."""
    joined: set[str] = set()
    for chosen in product(
        *([*filter(None, _spellings(part)), *("" for stem in part if not stem)] for part in parts)
    ):
        first, *others = filter(None, chosen)
        labels = [first]
        for stem in others:
            labels = [f"{label}{gap}{stem}" for label in labels for gap in (" ", ". ", ".")]
        joined.update(labels, ["".join(chosen)])
    return joined


def _spellings(listed: Iterable[str]) -> set[str]:
    """Each word folded, with its accents and without (cle, Prufnummer), with `ё` and with `е`."""
    folded = {fold(word).words for word in listed}
    return folded | {word.replace("ё", "е") for word in folded} | {_unaccented(word) for word in folded}


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_CONFUSED = {
    "а": "о",
    "о": "а",
    "е": "и",
    "и": "еі",
    "і": "и",
    "a": "eo",
    "e": "ai",
    "i": "ey",
    "o": "a",
    "u": "o",
}


def _misspelled(word: str) -> set[str]:
    """A long word with one letter left out, doubled or swapped with the next; the first letter is never wrong."""
    if len(word) < _LONG or not word.replace(" ", "").isalpha():
        return set()
    slips: set[str] = set()
    for at in range(1, len(word)):
        if " " in word[at - 1 : at + 2]:
            continue
        slips.add(word[:at] + word[at + 1 :])
        slips.add(word[:at] + word[at] + word[at:])
        slips.add(word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :])
        slips |= {word[:at] + other + word[at + 1 :] for other in _CONFUSED.get(word[at], "")}
    return slips


_CYRILLIC = (
    str.maketrans("aceopxy", "асеорху"),
    str.maketrans("aceopxykmth", "асеорхукмтн"),
)  # small, capital
_Entry = tuple[int, int, Kind, bool, bool]  # length, rank, kind, may be a word's end, may be its beginning
# An automaton tries the ways on from a letter one by one, those first that were added first.
_FREQUENT = "etaoinsrhldcumfpgwybvkxjqzоеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґ"
_BY_FREQUENCY = {ord(char): chr(at + 1) for at, char in enumerate(_FREQUENT)}
_BLANK = " \x00"  # never met, as folding drops NUL; but the blanks between words need no more than one try


def _compile(words: Mapping[str, set[str]]) -> Vocabulary:
    entries: dict[str, _Entry] = {}
    for kind in sorted(Kind, key=RANK.__getitem__, reverse=True):
        for word in words[kind]:
            bare = word.strip("*")  # listed with `*` and without, it may go on
            ahead = not words[kind].isdisjoint((f"*{bare}", f"*{bare}*"))
            behind = not words[kind].isdisjoint((f"{bare}*", f"*{bare}*"))
            entries[bare] = (len(bare), RANK[kind], kind, ahead, behind)
    known = entries.keys() | set().union(*(words[name] for name in _SETS)) | words[Kind.NUMBER]
    for kind in _MISSPELLED:
        for word in words[kind] - words[_SHORT]:
            for twin in map(
                word.translate, _CYRILLIC
            ):  # typed with the other keyboard, or to get past a filter
                entries.setdefault(twin, (len(twin), RANK[kind], kind, False, False))
            for slip in _misspelled(word) - known:
                entries.setdefault(slip, (len(slip), RANK[kind], kind, False, False))
    starting = {
        bare
        for bare, (_, _, kind, _, behind) in entries.items()
        if kind in STARTING
        or (
            kind in DEVICES
            and (bare in words["device"] or (behind and any(d.startswith(bare) for d in words["device"])))
        )
    }
    signs = "".join(sorted(set(string.punctuation).difference(*entries)))
    tails = {tail for word in entries if "." in word for tail in re.split(r"\. ?", word)[1:] if tail}
    return Vocabulary(
        starting=_automaton({word: entries[word] for word in starting}),
        others=_automaton({word: entry for word, entry in entries.items() if word not in starting}),
        numbers=_automaton({word: entry for word, entry in entries.items() if entry[2] is Kind.NUMBER}),
        # A full stop ends a block too, but where a shortened label may go on behind it.
        edges=re.compile(
            rf"[{re.escape(signs)}]|(?<=\.)(?!\s?(?:{'|'.join(sorted(map(re.escape, tails)))}))(?!\Z)"
        ),
    )


def _automaton(entries: Mapping[str, _Entry]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    automaton.add_word(_BLANK, (len(_BLANK), 0, Kind.OTHER, False, False))
    for word in sorted(entries, key=lambda word: word.translate(_BY_FREQUENCY)):
        automaton.add_word(word, entries[word])
    automaton.make_automaton()
    return automaton
