"""`intake run` and `intake poll`: taking in mail, for ever or once."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.settings import config_of
from intake.errors import Exit, IntakeError

if TYPE_CHECKING:
    from intake.poll_values import Counts

_RANK = (Exit.CONFIG, Exit.NO_PERMISSION, Exit.UNAVAILABLE, Exit.IO, Exit.TRY_AGAIN)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog="Example: [bold]intake -c intake.toml run[/bold]")(run)
    app.command(epilog="Example: [bold]intake poll --once --json | jq .cases[/bold]")(poll)


def run(
    ctx: typer.Context,
    *,
    poll_interval: Annotated[
        int | None,
        typer.Option(
            "--poll-interval", metavar="SEC", min=1, help="Seconds between polls, of every mailbox."
        ),
    ] = None,
) -> None:
    """Take in mail until SIGTERM or Ctrl-C; failures of servers and network are logged and waited out."""
    from intake.daemon import run_daemon

    config = config_of(ctx)
    run_daemon(config if poll_interval is None else config.with_poll_interval(poll_interval))


def poll(
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="One pass over each mailbox, then end.")] = False,
    mailbox: Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this one.")] = None,
    limit: Annotated[
        int | None, typer.Option("--max", metavar="N", min=1, help="At most so many messages a mailbox.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mailbox, a line each.")] = False,
) -> None:
    """Take in what is new, once, and print what became of it."""
    from intake.daemon import poll_once
    from intake.engine import open_engine
    from intake.signals import heeding_signals

    if not once:
        raise typer.BadParameter("say --once; to poll on and on there is `intake run`", param_hint="poll")
    config = config_of(ctx)
    stop = threading.Event()
    failures: list[IntakeError] = []
    with heeding_signals(stop), open_engine(config, stop=stop, only=mailbox) as engine:
        for poller in engine.pollers:
            try:
                counts = poll_once(engine, poller.name, limit=limit)
            except IntakeError as error:  # the other mailboxes do not wait for this one's repair
                failures.append(error)
            else:
                _print(poller.name, counts, as_json=as_json)
    if failures:
        for problem in (problem for error in failures for problem in error.problems):
            typer.echo(f"intake: {problem}", err=True)
        exits = {error.exit for error in failures}
        raise typer.Exit(next((code for code in _RANK if code in exits), Exit.PROBLEM))


def _print(name: str, counts: Counts, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"mailbox": name, **counts.to_dict()}) + "\n")
        return
    what = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.to_dict().items() if count)
    typer.echo(f"{name}: {what or 'nothing new'}")
