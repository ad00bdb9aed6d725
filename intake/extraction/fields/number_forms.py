"""Forms of numbers that name something: 31-20077, DX.7719, A7-00192; no phone, no size, no version."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ID = re.compile(
    r"(?<![\w@.,/+•-])(?:[a-zа-яіїєґ]{2,4} \d{5,}(?![\w-])|\d{1,4}(?: \d{3,4}){1,3}(?![\w-])|\d{2,3}(?: \d{2,4}){2,4}(?![\w-])|(?=[\w/.-]{0,24}\d)[^\W_](?:[^\W_]|[-_/](?=[^\W_])|\.(?=\d))*)"
)
_OWN_FORM = re.compile(r"(?:[a-z]{1,6}|[а-яіїєґ]{1,3})(?:[-_/]\d+)*[-_/]?\d{2,}(?:[-_/][a-z0-9]+)*")
# With dots: DX.7719 and 2026.0815 name something, 49.90, 1.490, 22.04 and 10.0.0.1 do not.
DOTTED = re.compile(r"[a-z][\w/-]*\.\d{3,}[\w/-]*|(?!\d+\.\d\d$)\d{4,}(?:\.\d+)+(?:[-/]\w+)*")
_GROUPS = re.compile(
    r"(?!(?:20\d\d-){1,2})(?!\d{3}-\d\d-\d\d$)(?:\d{1,6}(?:-\d+)*-\d{3,}(?:-\d+)*|\d{4,}-[a-zа-яіїє]{1,2})"
)  # 31-20077, 88-204-1, 6620-A; 555-01-02 is a phone
PHONE = re.compile(  # its first sign stands apart, so that it is searched for quickly
    r"[+(\d](?:(?<=\+)\d[\d ()/-]{7,}\d|(?<=\()\d{2,5}\) ?\d[\d -]{4,}\d|(?<=0)(?<![\w-]0)\d{2,4}(?:[ -]\d{2,4}){2,}|(?<=0)(?<![\w-]0)(?:\d{2,4} \d{5,8}|\d{8,11})\b|(?<=\d)(?<![\w-]\d)\d{2}-\d{2}-\d{2}\b|(?<=\d)(?<![\w-]\d)\d{2}[ -]\d{3}[ -]\d{2,4}(?:[ -]\d{2})?\b)",
    re.ASCII,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHORT = re.compile(
    r"(?=.{3,4}$)(?=\D*\d\D*\d\D*$)[^\W\d_]\w*-?\w+"
)  # A17, P77X, A-77: too short to be a number without a label
PRODUCT = re.compile(  # M-500, Start-10000, VPS-2000: as products are called
    r"[^\W\d_]+-?(?:\d\d?0|\d\d00)|[^\W\d_]{4,}-?\d+00"
)
_PARTS = re.compile(r"\d[\d-]*-[^\W\d_]{1,3}(?:-\d+)?")  # 2026-A-1180, 7741-20-B
_DIGIT = re.compile(r"\d")
_BEFORE_DIGIT = 24  # characters of a number that may stand before its first digit, see `_ID`
_PRODUCT_DIGITS = 4  # VPS-2, RTX-3060: too few figures to be an order without a label
_NOT_IDS = re.compile(
    r"\d+(?:gb|tb|mb|kb|ghz|mhz|px|mm|cm|kg|km|h|hr|hrs|min|st|nd|rd|th|x|ms|fps|go|to|mo|гб|тб|мб|шт|мес|го|й|я|е|м|ч|х|р|руб|usd|eur|k|к)|\d{1,2}/\d{1,2}|24/7|cve-.*|iso-.*|utf-?\d+|sha-?\d+|covid-.*|mp3|h26[45]|x86|win\d+|i[3579]-\d+\w*|[gr]tx-?\d+\w*|ddr\d\w*"
)


def numbers(text: str) -> Iterator[re.Match[str]]:
    """Every match of `_ID`; text without digits is passed over."""
    at = 0
    while (digit := _DIGIT.search(text, at)) and (
        match := _ID.search(text, max(at, digit.start() - _BEFORE_DIGIT))
    ):
        yield match
        at = match.end()


def like_id(text: str, match: re.Match[str]) -> bool:
    """Whether a match of `numbers` may name an order at all, by itself and what follows it."""
    word = match.group()
    figures = sum(map(str.isdigit, word))
    if _UUID.fullmatch(word):
        return True
    few = figures == 2 and (
        SHORT.fullmatch(word) or (len(word) > 4 and any(map(str.isalpha, word)))
    )  # KX-PQ-77
    if (figures < 3 and not few) or len(word) > 32 or figures > 20 or _NOT_IDS.fullmatch(word):
        return False
    if not set(word) - set("0-/_ "):
        return False
    if word.lstrip("abcdefghijklmnopqrstuvwxyz-_/ ").strip("0") == "" and figures >= 4:
        return False  # EO-000000: a sample
    after = text[match.end() : match.end() + 2]
    # a host name, an address, a time, a share, a range of numbers
    return not (after[:1] in {"@", "%", "\x00"} or (after[:1] in {".", ":", ","} and after[1:].isalnum()))


def own_form(text: str, figures: int) -> float:
    """What the form alone is worth: EO-102230 names something, 2026 does not."""
    if text.isdigit():
        if 5 <= figures <= 9:
            return 0.46
        return 0.15
    parts = _PARTS.fullmatch(text) and figures > _PRODUCT_DIGITS
    if parts or (_GROUPS.fullmatch(text) and (6 <= figures <= 14 or text[-1].isalpha())):
        return 0.44
    if _OWN_FORM.fullmatch(text) and "-" in text:
        return 0.78 if figures > _PRODUCT_DIGITS else 0.5 if figures == _PRODUCT_DIGITS else 0.25
    if _OWN_FORM.fullmatch(text):
        return 0.6 if figures > _PRODUCT_DIGITS else 0.25
    return 0.25
