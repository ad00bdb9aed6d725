"""`intake queue reprocess, export, stats`: many cases at once."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from intake.cli.acting import working
from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.cli.queue.days import Days
from intake.cli.queue.filters import Mailbox, Outcome, Overdue, PolicyId, States, query_of
from intake.errors import BadDataError, CannotCreateError, ConfigError, Exit, Problem

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet run a cell (OWASP, CSV injection), full-width forms included."""
_BEHIND_A_BREAK: Final = re.compile(r"([;,|]\s*|(?<=\S)[\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
"""Where a spreadsheet of another country, which splits at semicolons, would begin a cell."""
EXPORT_EXAMPLES = examples(
    "queue export --state closed --out closed.csv", "queue export --format jsonl | jq .verdict"
)


def register(group: typer.Typer) -> None:
    """Adds the commands to `intake queue`."""
    group.command(epilog=examples("queue reprocess --open --dry-run", "queue reprocess R-1042"))(reprocess)
    group.command(epilog=EXPORT_EXAMPLES)(export)
    group.command(epilog=examples("queue stats", "queue stats --json"))(stats)


def reprocess(
    ctx: typer.Context,
    case: Annotated[str | None, typer.Argument(metavar="CASE", help="One case; else --open.")] = None,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Every open case.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Decide again by the policies as they are now; prints each case whose outcome or amount changes."""
    if (case is not None) is open_:
        raise typer.BadParameter("either a case, or --open", param_hint="CASE")
    from intake.casework.states import OPEN
    from intake.store.values import CaseQuery

    with working(ctx) as work:
        names = [case] if case else [row.label for row in work.store.cases(CaseQuery(states=OPEN))]
        changed = failed = 0
        for name in names:
            try:
                found = work.desk.reprocess(name, dry_run=dry_run)
            except (BadDataError, ConfigError) as error:  # a policy that is gone keeps no other case waiting
                failed += 1
                for problem in error.problems:
                    typer.echo(f"{name}: {problem}", err=True)
                continue
            if found is not None:
                changed += 1
                was, now = (amount or "open" for amount in (found.amount_before, found.amount_after))
                typer.echo(
                    f"{found.case}  {found.before} -> {found.after}  {was} -> {now}  ({found.policy_version})"
                )
    verb = "would change" if dry_run else "changed"
    typer.echo(f"{changed} of {len(names)} {verb}", err=True)
    if failed:
        raise typer.Exit(Exit.PROBLEM)


def export(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    form: Annotated[
        str, typer.Option("--format", metavar="csv|jsonl", help="RFC 4180, or an object a line.")
    ] = "csv",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file, readable by you alone; else printed."),
    ] = None,
    state: States = None,
    mailbox: Mailbox = None,
    policy: PolicyId = None,
    outcome: Outcome = None,
    overdue: Overdue = False,
) -> None:
    """Write cases out: money as decimal text with its currency, times with their offset, no cell that runs."""
    if form not in {"csv", "jsonl"}:
        raise typer.BadParameter("csv or jsonl", param_hint="--format")
    from intake.store.reports import COLUMNS, export_rows

    query = query_of(Days(ctx), state=state, mailbox=mailbox, policy=policy, outcome=outcome, overdue=overdue)
    with open_store(ctx) as store, store.reading() as connection:
        rows = list(export_rows(connection, query))
    text = as_csv(COLUMNS, rows) if form == "csv" else as_lines(rows)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotCreateError(
            Problem(where=str(out), what="is there already", remedy="remove it, or name another")
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    typer.echo(f"{len(rows)} cases in {out}", err=True)


def stats(
    ctx: typer.Context,
    *,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, help="What was decided in N days.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Count cases by state, outcome and missing field, and what people decided."""
    from intake.store.reports import stats as counted

    moment = datetime.now(UTC)
    today = Days(ctx, moment)
    with open_store(ctx) as store, store.reading() as connection:
        found = counted(
            connection, today=today.utc, days=dict(today.all), since=moment - timedelta(days=days)
        )
    if as_json:
        typer.echo(json.dumps({"days": days, **found}, ensure_ascii=False, indent=2))
        return
    for name, value in found.items():
        shown = (
            value
            if not isinstance(value, dict)
            else "  ".join(f"{_named(name, key)} {count}" for key, count in value.items())
        )
        typer.echo(f"{name.replace('_', ' '):<18} {'-' if shown == '' else shown}".replace(" None", " -"))


def _named(figure: str, key: object) -> str:
    """What is counted: a clause's id alone would be a number among numbers."""
    return f"clause {key}:" if figure == "overridden" else str(key)


def as_csv(columns: Iterable[str], rows: Iterable[dict[str, object]]) -> str:
    """RFC 4180 with a heading; every cell is text that no spreadsheet runs."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    names = list(columns)
    writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)
    return made.getvalue()


def cell(value: object) -> str:
    """One value as a cell: a list by its words, what would run as a formula behind an apostrophe."""
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    text = _BEHIND_A_BREAK.sub(r"\1'", text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def as_lines(rows: Iterable[dict[str, object]]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
