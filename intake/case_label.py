"""The name of a case that people use: R-1042."""

from __future__ import annotations


def label(case_id: int) -> str:
    """The name of a case that people use: R-1042."""
    return f"R-{1000 + case_id}"


def case_id_of(text: str) -> int | None:
    """The id behind a label; None where it is no label."""
    head, _, digits = text.strip().upper().partition("-")
    number = int(digits) if head == "R" and digits.isascii() and digits.isdigit() and len(digits) < 15 else 0
    return number - 1000 if number > 1000 else None
