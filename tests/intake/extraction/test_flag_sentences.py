"""What raises a flag, and what only looks like it: a table of invented requests in six languages.

Columns of `flags.tsv`: language, flags, body.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.extraction.extract import extract
from tests.intake.extraction.letters import SETTINGS, answer, flags_of, read

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "flags.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("flags", "body"), [row[1:] for row in ROWS], ids=[f"{row[0]}-{at}" for at, row in enumerate(ROWS, 1)]
)
def test_the_flags_of_one_request(flags: str, body: str) -> None:
    assert flags_of(read(body)) == {*flags.split(",")} - {""}


@pytest.mark.parametrize(
    ("question", "body", "flags"),
    [
        ("Would you give us another week?", "No, I will not give you another week.", {"declines_waiting"}),
        ("Wären Sie bereit, noch eine Woche zu warten?", "Noch eine Woche möchte ich nicht warten.", {"declines_waiting"}),
        ("Would 14 more days on the plan settle it?", "No thanks, days on it are no use.", {"declines_alternative"}),
        ("We can extend your plan by 14 days.", "It is still broken so no i dont want the 14 days", {"declines_alternative"}),
        ("We can extend your plan by 14 days.", "I don't want to wait 14 days for my refund.", set()),
        ("L'activation est prévue demain.", "Non, n'activez plus rien.", {"declines_waiting"}),
        ("Which card was it?", "It was my Visa, not the other one.", set()),
    ],
)  # fmt: skip
def test_a_no_in_a_reply_is_to_what_was_asked(question: str, body: str, flags: set[str]) -> None:
    assert flags_of(extract(answer(body, question=question), SETTINGS)) == flags


@pytest.mark.parametrize(
    ("body", "several"),
    [
        ("Please give me my money back: plan (EO-20001, 60 EUR) and storage (EO-20009, 12 EUR), both from May.", True),
        ("Refund the plan please, EO-20001 of 60 EUR; EO-20009 of 12 EUR runs well and I keep it.", False),
        ("Refund EO-20001 please, under article 5/2007 of the law.", False),
        ("Please refund both.\n\nService\tInvoice\tPaid\nds-2201\tINV-73001\t49 EUR\nds-2207\tINV-73064\t79 EUR", True),
        ("Please refund it.\n\nService\tInvoice\tPaid\nds-2201\tINV-73001\t49 EUR", False),
        ("Прошу повернути кошти.\n1. Дата: 24 серпня 2026 р.\n2. Сума: 1 749,00 грн", False),
        ("Прошу повернути кошти.\n1. EO-4401, 749 грн\n2. EO-4420, 500 р.", True),
        ("Order EO-141290, USD 144.00, never came. Kindly refund 144 on same card.", False),
    ],
)  # fmt: skip
def test_two_numbers_are_two_requests_where_both_are_asked_back(body: str, several: bool) -> None:  # noqa: FBT001 - a column
    assert ("several_requests" in flags_of(read(body))) is several
