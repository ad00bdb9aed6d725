"""Fold a text for the finders, and map every offset back to the text as typed.

Folded: Unicode NFKC, decimal digits of any script as ASCII, invisible and combining characters dropped,
entities, percent and quoted-printable escapes decoded, tags blanked. What is found in the folded text is
cut out of the original at the mapped place, so a soft hyphen or an entity inside a card number goes too.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from intake.redaction.scripts import in_one_script

_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Co", "Cs"})
_SPECIAL = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣⁃", "-"),
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    "№": "№",  # NFKC makes it "No", which is a word
    "…": "…",  # and this three full stops
}
_ENTITY = r"(?:amp;){0,2}(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"
_BLANK_TAGS = frozenset({"td", "th"})
_BREAK_TAGS = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "tbody", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_INLINE_TAGS = frozenset(
    {
        "a",
        "b",
        "i",
        "u",
        "s",
        "em",
        "bdi",
        "bdo",
        "wbr",
        "sub",
        "sup",
        "tt",
        "code",
        "font",
        "span",
        "small",
        "strong",
        "mark",
    }
)
_TAG_NAMES = "|".join(sorted(_BLANK_TAGS | _BREAK_TAGS | _INLINE_TAGS, key=len, reverse=True))
# Only tags whose attributes are looks: what stands in any other attribute must still be seen.
_TAG = rf"/?(?:{_TAG_NAMES})(?:\s+(?:style|class|face|size|color|dir|lang)\s*=(?![^<>]*[0-9]{{5}})[^<>]{{0,160}})?\s*/?>"
# Percent signs (RFC 3986, UTF-8, up to thrice), quoted-printable (RFC 2045, 6.7), JSON (RFC 8259, 7). Of digits alone a
# percent sign may also stand behind a number: no card is cut short for that.
_ESCAPE = (
    r"(?<=%)(?:25){0,2}(?:20|2[A-F]|3[A-F]|5[BDF]|7[BD]|0[AD]|A0|(?:2[1-9]|40)(?![0-9]{9,14}(?![0-9]))|3[0-9](?![0-9]{9})"
    r"|[CD][0-9A-F]%(?:25){0,2}[89AB][0-9A-F]|E[0-9A-F](?:%(?:25){0,2}[89AB][0-9A-F]){2})"
    r"|(?<==)(?:(?:20|2D|3[0-9]|A0)(?![0-9])|(?:20|2D)(?=[0-9]{4}(?![0-9]{3}))|[CD][0-9A-F]=[89AB][0-9A-F]|E[0-9A-F](?:=[89AB][0-9A-F]){2}|(?<=[0-9A-Za-z]=)\r?\n(?=[0-9A-Za-z=]))"
    r"|(?<=\\)\\{0,3}(?:u[0-9A-F]{4}|x[0-9A-F]{2}|[nrt])"
)
_WRITTEN = {"n": "\n", "r": "\r", "t": "\t"}
_CONTROLS = r"\x00-\x08\x0e-\x19\x1b-\x1f\x7f"  # but U+001A, by which the redactor hides its placeholders


def _fold_char(char: str) -> str:
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in _DROPPED:
        return ""
    if category == "Zs":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    if folded == char:
        return char
    return "".join(_fold_char(c) for c in folded)


def _odd_ranges(last: int) -> str:
    """The characters up to `last` that folding changes, as the inside of a character class."""
    odd = [code for code in range(0x80, last + 1) if _fold_char(chr(code)) != chr(code)]
    return "".join(f"\\u{code:04x}" for code in odd)


def _odd(characters: str) -> re.Pattern[str]:
    """What folding changes. The character class stands first, in its own case: the search skips to it."""
    return re.compile(
        rf"[&<%=\\{characters}](?i:(?<=&)(?P<entity>{_ENTITY})|(?<=<)(?P<tag>{_TAG})|(?P<escape>{_ESCAPE})|(?<![&<%=\\]))"
    )


_CHARACTERS = f"{_CONTROLS}{_odd_ranges(0x05FF)}\\u0600-\\U0010ffff"
_ODD = _odd(_CHARACTERS)
_ODD_ASCII = _odd(_CONTROLS)
_SIGN = re.compile(rf"[&<%=\\{_CHARACTERS}]")  # what those begin with
# As bytes it is told four times as fast that a text has none of them; most mail fits into one of these.
_SIGN_BYTES = tuple(
    (name, bytes(code for code in range(256) if _SIGN.match(bytes((code,)).decode(name, "replace"))))
    for name in ("latin-1", "cp1251")
)
# What stands in most mail beyond ASCII, one for one: often nothing else beyond it is left.
_COMMON = tuple((char, _fold_char(char)) for char in "\xa0–—‘’“”«»")
_WORD_BREAKS = "\n\r\f\v-_/+"
_fold_char_cached = lru_cache(maxsize=4096)(_fold_char)  # single characters, never words


class Folded(NamedTuple):
    """A folded text in four parallel forms of the same length, and the way back."""

    plain: str  # folded, case kept
    lower: str  # the same in lower case
    words: str  # the same with blanks for line breaks, dashes, underscores and slashes, each in one alphabet
    ascii: bytes  # `plain` with "?" for each character beyond ASCII: bytes are searched faster
    starts: tuple[int, ...]  # where each segment starts in the folded text …
    origins: tuple[int, ...]  # … and in the original
    widths: tuple[int, ...]  # length in the original of a segment folded as a whole; 0: copied one to one

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original, in code points, that became `start:end` of the folded text."""
        return self._place(start, is_end=False), self._place(end, is_end=True)

    def _place(self, offset: int, *, is_end: bool) -> int:
        at = bisect_right(self.starts, offset) - 1
        inside = offset - self.starts[at]
        if not self.widths[at]:
            return self.origins[at] + inside
        return self.origins[at] + (self.widths[at] if is_end and inside else 0)


