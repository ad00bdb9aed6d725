"""`intake check`, `init` and `poll` from the outside: one line each with the fix, and the exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer
from typer.testing import CliRunner, Result

from intake.checks import Level, run_checks
from intake.cli import check, init, poll, run
from intake.cli.context import Globals
from intake.config.load import load_config
from intake.errors import Exit, IntakeError
from intake.keys import Keys
from intake.store.store import Store
from rules.load import shipped_folder

BOX = '[mailbox.support]\nhost = "127.0.0.1"\nusername = "u"\npolicy = "eofferix"\nstart_from = "all"\n'
BOX += 'password_file = "pw"\ntls = "none"\n'

ORDERS = '[orders]\nsource = "http"\nurl_by_number = "https://example.org/{order_number}"\n'

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUNGL4KG9Iuu2qniyHh/PLt/J9/04wCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRRXhhbXBsZSBhdXRob3JpdHkwHhcNMjYxMTIyMTYzNjU5WhcN
MjYxMjIyMTYzNjU5WjAcMRowGAYDVQQDDBFFeGFtcGxlIGF1dGhvcml0eTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPWgNISJUQWLVMgJg0tZJ71Ly1QW//stupge
ooMv/66ynWcVk7ytZbY9bP66kfyfea9eBhZUFACUeOYzw4JpAmCjUzBRMB0GA1Ud
DgQWBBRLBTnrr06c1JpWO3vxeTxFKhKwmDAfBgNVHSMEGDAWgBRLBTnrr06c1JpW
O3vxeTxFKhKwmDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAIw
J8i1GGj+HzpIAFU5JZm1lhqz4zdqd3Cal3oYWA8UAiEAuyJ6gPXjcQPMiXtIlMyn
e3KgKKiy6BVEkRGQ9zVTjFU=
-----END CERTIFICATE-----
"""  # of an invented authority


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    yield
    structlog.reset_defaults()  # a command sends the log to its own standard error, which is closed by now


def app() -> typer.Typer:
    made = typer.Typer()

    @made.callback()
    def _globals(ctx: typer.Context, config: Path | None = None) -> None:
        ctx.obj = Globals(config_path=config)

    for group in (check, init, poll, run):
        group.register(made)
    return made


def call(*args: str, config: Path | None = None) -> Result:
    before = ["--config", str(config)] if config else []
    return CliRunner(env={"NO_COLOR": "1"}).invoke(app(), [*before, *args])


def write(folder: Path, text: str = BOX) -> Path:
    path = folder / "intake.toml"
    path.write_text(f'state_dir = "state"\n{text}')
    password = folder / "pw"
    password.write_text("geheim\n")
    password.chmod(0o600)
    return path


def test_all_right_offline(tmp_path: Path) -> None:
    result = call("check", "--offline", config=write(tmp_path))
    assert result.exit_code == Exit.OK, result.output
    assert {line.split()[0] for line in result.output.splitlines()} == {"ok"}
    assert "made on the first start" in result.output
    assert "geheim" not in result.output
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("change", "fix"),
    [
        ('keywrd = "x"', "did you mean keyword?"),
        ('policy = "nobody"', "one of eofferix, pars"),
        ('password_file = "other"', "mode 0600"),
    ],
)
def test_a_wrong_setting_ends_with_78_and_its_fix(tmp_path: Path, change: str, fix: str) -> None:
    key = change.partition(" = ")[0]
    kept = "".join(line for line in BOX.splitlines(keepends=True) if not line.startswith(f"{key} "))
    result = call("check", "--offline", config=write(tmp_path, f"{kept}{change}\n"))
    assert result.exit_code == Exit.CONFIG
    assert fix in result.output


def test_a_password_that_others_may_read_ends_with_78(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "pw").chmod(0o644)
    result = call("check", "--offline", config=path)
    assert result.exit_code == Exit.CONFIG
    assert "chmod 600" in result.output


def test_a_server_that_is_away_ends_with_69(tmp_path: Path) -> None:
    result = call("check", config=write(tmp_path, BOX + "port = 1\n"))
    assert result.exit_code == Exit.UNAVAILABLE
    assert "nobody listens there" in result.output


def test_a_database_under_another_secret_key_ends_with_78(tmp_path: Path) -> None:
    path = write(tmp_path)
    state = tmp_path / "state"
    state.mkdir()
    with Store.open(f"sqlite:///{state}/intake.db", Keys.create(tmp_path / "first-key")):
        pass
    Keys.create(state / "secret-key")
    found = list(run_checks(load_config(path), offline=True))
    assert [finding.exit for finding in found if finding.level is Level.FAIL] == [Exit.CONFIG]
    (state / "secret-key").unlink()
    (tmp_path / "first-key").rename(state / "secret-key")
    assert all(finding.level is Level.OK for finding in run_checks(load_config(path), offline=True))


