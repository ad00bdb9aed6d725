"""The two text types: what a customer typed, and what may leave memory (locks 1 and 2 of the design).

`Sensitive` reveals nothing unless asked in so many words; `Redacted` can be made by the redactor alone.
Neither is a `str`, so a type checker and the database column refuse the wrong one.
"""

from __future__ import annotations

from typing import NoReturn, final

_SEAL = object()


@final
class Sensitive:
    """Text as received: may hold card numbers and passwords (PCI DSS 3.3.1), so it prints as nothing."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for the redactor, and for matching Message-IDs in memory."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Sensitive, self._text))

    def __repr__(self) -> str:
        return f"Sensitive(<{len(self._text)} characters>)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Sensitive text is never pickled: send the raw bytes instead")


@final
class Redacted:
    """Text that went through the redactor: may be stored, logged to a case and shown."""

    __slots__ = ("_text",)

    def __init__(self, text: str, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("Redacted text comes from the redactor alone")
        self._text = text

    @property
    def text(self) -> str:
        """The redacted text."""
        return self._text

    def slice(self, start: int, end: int) -> Redacted:
        """The part from `start` up to `end`, in code points: a slice of redacted text is redacted."""
        return Redacted(self._text[start:end], _SEAL)

    def derive(self, value: str) -> Redacted:
        """A normalised form of this text (case, blanks, dashes), such as an order number or an address.

        Raises:
            ValueError: `value` has a letter or digit that this text does not have in that order,
                so it cannot be a normal form of it.
        """
        if _skeleton(value) not in _skeleton(self._text):
            raise ValueError("a derived value may only repeat what its redacted source says")
        return Redacted(value, _SEAL)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Redacted) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Redacted, self._text))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Redacted({self._text!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Redacted text is never pickled: it travels as JSON through `restored`")


def _skeleton(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def sealed(text: str) -> Redacted:
    """For the redactor alone (held by tests/test_house.py): `text` has been redacted."""
    return Redacted(text, _SEAL)


def restored(text: str) -> Redacted:
    """For the store and the worker boundary alone (held by tests/test_house.py): it was redacted before."""
    return Redacted(text, _SEAL)
