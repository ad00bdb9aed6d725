"""`intake db`: the schema of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.database import database_of
from intake.cli.examples import examples

UPGRADE_EXAMPLES = examples("db upgrade --backup-dir /var/backups/intake")


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="The database's schema.", no_args_is_help=True, rich_markup_mode="rich")
    group.command(epilog=UPGRADE_EXAMPLES)(upgrade)
    group.command(epilog=examples("db current"))(current)
    app.add_typer(group, name="db")


def upgrade(
    ctx: typer.Context,
    *,
    backup_dir: Annotated[
        Path | None,
        typer.Option("--backup-dir", metavar="DIR", help="Copy an SQLite database there first, mode 0600."),
    ] = None,
) -> None:
    """Raise the schema to this version's, in one transaction; an empty database gets its tables."""
    from intake.config.load import load_config
    from intake.engine.state_dir import is_first_start, prepare_state
    from intake.log import Event, emit
    from intake.store.admin import back_up, upgrade_database

    config = load_config(ctx.obj.config_path)
    if is_first_start(config):
        prepare_state(config)  # the secret-key is made while nothing depends on another one yet
    url, size = config.database, 0
    if backup_dir is not None:
        copy = back_up(url, backup_dir)
        size = copy.stat().st_size
        typer.echo(f"backup: {copy}", err=True)
    before, after = upgrade_database(url)
    if before == after:
        typer.echo(f"schema {after}: nothing to do", err=True)
        return
    emit(Event.DB_MIGRATED, from_rev=before, to=after, bytes=size)
    typer.echo(f"schema {before or 'none'} -> {after}", err=True)


def current(ctx: typer.Context) -> None:
    """Print the database's schema; exit status 78 where it is not this version's."""
    from intake.store.admin import current_revision
    from intake.store.schema import require

    revision = current_revision(database_of(ctx))
    typer.echo(revision or "none")
    require(revision)
