"""Reads the config: flags > `INTAKE_*` environment > file > defaults, and tells every problem at once."""

from __future__ import annotations

import difflib
import os
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from intake.clock import utc_now
from intake.config.model import Config, LogConfig, MailboxConfig, RedactionConfig
from intake.errors import ConfigError, Problem

__all__ = [
    "Config",
    "LogConfig",
    "MailboxConfig",
    "RedactionConfig",
    "default_config_path",
    "load_config",
    "parse_config",
]

DEFAULT_PATH = Path("/etc/intake/intake.toml")
PREFIX = "INTAKE_"
_PATHS = ("_file", "_dir")  # how the names of settings end that hold a path (`dir` by itself, too)
_ADVICE = {
    "missing": "add it; config.example.toml shows how",
    "int_type": "write a number without quotes",
    "int_parsing": "write a whole number",
    "float_type": "write a number without quotes",
    "string_type": "write it in quotes",
    "tuple_type": 'write a list: ["…", "…"]',
    "bool_type": "write true or false",
}


def load_config(path: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Config:
    """Reads the config from `path`, else the file of `INTAKE_CONFIG`, else /etc/intake/intake.toml.

    Raises:
        ConfigError: with one problem for each thing that is wrong: file and key, what, and the remedy.
    """
    env = os.environ if environ is None else environ
    file = path or default_config_path(env) or DEFAULT_PATH
    return _validated(_read(file), file, env)


def default_config_path(environ: Mapping[str, str] | None = None) -> Path | None:
    """The config that holds where none is named: of `INTAKE_CONFIG`, else the usual one where it exists."""
    env = os.environ if environ is None else environ
    if named := env.get("INTAKE_CONFIG"):
        return Path(named)
    return DEFAULT_PATH if DEFAULT_PATH.exists() else None


def parse_config(text: str, file: Path) -> Config:
    """The config that `text` would be in `file`, without any environment.

    Raises:
        ConfigError: with one problem for each thing that is wrong.
    """
    return _validated(_parsed(text, file), file, {})


def _validated(data: dict[str, Any], file: Path, env: Mapping[str, str]) -> Config:
    origin: dict[str, str] = {}  # settings that came from the environment, and from which variable
    problems = _secrets_in_file(data, file)
    for name, value in env.items():
        problems += _override(data, origin, name, value)
    data.setdefault("state_dir", env.get("STATE_DIRECTORY", "").split(":")[0] or "/var/lib/intake")
    _anchor(data, file.resolve().parent)
    try:
        config = Config.model_validate({**data, "path": file})
    except ValidationError as error:
        problems += [_problem(details, file, origin) for details in error.errors(include_input=False)]
        raise ConfigError(*problems) from None
    if problems:
        raise ConfigError(*problems)
    return config


def _read(file: Path) -> dict[str, Any]:
    where = str(file)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "write one with: intake init, or name another with -c FILE"
        raise ConfigError(Problem(where=where, what="no such config file", remedy=remedy)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Problem(
                where=where, what=f"cannot be read ({type(error).__name__})", remedy="check owner and mode"
            )
        ) from None
    return _parsed(text, file)


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            Problem(where=str(file), what=f"not TOML: {error}", remedy="mend that line")
        ) from None


def _secrets_in_file(data: dict[str, Any], file: Path) -> list[Problem]:
    """Takes passwords out of `data`, so that no later error can repeat them, and says where they belong."""
    problems = []
    boxes = data.get("mailbox")
    for name, box in boxes.items() if isinstance(boxes, dict) else ():
        if isinstance(box, dict) and box.pop("password", None) is not None:
            problems.append(
                Problem(
                    where=f"{file}: mailbox.{name}.password",
                    what="passwords are never written here",
                    remedy=(
                        "put it into a file with mode 0600 and set password_file, "
                        "or name a variable with password_env"
                    ),
                )
            )
    url = data.get("database_url")
    if isinstance(url, str) and _has_password(url):
        del data["database_url"]
        problems.append(
            Problem(
                where=f"{file}: database_url",
                what="passwords are never written here",
                remedy="leave it out and use ~/.pgpass, or give the whole URL as INTAKE_DATABASE_URL",
            )
        )
    return problems


def _has_password(url: str) -> bool:
    try:
        return urlsplit(url).password is not None
    except ValueError:
        return False


