"""`intake demo`: a support mailbox becomes a queue of refund cases, with nothing to configure."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.context import Globals
from intake.cli.examples import examples

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from intake.demo.runner import Options, Result


EPILOG = examples("demo", "demo --messages 300 --seed 7", "demo --once --json | jq '.\\[] | .outcome'")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EPILOG)(demo)


def demo(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="End when the mailboxes are worked off.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The queue as one JSON array, nothing else.")
    ] = False,
    messages: Annotated[
        int | None,
        typer.Option(
            "--messages",
            metavar="N",
            min=1,
            max=20_000,
            help="So many; varied copies beyond the hand-written ones.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Varies the copies; the same ones for the same N.")
    ] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Work in this new directory and leave it there at the end."
        ),
    ] = None,
) -> None:
    """Start an IMAP server on loopback, fill it with invented mail, and run the daemon on it until Ctrl-C.

    No configuration, no root, no network beyond this machine. Everything lies in a throw-away directory.
    """
    from intake.demo.runner import Options, run_demo

    given = ctx.obj or Globals()
    options = Options(messages=messages, seed=seed, once=once, keep=keep, log_level=given.log_level or "info")
    screen = _Screen(options, as_json=as_json, color=given.color)
    try:
        run_demo(options, screen)
    finally:
        screen.ended()


class _Screen:
    """Data on standard output, talk on standard error; a progress bar on a terminal alone."""

    def __init__(self, options: Options, *, as_json: bool, color: bool) -> None:
        self._options = options
        self._as_json = as_json
        self._color = color
        self._messages = 0
        self._bar: tuple[Progress, TaskID] | None = None

    def begin(self, messages: int) -> None:
        """Says what lies ahead."""
        self._messages = messages
        self._say(f"intake demo: {messages} invented messages in two mailboxes, taken in over IMAP …")
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True, no_color=not self._color), transient=True)
            bar.start()
            self._bar = bar, bar.add_task("messages", total=messages)

    def recorded(self, done: int) -> None:
        """Moves the bar; without a terminal, a line for each quarter."""
        if self._bar:
            progress, task = self._bar
            progress.update(task, completed=done)
        elif done * 4 // max(self._messages, 1) > (done - 1) * 4 // max(self._messages, 1):
            self._say(f"intake demo: {done} of {self._messages}")

    def finished(self, result: Result) -> None:
        """The queue, the count of everything, and where things lie."""
        self.ended()
        if self._as_json:
            rows = [row.to_dict() for row in result.rows]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            self._table(result)
        typer.echo(_sum(result), err=self._as_json)
        if not self._options.once or self._options.keep:
            self._places(result)

    def ended(self) -> None:
        """Takes the bar away, however the work ended."""
        if self._bar:
            self._bar[0].stop()
            self._bar = None

    def _table(self, result: Result) -> None:
        from rich.console import Console

        from intake.cli.queue.table import PIPED_WIDTH, queue_table

        out = sys.stdout
        width = None if out.isatty() else PIPED_WIDTH
        console = Console(file=out, width=width, no_color=not self._color, highlight=False)
        console.print(queue_table(result.rows, width=console.width))

    def _places(self, result: Result) -> None:
        place = result.place
        self._say(f"  config    {place.config_file}")
        self._say(f"  database  {place.database_file}")
        self._say(f"  log       {place.log_file}")
        if self._options.once:
            return
        users = " and ".join(place.config.mailbox)
        self._say(
            f"  IMAP      127.0.0.1:{result.port}, users {users}, password in {place.directory / 'imap-password'}"
        )
        if result.rows:
            self._say(f"Look closer:  intake -c {place.config_file} queue show {result.rows[0].label}")
            self._say(f"Work it:      intake -c {place.config_file} queue next    (you are its lead)")
        end = "ends" if self._options.keep else "ends and removes the directory"
        self._say(f"Polling goes on; Ctrl-C {end}.")

    def _say(self, line: str) -> None:
        typer.echo(line, err=True)


def _sum(result: Result) -> str:
    """`54 messages -> 43 cases, 3 replies, …`: every message is in exactly one of them."""
    from intake.store.values import Disposition

    counts = result.counts
    parts = [
        _many(counts[Disposition.CASE], "case", "cases"),
        _many(counts[Disposition.REPLY], "reply", "replies"),
        f"{counts[Disposition.IGNORED]} ignored (automatic mail)",
        f"{counts[Disposition.SET_ASIDE]} set aside (no refund asked for)",
        _many(counts[Disposition.DUPLICATE], "duplicate", "duplicates"),
        f"{counts[Disposition.QUARANTINED]} quarantined",
    ]
    if result.failures:
        parts[-1] += f" (at the stage: {', '.join(sorted(result.failures))})"
    return f"{_many(result.messages, 'message', 'messages')} → {', '.join(parts)}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
