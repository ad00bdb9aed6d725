"""The language of a message: a small classifier, held in check by letters and function words."""

from __future__ import annotations

import re
from copy import copy
from functools import cache
from itertools import chain, filterfalse
from typing import Any, Protocol

from intake.extraction.lexicon import LANGUAGES, function_words
from intake.extraction.memo import Memo
from intake.extraction.passage import FOLDED
from intake.mail.redacted import RedactedMessage

_OTHERS = (
    "it",
    "pt",
    "nl",
    "pl",
    "cs",
    "sv",
    "da",
    "no",
    "fi",
    "tr",
    "ro",
    "hu",
    "el",
    "bg",
    "ja",
    "zh",
    "ko",
    "ar",
    "he",
)
_ENOUGH = 80  # letters from which a language without cue data may be believed
_SURE = 0.9
_DECIDED = 0.3  # share of function words that settles the language: a sister language's has less
_FEW = 4  # words that are too few to tell by
_LOOKED_AT = 4000  # characters
_BITS = 24  # room for a count of words
_ODD = re.compile(r"[\d@/\\_#•]")  # in addresses, links, numbers, codes, placeholders
_LATIN = tuple(language for language in LANGUAGES if language not in {"ru", "uk"})
_LETTERS = re.compile(r"\w+(?:['’]\w+)*")  # of a text without figures and underscores
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
_UKRAINIAN = frozenset("іїєґ")
_RUSSIAN = frozenset("ыэъё")


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def detect(message: RedactedMessage) -> str:
    """ISO 639-1 code of the customer's new words; with the subject, then the quotes, where those are too few."""
    words = _words(message.body.text[:_LOOKED_AT])
    if len(words) < _FEW:
        words += _words(f"{message.subject.text}\n{message.signature.text[:200]}")
    if len(words) < _FEW:
        words += _words("\n".join(quote.text.text[:500] for quote in message.quotes))
    return _language(words)


def language_of(text: str) -> str:
    """ISO 639-1 code of a text; "en" where it has no words."""
    return _language(_words(text))


def _language(words: list[str]) -> str:
    letters = "".join(words)
    if not letters:
        return "en"
    if not letters.isascii() and sum(map(len, _CYRILLIC.findall(letters))) * 2 > len(letters):
        return _cyrillic(words, letters.lower())
    return _latin(words, len(letters))


def _latin(words: list[str], letters: int) -> str:
    """Function words decide where they are clear, the classifier where they are not."""
    counts = sum(map(_COUNTED.__getitem__, words))
    scores = {language: counts >> _BITS * place & (1 << _BITS) - 1 for place, language in enumerate(_LATIN)}
    best = max(scores, key=lambda language: scores[language])
    first, second = sorted(scores.values(), reverse=True)[:2]
    clear = first >= 2 and first >= 1.5 * second
    if clear and first >= _DECIDED * len(words):
        return best
    clean = " ".join(words)
    if letters >= _ENOUGH:
        language, confidence = _identifier(*LANGUAGES, *_OTHERS).classify(clean)
        if language not in LANGUAGES and confidence >= _SURE:
            return language
    if clear:
        return best
    language, _ = _identifier("en", "de", "fr", "es").classify(clean.lower())
    return language if not first or scores[language] == first else best


def _cyrillic(words: list[str], letters: str) -> str:
    """Letters that only one of the two has, else small words, else the classifier."""
    ukrainian = sum(letters.count(char) for char in _UKRAINIAN)
    russian = sum(letters.count(char) for char in _RUSSIAN)
    if ukrainian == russian:
        folded = [FOLDED[word] for word in words]
        ukrainian = sum(word in function_words("uk") for word in folded)
        russian = sum(word in function_words("ru") for word in folded)
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    language, _ = _identifier("ru", "uk").classify(" ".join(words).lower())
    return language


def _words(text: str) -> list[str]:
    pieces = text.split()
    words = list(chain.from_iterable(map(_IN_PIECE.__getitem__, pieces)))
    capitals = set(filter(str.isupper, words))
    if all(len(word) == 1 for word in capitals) or _shouted(pieces, words):
        return words
    return [word for word in words if len(word) == 1 or word not in capitals]  # codes and company names


def _shouted(pieces: list[str], words: list[str]) -> bool:
    """Whether all of it is in capitals: that makes none of its words a name."""
    return not any(map(str.islower, words)) and " ".join(filterfalse(_ODD.search, pieces)).isupper()


def _in_piece(piece: str) -> tuple[str, ...]:
    """The words in what stands between blanks."""
    return () if _ODD.search(piece) else tuple(_LETTERS.findall(piece))


def _counted(word: str) -> int:
    """One for each language of Latin letters that has it among its function words, each in bits of its own."""
    folded = FOLDED[word]
    return sum(
        1 << _BITS * place for place, language in enumerate(_LATIN) if folded in function_words(language)
    )


_IN_PIECE = Memo(_in_piece)
_COUNTED = Memo(_counted)


@cache
def _identifier(*languages: str) -> _Identifier:
    identifier = copy(_model())  # its tables are shared: they take 70 MB and half a second
    identifier.set_languages(languages)
    checked: _Identifier = identifier
    return checked


@cache
def _model() -> Any:  # noqa: ANN401 - py3langid ships no types; `_Identifier` is all that is used
    """The classifier of all languages that we tell apart; the 115 others are let go, 23 MB of them."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages((*LANGUAGES, *_OTHERS))
    tables = (model.nb_ptc, model.nb_pc, model.nb_classes, model.tk_nextmove, model.tk_output)
    return LanguageIdentifier(*tables, norm_probs=True, tk_row=model.tk_row)


def preload() -> None:
    """Loads the classifier: for a process from which others are forked."""
    _model()
