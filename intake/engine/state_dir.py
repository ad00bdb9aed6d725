"""The state directory: where database, secret-key and locks lie; made on the first start, closed to others."""

from __future__ import annotations

from intake.config.model import Config
from intake.errors import ConfigError, Problem
from intake.keys import Keys
from intake.log import Event, emit


def prepare_state(config: Config) -> Keys:
    """The state directory (0700) and the keys; a fresh secret is made only where nothing depends on one yet.

    Raises:
        ConfigError: the directory cannot be made, or the secret-key cannot be read.
    """
    try:
        config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"{config.state_dir} cannot be made ({type(error).__name__})"
        raise ConfigError(
            Problem(where="state_dir", what=what, remedy="make it, mode 0700, owned by this user")
        ) from None
    if not config.secret_key.exists() and is_first_start(config):
        keys = Keys.create(config.secret_key)
        emit(Event.SECRET_CREATED, name="secret-key", source="state_dir")
        return keys
    return Keys.load(config.secret_key)


def is_first_start(config: Config) -> bool:
    """Whether there is no embedded database yet; of a database server nobody can tell without asking it."""
    return config.database_url is None and not (config.state_dir / "intake.db").exists()
