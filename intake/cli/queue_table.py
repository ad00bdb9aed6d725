"""The queue as a table: `intake queue list` and `intake demo` print the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rich.table import Table
from rich.text import Text

from intake.store.values import CaseRow, State

_OUTCOMES = {
    "approve": "bold green",
    "approve_if_verified": "green",
    "needs_information": "yellow",
    "manual_review": "cyan",
    "hold_identity": "magenta",
    "deny": "red",
}
_HEADINGS = ("case", "policy", "language", "account", "order", "amount", "outcome", "missing", "due")


def queue_table(rows: Iterable[CaseRow], *, today: date | None = None) -> Table:
    """One line a case; with `today` given, what is overdue stands out.

    Cells are `Text`, never markup: a customer's words cannot colour the operator's terminal.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True)
    for heading in _HEADINGS:
        right = heading == "amount"
        table.add_column(
            heading,
            justify="right" if right else "left",
            no_wrap=heading in {"case", "policy", "language", "amount", "due"},
            overflow="fold",
        )
    for row in rows:
        late = today is not None and row.due is not None and row.due < today and row.state is not State.CLOSED
        table.add_row(
            Text(row.label, style="bold"),
            Text(row.policy),
            Text(row.language),
            _cell(row.account_email.text if row.account_email else None),
            _cell(row.order_number.text if row.order_number else None),
            _cell(money(row)),
            Text(row.outcome, style=_OUTCOMES.get(row.outcome, "")),
            _cell(", ".join(row.missing)),
            Text(f"{row.due} late", style="bold red")
            if late
            else _cell(row.due.isoformat() if row.due else None),
        )
    return table


def money(row: CaseRow) -> str | None:
    """The sum as claimed; its currency may be unknown."""
    return None if row.amount is None else f"{row.amount:f} {row.currency or '?'}"


def _cell(text: str | None) -> Text:
    return Text(printable(text)) if text else Text("-", style="dim")


def printable(text: str) -> str:
    """Without control characters: mail must not steer the terminal that shows it (CWE-150)."""
    return "".join(c if c in "\n\t" or (c.isprintable()) else "\N{REPLACEMENT CHARACTER}" for c in text)
