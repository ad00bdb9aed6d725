"""The queue as a table: what a terminal of which width shows."""

from __future__ import annotations

import pytest

from intake.cli.queue.table import queue_table


@pytest.mark.parametrize(
    ("width", "hidden"),
    [(80, {"policy", "lang", "state"}), (120, {"state"}), (136, set[str]()), (200, set[str]())],
)
def test_a_narrow_terminal_leaves_out_what_a_case_itself_shows(width: int, hidden: set[str]) -> None:
    shown = {str(column.header) for column in queue_table([], width=width).columns}
    assert {"case", "account", "amount", "outcome", "due", "policy", "lang", "state"} - shown == hidden
    assert sum(column.width or 0 for column in queue_table([], width=width).columns) <= width
