"""How days, sums, numbers and methods are written: one short statement a line, in six languages.

Columns: language, text, value of the field that the table is named after; "-" is none, "⏎" a line break.
Written on Wednesday, 17 June 2026, 10:00 +02:00.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.extraction.fields.samples import read


def forms() -> list[object]:
    return [
        pytest.param(table.name.partition(".")[0], *line.split("\t"), id=f"{table.stem}-{number}")
        for table in sorted((Path(__file__).parent / "forms").glob("*.tsv"))
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1)
        if not line.startswith("#")
    ]


@pytest.mark.parametrize(("field", "language", "text", "value"), forms())
def test_form_is_read_as_its_value(field: str, language: str, text: str, value: str) -> None:
    assert read(text.replace("⏎", "\n"), language)[field] == value
