"""Passwords come from three places, are refused where others may read them, and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.config.model import MailboxConfig
from intake.credentials import read_password
from intake.errors import ConfigError


def box(**settings: object) -> MailboxConfig:
    base = {"host": "imap.example.org", "username": "u", "policy": "pars", "start_from": "all"}
    return MailboxConfig.model_validate(base | settings)


def test_from_the_environment() -> None:
    secret = read_password("a", box(password_env="PW"), {"PW": "geheim ä"})
    assert secret.get_secret_value() == "geheim ä"
    assert "geheim" not in f"{secret} {secret!r}"


def test_from_a_file_of_one_line_that_only_we_may_read(tmp_path: Path) -> None:
    path = tmp_path / "pw"
    path.write_text("geheim\n")
    path.chmod(0o600)
    assert read_password("a", box(password_file=path), {}).get_secret_value() == "geheim"
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_password("a", box(password_file=path), {})


def test_from_systemd_the_mailbox_s_own_before_the_common_one(tmp_path: Path) -> None:
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    (tmp_path / "imap-password").write_text("common")
    assert read_password("a", box(), env).get_secret_value() == "common"
    (tmp_path / "imap-password-a").write_text("own")
    assert read_password("a", box(), env).get_secret_value() == "own"
    with pytest.raises(ConfigError, match="LoadCredential=other"):
        read_password("a", box(password_credential="other"), env)


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "bell\x07"])
def test_what_is_no_password_is_refused_and_not_repeated(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pw"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        read_password("a", box(password_file=path), {})
    assert "lines" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"password_env": "PW"}, "export PW"),
        ({"password_file": "/nonexistent/pw"}, "mode 0600"),
        ({}, "password_file"),
    ],
)
def test_none_at_all_says_what_to_do(settings: dict[str, object], remedy: str) -> None:
    with pytest.raises(ConfigError, match=remedy):
        read_password("a", box(**settings), {})
