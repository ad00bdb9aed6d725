"""`intake run`, and `intake status` of what it started."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of
from intake.errors import Exit

_FRESH_S = 60.0  # a daemon that is well writes its state every 15 s


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog=examples("-c intake.toml run"))(run)
    app.command(epilog=examples("status || systemctl restart intake"))(status)


def run(
    ctx: typer.Context,
    *,
    poll_interval: Annotated[
        int | None,
        typer.Option(
            "--poll-interval", metavar="SEC", min=1, help="Seconds between polls, of every mailbox."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and count; store nothing, tell the server nothing.")
    ] = False,
) -> None:
    """Take in mail until SIGTERM or Ctrl-C; failures of servers and network are logged and waited out.

    SIGHUP has it read its config again.
    """
    from intake.config.model import Config
    from intake.daemon.run import run_daemon

    def read() -> Config:
        config = config_of(ctx)
        return config if poll_interval is None else config.with_poll_interval(poll_interval)

    run_daemon(read(), reread=read, dry=dry_run)


def status(
    ctx: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell how the running daemon does; exit status 1 where a mailbox is not read, or none is running."""
    from dataclasses import asdict

    from intake.clock import utc_now
    from intake.daemon.status import DaemonStatus

    config = config_of(ctx)
    found = DaemonStatus.read(config.state_dir)
    alive = found is not None and (utc_now() - found.written_at).total_seconds() < _FRESH_S
    running = found is not None and alive and _exists(found.pid)
    if as_json:
        boxes = [asdict(box) for box in found.mailboxes] if found and running else []
        good = bool(found and running and found.ok)
        sys.stdout.write(json.dumps({"running": running, "ok": good, "mailboxes": boxes}) + "\n")
    elif found is None or not running:
        typer.echo("not running" if found is None else "not running; it did not end in good order")
    else:
        typer.echo(f"running since {found.started_at:%Y-%m-%d %H:%M:%S} UTC (pid {found.pid}): {found.line}")
        for box in found.mailboxes:
            last = "never" if box.last_good_s is None else f"{box.last_good_s} s ago"
            state = "ok" if box.ok else f"failing ({box.error_code or 'stalled'}, {box.failures} in a row)"
            coming = "now" if box.running else f"in {box.next_s} s"
            typer.echo(f"  {box.mailbox}: {state}; last good pass {last}, next {coming}")
    if found is None or not running or not found.ok:
        raise typer.Exit(Exit.PROBLEM)


def _exists(pid: int) -> bool:
    """Whether there is such a process; one of another user counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