def _override(data: dict[str, Any], origin: dict[str, str], name: str, value: str) -> list[Problem]:
    """Puts `INTAKE_A__B=value` over `a.b`. A plain unknown name may be somebody else's; a nested one is a slip."""
    if not name.startswith(PREFIX) or name == "INTAKE_CONFIG":
        return []
    keys = name.removeprefix(PREFIX).lower().split("__")
    if keys[0] == "mailbox" and len(keys) > 2:
        keys[1] = _mailbox_key(data, keys[1])
    if (kind := _annotation(keys)) is None:
        if len(keys) == 1:
            return []
        remedy = "the form is INTAKE_SECTION__KEY or INTAKE_MAILBOX__NAME__KEY"
        return [Problem(where=f"environment: {name}", what="no such setting", remedy=remedy)]
    inner = data
    for key in keys[:-1]:
        step = inner.setdefault(key, {})
        if not isinstance(step, dict):
            return []  # the file has a value where a table belongs: that problem is told by its own line
        inner = step
    inner[keys[-1]] = tuple(part.strip() for part in value.split(",")) if _is_tuple(kind) else value
    origin[".".join(keys)] = name
    return []


def _mailbox_key(data: dict[str, Any], name: str) -> str:
    """Shells allow no dash in a variable's name: `my_box` also finds the mailbox `my-box`."""
    boxes = data.get("mailbox")
    known = boxes if isinstance(boxes, dict) else {}
    return next((box for box in known if box.replace("-", "_") == name), name)


def _annotation(keys: list[str]) -> object | None:
    """The type of the setting at `keys`; None where there is none."""
    model: type[BaseModel] = Config
    if keys[0] == "mailbox":
        if len(keys) < 3:
            return None
        model, keys = MailboxConfig, keys[2:]
    for key in keys[:-1]:
        table = model.model_fields.get(key)
        inner = _table_in(table.annotation) if table and not _is_tuple(table.annotation) else None
        if inner is None:
            return None
        model = inner
    field = model.model_fields.get(keys[-1])
    usable = field is not None and keys[-1] not in {"path", "mailbox"}
    return field.annotation if field is not None and usable else None


def _is_tuple(annotation: object) -> bool:
    if get_origin(annotation) in {Union, types.UnionType}:
        return any(_is_tuple(arm) for arm in get_args(annotation))
    return get_origin(annotation) is tuple


def _anchor(data: dict[str, Any], folder: Path) -> None:
    """Relative paths are meant beside the config file, wherever the command was started."""
    for name, value in data.items():
        if isinstance(value, dict):
            _anchor(value, folder)
        elif isinstance(value, list):  # of tables
            for table in value:
                _anchor(table if isinstance(table, dict) else {}, folder)
        elif isinstance(value, str) and f"_{name}".endswith(_PATHS):
            data[name] = str(folder / Path(value).expanduser())


def _problem(details: ErrorDetails, file: Path, origin: Mapping[str, str]) -> Problem:
    """One of pydantic's errors, in words for the person who wrote the config; never the value."""
    steps = [str(step) for step in details["loc"]]
    key = ".".join(step for step in steps if step not in {"date", "literal['all']"} and "[" not in step)
    where = f"environment: {origin[key]}" if key in origin else f"{file}: {key}"
    context = details.get("ctx", {})
    kind, what = details["type"], details["msg"]
    remedy = str(context.get("remedy", "")) or _ADVICE.get(kind, "")
    if kind == "extra_forbidden":
        what = "no such setting"
        near = difflib.get_close_matches(steps[-1], _names(steps[:-1]), n=1)
        remedy = f"did you mean {near[0]}?" if near else "config.example.toml lists them all"
    elif kind == "missing":
        what = "is required"
        if steps[-1] == "start_from":
            today = utc_now().date().isoformat()
            remedy = f'add start_from = {today}, or start_from = "all" for the whole mailbox'
    elif steps[-1] in {"date", "literal['all']"} or "start_from" in steps:
        what, remedy = 'neither a date nor "all"', 'write start_from = 2026-01-31 or start_from = "all"'
    return Problem(where=where, what=what, remedy=remedy)


def _names(steps: list[str]) -> list[str]:
    """The settings that may stand in the table at `steps`."""
    model: type[BaseModel] = Config
    for step in steps:  # the name of a mailbox, or the number of a webhook, is no field: the table stays
        field = model.model_fields.get(step)
        model = (_table_in(field.annotation) if field else None) or model
    return [name for name in model.model_fields if name != "path"]


def _table_in(annotation: object) -> type[BaseModel] | None:
    """The table that a setting is, may be, or holds several of; None: it is a plain value."""
    if get_origin(annotation) is None:
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return next((found for arm in get_args(annotation) if (found := _table_in(arm))), None)
