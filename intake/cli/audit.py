"""`intake audit`: whether the history is what was written."""

from __future__ import annotations

import typer

from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.errors import Exit
from intake.log import Event, emit


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="The history of the cases.", rich_markup_mode="rich")
    group.callback()(_group)
    group.command(epilog=examples("audit verify && echo whole"))(verify)
    app.add_typer(group, name="audit")


def _group() -> None:
    """The history of the cases."""


def verify(ctx: typer.Context) -> None:
    """Check every chain: exit status 1 and one line a place where a row was altered, lost or put in.

    What was erased by retention or on request breaks nothing.
    """
    with open_store(ctx) as store:
        broken = store.broken_audit()
    for label, position in broken:
        emit(Event.AUDIT_BROKEN, case_id=label, row=position)
        typer.echo(f"{label}: broken at row {position}")
    if broken:
        raise typer.Exit(Exit.PROBLEM)
    typer.echo("Every chain holds.")
