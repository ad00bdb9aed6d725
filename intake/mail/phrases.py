"""The words of `languages/*.toml`, all languages together: a mail may be in one and its program in another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Matchers over all languages; each is linear in the text."""

    wrote: re.Pattern[str]
    own_words: re.Pattern[str]
    labels: dict[str, str]  # "gesendet" -> "date": labels of a header block, in lower case
    label_line: re.Pattern[str]
    forwarded: re.Pattern[str]  # a whole line, dashes and ">" round it allowed
    forwarded_end: re.Pattern[str]
    original: re.Pattern[str]
    forward_subject: re.Pattern[str]
    mobile: re.Pattern[str]
    closing: re.Pattern[str]
    disclaimer: re.Pattern[str]
    contact: re.Pattern[str]
    data: re.Pattern[str]
    picture: re.Pattern[str]
    reply_subject: re.Pattern[str]
    bounce_subject: re.Pattern[str]
    receipt_subject: re.Pattern[str]
    machine: re.Pattern[str]
    bulk: re.Pattern[str]
    away: re.Pattern[str]


@cache
def phrases() -> Phrases:
    """The phrases, read once."""
    tables = [
        tomllib.loads(path.read_text("utf-8"))
        for path in sorted((files("intake.mail") / "languages").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]

    def words(section: str | None, key: str) -> list[str]:
        return [word for table in tables for word in (table[section] if section else table)[key]]

    labels = {
        word.casefold(): role
        for role in ("from", "date", "to", "cc", "subject")
        for word in words("labels", role)
    }
    return Phrases(
        wrote=_compile(rf"(?<!\w)(?:{_any(words(None, 'wrote'))})(?!\w)"),
        own_words=_compile(rf"(?<!\w)(?:{_any(words(None, 'own_words'))})(?!\w)"),
        labels=labels,
        label_line=_compile(rf"\s*\*?\s*({_any(labels)})\s?\*?\s?:\*?(?:\s+(.*))?$"),
        forwarded=_compile(rf"[\s>*_-]*(?:{_any(words('markers', 'forwarded'))})\s?:?[\s*_-]*$"),
        forwarded_end=_compile(rf"[\s>*_-]*(?:{_any(words('markers', 'forwarded_end'))})[\s*_-]*$"),
        original=_compile(rf"\s*[*_-]+\s*(?:{_any(words('markers', 'original'))})\s*:?\s*[*_-]+\s*$"),
        forward_subject=_compile(
            rf"\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:{_any(words('markers', 'forward_subject'))})\s?:"
        ),
        mobile=_compile(rf"\s*(?:{_any(words('signature', 'mobile'))})\s[^\n]{{0,80}}$"),
        closing=_compile(rf"\s*(?:{_any(words('signature', 'closings'))})\s?[,.!;~–-]*\s*(?::?\)+)?\s*$"),
        disclaimer=_compile(rf"\s*[*_]*(?:{_any(words('signature', 'disclaimers'))})"),
        contact=_compile(rf"\s*(?:{_any(words('signature', 'contact'))})\.?\s?:"),
        data=_compile(rf"(?<!\w)(?:{_any(words('signature', 'data'))})"),
        picture=_compile(rf"(?<!\w)(?:{_any(words('picture', 'refers'))})"),
        reply_subject=_compile(rf"\s*[\[(*]*(?:{_any(words('automatic', 'reply_subjects'))})(?!\w)"),
        bounce_subject=_compile(rf"\s*[\[(*]*(?:{_any(words('automatic', 'bounce_subjects'))})(?!\w)"),
        receipt_subject=_compile(rf"\s*(?:{_any(words('automatic', 'receipt_subjects'))})"),
        machine=_compile(_any(words("automatic", "machine_phrases"))),
        bulk=_compile(_any(words("automatic", "bulk_phrases"))),
        away=_compile(_any(words("automatic", "away_phrases"))),
    )


def _any(words: Iterable[str]) -> str:
    """One alternation, longest first, blanks matching any blanks (mail programs like no-break ones)."""
    unique = sorted({word.casefold() for word in words}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in unique)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
