"""`intake process`: read messages from files, store nothing, print what the queue would hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.errors import BadDataError, Exit, NoInputError, Problem

if TYPE_CHECKING:
    from intake.mail.message import RawMessage

EPILOG = (
    "Examples: [bold]intake process mail.eml --policy eofferix[/bold] · "
    "[bold]intake process box.mbox --policy pars --json | jq .decision.outcome[/bold]"
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EPILOG)(process)


def process(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help=".eml, mbox, a Maildir, a folder of .eml, or - for one message."
        ),
    ],
    *,
    policy: Annotated[str, typer.Option("--policy", metavar="ID", help="Judge by this policy.")],
    received: Annotated[
        str | None,
        typer.Option(
            "--received", metavar="DATE", help="When it came in, where the message itself does not tell."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Every candidate and every clause.")] = False,
) -> None:
    """Read messages, redact, extract and decide; nothing is stored."""
    from intake.assembly import pipeline_for
    from intake.cli.settings import optional_config
    from intake.cli.show import show_error, show_processed
    from intake.present import processed_json
    from intake.processed import StageError

    pipeline = pipeline_for(policy, optional_config(ctx))
    fallback = _instant(received, pipeline.reading.zone) if received else None
    failed = False
    for raw in _messages(files, fallback):
        try:
            processed = pipeline.process(raw)
        except StageError as error:
            failed = True
            detail = {"source": raw.source, "error": {"code": error.code, "detail": error.detail}}
            _print_json(detail) if as_json else show_error(raw.source, error.code, error.detail)
            continue
        if as_json:
            _print_json(processed_json(processed, pipeline.judge_of(processed)))
        else:
            show_processed(processed, pipeline.judge_of(processed), explain=explain)
    if failed:
        raise typer.Exit(Exit.BAD_DATA)


def _messages(files: list[str], fallback: datetime | None) -> Iterator[RawMessage]:
    from dataclasses import replace

    from intake.mail.folder import read_path

    missing = [name for name in files if name != "-" and not Path(name).exists()]
    if missing:
        raise NoInputError(
            *(Problem(where=name, what="no such file", remedy="check the path") for name in missing)
        )
    for name in files:
        for raw in read_path(name):
            yield replace(raw, received_fallback=fallback)


def _instant(text: str, zone: str) -> datetime:
    """A date or an instant; without an offset it is meant in the policy's zone."""
    from zoneinfo import ZoneInfo

    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise BadDataError(
            Problem(
                where="--received",
                what="not a date",
                remedy="write it like 2026-06-10 or 2026-06-10T09:12:00+03:00",
            )
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(zone))


def _print_json(value: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
