"""`intake config show`: each setting as it holds, and where it comes from; secrets as ***."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of

if TYPE_CHECKING:
    from intake.config.model import Config, MailboxConfig

_HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")  # of a URL


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(no_args_is_help=True, help="The config as it holds.")
    group.callback()(_group)
    group.command(epilog=examples("config show | grep -v default"))(show)
    app.add_typer(group, name="config")


def _group() -> None:
    """The config as it holds."""


def show(
    ctx: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a setting, a line each.")] = False,
) -> None:
    """Print every setting, its value, and its origin: default, file, or the variable that set it."""
    config = config_of(ctx)
    rows = list(_rows(config))
    if as_json:
        for key, value, origin in rows:
            row = {"key": key, "value": value, "origin": origin}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    width = max(len(key) for key, _, _ in rows)
    for key, value, origin in rows:
        typer.echo(f"{key:<{width}}  {json.dumps(value, ensure_ascii=False)}  # {origin}")


def _rows(config: Config) -> Iterator[tuple[str, object, str]]:
    """Key, value and origin of each setting, in the config's order."""
    variables = {
        name.removeprefix("INTAKE_").lower().replace("__", "."): name
        for name in os.environ
        if name.startswith("INTAKE_")
    }
    in_file = set() if config.path is None else {key for key, _ in _leaves(_file(config), "")}
    for key, value in _leaves(config.model_dump(mode="json", exclude={"path"}), ""):
        origin = "default"
        if variable := variables.get(key.replace("-", "_")):
            origin = variable
        elif key in in_file or any(key.startswith(f"{table}.") for table in in_file):
            origin = str(config.path)
        elif key == "state_dir" and "STATE_DIRECTORY" in os.environ:
            origin = "STATE_DIRECTORY"
        secret = key == "database_url" and value is not None
        yield key, _PASSWORD.sub(_HIDDEN, str(value)) if secret else value, origin
    for name, box in config.mailbox.items():
        if box.oauth is None:
            yield f"mailbox.{name}.password", _HIDDEN, _password_place(box)


def _password_place(box: MailboxConfig) -> str:
    if box.password_env:
        return box.password_env
    return str(box.password_file) if box.password_file else f"credential {box.password_credential}"


def _file(config: Config) -> Mapping[str, object]:
    return {} if config.path is None else tomllib.loads(config.path.read_text(encoding="utf-8"))


def _leaves(data: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    """Every value with its dotted key; an empty table counts as one."""
    for name, value in data.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{key}.")
        else:
            yield key, value
