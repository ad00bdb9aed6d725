"""Our thread tokens: `[R-1042-k3jx…]` in a subject, `support+r-1042-k3jx…@` in an address.

Whoever sends one back has had our letter, so may add to the case. Nothing of a token is stored: it is computed
again from the case's number under a key of its own, and cut out of every text before that is kept.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from intake.case_label import case_id_of, label
from intake.keys import Keys

_TOKEN: Final = re.compile(r"(?<![a-z0-9])(r-\d{4,15})-([a-z2-7]{16})(?![a-z0-9])", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(rf"[ \t]*\[{_TOKEN.pattern}\]|{_TOKEN.pattern}", re.IGNORECASE)
_MAYBE: Final = re.compile(r"-(?<=[rR]-)[0-9]{4}")  # nearly no text has one: the search skips to the dashes


class Trust(StrEnum):
    """Why a message belongs to its case, and whether it may change what is known there."""

    TOKEN = "token"  # noqa: S105 - the word for it
    KNOWN_SENDER = "known_sender"  # a Message-ID that we know, from the same sender, who is authenticated
    FOR_REVIEW = "for_review"  # Message-IDs can be forged: a person looks, no value changes

    @property
    def speaks(self) -> bool:
        """Whether it may change the case's fields."""
        return self is not Trust.FOR_REVIEW


def token_of(keys: Keys, case_id: int) -> str:
    """The token that stands in letters of this case."""
    return f"{label(case_id)}-{keys.thread_token(case_id)}"


def named_case(texts: Iterable[str], keys: Keys) -> int | None:
    """The id of the case that one of these texts names with its true token; None: none does."""
    for text in texts:
        for name, proof in _TOKEN.findall(text):
            ident = case_id_of(name)
            if ident is not None and hmac.compare_digest(proof.lower(), keys.thread_token(ident)):
                return ident
    return None


def without_tokens(text: str) -> str:
    """The text without anything that looks like a token, its case's label included: that is no order number."""
    return _IN_BRACKETS.sub("", text) if _MAYBE.search(text) else text


def plus_address(address: str, token: str) -> str:
    """The address at which answers bear the token (RFC 5233): `support+r-1042-…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token.lower()}@{domain}"