def fold(text: str) -> Folded:
    """Fold `text`; linear in its length."""
    if not text.isascii():
        for char, folded in _COMMON:
            text = text.replace(char, folded)
    if _is_even(text):
        return _finish(text, [0], [0], [0])
    odd = _ODD_ASCII if text.isascii() else _ODD
    pieces: list[str] = []
    starts, origins, widths = [0], [0], [0]
    length = copied = 0
    for match in odd.finditer(text):
        folded = _decode(match)
        if len(folded) == match.end() - match.start():
            pieces += (text[copied : match.start()], folded)
            length += match.end() - copied
            copied = match.end()
            continue
        pieces += (text[copied : match.start()], folded)
        length += match.start() - copied
        starts += (length, length + len(folded)) if folded else (length,)
        origins += (match.start(), match.end()) if folded else (match.end(),)
        widths += (match.end() - match.start(), 0) if folded else (0,)
        length += len(folded)
        copied = match.end()
    pieces.append(text[copied:])
    return _finish("".join(pieces), starts, origins, widths)


def _is_even(text: str) -> bool:
    """Whether nothing in a text is odd for certain."""
    for name, signs in _SIGN_BYTES:
        try:
            data = text.encode(name)
        except UnicodeEncodeError:
            continue
        return len(data.translate(None, signs)) == len(data)
    return False


def _decode(match: re.Match[str]) -> str:
    kind, raw = match.lastgroup, match.group()
    if kind is None:
        return _fold_char_cached(raw)
    if kind == "entity":
        decoded = html.unescape(html.unescape(html.unescape(raw)))
        return raw if decoded == raw else "".join(map(_fold_char_cached, decoded))
    if kind == "tag":
        name = re.split(r"[\s/>]", raw.lstrip("</"), maxsplit=1)[0].lower()
        return "\n" if name in _BREAK_TAGS else " " if name in _BLANK_TAGS else ""
    return _unescaped(raw)


def _unescaped(raw: str) -> str:
    if raw[1] in "\r\n":
        return ""
    if raw[0] == "\\":
        code = raw.lstrip("\\").lower()
        decoded = _WRITTEN.get(code) or chr(int(code[1:], 16))
    elif raw[1:].upper() == "A0":  # Latin-1
        return " "
    else:
        decoded = unquote(unquote(unquote(raw.replace("=", "%"))))
    return "".join(char if char in _WRITTEN.values() else _fold_char_cached(char) for char in decoded)


def _finish(plain: str, starts: list[int], origins: list[int], widths: list[int]) -> Folded:
    lower = plain.lower()
    if len(lower) != len(plain):  # a few letters grow in lower case (U+0130)
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    words = lower
    for char in _WORD_BREAKS:
        words = words.replace(char, " ")
    if not plain.isascii():
        words = in_one_script(words)
    return Folded(
        plain=plain,
        lower=lower,
        words=words,
        ascii=plain.encode("ascii", "replace"),
        starts=tuple(starts),
        origins=tuple(origins),
        widths=tuple(widths),
    )
