"""`intake process`: read messages from files, store nothing, print what the queue would hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.policies import PolicyDir, policy_dir_of
from intake.errors import BadDataError, Exit, NoInputError, Problem

if TYPE_CHECKING:
    from intake.mail.message import RawMessage

EPILOG = examples(
    "process mail.eml --policy eofferix", "process box.mbox --policy pars --json | jq .decision.outcome"
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
    policy_dir: PolicyDir = None,
) -> None:
    """Read messages, redact, extract and decide; nothing is stored."""
    from intake.assembly import file_policies
    from intake.cli.processed_json import processed_json
    from intake.cli.settings import optional_config
    from intake.cli.show import show_error, show_processed
    from intake.processed import StageError
    from intake.worker.tasks import file_workers
    from rules.facts import check_facts

    config = optional_config(ctx)
    folder = policy_dir_of(ctx, policy_dir)
    policies = file_policies(policy, folder)
    fallback = _instant(received, policies.versions(policy)[-1].timezone) if received else None
    failed = False
    # a worker process reads them, as the daemon's does: a file that hangs or eats is over_budget, the rest go on
    with file_workers(policy, config, folder) as workers:
        for raw, result in workers.each(_messages(files, fallback)):
            if isinstance(result, StageError):
                failed = True
                detail = {"source": raw.source, "error": {"code": result.code, "detail": result.detail}}
                _print_json(detail) if as_json else show_error(raw.source, result.code, result.detail)
                continue
            judge = policies.in_force(policy, check_facts(result.facts).requested_on)
            if as_json:
                _print_json(processed_json(result, judge))
            else:
                show_processed(result, judge, explain=explain)
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
