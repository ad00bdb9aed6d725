"""The command `intake`: global options, and what an error looks like to a person."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from intake.cli.context import Globals
from intake.cli.lazy import LazyGroup
from intake.errors import Exit, IntakeError
from intake.hardening import harden_process
from intake.log import Event, configure, emit, failure_place

TAKING_MAIL: Final = frozenset({"run", "poll", "import", "reconcile", "quarantine", "demo"})
"""Commands whose log tells what became of mail. The others answer whoever typed them: they log warnings and worse."""

app = typer.Typer(
    name="intake",
    cls=LazyGroup,
    help="Turns a support mailbox into a queue of refund cases ready to decide. A person always has the last word.",
    epilog=(
        "Try it now: [bold]intake demo[/bold]   "
        "Read one message: [bold]intake process mail.eml --policy eofferix[/bold]"
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with locals would print mail
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands the flag over by position
    if wanted:
        from importlib.metadata import version

        typer.echo(f"intake {version('refund-intake')}")
        raise typer.Exit


@app.callback()
def globals_(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option("-c", "--config", metavar="FILE", envvar="INTAKE_CONFIG", help="The config (TOML)."),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Log more.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Log errors only.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours (as with NO_COLOR).")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask a question.")] = False,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="json|logfmt|console", help="How log lines look.")
    ] = None,
    _version_flag: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Global options stand before the subcommand."""
    if log_format not in {None, "json", "logfmt", "console"}:
        raise typer.BadParameter("one of json, logfmt, console", param_hint="--log-format")
    if no_color:
        os.environ["NO_COLOR"] = "1"
    level = "debug" if verbose else "error" if quiet else None
    takes_mail = ctx.invoked_subcommand in TAKING_MAIL
    ctx.obj = Globals(
        config_path=config,
        log_level=level,
        log_form=log_format,
        takes_mail=takes_mail,
        color=not no_color and "NO_COLOR" not in os.environ,
        input=not no_input,
    )
    configure(form=log_format, level=level or ("info" if takes_mail else "warning"))


def main() -> None:
    """Runs the command and turns every error into lines for people and an exit status."""
    gc.set_threshold(10_000, 50, 50)  # a start makes 300,000 objects that stay: no need to look at each often
    harden_process()
    try:
        app()  # ends by SystemExit; usage errors are Typer's: 2
    except IntakeError as error:
        for problem in error.problems:
            typer.echo(f"intake: {problem}", err=True)
        sys.exit(error.exit)
    except OSError as error:
        typer.echo(
            f"intake: {error.filename or 'system'}: {error.strerror or type(error).__name__}", err=True
        )
        sys.exit(Exit.NO_INPUT if isinstance(error, FileNotFoundError) else Exit.IO)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        code, place = failure_place(error)  # never its text, which may repeat mail
        emit(Event.BUG, error_code=code, place=place)
        typer.echo(f"intake: a bug: {code} at {place}. Please report this line.", err=True)
        sys.exit(Exit.BUG)
