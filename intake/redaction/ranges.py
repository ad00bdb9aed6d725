"""Card number ranges (ISO/IEC 7812 issuer identification numbers) and the Luhn sum of any window in one step."""

from __future__ import annotations

from itertools import accumulate

# (first and last prefix, lengths). Published ranges of the schemes; national schemes that co-badge
# (RuPay, Elo, Hipercard, Verve) lie inside the ranges of Discover, Maestro and Visa.
_RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),  # Mastercard, second range
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),
    ("300", "305", frozenset({14, 16})),  # Diners
    ("36", "36", frozenset({14, 15, 16, 17, 18, 19})),
    ("38", "39", frozenset({14, 16})),
    ("3528", "3589", frozenset({16, 17, 18, 19})),  # JCB
    ("353", "353", frozenset({16})),  # RuPay with JCB
    ("356", "356", frozenset({16})),
    ("6011", "6011", frozenset({16, 17, 18, 19})),  # Discover
    ("644", "659", frozenset({16, 17, 18, 19})),
    ("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
    ("81", "82", frozenset({16, 17, 18, 19})),  # UnionPay, RuPay
    ("50", "50", frozenset(range(12, 20))),  # Maestro, Dankort, Elo, RuPay, Verve
    ("56", "69", frozenset(range(12, 20))),  # Maestro
    ("2200", "2204", frozenset({16, 17, 18, 19})),  # Mir
    ("9792", "9792", frozenset({16})),  # Troy
    ("9804", "9804", frozenset({16})),  # Prostir
    ("8600", "8600", frozenset({16})),  # Uzcard
    ("9860", "9860", frozenset({16})),  # Humo
    ("9112", "9112", frozenset({16})),  # Belkart
)
_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))


def _table() -> dict[str, frozenset[int]]:
    """Lengths by the first four digits."""
    table: dict[str, frozenset[int]] = {}
    for first, last, lengths in _RANGES:
        for prefix in range(int(first.ljust(4, "0")), int(last.ljust(4, "9")) + 1):
            table[str(prefix)] = table.get(str(prefix), frozenset()) | lengths
    return table


LENGTHS = _table()  # by the first four digits
_NONE: frozenset[int] = frozenset()


def lengths(prefix: str) -> frozenset[int]:
    """How many digits a card that starts with these four digits may have; empty: no card does."""
    return LENGTHS.get(prefix, _NONE)


class LuhnSums:
    """Luhn sums (ISO/IEC 7812-1 annex B) over a row of digits: any window is checked in one step."""

    __slots__ = ("_even", "_odd")

    def __init__(self, digits: str) -> None:
        plain = digits.encode("ascii").translate(_PLAIN)
        doubled = digits.encode("ascii").translate(_DOUBLED)
        odd, even = bytearray(plain), bytearray(plain)
        even[::2] = doubled[::2]
        odd[1::2] = doubled[1::2]
        self._even = tuple(accumulate(even, initial=0))
        self._odd = tuple(accumulate(odd, initial=0))

    def valid(self, start: int, end: int) -> bool:
        """Whether the digits from `start` up to `end` pass: the last one counts plain."""
        sums = self._odd if end % 2 else self._even
        return (sums[end] - sums[start]) % 10 == 0
