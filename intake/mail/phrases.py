"""The words of `languages/*.toml`, all languages together: a mail may be in one and its program in another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Matchers over all languages; each is linear in the text."""

    wrote: re.Pattern[str]
    wrote_inline: re.Pattern[str]  # the end of an attribution with the quote right behind it
    own_words: re.Pattern[str]
    labels: dict[str, str]  # "gesendet" -> "date": labels of a header block, in lower case
    label_line: re.Pattern[str]
    forwarded: re.Pattern[str]  # a whole line, dashes and ">" round it allowed
    forwarded_end: re.Pattern[str]
    original: re.Pattern[str]
    reply_above: re.Pattern[str]  # what ticket systems write over the quoted part
    forward_subject: re.Pattern[str]
    mobile: re.Pattern[str]
    closing: re.Pattern[str]
    disclaimer: re.Pattern[str]
    confidential: re.Pattern[str]
    contact: re.Pattern[str]
    data: re.Pattern[str]
    picture: re.Pattern[str]
    attached: re.Pattern[str]
    reply_subject: re.Pattern[str]
    away_subject: re.Pattern[str]
    bounce_subject: re.Pattern[str]
    first_person: re.Pattern[str]
    asks: re.Pattern[str]
    receipt_subject: re.Pattern[str]
    machine: tuple[str, ...]  # to be looked for in `squeezed` text
    bulk: tuple[str, ...]
    away: tuple[str, ...]
    unsubscribe: re.Pattern[str]  # as a link or a line of its own: in a sentence it may be a customer's wish


_WORD = r"(?<!\w)(?:{})(?!\w)"
_BEGINNING = r"(?<!\w)(?:{})"  # of a word
_HEADING = r"\s*[\[(*]*(?:{})\s*(?:$|[\])*:|–—-]|(?:re|aw|to|from|von|auf|от|на|de|à|a|від)\b)"
"""A subject that is such a phrase, or begins with it as with a title: "Out of office: …", "Automatic reply to …"."""

_SHAPES: Final = {
    "wrote": ("", "wrote", _WORD),
    "wrote_inline": ("", "wrote", r"@[^\s@>]{1,250}>\s(?:{})\s?:(?=[ \t]{2,}\S)"),
    "own_words": ("", "own_words", _WORD),
    "forwarded": ("markers", "forwarded", r"[\s>*_-]*(?:{})\s?:?[\s*_-]*$"),
    "forwarded_end": ("markers", "forwarded_end", r"[\s>*_-]*(?:{})[\s*_-]*$"),
    "original": ("markers", "original", r"\s*[*_-]+\s*(?:{})\s*:?\s*[*_-]+\s*$"),
    "reply_above": ("markers", "reply_above", r"[\s#*_=–—-]*(?:{})"),
    "forward_subject": ("markers", "forward_subject", r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:{})\s?:"),
    "closing": ("signature", "closings", r"\s*(?:{})\s?[,.!;~–-]*\s*(?::?\)+)?\s*$"),
    "disclaimer": ("signature", "disclaimers", r"\s*[*_]*(?:{})"),
    "confidential": ("signature", "confidential", "{}"),
    "contact": ("signature", "contact", r"\s*(?:{})\.?\s?:"),
    "data": ("signature", "data", _BEGINNING),
    "attached": ("picture", "attached", _BEGINNING),
    "picture": ("picture", "refers", _BEGINNING),
    "reply_subject": ("automatic", "reply_subjects", _HEADING),
    "away_subject": ("automatic", "away_subjects", _HEADING),
    "bounce_subject": ("automatic", "bounce_subjects", r"\s*[\[(*]*(?:{})(?!\w)"),
    "receipt_subject": ("automatic", "receipt_subjects", r"\s*(?:{})"),
    "first_person": ("automatic", "first_person", _WORD),
    "asks": ("automatic", "asks", _BEGINNING),
}
"""Of each matcher the section and key of its words, and the pattern in which one of them has to stand."""


@cache
def phrases() -> Phrases:
    """The phrases, read once."""
    tables = [
        tomllib.loads(path.read_text("utf-8"))
        for path in sorted((files("intake.mail") / "languages").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]

    def words(section: str, key: str) -> list[str]:
        return [word for table in tables for word in (table[section] if section else table)[key]]

    labels = {
        word.lower(): role
        for role in ("from", "date", "to", "cc", "subject")
        for word in words("labels", role)
    }
    mobile, devices = _any(words("signature", "mobile")), _any(words("signature", "devices"))
    unsubscribe = _any(words("automatic", "unsubscribe"))
    return Phrases(
        labels=labels,
        label_line=_compile(rf"\*?\s?({_any(labels)})\s?\*?\s?:\*?(?:\s+(.*))?$"),
        mobile=_compile(rf"\s*(?:{mobile})\s(?=[^\n]{{0,60}}(?:{devices}))[^\n@€$₽]{{0,80}}$"),
        unsubscribe=re.compile(
            rf"^(?:[^\w\n]{{0,10}}(?:{unsubscribe})\b(?:[^\n]{{0,40}}$|[^\n]{{0,60}}https?:)|"
            rf"[^\n?!.]{{1,40}}[?!.]\s(?:{unsubscribe})\b[^\w\n]{{1,5}}https?:)",
            re.IGNORECASE | re.MULTILINE,
        ),
        machine=tuple(map(squeezed, words("automatic", "machine_phrases"))),
        bulk=tuple(map(squeezed, words("automatic", "bulk_phrases"))),
        away=tuple(map(squeezed, words("automatic", "away_phrases"))),
        **{
            name: _compile(shape.replace("{}", _any(words(section, key))))
            for name, (section, key, shape) in _SHAPES.items()
        },
    )


def squeezed(text: str) -> str:
    """Case folded, any run of blanks one blank: plain search in it is ten times as fast as one big alternation."""
    return " ".join(text.casefold().split())


def folded(text: str) -> str:
    """Squeezed, with straight apostrophes: text as the expressions of notices and persons expect it."""
    return squeezed(text).replace("’", "'")


def _any(words: Iterable[str]) -> str:
    """One alternation, longest first, blanks matching any blanks (mail programs like no-break ones)."""
    unique = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    # most places have none of them: one look
    first = "".join(sorted({re.escape(word[0]) for word in unique}))
    every = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in unique)
    return f"(?=[{first}])(?:{every})"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
