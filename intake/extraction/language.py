"""The language of a message: a small classifier, held in check by letters and function words."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

from intake.extraction.lexicon import LANGUAGES, function_words
from intake.extraction.passage import fold
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
_NOT_WORDS = re.compile(
    r"\S*[@/\\_#•]\S*|\S*\d\S*|\b[A-Z]{2,}\b"
)  # addresses, links, numbers, codes, placeholders
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_UKRAINIAN = frozenset("іїєґ")
_RUSSIAN = frozenset("ыэъё")


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def detect(message: RedactedMessage) -> str:
    """ISO 639-1 code of the customer's new words; of the subject or the quotes where those are too few."""
    text = message.body.text[:4000]
    if len(_words(text)) < 4:
        text = f"{text}\n{message.subject.text}\n{message.signature.text[:200]}"
    if len(_words(text)) < 3:
        text = "\n".join([text, *(quote.text.text[:500] for quote in message.quotes)])
    return language_of(text)


def language_of(text: str) -> str:
    """ISO 639-1 code of a text; "en" where it has no words."""
    words = _words(text)
    letters = "".join(words)
    if not letters:
        return "en"
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in letters)
    if cyrillic * 2 > len(letters):
        return _cyrillic(letters.lower(), " ".join(words))
    clean = " ".join(words)
    if len(letters) >= _ENOUGH:
        language, confidence = _identifier(*LANGUAGES, *_OTHERS).classify(clean)
        if language not in LANGUAGES and confidence >= _SURE:
            return language
    return _latin(words, clean)


def _latin(words: list[str], clean: str) -> str:
    """Function words decide where they are clear, the classifier where they are not."""
    folded = [fold(word) for word in words]
    scores = {
        language: sum(word in function_words(language) for word in folded)
        for language in LANGUAGES
        if language not in {"ru", "uk"}
    }
    ranked = sorted(scores.values(), reverse=True)
    if ranked[0] >= 2 and ranked[0] >= 1.5 * ranked[1]:
        return max(scores, key=lambda language: scores[language])
    language, _ = _identifier("en", "de", "fr", "es").classify(clean.lower())
    tied = [name for name, score in scores.items() if score == ranked[0]]
    return language if not ranked[0] or language in tied else tied[0]


def _cyrillic(letters: str, clean: str) -> str:
    ukrainian = sum(letters.count(char) for char in _UKRAINIAN)
    russian = sum(letters.count(char) for char in _RUSSIAN)
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    language, _ = _identifier("ru", "uk").classify(clean.lower())
    return language


def _words(text: str) -> list[str]:
    return _LETTERS.findall(_NOT_WORDS.sub(" ", text))


@cache
def _identifier(*languages: str) -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(languages)
    checked: _Identifier = identifier
    return checked
