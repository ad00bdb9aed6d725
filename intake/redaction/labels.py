"""The words that stand beside secrets, from `labels/*.toml`, found in one pass over a text.

A kind is a key of those files (`Kind`); the words of all languages are searched together, for people mix them.
A blank in a word stands for a blank, dash, underscore, slash or line break; `*` at an end lets the word go on.
"""

from __future__ import annotations

import sys
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick

from intake.redaction.normalise import Folded, fold


class Kind(StrEnum):
    """What a word of the label files says about the number or word beside it."""

    __hash__ = str.__hash__  # Enum's own is Python code, and every finder asks for kinds

    CARD = "card"  # a payment card
    NOT_CARD = "not_card"  # a card that pays nothing: SIM, library, loyalty
    LABEL = "label"  # an exact label of another number: order, invoice, IMEI
    CVV = "cvv"
    BACK = "back"  # where the CVV is printed; counts beside a card or the word
    FRONT = "front"  # where American Express prints it; counts beside a card word
    THING = "thing"  # what has a back and is no card: box, ticket, router
    CODE = "code"  # says nothing alone
    NOT_CODE = "not_code"  # promo code, postcode, error code; the back of the box
    EXPIRY = "expiry"
    PIN = "pin"
    NOT_PIN = "not_pin"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    NOT_PASSWORD = "not_password"  # noqa: S105 - the name of a kind
    LOGIN = "login"
    OTP = "otp"
    SMS = "sms"  # also announces a code that came by it
    WARNING = "warning"  # "never share": what is said of such codes
    OTP_CONTEXT = "otp_context"  # makes "code" a one-time code
    NOT_OTP = "not_otp"  # and this unmakes it
    TOKEN = "token"  # noqa: S105 - the name of a kind
    NOT_TOKEN = "not_token"  # noqa: S105 - the name of a kind
    NUMBER = "number"  # a number word; in the files under `digits`
    ATM = "atm"  # where a PIN is typed
    TOLD = "told"  # a verb of sending, reading out, typing in: what it tells is a value
    MONEY = "money"  # a number beside it is a sum
    OTHER = "other"  # a number beside it counts or names something else: room, page, version
    UNIT = "unit"  # a number before it counts: minutes, people


# The longest word wins where two overlap; of one word with two kinds, the one that stands first here.
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_MISSPELLED = (Kind.PASSWORD, Kind.CVV, Kind.PIN, Kind.OTP, Kind.OTP_CONTEXT)
_LONG = 6  # letters of a word whose misspellings are known too
_SETS = (
    "filler",
    "copula",
    "arrived",
    "no_value",
    "between",
    "figures",
    "device",
    "denials",
    "role",
    "joint",
    "origin",
    "onto",
    "into",
    "that",
    "clock",
    "asked",
    "dating",
    "using",
    "phrases",
)


class Hit(NamedTuple):
    """A word of the label files in a folded text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Hits:
    """The words found in one text, in its order, none inside another."""

    all: list[Hit]
    starts: list[int]
    kinds: frozenset[Kind]

    def of(self, *kinds: Kind) -> list[Hit]:
        """Those of the given kinds."""
        if self.kinds.isdisjoint(kinds):
            return []
        return [hit for hit in self.all if hit.kind in kinds]

    def apart(self, *kinds: Kind) -> Iterator[tuple[Hit, int, int]]:
        """Each of the given kinds, where the one before it ends and where the next one starts.

        What belongs to a label is looked for no further than that, so the whole search stays linear.
        """
        hits = self.of(*kinds)
        for at, hit in enumerate(hits):
            floor = hits[at - 1].end if at else 0
            ceiling = hits[at + 1].start if at + 1 < len(hits) else sys.maxsize
            yield hit, floor, ceiling

    def within(self, start: int, end: int, *kinds: Kind) -> list[Hit]:
        """Those of the given kinds that lie wholly between `start` and `end`."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end)
        return [hit for hit in self.all[first:last] if hit.kind in kinds and hit.end <= end]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every language's words, ready to search."""

    automaton: ahocorasick.Automaton
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
    asked: frozenset[str]  # what else a denial says of a label: "was not asked"
    no_value: frozenset[str]  # words that are never a password
    between: frozenset[str]  # words that may stand between the groups of a dictated card
    digits: Mapping[str, str]  # number words

    def find(self, folded: Folded) -> Hits:
        """The words in a text; of two that overlap the one that starts first, then the longer."""
        words = folded.words
        size = len(words)
        found: list[tuple[int, int, int, Kind]] = []
        for last, (length, rank, kind, ahead, behind) in self.automaton.iter(words):
            start, end = last + 1 - length, last + 1
            if start and (
                (words[start - 1].isalpha() and not ahead)
                or (words[start - 1].isdigit() and words[start].isdigit())
            ):
                continue
            if end < size and (
                (words[end].isalpha() and not behind) or (words[end].isdigit() and words[last].isdigit())
            ):
                continue
            if behind:
                while end < size and words[end].isalpha():
                    end += 1
            found.append((start, -end, rank, kind))
        if not found:
            return Hits([], [], frozenset())
        found.sort()
        hits: list[Hit] = []
        reached = 0
        for start, negative_end, _, kind in found:
            if -negative_end > reached:
                hits.append(Hit(start, -negative_end, kind))
                reached = -negative_end
        return Hits(hits, [hit.start for hit in hits], frozenset(hit.kind for hit in hits))


