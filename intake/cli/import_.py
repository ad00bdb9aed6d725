"""`intake import`: mail from files into a mailbox's queue."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of
from intake.errors import ConfigError, NoInputError, Problem, TryAgainError

if TYPE_CHECKING:
    from intake.config.model import Config, MailboxConfig
    from intake.mail.message import RawMessage
    from intake.poll.values import Counts

EPILOG = examples(
    "import old.mbox --mailbox support", "import ~/Maildir --mailbox support --json | jq .cases"
)


class InterruptedImportError(TryAgainError):
    """Told to stop: what was taken in is taken in, the same command goes on from there."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("import", epilog=EPILOG)(import_)


def import_(
    ctx: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help=".eml, mbox, a Maildir, a folder of .eml, or - for one message."
        ),
    ],
    *,
    mailbox: Annotated[
        str, typer.Option("--mailbox", metavar="NAME", help="Whose queue, and by whose policy.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The counts as one JSON object.")] = False,
) -> None:
    """Take in mail from files, as from a server; what was imported before is a duplicate."""
    from intake.signals import heeding_signals

    config = config_of(ctx)
    box = config.mailbox.get(mailbox)
    if box is None:
        remedy = f"there are: {', '.join(config.mailbox) or 'none'}"
        raise ConfigError(Problem(where=str(config.path), what=f"no mailbox {mailbox}", remedy=remedy))
    missing = [path for path in paths if path != "-" and not Path(path).exists()]
    if missing:
        raise NoInputError(
            *(Problem(where=path, what="no such file", remedy="check the path") for path in missing)
        )
    stop = threading.Event()
    with heeding_signals(stop), _progress(paths) as done:
        counts = _take(config, mailbox, box, paths, stop, done)
    if as_json:
        sys.stdout.write(json.dumps({"mailbox": mailbox, **counts.to_dict()}) + "\n")
    else:
        told = (f"{count} {word.replace('_', ' ')}" for word, count in counts.to_dict().items() if count)
        typer.echo(f"{mailbox}: {', '.join(told) or 'no message'}")
    if stop.is_set():
        raise InterruptedImportError(
            Problem(where="import", what="was told to stop", remedy="the same command goes on from there")
        )


def _take(  # noqa: PLR0913, PLR0917 - what the command was told
    config: Config,
    name: str,
    box: MailboxConfig,
    paths: list[str],
    stop: threading.Event,
    done: Callable[[int], None],
) -> Counts:
    from intake.assembly import mailbox_policies
    from intake.casework.judge import Judge
    from intake.engine.state_dir import prepare_state
    from intake.mail.folder import read_path
    from intake.poll.hold import Holder
    from intake.poll.importing import Importer
    from intake.poll.lock import owner_name
    from intake.poll.work import Workshop
    from intake.store.store import Store
    from intake.worker.tasks import mailbox_workers

    def messages() -> Iterator[RawMessage]:
        for path in paths:
            yield from read_path(path, limit=box.max_message_bytes)

    judge = Judge(mailbox_policies(config, {name: box}))
    keys = prepare_state(config)
    with Store.open(config.database, keys) as store, mailbox_workers(config) as workers:
        importer = Importer(
            name=name,
            box=box,
            store=store,
            holder=Holder(store=store, state_dir=config.state_dir, owner=owner_name(config.state_dir)),
            workshop=Workshop(processor=workers, fingerprint=keys.fingerprint, stop=stop),
            judge=judge,
        )
        return importer.take(messages(), done)


@contextmanager
def _progress(paths: list[str]) -> Iterator[Callable[[int], None]]:
    """A bar of bytes, on a terminal; how many messages an mbox holds nobody knows before it is read."""
    from intake.mail.folder import size_of

    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    sizes = [size_of(path) for path in paths]
    total = None if None in sizes else sum(size for size in sizes if size)
    columns = (TextColumn("import"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("import", total=total)
        yield lambda size: bar.advance(task, size)
