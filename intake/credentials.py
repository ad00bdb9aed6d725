"""Passwords: from the environment, a file, or a systemd credential; read at each connect, shown never."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from intake.config_model import MailboxConfig
from intake.errors import ConfigError, Problem

_MODE_FOR_OTHERS = 0o077
_MAX_BYTES = 4096  # no password is longer; a wrong path may name a log of gigabytes


def read_password(name: str, box: MailboxConfig, environ: Mapping[str, str] | None = None) -> SecretStr:
    """The password of the mailbox `name`, fresh from its source, so that a changed one needs no restart.

    Raises:
        ConfigError: there is none, or others may read its file.
    """
    env = os.environ if environ is None else environ
    where = f"mailbox.{name}"
    if box.password_env is not None:
        if not (value := env.get(box.password_env, "")):
            remedy = f"export {box.password_env} before the start, or use password_file"
            raise _missing(f"{where}.password_env", "that variable is not set", remedy)
        return _checked(value, f"{where}.password_env")
    if box.password_file is not None:
        return _from_file(box.password_file, f"{where}.password_file", private=True)
    folder = env.get("CREDENTIALS_DIRECTORY")
    if not folder:
        remedy = "set password_file or password_env, or start it as a systemd unit with LoadCredential="
        raise _missing(where, "no password is configured", remedy)
    for candidate in (f"{box.password_credential}-{name}", box.password_credential):
        if (Path(folder) / candidate).is_file():
            return _from_file(Path(folder) / candidate, f"credential {candidate}", private=False)
    remedy = f"add LoadCredential={box.password_credential}:FILE to the unit"
    raise _missing(where, f"systemd gives no credential {box.password_credential}", remedy)


def _from_file(path: Path, where: str, *, private: bool) -> SecretStr:
    try:
        if private and path.stat().st_mode & _MODE_FOR_OTHERS:
            raise _missing(where, f"{path} can be read by others", f"chmod 600 {path}")
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = f"{path} cannot be read ({type(error).__name__})"
        raise _missing(where, reason, "write the password into it, mode 0600, owned by this user") from None
    return _checked(text.rstrip("\r\n"), where)


def _checked(text: str, where: str) -> SecretStr:
    """A line break in a password would end the IMAP command early: refused, not sent (RFC 9051 §4.3)."""
    if not text or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise _missing(where, "the password is empty or has control characters", "write it on one line")
    return SecretStr(text)


def _missing(where: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(where=where, what=what, remedy=remedy))
