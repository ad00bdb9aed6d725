"""Signatures and disclaimers: cut from the new words, kept as a part of their own (an order number may stand there)."""

from __future__ import annotations

import re

from intake.mail.phrases import phrases

_MAX_AFTER_DELIMITER = 15  # filled lines under "-- " (RFC 3676 §4.3); more is a message that was cut in two
_MAX_AFTER_DASHES = 10  # under "--" without its blank, which people type too
_MAX_UNDER_CLOSING = 8
_MAX_CONTACT_LINE = 70
_MAX_MOBILE_LINE = 120
_DELIMITER = re.compile(r"--\s?|—{1,2}|–{1,2}|_{2,4}")
_CONTACT = re.compile(r"\d[\d\s()/.-]{6,}|@|www\.|https?:|\|", re.IGNORECASE)
_LABELLED = re.compile(r"\s*[^\W\d_][\w .-]{1,30}:\s*\S")
_POSTSCRIPT = re.compile(
    r"\s*(?:(?:P\.?\s?){1,3}S|(?:З\.?\s?){1,2}Ы|(?:П\.?\s?){1,2}С)\b\s?[.:,)–—-]*\s*\S", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[?!]|[^\W\d_]{3,}\.$|P\.?\s?S\.?\b|З\.?Ы\.?\b", re.IGNORECASE)


def split_signature(lines: list[str]) -> tuple[list[int], list[int]]:
    """The indices of the lines that are new words, and of those that are signature."""
    end = _delimited(lines)
    if end is None:
        end = _under_closing(lines)
    end = len(lines) if end is None else end
    cut = set(range(end, len(lines)))
    cut -= _postscript(lines, cut)
    cut |= _disclaimer(lines, end)
    mobile = phrases().mobile.match
    cut.update([i for i, line in enumerate(lines) if len(line) <= _MAX_MOBILE_LINE and mobile(line)])
    if all(i in cut or not line.strip() for i, line in enumerate(lines)):
        cut = set()  # a message that is nothing but a signature says something after all
    return [i for i in range(len(lines)) if i not in cut], sorted(cut)


def _delimited(lines: list[str]) -> int | None:
    """The line of the first delimiter with few enough lines under it."""
    filled = 0
    found = None
    dashes = lines.count("--")
    for index in range(len(lines) - 1, 0, -1):
        line = lines[index]
        if filled > _MAX_AFTER_DELIMITER:
            break
        if filled and _DELIMITER.fullmatch(line) and _cuts(lines, index, filled, dashes):
            found = index
        filled += bool(line.strip())
    return found if found is not None and any(map(str.strip, lines[:found])) else None


def _postscript(lines: list[str], cut: set[int]) -> set[int]:
    """The paragraph of a "P.S." that somebody wrote under their signature: words after all."""
    start = next((index for index in sorted(cut) if _POSTSCRIPT.match(lines[index])), None)
    if start is None:
        return set()
    end = next((index for index in range(start, len(lines)) if not lines[index].strip()), len(lines))
    return set(range(start, end))


def _cuts(lines: list[str], index: int, filled: int, dashes: int) -> bool:
    """Whether a delimiter begins a signature: "-- " does, other dashes may part two thoughts of the writer."""
    if lines[index] == "-- ":
        return True
    if filled > _MAX_AFTER_DASHES or (lines[index] == "--" and dashes > 1):
        return False
    return not any(map(phrases().first_person.search, lines[index:]))


def _under_closing(lines: list[str]) -> int | None:
    """The line after "Kind regards," where name and contact lines end the text; a name alone stays with the words."""
    words = phrases()
    below: list[str] = []
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index].strip()
        if not line:
            continue
        if len(line) <= 60 and words.closing.match(line):
            business = len(below) >= 2 or any(map(_CONTACT.search, below))
            return index + 1 if business else None
        if len(below) == _MAX_UNDER_CLOSING or not _contact_like(line):
            return None
        below.append(line)
    return None


def _contact_like(line: str) -> bool:
    words = phrases()
    if len(line) > _MAX_CONTACT_LINE or _SENTENCE_END.search(line):
        return False
    if words.data.search(line) or words.first_person.search(line):
        return False
    return words.contact.match(line) is not None or _LABELLED.match(line) is None


def _disclaimer(lines: list[str], end: int) -> set[int]:
    """A disclaimer's paragraph and all below it, where it ends the text and something stands before it.

    "This e-mail is my notice of cancellation" begins like one: it must speak of secrecy and nowhere of an I.
    """
    words = phrases()
    for index, line in enumerate(lines[:end]):
        if (
            index
            and not lines[index - 1].strip()
            and words.disclaimer.match(line)
            and any(map(str.strip, lines[:index]))
        ):
            rest = "\n".join(lines[index:])
            if words.confidential.search(rest) and not words.first_person.search(rest):
                return set(range(index, len(lines)))
    return set()
