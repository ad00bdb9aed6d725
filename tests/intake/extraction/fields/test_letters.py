"""What customers write, in six languages: each line of a table is a letter and what an agent would read in it.

Columns: text ("⏎" is a line break), account, order number, date, amount, method; "-" is none, "?" is open.
All letters are written on Wednesday, 17 June 2026, 10:00 +02:00, by writer@example.org.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.extraction.fields.samples import read

COLUMNS = ("account_email", "order_number", "payment_date", "amount", "method")


def letters() -> list[object]:
    cases: list[object] = []
    for table in sorted((Path(__file__).parent / "letters").glob("*.tsv")):
        language = table.stem.partition("_")[0]
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                text, *wanted = line.split("\t")
                cases.append(pytest.param(text, language, wanted, id=f"{table.stem}-{number}"))
    return cases


@pytest.mark.parametrize(("text", "language", "wanted"), letters())
def test_letter_is_read_as_an_agent_would(text: str, language: str, wanted: list[str]) -> None:
    found = read(text.replace("⏎", "\n"), language)
    expected = {name: value for name, value in zip(COLUMNS, wanted, strict=True) if value != "?"}
    assert {name: found[name] for name in expected} == expected
