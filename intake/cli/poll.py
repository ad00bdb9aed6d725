"""`intake poll`: taking in mail once."""

from __future__ import annotations

import json
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of
from intake.errors import IntakeError, gravest

if TYPE_CHECKING:
    from intake.poll.values import Counts

EPILOG = examples("poll --once --json | jq .cases", "poll --once --dry-run --since 2026-06-01")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EPILOG)(poll)


def poll(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="One pass over each mailbox, then end.")] = False,
    mailbox: Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this one.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--max",
            metavar="N",
            min=1,
            help="Read at most so many new messages a mailbox; the others are pending.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="All mail received from this day on, older than start_from too."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and count; store nothing, tell the server nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mailbox, a line each.")] = False,
) -> None:
    """Take in what is new, once, and print what became of it."""
    from intake.daemon.run import poll_once
    from intake.engine.dry import open_dry
    from intake.engine.engine import open_engine
    from intake.signals import heeding_signals

    if not once:
        raise typer.BadParameter("say --once; to poll on and on there is `intake run`", param_hint="poll")
    first_day = _day(since)
    config = config_of(ctx)
    stop = threading.Event()
    failures: list[IntakeError] = []
    opened = open_dry if dry_run else open_engine
    with heeding_signals(stop), opened(config, stop=stop, only=mailbox) as engine:
        for poller in engine.pollers:
            try:
                counts = poll_once(engine, poller.name, limit=limit, since=first_day)
            except IntakeError as error:  # the other mailboxes do not wait for this one's repair
                failures.append(error)
            else:
                _print(poller.name, counts, as_json=as_json)
    if failures:
        for problem in (problem for error in failures for problem in error.problems):
            typer.echo(f"intake: {problem}", err=True)
        raise typer.Exit(gravest({error.exit for error in failures}))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a day as 2026-06-01", param_hint="--since") from None


def _print(name: str, counts: Counts, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"mailbox": name, **counts.to_dict()}) + "\n")
        return
    what = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.to_dict().items() if count)
    typer.echo(f"{name}: {what or 'nothing new'}")
