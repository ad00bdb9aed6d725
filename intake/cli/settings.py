"""The config, as a command gets it: read, and its log settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from intake.cli.context import Globals
from intake.log import configure

if TYPE_CHECKING:
    from intake.config.model import Config


def config_of(ctx: typer.Context) -> Config:
    """The config that the global options name; flags beat what it says of the log.

    Raises:
        ConfigError: with every problem at once.
    """
    from intake.config.load import load_config

    options = ctx.obj if isinstance(ctx.obj, Globals) else Globals()
    config = load_config(options.config_path)
    form = options.log_form or (None if config.log.form == "auto" else config.log.form)
    level = config.log.level
    if not options.takes_mail and level in {"debug", "info"}:  # -v asks for more
        level = "warning"
    configure(form=form, level=options.log_level or level)
    return config


def optional_config(ctx: typer.Context) -> Config | None:
    """The config where one is named or lies at its usual place: for commands that can do without.

    Raises:
        ConfigError: there is one, and it has problems.
    """
    from intake.config.load import DEFAULT_PATH, load_config

    named = ctx.obj.config_path if isinstance(ctx.obj, Globals) else None
    return load_config(named) if named or DEFAULT_PATH.is_file() else None
