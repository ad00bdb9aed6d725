"""The demo's throw-away directory: a complete config, the password file, and where database and log will lie."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from intake.config.load import Config, load_config
from intake.demo.server import HOST
from intake.demo.slots import SUPPORT

POLL_INTERVAL_S = 2
MAX_MESSAGE_BYTES = 128 * 1024  # small, so that one letter shows what becomes of a message that is too large

_HEAD = """\
# Written by `intake demo`: complete, and valid for every other command, as long as the demo runs.
state_dir = "state"

[letters]
drafts = true
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
support_addresses = ["{support}"]
policy = "{name}"
"""
_ORDERS = """
# The records of two invented companies; change a line and the cases are decided again.
[orders]
source = "csv"
csv_file = "payments.csv"
identity_by_sender = true
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


def furnish(
    directory: Path,
    *,
    mailboxes: tuple[str, ...],
    port: int,
    password: str,
    payments: Sequence[Mapping[str, str]],
) -> Place:
    """Writes config, password and records into `directory`; a mailbox is read by the policy of its name.

    The environment is not asked: settings of a real installation shall not reach into the demo.
    """
    directory.chmod(0o700)
    (directory / "state").mkdir(mode=0o700, exist_ok=True)
    _write(directory / "imap-password", password + "\n")
    boxes = (
        _MAILBOX.format(
            name=name,
            host=HOST,
            port=port,
            interval=POLL_INTERVAL_S,
            max_bytes=MAX_MESSAGE_BYTES,
            support=SUPPORT[name],
        )
        for name in mailboxes
    )
    _write(directory / "intake.toml", _HEAD + _ORDERS + "".join(boxes))
    _write(directory / "payments.csv", _table(payments))
    return Place(directory=directory, config=load_config(directory / "intake.toml", environ={}))


def _table(payments: Sequence[Mapping[str, str]]) -> str:
    columns = dict.fromkeys(["order_number", *(name for payment in payments for name in payment)])
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns))
    writer.writeheader()
    writer.writerows(payments)
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
