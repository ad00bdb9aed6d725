"""`intake queue list --set-aside` and `intake queue make-case`: what a person wrote and no case was made of."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from intake.cli.acting import actor_of, desk_of
from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.errors import ConfigError, Problem

SetAside = Annotated[
    bool, typer.Option("--set-aside", help="Not cases: messages that made none; see make-case.")
]


def register(group: typer.Typer) -> None:
    """Adds the command to `intake queue`."""
    example = examples("queue list --set-aside", "queue make-case M-17")
    group.command("make-case", epilog=example)(make_case)


def list_set_aside(ctx: typer.Context, *, mailbox: str | None, limit: int | None, as_json: bool) -> None:
    """Prints what is set aside, newest first."""
    from intake.cli.queue.table import printable
    from intake.store import set_aside

    with open_store(ctx) as store, store.reading() as connection:
        rows = set_aside.rows(connection, mailbox=mailbox, limit=limit)
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        came = row.received_at.date().isoformat() if row.received_at else "-"
        sender = row.sender.text if row.sender else "-"
        shown = printable(f"{sender:<34} {row.subject.text}".replace("\n", " "))
        typer.echo(f"{row.name:<8} {row.mailbox:<10} {came:<10} {row.reason:<15} {shown}")
    if not rows:
        typer.echo("Nothing is set aside.", err=True)


def make_case(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Its name in the list, as M-17.")],
    *,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="ID", help="Judge by this policy; else the mailbox's.")
    ] = None,
) -> None:
    """Make a case of a message that was set aside; prints the case's label."""
    from intake.cli.settings import config_of
    from intake.keys import Keys
    from intake.store import set_aside
    from intake.store.store import Store

    config = config_of(ctx)
    keys = Keys.load(config.secret_key)
    with Store.open(config.database, keys, create=False) as store:
        actor = actor_of(store)
        judge = desk_of(config, store).judge
        with store.writing() as connection:
            row = set_aside.find(connection, message)
            box = config.mailbox.get(row.mailbox)
            wanted = policy or (box.policy if box else None)
            if wanted is None:
                what = "is not in the config any more: by which policy?"
                raise ConfigError(
                    Problem(where=f"mailbox {row.mailbox}", what=what, remedy="say --policy ID")
                )
            name = set_aside.make_case(
                connection, row, policy=wanted, judge=judge, actor=actor, audit_key=keys.audit
            )
    typer.echo(name)
