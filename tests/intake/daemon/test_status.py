"""`intake status`: what an operator reads, and what a script goes by."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from intake.cli import run
from intake.cli.context import Globals
from intake.daemon.status import DaemonStatus, MailboxStatus
from intake.errors import Exit


def state(*, ok: bool = True, age: timedelta = timedelta(0), pid: int | None = None) -> DaemonStatus:
    now = datetime.now(UTC)
    code = None if ok else "timeout"
    box = MailboxStatus(
        mailbox="support", ok=ok, running=False, error_code=code, failures=0, last_good_s=3, next_s=40
    )
    return DaemonStatus(
        pid=pid or os.getpid(), version="1", started_at=now, written_at=now - age, mailboxes=(box,)
    )


def ask(tmp_path: Path, *args: str) -> Result:
    config = tmp_path / "intake.toml"
    config.write_text(
        'state_dir = "."\n[mailbox.support]\nhost = "imap.example.org"\nusername = "u"\npolicy = "pars"\n'
        'start_from = "all"\n'
    )
    app = typer.Typer()

    @app.callback()
    def _globals(ctx: typer.Context) -> None:
        ctx.obj = Globals(config_path=config)

    run.register(app)
    return CliRunner().invoke(app, ["status", *args])


def test_status_tells_of_a_daemon_that_is_well(tmp_path: Path) -> None:
    state().write(tmp_path)
    assert (tmp_path / "status.json").stat().st_mode & 0o777 == 0o600
    found = ask(tmp_path)
    assert found.exit_code == Exit.OK
    assert "1 mailbox, all well" in found.stdout
    assert "last good pass 3 s ago, next in 40 s" in found.stdout
    told = json.loads(ask(tmp_path, "--json").stdout)
    assert (told["running"], told["ok"], told["mailboxes"][0]["mailbox"]) == (True, True, "support")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"ok": False}, "1 not read (support: timeout)"),
        ({"age": timedelta(minutes=5)}, "did not end in good order"),
        ({"pid": 2**22 + 1}, "did not end in good order"),
        (None, "not running"),
    ],
)
def test_status_is_1_where_something_is_wrong(
    tmp_path: Path, written: dict[str, Any] | None, said: str
) -> None:
    if written is not None:
        state(**written).write(tmp_path)
    found = ask(tmp_path)
    assert found.exit_code == Exit.PROBLEM
    assert said in found.stdout
