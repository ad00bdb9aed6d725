"""The cue words of all languages, indexed by their first word; a new language is one more data file.

`languages/<code>/fields.toml` holds tables of phrases, `[group.kind]`-wise: `[cue] pay = ["paid", "оплат*"]`.
A word ending in `*` is a stem, `_` stands for any one word. A message is read with its own language's words
first; words of other languages count too (receipts and brands cross borders), unless their file lists them
under `local` because they mean something else elsewhere ("hier", "am", "so").
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import NamedTuple, TypeAlias

from intake.extraction.fields.calendars import calendar_words
from intake.extraction.fields.tokens import split_words
from intake.extraction.memo import Memo

_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One entry of a data file."""

    words: tuple[str, ...]
    group: str  # such as "cue", "method", "when"
    kind: str  # such as "pay", "card", "days:1"
    second: str | None = None  # the second word, where it is neither a stem nor any word


Meaning: TypeAlias = tuple[
    str, str, int, tuple[str, ...]
]  # of a phrase: group, kind, how many words, the words


class Opening(NamedTuple):
    """The phrases that a word may begin, the longest first."""

    before: dict[str, tuple[Meaning, ...]]  # by the word after it
    else_: tuple[Meaning, ...]  # before any other word


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of a message may mean to the readers of fields."""

    language: str
    exact: dict[str, list[Phrase]] = field(default_factory=dict)
    stems: dict[str, list[Phrase]] = field(default_factory=dict)
    joins: frozenset[str] = frozenset()  # words that open a new clause
    fillers: frozenset[str] = frozenset()  # words that may stand between a label and its value
    _openings: Memo[Opening | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_openings", Memo(self._opening))

    def starting_with(self, word: str) -> tuple[Phrase, ...]:
        """Phrases whose first word may be `word`, the longest first."""
        found = list(self.exact.get(word, ()))
        for length in range(_SHORTEST_STEM, len(word) + 1):
            found += self.stems.get(word[:length], ())
        return tuple(sorted(found, key=lambda phrase: -len(phrase.words)))

    def openings(self, words: Iterable[str]) -> Iterator[Opening | None]:
        """For each word, what it may begin, None for most; each word is looked up once."""
        return map(self._openings.__getitem__, words)

    def _opening(self, word: str) -> Opening | None:
        phrases = self.starting_with(word)
        if not phrases:
            return None
        seconds = {phrase.second for phrase in phrases if phrase.second is not None}
        return Opening(
            before={second: _meanings(phrases, second) for second in seconds}, else_=_meanings(phrases, None)
        )

    def add(self, phrase: Phrase) -> None:
        """Index one phrase by its first word."""
        first = phrase.words[0]
        if first.endswith("*"):
            self.stems.setdefault(first[:-1], []).append(phrase)
        else:
            self.exact.setdefault(first, []).append(phrase)


def _meanings(phrases: Iterable[Phrase], second: str | None) -> tuple[Meaning, ...]:
    return tuple(
        (phrase.group, phrase.kind, len(phrase.words), phrase.words)
        for phrase in phrases
        if phrase.second in {None, second}
    )


_SLAVIC = {"ru", "uk"}  # most writers of one mix in words of the other
_CROSSING = frozenset({"cue", "id", "account", "method", "currency", "month", "sum", "asked"})


def _crosses(phrase: Phrase) -> bool:
    """Whether a phrase of a third language counts: what receipts and forms are made of, but no word of two letters."""
    return phrase.group in _CROSSING and (phrase.group == "currency" or sum(map(len, phrase.words)) > 2)


@lru_cache(maxsize=1)
def languages() -> dict[str, Mapping[str, object]]:
    """The data files by language code."""
    folder = resources.files("intake.extraction.languages")
    found: dict[str, Mapping[str, object]] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        data = entry / "fields.toml"
        if entry.is_dir() and data.is_file():
            found[entry.name] = tomllib.loads(data.read_text(encoding="utf-8"))
    return found


def _phrases(data: Mapping[str, object]) -> Iterator[Phrase]:
    for group, kinds in data.items():
        if not isinstance(kinds, dict):
            continue
        for kind, texts in kinds.items():
            for text in texts:
                words = tuple(split_words(text))
                exact = len(words) > 1 and words[1] != "_" and not words[1].endswith("*")
                yield Phrase(words=words, group=group, kind=kind, second=words[1] if exact else None)


def _words(data: Mapping[str, object], key: str) -> set[str]:
    listed = data.get(key, [])
    return {word for text in listed for word in split_words(str(text))} if isinstance(listed, list) else set()


@lru_cache(maxsize=16)
def lexicon(language: str) -> Lexicon:
    """The lexicon for messages in `language` (ISO 639-1); an unknown one is read with what crosses borders."""
    files = languages()
    order = sorted(files, key=lambda code: (code != language, code != "en"))
    joins: set[str] = set()
    fillers: set[str] = set()
    known: set[tuple[tuple[str, ...], str]] = set()
    built = Lexicon(language)
    near = {language, "en"} | (_SLAVIC if language in _SLAVIC else set())
    for code in order:
        data = files[code]
        local = (
            {tuple(split_words(str(text))) for text in _listed(data, "local")} if code != language else set()
        )
        if code == language or (code == "en" and language not in files):
            joins |= _words(data, "joins")
            fillers |= _words(data, "fillers")
        fillers |= _words(data, "fillers") - {word for words in local for word in words}
        own = [
            phrase
            for phrase in _phrases(data)
            if phrase.words not in local and (code in near or _crosses(phrase))
        ]
        names = (Phrase(words=words, group=group, kind=kind) for words, group, kind in calendar_words(code))
        own += [phrase for phrase in names if phrase.words not in local]
        for phrase in own:
            key = (phrase.words, phrase.group)
            if key not in known:
                built.add(phrase)
        known |= {(phrase.words, phrase.group) for phrase in own}
    return Lexicon(language, built.exact, built.stems, frozenset(joins), frozenset(fillers))


def _listed(data: Mapping[str, object], key: str) -> list[object]:
    listed = data.get(key, [])
    return listed if isinstance(listed, list) else []
