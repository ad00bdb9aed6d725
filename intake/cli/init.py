"""`intake init`: a config to start from, with today as the first day that mail is taken from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from intake.cli.examples import examples
from intake.clock import utc_now
from intake.errors import CannotCreateError, Problem

_TEMPLATE = """\
# Written by `intake init`. config.example.toml of the project explains every setting.

# Where database, secret-key and locks lie.
state_dir = "{state_dir}"

[mailbox.{mailbox}]
host = "{host}"
# tls = "starttls" and a private authority (ca_file) are possible; plain text only to this machine
tls = "tls"
username = "{username}"
# the password, in a file that only this user may read (mode 0600); or password_env = "NAME_OF_A_VARIABLE"
password_file = "imap-password"
# mail that the server received before this day is never taken in; "all" takes in the whole mailbox
start_from = {today}
# eofferix, pars, or a policy of your own in policy_dir
policy = "{policy}"
# afterwards: "keep" marks the message with a keyword, "move" puts it into the folder move_to
after = "keep"
"""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=examples("init intake.toml --host imap.example.org --username support"))(init)


def init(  # noqa: PLR0913 - one parameter an option
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="Where to write it; - for standard output.")
    ] = Path("/etc/intake/intake.toml"),
    *,
    host: Annotated[str, typer.Option("--host", help="The IMAP server.")] = "imap.example.org",
    username: Annotated[str, typer.Option("--username", help="Who logs in.")] = "support@example.org",
    mailbox: Annotated[str, typer.Option("--mailbox", metavar="NAME", help="Its name in logs.")] = "support",
    policy: Annotated[
        str, typer.Option("--policy", metavar="ID", help="Judge its mail by this.")
    ] = "eofferix",
    state_dir: Annotated[
        str, typer.Option("--state-dir", metavar="DIR", help="For the database.")
    ] = "/var/lib/intake",
) -> None:
    """Write a commented config; nothing that exists is overwritten."""
    from intake.config.load import parse_config

    today = utc_now().date().isoformat()
    text = _TEMPLATE.format(
        state_dir=state_dir, mailbox=mailbox, host=host, username=username, today=today, policy=policy
    )
    parse_config(text, file)  # an option with a quote in it, a mailbox name that is no label …
    if str(file) == "-":
        typer.echo(text, nl=False)
        return
    _write(file, text)
    password = file.resolve().parent / "imap-password"
    typer.echo(
        f"Wrote {file}. Next: put the password into {password} (mode 0600), then intake -c {file} check",
        err=True,
    )


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OSError as error:
        exists = isinstance(error, FileExistsError)
        remedy = "name another file, or move it away" if exists else "name a file that you may write"
        what = os.strerror(error.errno or 0)
        raise CannotCreateError(Problem(where=str(file), what=what, remedy=remedy)) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