@cache
def lexicon(extra: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Lexicon:
    """All label files and the operator's extra labels, read and compiled once."""
    words: dict[str, set[str]] = {kind: set() for kind in (*Kind, *_SETS)}
    digits: dict[str, str] = {}
    listed_files = files("intake.redaction").joinpath("labels").iterdir()
    for language in sorted(
        (file for file in listed_files if file.name.endswith(".toml")), key=lambda file: file.name
    ):
        data = tomllib.loads(language.read_text("utf-8"))
        for word, value in data.pop("digits", {}).items():
            digits |= dict.fromkeys(_spellings([word]), value)
        for kind, listed in data.items():
            words[kind] |= _spellings(listed)
    for kind, listed in extra:
        words[kind] |= _spellings(listed)
    words[Kind.NUMBER] |= digits.keys()
    filler = frozenset(
        words["filler"]
        | words["copula"]
        | words["arrived"]
        | words[Kind.CARD]
        | words[Kind.CODE]
        | words[Kind.FRONT]
        | words["figures"]
        | words["device"]
        | words[Kind.OTP_CONTEXT]
        | words[Kind.BACK]
    )
    return Lexicon(
        automaton=_compile(words),
        filler=filler,
        linking=filler | words["between"] | words["joint"],
        copula=frozenset(words["copula"]),
        arrived=frozenset(words["arrived"]),
        figures=frozenset(words["figures"]),
        device=frozenset(words["device"]),
        sides=frozenset(words[Kind.BACK] | words[Kind.FRONT]),
        denials=frozenset(words["denials"]),
        role=frozenset(words["role"]),
        joint=frozenset(words["joint"]),
        origin=frozenset(words["origin"]),
        onto=frozenset(words["onto"]),
        into=frozenset(words["into"]),
        that=frozenset(words["that"]),
        clock=frozenset(words["clock"]),
        dating=frozenset(words["dating"]),
        using=frozenset(words["using"]),
        phrases=frozenset(words["phrases"]),
        asked=frozenset(words["asked"]),
        no_value=frozenset(words["no_value"]),
        between=frozenset(words["between"]),
        digits=digits,
    )


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


def _compile(words: Mapping[str, set[str]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    entries: dict[str, tuple[int, int, Kind, bool, bool]] = {}
    for kind in sorted(Kind, key=_RANK.__getitem__, reverse=True):
        for word in words[kind]:
            bare = word.strip("*")
            entries[bare] = (len(bare), _RANK[kind], kind, word.startswith("*"), word.endswith("*"))
    known = entries.keys() | set().union(*(words[name] for name in _SETS)) | words[Kind.NUMBER]
    for kind in _MISSPELLED:
        for word in words[kind]:
            for slip in _misspelled(word) - known:
                entries.setdefault(slip, (len(slip), _RANK[kind], kind, False, False))
    for word, entry in entries.items():
        automaton.add_word(word, entry)
    automaton.make_automaton()
    return automaton
