"""`intake schema`: the JSON schemas of everything that others may rely on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from intake.cli.examples import examples

NAMES = "process, process-error, decide, redact, queue, poll"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=examples("schema process > process.schema.json"))(schema)


def schema(
    name: Annotated[str | None, typer.Argument(help=f"One of {NAMES}; none: all, in one object.")] = None,
    *,
    _json: Annotated[bool, typer.Option("--json", help="JSON, as without it.")] = False,
) -> None:
    """Print the JSON Schema of a command's output."""
    from intake.contract import SCHEMAS

    if name is not None and name not in SCHEMAS:
        raise typer.BadParameter(f"one of {NAMES}", param_hint="NAME")
    chosen: dict[str, object] = {
        key: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(by_alias=True),
        }
        for key, model in SCHEMAS.items()
        if name in {None, key}
    }
    typer.echo(json.dumps(chosen[name] if name else chosen, ensure_ascii=False, indent=2))
