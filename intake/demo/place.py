"""The demo's throw-away directory: a complete config, the password file, and where database and log will lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from intake.config import Config, load_config
from intake.demo.server import HOST

POLL_INTERVAL_S = 2
MAX_MESSAGE_BYTES = 128 * 1024  # small, so that one letter shows what becomes of a message that is too large

_HEAD = """\
# Written by `intake demo`: complete, and valid for every other command, as long as the demo runs.
state_dir = "state"
"""
_MAILBOX = """
[mailbox.{name}]
host = "{host}"
port = {port}
tls = "none"                # plain text, which only loopback gets without asking
username = "{name}"
password_file = "imap-password"
start_from = "all"
poll_interval_s = {interval}
jitter_s = 0
max_message_bytes = {max_bytes}
policy = "{name}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where everything of one demo lies."""

    directory: Path
    config: Config

    @property
    def config_file(self) -> Path:
        """The config."""
        return self.directory / "intake.toml"

    @property
    def database_file(self) -> Path:
        """The database, as the daemon makes it."""
        return self.config.state_dir / "intake.db"

    @property
    def log_file(self) -> Path:
        """The daemon's log."""
        return self.directory / "intake.log"


def furnish(directory: Path, *, mailboxes: tuple[str, ...], port: int, password: str) -> Place:
    """Writes config and password into `directory`; a mailbox is read by the policy of its name.

    The environment is not asked: settings of a real installation shall not reach into the demo.
    """
    directory.chmod(0o700)
    (directory / "state").mkdir(mode=0o700, exist_ok=True)
    _write(directory / "imap-password", password + "\n")
    boxes = (
        _MAILBOX.format(
            name=name, host=HOST, port=port, interval=POLL_INTERVAL_S, max_bytes=MAX_MESSAGE_BYTES
        )
        for name in mailboxes
    )
    _write(directory / "intake.toml", _HEAD + "".join(boxes))
    return Place(directory=directory, config=load_config(directory / "intake.toml", environ={}))


def _write(path: Path, text: str) -> None:
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
