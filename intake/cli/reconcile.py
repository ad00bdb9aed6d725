"""`intake reconcile`: what lies on the servers against what has a row."""

from __future__ import annotations

import json
import sys
import threading
from typing import Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of
from intake.errors import Exit, IntakeError, gravest


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=examples("reconcile --json | jq .missing"))(reconcile)


def reconcile(
    ctx: typer.Context,
    *,
    mailbox: Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a folder, a line each.")] = False,
) -> None:
    """Compare server and rows, and take in what is missing; ends with 1 where something was.

    The daemon does it by itself, once an hour.
    """
    from intake.engine.engine import open_engine
    from intake.poll.reconcile import reconcile as compare
    from intake.signals import heeding_signals

    stop = threading.Event()
    missing = 0
    failures: list[IntakeError] = []
    with heeding_signals(stop), open_engine(config_of(ctx), stop=stop, only=mailbox) as engine:
        for poller in engine.pollers:
            try:
                for done in compare(poller, engine.store):
                    missing += done.missing
                    told = done.to_dict()
                    if as_json:
                        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
                        continue
                    typer.echo(
                        f"{done.mailbox}/{done.folder}: {done.server} on the server, {done.rows} accounted for, "
                        f"{done.missing} missing, {done.fetched} of them taken in now, {done.gone} gone"
                    )
            except IntakeError as error:  # the other mailboxes do not wait for this one's repair
                failures.append(error)
    for problem in (problem for error in failures for problem in error.problems):
        typer.echo(f"intake: {problem}", err=True)
    if failures:
        raise typer.Exit(gravest({error.exit for error in failures}))
    if missing:
        raise typer.Exit(Exit.PROBLEM)
