"""`intake user`: who works with intake, in which role."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.errors import BadDataError, Problem
from intake.people import MIN_PASSWORD, NAME, PERSONAL_ROLES, Role, hash_password, os_login

if TYPE_CHECKING:
    from intake.store.people import User

ADD_EXAMPLES = examples(
    "user add ana --role lead --os-user ana", "user add lee --role agent --password-stdin < secret"
)
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="The people who work with it.", no_args_is_help=True, rich_markup_mode="rich")
    group.command(epilog=ADD_EXAMPLES)(add)
    group.command("list", epilog=examples("user list", "user list --json"))(list_)
    group.command(epilog=examples("user passwd ana"))(passwd)
    group.command(epilog=examples("user disable ana"))(disable)
    app.add_typer(group, name="user")


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Short, lower case; it never changes.")],
    *,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="agent, lead or operator.")],
    os_user: Annotated[
        str | None, typer.Option("--os-user", metavar="LOGIN", help="Acts on the command line as NAME.")
    ] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Add a user. The first lead is added by whoever may read the secret key; later on by leads and operators.

    Without a password (an empty answer, or --no-input) the user has the command line only.
    """
    if role not in PERSONAL_ROLES:
        raise typer.BadParameter("one of agent, lead, operator", param_hint="--role")
    if not NAME.fullmatch(name):
        raise typer.BadParameter(
            "up to 40 lower-case letters, digits, . _ -, a letter first", param_hint="NAME"
        )
    from intake.store.people_admin import add_user

    password = _password(ctx, from_stdin=password_stdin, needed=False)
    with open_store(ctx) as store:
        add_user(store, name=name, role=Role(role), os_user=os_user, password=password, login=os_login())
    typer.echo(f"{name} is {role}{f', on the command line as {os_user}' if os_user else ''}.")


def list_(
    ctx: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array, a user an object.")] = False,
) -> None:
    """List the users."""
    from intake.store import people

    with open_store(ctx) as store, store.reading() as connection:
        users = people.users(connection)
    if as_json:
        typer.echo(json.dumps([_shown(user) for user in users], ensure_ascii=False, indent=2))
        return
    for user in users:
        state = "disabled" if user.disabled else "password" if user.has_password else "no password"
        typer.echo(f"{user.name:<20} {user.role.value:<9} {user.os_user or '-':<16} {state}")


def passwd(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose password.")],
    *,
    password_stdin: FromStdin = False,
) -> None:
    """Set a password: one's own, or anybody's as a lead or operator."""
    from intake.store.people_admin import set_password

    password = _password(ctx, from_stdin=password_stdin, needed=True)
    assert password is not None  # noqa: S101 - one was needed
    with open_store(ctx) as store:
        set_password(store, name, password, login=os_login())
    typer.echo(f"{name} has a new password.")


def disable(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who may do nothing from now on.")],
) -> None:
    """Take all rights from a user. The history goes on naming them."""
    from intake.store.people_admin import disable_user

    with open_store(ctx) as store:
        disable_user(store, name, login=os_login())
    typer.echo(f"{name} is disabled.")


def _password(ctx: typer.Context, *, from_stdin: bool, needed: bool) -> str | None:
    """The hash of a password from standard input or a prompt; None: none is wanted.

    Raises:
        BadDataError: it is too short.
    """
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif ctx.obj.input and sys.stdin.isatty():
        hint = "" if needed else " (empty: none)"
        typed = typer.prompt(
            f"Password{hint}", hide_input=True, confirmation_prompt=True, default="", show_default=False
        )
    elif needed:
        raise BadDataError(
            Problem(where="password", what="nobody can be asked", remedy="use --password-stdin")
        )
    else:
        return None
    if not typed and not needed and not from_stdin:
        return None
    if len(typed) < MIN_PASSWORD:
        raise BadDataError(Problem(where="password", what=f"needs at least {MIN_PASSWORD} characters"))
    return hash_password(typed)


def _shown(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role.value,
        "os_user": user.os_user,
        "password": user.has_password,
        "disabled": user.disabled,
        "created_at": user.created_at.isoformat(),
        "created_by": user.created_by,
    }
