"""Words in two alphabets: "tокen" with a Cyrillic "ок" looks like the word and is none; it is read as the one it looks like."""

from __future__ import annotations

import re

_CYRILLIC, _LATIN = "аеосрухікмтнв", "aeocpyxikmthb"  # that look alike, in small letters or in capitals
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_WORD = re.compile(r"[a-zа-яёіїєґ]++")
_LATINS = re.compile("[a-z]")
# Of a text in bytes what stands where: "L" Latin, "C" Cyrillic; most texts have no such neighbours.
_KINDS = bytes(
    ord("L" if char.isascii() and char.isalpha() else "C" if "а" <= char <= "я" or char in "ёіїєґ" else " ")
    for char in (bytes((code,)).decode("cp1251", "replace") for code in range(256))
)


def in_one_script(words: str) -> str:
    """A text in small letters with each word of two alphabets in that which it looks like; as long as before."""
    if len(words.encode("latin-1", "ignore")) == len(words):
        return (
            words  # no Cyrillic letter: told faster than in the bytes of cp1251, where each "é" is an error
        )
    kinds = words.encode("cp1251", "replace").translate(_KINDS)
    if b"LC" not in kinds and b"CL" not in kinds:
        return words
    return _WORD.sub(_read, words)


def _read(match: re.Match[str]) -> str:
    """A word in one alphabet where all its letters of the other one have a twin there."""
    word = match.group()
    if word.isascii() or not _LATINS.search(word):
        return word
    latin, cyrillic = word.translate(_TO_LATIN), word.translate(_TO_CYRILLIC)
    mostly_latin = 2 * len(_LATINS.findall(word)) >= len(word)
    if latin.isascii() and (mostly_latin or _LATINS.search(cyrillic)):
        return latin
    return word if _LATINS.search(cyrillic) else cyrillic
