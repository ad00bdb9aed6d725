"""`intake run` and `intake poll` in this process, with the real pipeline and store, against a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from intake.cli import poll
from intake.cli.context import Globals
from intake.config.load import Config, load_config
from intake.daemon.run import run_daemon
from intake.engine.state_dir import prepare_state
from intake.errors import ConfigError, Exit
from intake.keys import Keys
from intake.poll.values import Counts
from intake.store.store import Store
from intake.store.values import Recorded
from tests.dovecot import PASSWORD, Dovecot, require_dovecot

pytestmark = pytest.mark.dovecot
REQUEST = b"""From: Ann <ann@example.org>
Subject: Refund
Message-ID: <1@example.org>
Date: Mon, 01 Jun 2026 10:00:00 +0000

I was charged twice for order A-77120, please refund 49.00 EUR. Card 4111 1111 1111 1111.
"""
BOUNCE = b"From: robot@example.org\nAuto-Submitted: auto-replied\nSubject: away\nMessage-ID: <2@example.org>\n\nAway.\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot(("cli", "daemon", "late")) as dovecot:
        yield dovecot


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def write(folder: Path, server: Dovecot, user: str, extra: str = "") -> Path:
    password = folder / "pw"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o600)
    path = folder / "intake.toml"
    path.write_text(
        f'state_dir = "state"\n{extra}[mailbox.support]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
        f'username = "{user}"\npassword_file = "pw"\npolicy = "eofferix"\nstart_from = "all"\n'
    )
    return path


def test_poll_prints_the_contract_s_counts_and_a_second_time_nothing_new(
    tmp_path: Path, server: Dovecot
) -> None:
    server.deliver(REQUEST, BOUNCE, user="cli")
    app = typer.Typer()

    @app.callback()
    def _globals(ctx: typer.Context) -> None:
        ctx.obj = Globals(config_path=write(tmp_path, server, "cli"))

    poll.register(app)
    result = CliRunner().invoke(app, ["poll", "--once", "--json"])
    assert result.exit_code == Exit.OK, result.stderr
    assert json.loads(result.stdout) == {
        "mailbox": "support", "seen": 2, "cases": 1, "replies": 0, "ignored": 1, "set_aside": 0,
        "duplicates": 0, "quarantined": 0, "pending": 0,
    }  # fmt: skip
    assert "4111" not in result.stderr
    assert "ann@" not in result.stderr
    again = CliRunner().invoke(app, ["poll", "--once"])
    assert again.stdout == "support: nothing new\n"


class Watcher:
    """Stops the daemon once a mailbox is worked off."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.recorded: list[Recorded] = []

    def message_recorded(self, _mailbox: str, recorded: Recorded) -> None:
        self.recorded.append(recorded)

    def pass_finished(self, _mailbox: str, counts: Counts) -> None:
        assert counts.pending == 0
        self.stop.set()


def test_the_daemon_takes_in_what_is_there_and_ends_when_told(tmp_path: Path, server: Dovecot) -> None:
    server.deliver(REQUEST, BOUNCE, user="daemon")
    config = load_config(write(tmp_path, server, "daemon"), environ={})
    watcher = Watcher()
    with capture_logs() as logs:
        run_daemon(config, stop=watcher.stop, observer=watcher)
    assert [recorded.disposition.value for recorded in watcher.recorded] == ["case", "ignored"]
    names = [entry["event"] for entry in logs]
    assert {"secret.created", "service.ready", "imap.connected", "message.stored", "case.evaluated"} <= set(
        names
    )
    assert names[-1] == "service.stopped"
    with Store.open(config.database, Keys.load(config.secret_key), create=False) as store:
        assert len(store.cases()) == 1
    assert (config.state_dir.stat().st_mode & 0o777, config.secret_key.stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_fresh_secret_is_never_made_beside_an_old_database(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path / "state")
    prepare_state(config)
    (config.state_dir / "intake.db").touch()
    config.secret_key.unlink()
    with pytest.raises(ConfigError, match="secret"):
        prepare_state(config)
    assert not config.secret_key.exists()


def test_a_state_directory_that_cannot_be_made_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="state_dir"):
        prepare_state(Config(state_dir=tmp_path / "file" / "state"))


def test_every_missing_password_and_policy_is_named_before_the_first_poll(
    tmp_path: Path, server: Dovecot
) -> None:
    path = write(tmp_path, server, "late")
    path.write_text(path.read_text().replace('policy = "eofferix"', 'policy = "nobody_s"'))
    (tmp_path / "pw").unlink()
    with capture_logs() as logs, pytest.raises(ConfigError) as found:
        run_daemon(load_config(path, environ={}))
    assert [problem.where.rpartition("mailbox.support.")[2] for problem in found.value.problems] == [
        "password_file",
        "policy",
    ]
    assert "secret.unreadable" in [entry["event"] for entry in logs]
    assert not (tmp_path / "state").exists()
    with pytest.raises(ConfigError, match="no mailbox"):
        run_daemon(Config(state_dir=tmp_path / "state"))
