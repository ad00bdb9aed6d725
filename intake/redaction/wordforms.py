"""What a made-up word looks like, and what only resembles one: orders, links, versions, products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

QUOTED = re.compile(
    r"\"([^\"\n]{3,64})\"|'([^'\n]{3,64})'|\(([^()\n]{3,64})\)|\[([^\[\]\n]{3,64})\]|<([^<>\n]{3,64})>|\*([^*\n]{3,64})\*"
)
# What has letters and digits and is no password: order, e-mail, link, date, version with its program, amount, hour, file,
# host, host[address].
ORDERLY = re.compile(
    r"(?:[A-ZА-ЯЁІЇЄ]{1,6}[-/#№]?[0-9][0-9-/]*|[a-zа-яёіїє]{1,6}[-/][0-9][0-9-/]*|[^\W\d_]{1,4}[0-9]{1,3}|[^\s@]+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+|[0-9][0-9.,:/\-]*(?:[^\W\d_]{1,4})?|v?[0-9]+(?:\.[0-9x]+)+|[^\W\d_]{2,16}[/\-]?[0-9]+(?:\.[0-9x]+)+[a-z]?|[0-9]{1,2}h[0-9]{2}|"
    r"(?:[\w\-]+\.)+(?:png|jpe?g|gif|pdf|txt|csv|zip|docx?|xlsx?|log|html?|sql|gz|tgz|bak|php|conf|ini|ya?ml|json|xml|com|net|org|example)|[€$£₽₴][0-9.,]+|&[^\s=&]{1,40}=.*|\w+\.example\S*|[\w\-]+(?:\.[\w\-]+)+\[[0-9a-f.:]{7,39}\]?)"
)
MAILBOX = re.compile(r"\w@[\w\-]+\.")
_PRODUCT = re.compile(
    r"[^\W\d_]+-?[0-9]{1,3}(?:\.[0-9]+)?|[0-9]+(?:st|nd|rd|th|-[^\W\d_]+)|[^\W\d_]+\.[^\W\d_].*"
)
_NUMBERED = re.compile(r"[^\W\d_]+(?:[\-_.][^\W\d_]+)*[\-_.]?[0-9]{1,4}[a-z]?")
MADE_UP, DIGITED = 2.6, 2.0  # how much these forms of a word say
_TRAILING = ".,;:)]}>\"'»”"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be a password, and how much its form says for that."""

    start: int
    end: int
    form: float
    quoted: bool

    @property
    def plain(self) -> bool:
        """Whether nothing tells it from a word of prose."""
        return self.form < 1 and not self.quoted


def strong(value: str) -> bool:
    """Whether a token looks like a made-up secret: letters with digits or signs inside, and no order, link or date."""
    inner = value.strip("\"'«»()[]{}<>*.,;:!?-…")
    if inner.isalpha() and inner[1:].islower():
        return False  # as nearly every word of prose
    if len(value) < 4 or ORDERLY.fullmatch(value):
        return False
    has_digit = any(c.isdigit() for c in inner)
    has_letter = any(c.isalpha() for c in inner)
    sign = any(not c.isalnum() and c not in "-'/.,’" for c in inner)
    hump = any(a.islower() and b.isupper() for a, b in pairwise(inner))
    return (has_digit and has_letter) or (has_letter and (sign or hump)) or (has_digit and sign)


def made_up(value: str) -> bool:
    """Whether a token can only be a secret: small letters and digits with signs or capitals, and no product's name."""
    return (
        len(value) >= 6
        and strong(value)
        and any(c.islower() for c in value)
        and any(c.isdigit() for c in value)
        and any(c.isupper() or not c.isalnum() for c in value)
        and not _PRODUCT.fullmatch(value)
    )


def firm(value: str) -> bool:
    """Whether a made-up token looks like the name of no thing with a number either: Start-SSD-3x, web-03b."""
    return made_up(value) and not _NUMBERED.fullmatch(value)


def inside(match: re.Match[str]) -> tuple[int, int]:
    """What stands inside the quotes that a match of `QUOTED` holds, without the blanks of French ones."""
    group = next(at for at in range(1, 7) if match.group(at) is not None)
    value, start = match.group(group), match.start(group)
    bare = value.strip() or value
    start += value.index(bare)
    return start, start + len(bare)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the quotes and stops round it."""
    while end > start + 1 and text[end - 1] in _TRAILING:
        end -= 1
    while start < end - 1 and text[start] in "\"'«“([<*":
        start += 1
    return start, end
