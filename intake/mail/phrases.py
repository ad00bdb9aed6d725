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
        word.lower(): role
        for role in ("from", "date", "to", "cc", "subject")
        for word in words("labels", role)
    }
    return Phrases(
        wrote=_compile(rf"(?<!\w)(?:{_any(words(None, 'wrote'))})(?!\w)"),
        own_words=_compile(rf"(?<!\w)(?:{_any(words(None, 'own_words'))})(?!\w)"),
        labels=labels,
        label_line=_compile(rf"\*?\s?({_any(labels)})\s?\*?\s?:\*?(?:\s+(.*))?$"),
        forwarded=_compile(rf"[\s>*_-]*(?:{_any(words('markers', 'forwarded'))})\s?:?[\s*_-]*$"),
        forwarded_end=_compile(rf"[\s>*_-]*(?:{_any(words('markers', 'forwarded_end'))})[\s*_-]*$"),
        original=_compile(rf"\s*[*_-]+\s*(?:{_any(words('markers', 'original'))})\s*:?\s*[*_-]+\s*$"),
        reply_above=_compile(rf"[\s#*_=–—-]*(?:{_any(words('markers', 'reply_above'))})"),
        forward_subject=_compile(
            rf"\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:{_any(words('markers', 'forward_subject'))})\s?:"
        ),
        mobile=_compile(
            rf"\s*(?:{_any(words('signature', 'mobile'))})\s(?=[^\n]{{0,60}}(?:{_any(words('signature', 'devices'))}))[^\n@€$₽]{{0,80}}$"
        ),
        closing=_compile(rf"\s*(?:{_any(words('signature', 'closings'))})\s?[,.!;~–-]*\s*(?::?\)+)?\s*$"),
        disclaimer=_compile(rf"\s*[*_]*(?:{_any(words('signature', 'disclaimers'))})"),
        confidential=_compile(_any(words("signature", "confidential"))),
        contact=_compile(rf"\s*(?:{_any(words('signature', 'contact'))})\.?\s?:"),
        data=_compile(rf"(?<!\w)(?:{_any(words('signature', 'data'))})"),
        attached=_compile(rf"(?<!\w)(?:{_any(words('picture', 'attached'))})"),
        picture=_compile(rf"(?<!\w)(?:{_any(words('picture', 'refers'))})"),
        reply_subject=_compile(_heading(words("automatic", "reply_subjects"))),
        away_subject=_compile(_heading(words("automatic", "away_subjects"))),
        bounce_subject=_compile(rf"\s*[\[(*]*(?:{_any(words('automatic', 'bounce_subjects'))})(?!\w)"),
        receipt_subject=_compile(rf"\s*(?:{_any(words('automatic', 'receipt_subjects'))})"),
        first_person=_compile(rf"(?<!\w)(?:{_any(words('automatic', 'first_person'))})(?!\w)"),
        asks=_compile(rf"(?<!\w)(?:{_any(words('automatic', 'asks'))})"),
        machine=tuple(map(squeezed, words("automatic", "machine_phrases"))),
        bulk=tuple(map(squeezed, words("automatic", "bulk_phrases"))),
        unsubscribe=re.compile(
            rf"^[^\w\n]{{0,10}}(?:{_any(words('automatic', 'unsubscribe'))})\b(?:[^\n]{{0,40}}$|[^\n]{{0,60}}https?:)",
            re.IGNORECASE | re.MULTILINE,
        ),
        away=tuple(map(squeezed, words("automatic", "away_phrases"))),
    )


def _heading(words: Iterable[str]) -> str:
    """A subject that is such a phrase, or begins with it as with a title: "Out of office: …", "Automatic reply to …"."""
    return rf"\s*[\[(*]*(?:{_any(words)})\s*(?:$|[\])*:|–—-]|(?:re|aw|to|from|von|auf|от|на|de|à|a|від)\b)"


def squeezed(text: str) -> str:
    """Case folded, any run of blanks one blank: plain search in it is ten times as fast as one big alternation."""
    return " ".join(text.casefold().split())


def _any(words: Iterable[str]) -> str:
    """One alternation, longest first, blanks matching any blanks (mail programs like no-break ones)."""
    unique = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    # most places have none of them: one look
    first = "".join(sorted({re.escape(word[0]) for word in unique}))
    every = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in unique)
    return f"(?=[{first}])(?:{every})"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
