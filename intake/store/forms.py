"""The forms of what is no free text: words, names, fingerprints, decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

WORD = re.compile(r"\w[\w.:/+@<>-]{0,119}")  # a word, an id, a version, a place in code: no blanks
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,255}")  # a mailbox, folder or keyword of the config
HMAC = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
CURRENCY = re.compile(r"[A-Z]{3}")
LAST_FOUR = re.compile(r"[0-9A-Z]{1,4}")
# As many digits as the shortest card number (ISO/IEC 7812-1: 12 here, as issuers use them), however set apart
_PAN_LIKE = re.compile(r"\d(?:[ ./:_-]?\d){11}")
# The encoded form of argon2id (PHC string format): parameters, salt and hash, no room for words
ARGON2ID = re.compile(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{16,64}\$[A-Za-z0-9+/]{32,90}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = 38  # of an amount, and how far from them its point may lie


def unlike_a_card(text: str) -> bool:
    """Whether a word of ours cannot hide a card number; a second belt, dates and versions pass."""
    return len(text) < 12 or _PAN_LIKE.search(text) is None


def is_word(value: object) -> bool:
    """Whether this is a word or id of ours, in which no card number can hide."""
    return isinstance(value, str) and _is_word(str(value))


@lru_cache(maxsize=4096)  # each row repeats the same few words
def _is_word(text: str) -> bool:
    return WORD.fullmatch(text) is not None and unlike_a_card(text)


def is_name(value: object) -> bool:
    """Whether this is a name of the config: a mailbox, a folder, a keyword."""
    return isinstance(value, str) and _is_name(str(value))


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def is_term(value: object) -> bool:
    """Whether this is a name that a policy gave to a clause; no card number hides in it."""
    return is_name(value) and unlike_a_card(str(value))


def is_hmac(value: object) -> bool:
    """Whether this is a keyed fingerprint, a digest or a salt."""
    return isinstance(value, str) and HMAC.fullmatch(value) is not None


def is_password_hash(value: object) -> bool:
    """Whether this is an encoded argon2id hash."""
    return isinstance(value, str) and ARGON2ID.fullmatch(value) is not None


def is_currency(value: object) -> bool:
    """Whether this looks like an ISO 4217 code."""
    return isinstance(value, str) and CURRENCY.fullmatch(value) is not None


def is_last_four(value: object) -> bool:
    """Whether this can be the end of a card or account number."""
    return isinstance(value, str) and LAST_FOUR.fullmatch(value) is not None


def storable(text: str) -> str:
    """PostgreSQL takes no NUL, neither database lone surrogates: one U+FFFD each, so that offsets hold."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def is_plain_decimal(value: Decimal) -> bool:
    """Whether the amount is finite and written out in at most 38 digits."""
    _, digits, exponent = value.as_tuple()
    return isinstance(exponent, int) and abs(exponent) <= _DIGITS and len(digits) <= _DIGITS
