"""The queue as a table: `intake queue list` and `intake demo` print the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.table import Table
from rich.text import Text

from intake.store.values import CaseRow

_OUTCOMES = {
    "approve": "bold green",
    "approve_if_verified": "green",
    "needs_information": "yellow",
    "manual_review": "cyan",
    "hold_identity": "magenta",
    "deny": "red",
}
_WIDTHS = {
    "case": 6,
    "policy": 8,
    "lang": 4,
    "amount": 11,
    "outcome": 19,
    "missing": 13,
    "due": 11,
    "state": 17,
}
_COLUMNS = ("case", "policy", "lang", "account", "order", "amount", "outcome", "missing", "due", "state")
PIPED_WIDTH = 140  # where no terminal says how wide it is
_NARROW = 100  # below this a line has no room for policy and language; `queue show` has them
_WIDE = 136  # from here on it has room for the state


def queue_table(
    rows: Iterable[CaseRow], *, late: Callable[[CaseRow], bool] | None = None, width: int = 120
) -> Table:
    """One line a case; with `late` given, what is overdue stands out.

    Cells are `Text`, never markup: a customer's words cannot colour the operator's terminal.

    Args:
        rows: the cases, in the order in which they are shown.
        late: whether the due day of a case is over.
        width: of the terminal, in columns; account and order share what the others leave.
    """
    hidden = ({"state"} if width < _WIDE else set()) | ({"policy", "lang"} if width < _NARROW else set())
    columns = [name for name in _COLUMNS if name not in hidden]
    spare = max(14, width - len(columns) - sum(_WIDTHS.get(name, 0) for name in columns))
    widths = _WIDTHS | {"order": max(6, min(16, spare // 3)), "account": spare - max(6, min(16, spare // 3))}
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(
            name,
            justify="right" if name == "amount" else "left",
            width=min(widths[name], 34),
            no_wrap=name != "missing",
            overflow="ellipsis" if name in {"account", "order"} else "fold",
        )
    for row in rows:
        cells = _cells(row, late=late is not None and late(row))
        table.add_row(*(cells[name] for name in columns))
    return table


def _cells(row: CaseRow, *, late: bool) -> dict[str, Text]:
    due = row.due.isoformat() if row.due else None
    return {
        "case": Text(row.label, style="bold"),
        "policy": Text(row.policy),
        "lang": Text(row.language),
        "account": _cell(row.account_email.text if row.account_email else None),
        "order": _cell(row.order_number.text if row.order_number else None),
        "amount": _cell(money(row)),
        "outcome": Text(row.outcome, style=_OUTCOMES.get(row.outcome, "")),
        "missing": _cell("\n".join(row.missing)),
        "due": Text(f"{due}!", style="bold red") if late else _cell(due),
        "state": Text(row.state),
    }


def money(row: CaseRow) -> str | None:
    """The sum as claimed; its currency may be unknown."""
    return None if row.amount is None else f"{row.amount:f} {row.currency or '?'}"


def _cell(text: str | None) -> Text:
    return Text(printable(text)) if text else Text("-", style="dim")


def printable(text: str) -> str:
    """Without control characters: mail must not steer the terminal that shows it (CWE-150)."""
    return "".join(c if c in "\n\t" or (c.isprintable()) else "\N{REPLACEMENT CHARACTER}" for c in text)
