"""A real Dovecot, and `intake` as a process of its own against it: what a user runs, nothing less."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dovecot import PASSWORD, Dovecot, require_dovecot


class Installation:
    """A config, a state directory, and the command line on them."""

    def __init__(self, folder: Path, server: Dovecot) -> None:
        self.folder = folder
        self.server = server
        self.config = folder / "intake.toml"
        self.boxes: dict[str, dict[str, object]] = {}
        password = folder / "pw"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o600)

    def mailbox(self, name: str = "support", **settings: object) -> None:
        """Adds a mailbox; TLS with the server's own authority unless told otherwise."""
        base: dict[str, object] = {"host": self.server.host, "port": self.server.tls_port, "username": name}
        base |= {"ca_file": str(self.server.ca_file), "password_file": "pw", "policy": "eofferix"}
        self.boxes[name] = base | {"start_from": "all", "poll_interval_s": 1, "jitter_s": 0} | settings
        text = 'state_dir = "state"\n'
        for box, values in self.boxes.items():
            lines = (f"{key} = {json.dumps(value)}\n" for key, value in values.items() if value is not None)
            text += f"[mailbox.{box}]\n" + "".join(lines)
        self.config.write_text(text, encoding="utf-8")

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Starts a command; its log goes to a file, its output to a pipe."""
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "intake", "-c", str(self.config), *args],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "NO_COLOR": "1"},
            )

    def run(self, *args: str, status: int = 0) -> str:
        """Runs a command to its end; gives its output."""
        process = self.start(*args)
        out, _ = process.communicate(timeout=300)
        assert process.returncode == status, self.log.read_text()[-3000:]
        return out

    def poll(self) -> list[dict[str, Any]]:
        """One pass; the contract's counts, a mailbox each."""
        return [json.loads(line) for line in self.run("poll", "--once", "--json").splitlines()]

    def queue(self) -> list[dict[str, Any]]:
        """The queue as JSON."""
        rows: list[dict[str, Any]] = json.loads(self.run("queue", "list", "--json"))
        return rows

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The log so far, one object a line; the last may be half written, by one who was killed too."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        found: list[dict[str, Any]] = []
        for line in lines:
            with contextlib.suppress(json.JSONDecodeError):
                found.append(json.loads(line))
        return [event for event in found if name is None or event["event"] == name]

    @property
    def log(self) -> Path:
        """What went to standard error."""
        return self.folder / "log"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot(("support", "pars")) as dovecot:
        yield dovecot


@pytest.fixture
def installation(tmp_path: Path, server: Dovecot) -> Installation:
    return Installation(tmp_path, server)
