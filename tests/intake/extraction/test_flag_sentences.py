"""What raises a flag, and what only looks like it: a table of invented requests in six languages.

Columns of `flags.tsv`: language, flags, body.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.extraction.letters import flags_of, read

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "flags.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("flags", "body"), [row[1:] for row in ROWS], ids=[f"{row[0]}-{at}" for at, row in enumerate(ROWS, 1)]
)
def test_the_flags_of_one_request(flags: str, body: str) -> None:
    assert flags_of(read(body)) == {*flags.split(",")} - {""}
