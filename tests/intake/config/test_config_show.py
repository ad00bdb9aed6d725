"""`intake config show`: what holds, and where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from intake.cli import config_show
from intake.cli.context import Globals


def shown(tmp_path: Path, *args: str) -> str:
    config = tmp_path / "intake.toml"
    config.write_text(
        'state_dir = "state"\n[log]\nlevel = "debug"\n[mailbox.my-box]\nhost = "imap.example.org"\n'
        'username = "u"\npolicy = "pars"\nstart_from = 2026-01-01\npassword_env = "MY_PASSWORD"\n'
    )
    app = typer.Typer()

    @app.callback()
    def _globals(ctx: typer.Context) -> None:
        ctx.obj = Globals(config_path=config)

    config_show.register(app)
    result = CliRunner().invoke(app, ["config", "show", *args])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_each_setting_has_its_value_and_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_MAILBOX__MY_BOX__POLL_INTERVAL_S", "7")
    monkeypatch.setenv("INTAKE_DATABASE_URL", "postgresql://intake:hunter2@db.example.org/intake")
    rows = {row["key"]: row for row in map(json.loads, shown(tmp_path, "--json").splitlines())}
    file = str(tmp_path / "intake.toml")
    assert rows["log.level"] | {"value": "debug", "origin": file} == rows["log.level"]
    assert rows["log.form"]["origin"] == "default"
    assert rows["state_dir"] | {"value": str(tmp_path / "state"), "origin": file} == rows["state_dir"]
    assert rows["mailbox.my-box.poll_interval_s"]["value"] == 7
    assert rows["mailbox.my-box.poll_interval_s"]["origin"] == "INTAKE_MAILBOX__MY_BOX__POLL_INTERVAL_S"
    assert rows["mailbox.my-box.start_from"]["value"] == "2026-01-01"
    assert rows["work.workers"] | {"value": 1, "origin": "default"} == rows["work.workers"]


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PASSWORD", "correct horse")
    monkeypatch.setenv("INTAKE_DATABASE_URL", "postgresql://intake:hunter2@db.example.org/intake")
    text = shown(tmp_path)
    assert "hunter2" not in text
    assert "correct horse" not in text
    assert "intake:***@db.example.org" in text
    line = next(line for line in text.splitlines() if line.startswith("mailbox.my-box.password "))
    assert '"***"' in line
    assert line.endswith("# MY_PASSWORD")
