"""Days told by the time that has passed since a payment: "it's been nine days since I paid"."""

from __future__ import annotations

from collections.abc import Iterator

from intake.extraction.fields.page import Mark, Page

_SINCE_REACH = 3  # tokens from the unit to "since", and on to the word of paying
_PAID_FIRST = 6  # tokens from the word of paying to the unit: "seit der Zahlung sind neun Tage vergangen"


def since_paid(page: Page) -> Iterator[Mark]:
    """The units of time that are counted from a payment, in sentences that say so much has passed."""
    marks = page.group("elapsed")
    sentences = page.tokens.sentences
    passed = {sentences[mark.first] for mark in marks if mark.kind == "passed"}
    if not passed:
        return
    paid = [
        (since.first, mark.last)
        for since in marks
        if since.kind == "since" and sentences[since.first] in passed
        for mark in page.group("cue")
        if mark.kind == "pay" and 0 <= mark.first - since.last < _SINCE_REACH
    ]
    for unit in page.group("unit"):
        if any(
            0 <= first - unit.last < _SINCE_REACH or 0 <= unit.first - last < _PAID_FIRST
            for first, last in paid
            if sentences[first] == sentences[unit.first]
        ):
            yield unit
