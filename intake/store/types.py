"""The only column types there are: each refuses what does not belong into it.

SQLite would take a text in a column of numbers, so numbers, flags and days are checked as well. Free text is
`Redacted` or it is refused, in ORM and Core alike; every other text is a word of ours, an id, a name from
the config, a keyed fingerprint or a decimal number, each held to its own form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from intake.redaction.text import Redacted, restored
from intake.store.documents import Document
from intake.store.forms import (
    is_currency,
    is_hmac,
    is_last_four,
    is_name,
    is_password_hash,
    is_term,
    is_word,
    storable,
)
from intake.store.number_types import Day, DecimalText, Flag, Instant, Int

E = TypeVar("E", bound=StrEnum)


class RedactedText(TypeDecorator[Redacted]):
    """Free text: what the redactor let through, and nothing else."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses everything but `Redacted`."""
        if value is None:
            return None
        if type(value) is not Redacted:
            raise TypeError("only redacted text is stored here")
        return storable(value.text)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Redacted | None:
        """What comes out was redacted when it went in."""
        return None if value is None else restored(value)


class TypedJson(TypeDecorator[Document]):
    """JSON built by `documents.document` from typed values, and nothing else."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses everything but a `Document`."""
        if value is None:
            return None
        if type(value) is not Document:
            raise TypeError("only a document of typed values is stored here")
        return storable(value.json)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Document | None:
        """The document as it was built."""
        return None if value is None else Document.stored(value)


class _Formed(TypeDecorator[str]):
    """A short text that has one form."""

    impl = String
    cache_ok = True
    accepts = staticmethod(is_word)
    length = 120

    def __init__(self) -> None:
        super().__init__(self.length)

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses what has not the form, without repeating it."""
        if value is None:
            return None
        if not self.accepts(value):
            raise TypeError(f"this is no {type(self).__name__}")
        return str(value)


class Word(_Formed):
    """A word of an enum, an id, a rule's name, a version."""

    cache_ok = True


class Name(_Formed):
    """A name from the config: a mailbox, a folder, a keyword; of a policy: its version."""

    cache_ok = True
    accepts = staticmethod(is_name)
    length = 255


class Hmac(_Formed):
    """A keyed fingerprint, a digest, a salt, a key's id: 32 or 64 hex digits."""

    cache_ok = True
    accepts = staticmethod(is_hmac)
    length = 64


class PasswordHash(_Formed):
    """An argon2id hash in its encoded form, never a password."""

    cache_ok = True
    accepts = staticmethod(is_password_hash)
    length = 255


class Currency(_Formed):
    """An ISO 4217 code."""

    cache_ok = True
    accepts = staticmethod(is_currency)
    length = 3


class LastFour(_Formed):
    """The end of a card or account number: PCI DSS 3.4.1 allows to show it."""

    cache_ok = True
    accepts = staticmethod(is_last_four)
    length = 4


class Words(TypeDecorator[tuple[str, ...]]):
    """A short list of words of ours, as a JSON list."""

    impl = Text
    cache_ok = True
    accepts = staticmethod(is_word)

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses a list in which anything is no word."""
        if value is None:
            return None
        if not isinstance(value, tuple) or not all(self.accepts(word) for word in value):
            raise TypeError("this is no tuple of words")
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[str, ...] | None:
        """The words."""
        return None if value is None else tuple(json.loads(value))


class Names(Words):
    """A short list of names from a policy: its clauses, what it offers instead of money."""

    cache_ok = True
    accepts = staticmethod(is_term)


class OneOf(TypeDecorator[str]):
    """One of a few declared words."""

    impl = String
    cache_ok = True

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(40)
        self.words = words

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses every other text."""
        if value is not None and value not in self.words:
            raise TypeError("this is none of the declared words")
        return None if value is None else str(value)


class Choice(TypeDecorator[E], Generic[E]):
    """A member of one enum."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__(40)
        self.enum = enum

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses every text, the right one too: only members."""
        if value is None:
            return None
        if not isinstance(value, self.enum):
            raise TypeError(f"this is no {self.enum.__name__}")
        return value.value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> E | None:
        """The member."""
        return None if value is None else self.enum(value)


CHECKED: Iterable[type[TypeDecorator[Any]]] = (
    RedactedText,
    TypedJson,
    Word,
    Name,
    Hmac,
    PasswordHash,
    Currency,
    LastFour,
    Words,
    Names,
    OneOf,
    Choice,
    Int,
    Flag,
    Day,
    Instant,
    DecimalText,
)
"""Every type that a column may have (held by a test that walks all tables)."""