def test_a_policy_of_one_s_own_is_held_to_its_own_cases(tmp_path: Path) -> None:
    folder = tmp_path / "policies" / "eofferix"
    shutil.copytree(shipped_folder() / "eofferix", folder)
    path = write(tmp_path, 'policy_dir = "policies"\n' + BOX)
    result = call("check", "--offline", config=path)
    assert "cases hold" in result.output
    cases = folder / "cases.toml"
    cases.write_text(cases.read_text(encoding="utf-8").replace('outcome = "deny"', 'outcome = "approve"'))
    result = call("check", "--offline", config=path)
    assert result.exit_code == Exit.CONFIG
    assert "intake policy test eofferix" in result.output
    cases.write_text("[[case")
    assert "is no TOML" in call("check", "--offline", config=path).output
    (folder / "policy.toml").write_text("id = 3")
    result = call("check", "--offline", config=path)
    assert result.exit_code == Exit.CONFIG
    assert "intake policy check" in result.output


@pytest.mark.parametrize(
    "table", ['[smtp]\nhost = "smtp.example.org"', '[webhook]\nurl = "https://example.org"']
)
def test_a_private_authority_is_tried_before_there_is_anything_to_tell(tmp_path: Path, table: str) -> None:
    path = write(tmp_path, f'{BOX}{table}\nca_file = "ca.pem"\n')
    result = call("check", "--offline", config=path)
    assert result.exit_code == Exit.CONFIG
    assert f"there is no file {tmp_path / 'ca.pem'}" in result.output
    assert "set ca_file" in result.output
    (tmp_path / "ca.pem").write_text("none")
    assert "is no file of certificates" in call("check", "--offline", config=path).output
    (tmp_path / "ca.pem").write_text(CERTIFICATE)
    assert "holds certificates" in call("check", "--offline", config=path).output


@pytest.mark.parametrize(
    ("table", "other"), [('[smtp]\nhost = "smtp.example.org"', "smtp"), (ORDERS, "orders")]
)
def test_a_webhook_of_another_s_name_hides_no_authority(tmp_path: Path, table: str, other: str) -> None:
    (tmp_path / "hook.pem").write_text(CERTIFICATE)
    hook = f'[[webhooks]]\nname = "{other}"\nurl = "https://example.org"\nca_file = "hook.pem"\n'
    path = write(tmp_path, f'{BOX}{table}\nca_file = "ca.pem"\n{hook}')
    assert f"there is no file {tmp_path / 'ca.pem'}" in call("check", "--offline", config=path).output


@pytest.mark.parametrize(("free", "level", "status"), [(10, "fail", Exit.PROBLEM), (100, "warn", Exit.OK)])
def test_a_full_disk_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str, status: Exit
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free * 1024 * 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    path = write(tmp_path)
    result = call("check", "--offline", config=path)
    assert f"{level}" in next(line for line in result.output.splitlines() if " disk " in line)
    assert result.exit_code == status
    assert call("check", "--offline", "--strict", config=path).exit_code == Exit.PROBLEM


def test_no_mailbox_at_all_is_a_problem(tmp_path: Path) -> None:
    result = call("check", "--offline", config=write(tmp_path, ""))
    assert result.exit_code == Exit.CONFIG
    assert "[mailbox.NAME]" in result.output


def test_init_writes_a_config_that_check_understands(tmp_path: Path) -> None:
    path = tmp_path / "new" / "intake.toml"
    result = call("init", str(path), "--host", "127.0.0.1", "--mailbox", "refunds", "--policy", "pars")
    assert result.exit_code == Exit.OK, result.output
    config = load_config(path, environ={})
    assert config.mailbox["refunds"].start_from != "all"
    assert config.mailbox["refunds"].policy == "pars"


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    path = write(tmp_path)
    before = path.read_text()
    result = call("init", str(path))
    assert isinstance(result.exception, IntakeError)
    assert result.exception.exit == Exit.CANNOT_CREATE
    assert path.read_text() == before


def test_init_to_standard_output_and_a_bad_option(tmp_path: Path) -> None:
    assert "start_from = 2" in call("init", "-").output
    result = call("init", str(tmp_path / "x.toml"), "--mailbox", "No Label")
    assert isinstance(result.exception, IntakeError)
    assert not (tmp_path / "x.toml").exists()


def test_poll_wants_once_and_tells_a_server_that_is_away_by_69(tmp_path: Path) -> None:
    path = write(tmp_path, BOX + "port = 1\n")
    assert call("poll", config=path).exit_code == Exit.USAGE
    result = call("poll", "--once", "--json", config=path)
    assert result.exit_code == Exit.UNAVAILABLE
    assert result.stdout == ""
    assert "nobody listens there" in result.stderr
    result = call("poll", "--once", "--mailbox", "other", config=path)
    assert isinstance(result.exception, IntakeError)
    assert result.exception.exit == Exit.CONFIG


def test_json_is_one_object_a_mailbox(capsys: pytest.CaptureFixture[str]) -> None:
    from intake.poll.values import Counts

    poll._print("support", Counts(seen=2, cases=1, pending=1), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "mailbox": "support", "seen": 2, "cases": 1, "replies": 0, "ignored": 0, "set_aside": 0,
        "duplicates": 0, "quarantined": 0, "pending": 1,
    }  # fmt: skip
