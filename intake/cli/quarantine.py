"""`intake quarantine`: what could not be processed, by place and reason; tried again, or given up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.errors import Exit, NoInputError, Problem

if TYPE_CHECKING:
    from intake.store.quarantine import Quarantined

Ids = Annotated[list[int], typer.Argument(metavar="ID...", min=1, help="As the list has them.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]
MailboxName = Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this mailbox.")]
EXAMPLES = examples("quarantine list", "quarantine retry --all")


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(
        help="Messages that could not be processed. Their text is never stored: a retry fetches them again.",
        epilog=EXAMPLES,
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    group.command("list", epilog=EXAMPLES)(list_)
    group.command(epilog=examples("quarantine show 3"))(show)
    group.command(epilog=examples("quarantine retry 3 4", "quarantine retry --all"))(retry)
    group.command(epilog=examples("quarantine drop 3"))(drop)
    app.add_typer(group, name="quarantine")


def list_(
    ctx: typer.Context,
    *,
    mailbox: MailboxName = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="What was given up, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is in quarantine, oldest first."""
    from intake.store import quarantine

    with open_store(ctx) as store, store.reading() as connection:
        rows = quarantine.rows(connection, mailbox=mailbox, dropped=dropped)
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        place = f"{row.key.mailbox}/{row.key.folder} UID {row.key.uid}"
        size = f"{row.size / 1024:.0f} KiB"
        tries = f"{row.attempts} attempt{'s' * (row.attempts != 1)}"
        given_up = f"  given up by {row.dropped_by}" if row.dropped_at else ""
        typer.echo(
            f"{row.id:<5} {place:<34} {row.stage:<8} {row.error_code:<18} {size:>10}  {tries}{given_up}"
        )
    if not rows:
        typer.echo("The quarantine is empty.", err=True)


def show(ctx: typer.Context, ids: Ids, *, as_json: AsJson = False) -> None:
    """Show all that is known of messages in quarantine: where they lie, where they failed, how often."""
    from intake.store import quarantine

    with open_store(ctx) as store, store.reading() as connection:
        rows = quarantine.rows(connection, ids=ids)
    _complain_of_unknown(ids, rows)
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        for name, value in row.to_dict().items():
            typer.echo(f"{name:<12} {'-' if value is None else value}")


def retry(
    ctx: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="As the list has them.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that is in quarantine.")] = False,
    mailbox: MailboxName = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mailbox, a line each.")] = False,
) -> None:
    """Fetch messages again and put them through the same pipeline; ends with 1 where one fails again."""
    if bool(ids) is every:
        raise typer.BadParameter("either some IDs, or --all", param_hint="ID")
    from intake.cli.settings import config_of
    from intake.engine.engine import open_engine
    from intake.poll.retry import retry as retry_rows
    from intake.signals import heeding_signals
    from intake.store import quarantine

    config = config_of(ctx)
    failed = 0
    stop = threading.Event()
    with heeding_signals(stop), open_engine(config, stop=stop, only=mailbox) as engine:
        with engine.store.reading() as connection:
            rows = quarantine.rows(connection, mailbox=None if ids else mailbox, ids=ids or ())
        _complain_of_unknown(ids or (), rows)
        for poller in engine.pollers:
            if own := [row for row in rows if row.key.mailbox == poller.name]:
                with poller.holding() as lease:
                    done = retry_rows(poller, engine.store, lease, own)
                failed += done.failed
                told = {
                    "mailbox": poller.name,
                    "stored": done.stored,
                    "failed": done.failed,
                    "gone": done.gone,
                }
                typer.echo(json.dumps(told) if as_json else _sentence(told))
                _tell_of_files(own)
    if not rows and not as_json:
        typer.echo("The quarantine is empty.", err=True)
    if failed:
        raise typer.Exit(Exit.PROBLEM)


def drop(ctx: typer.Context, ids: Ids) -> None:
    """Give messages up: they stay on the server, and are not taken in, listed or counted any more."""
    from intake.cli.acting import actor_of
    from intake.log import Event, emit
    from intake.store import quarantine

    with open_store(ctx) as store:
        actor = actor_of(store)
        with store.writing() as connection:
            rows = [row for row in quarantine.rows(connection, ids=ids) if row.dropped_at is None]
            _complain_of_unknown(ids, rows)
            count = quarantine.drop(connection, [row.id for row in rows], by=actor.label)
    for row in rows:
        emit(
            Event.QUARANTINE_DROPPED,
            mailbox=row.key.mailbox,
            uidvalidity=row.key.uidvalidity,
            uid=row.key.uid,
            actor=actor.label,
        )
    typer.echo(f"{count} given up")


def _complain_of_unknown(ids: Iterable[int], rows: Iterable[Quarantined]) -> None:
    known = {row.id for row in rows}
    if unknown := [ident for ident in dict.fromkeys(ids) if ident not in known]:
        remedy = "list them with: intake quarantine list"
        raise NoInputError(
            *(
                Problem(where=f"quarantine {ident}", what="there is none of this number", remedy=remedy)
                for ident in unknown
            )
        )


def _sentence(told: dict[str, object]) -> str:
    return f"{told['mailbox']}: {told['stored']} taken in, {told['failed']} failed again, {told['gone']} gone"


def _tell_of_files(rows: Iterable[Quarantined]) -> None:
    """A retry asks the server; what came from a file is not there."""
    from intake.store.places import FILES_UIDVALIDITY

    for row in rows:
        if row.key.uidvalidity == FILES_UIDVALIDITY:
            what, remedy = "came from a file, not from the server", "import it again: intake import"
            typer.echo(f"intake: {Problem(where=f'quarantine {row.id}', what=what, remedy=remedy)}", err=True)
