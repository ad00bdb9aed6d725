"""What commands share that look into the database: the config names it, the secret key unlocks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from intake.store.store import Store


def database_of(ctx: typer.Context) -> str:
    """The database's URL by the config.

    Raises:
        ConfigError: the config is not right.
    """
    from intake.config.load import load_config

    return load_config(ctx.obj.config_path).database


def open_store(ctx: typer.Context) -> Store:
    """The store, as `intake run` left it; never made by a command that only looks.

    Raises:
        ConfigError: config, secret key or schema are not right.
        UnavailableError: the database cannot be reached.
    """
    from intake.config.load import load_config
    from intake.engine.state_dir import is_first_start
    from intake.errors import ConfigError, Problem
    from intake.keys import Keys
    from intake.store.store import Store

    config = load_config(ctx.obj.config_path)
    if is_first_start(config) and not config.secret_key.exists():
        what = f"there is none at {config.state_dir} yet"
        raise ConfigError(Problem(where="database", what=what, remedy="start `intake run` once: it makes it"))
    return Store.open(config.database, Keys.load(config.secret_key), create=False)
