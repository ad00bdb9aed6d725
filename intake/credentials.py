"""Secrets of mailboxes and other places that we log in to: read anew each time, shown never.

They come from the environment, a file, or a systemd credential.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.errors import ConfigError, Problem

_MODE_FOR_OTHERS = 0o077
_MAX_BYTES = 16384  # refresh tokens of some providers reach 4 kB; a wrong path may name a log of gigabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """Where one secret may lie: a variable, else a file, else a systemd credential."""

    where: str  # the table of the config that names it
    key: str  # of the setting: "password" stands for password_env, password_file
    env: str | None
    file: Path | None
    credential: str
    mailbox: str | None = None  # one of several that may each have a credential of their own

    def read(self, environ: Mapping[str, str] | None = None) -> SecretStr:
        """The secret, fresh from its source, so that a changed one needs no restart.

        Raises:
            ConfigError: there is none, or others may read its file.
        """
        env = os.environ if environ is None else environ
        if self.env is not None:
            if not (value := env.get(self.env, "")):
                remedy = f"export {self.env} before the start, or use {self.key}_file"
                raise _missing(f"{self.where}.{self.key}_env", "that variable is not set", remedy)
            return _checked(value, f"{self.where}.{self.key}_env", self.key)
        if self.file is not None:
            return _from_file(self.file, f"{self.where}.{self.key}_file", self.key, private=True)
        folder = env.get("CREDENTIALS_DIRECTORY")
        if not folder:
            remedy = (
                f"set {self.key}_file or {self.key}_env, or start it as a systemd unit with LoadCredential="
            )
            raise _missing(self.where, f"no {_words(self.key)} is configured", remedy)
        own = () if self.mailbox is None else (f"{self.credential}-{self.mailbox}",)
        for candidate in (*own, self.credential):
            if (Path(folder) / candidate).is_file():
                return _from_file(
                    Path(folder) / candidate, f"credential {candidate}", self.key, private=False
                )
        remedy = f"add LoadCredential={self.credential}:FILE to the unit"
        raise _missing(self.where, f"systemd gives no credential {self.credential}", remedy)


def secret_places(name: str, box: MailboxConfig) -> dict[str, SecretPlace]:
    """Every secret that a login to the mailbox `name` takes: its password, or what buys a token for it."""
    oauth, table = box.oauth, f"mailbox.{name}"
    if oauth is None:
        place = SecretPlace(
            mailbox=name,
            where=table,
            key="password",
            env=box.password_env,
            file=box.password_file,
            credential=box.password_credential,
        )
        return {"password": place}
    places = {}
    if oauth.grant == "refresh_token":
        places["refresh_token"] = SecretPlace(
            mailbox=name,
            where=f"{table}.oauth",
            key="refresh_token",
            env=oauth.refresh_token_env,
            file=oauth.refresh_token_file,
            credential="imap-refresh-token",
        )
    if oauth.grant == "client_credentials" or oauth.client_secret_env or oauth.client_secret_file:
        places["client_secret"] = SecretPlace(
            mailbox=name,
            where=f"{table}.oauth",
            key="client_secret",
            env=oauth.client_secret_env,
            file=oauth.client_secret_file,
            credential="imap-client-secret",
        )
    return places


def check_secrets(name: str, box: MailboxConfig) -> None:
    """Looks whether each secret can be read.

    Raises:
        ConfigError: with one problem for each that cannot.
    """
    problems: list[Problem] = []
    for place in secret_places(name, box).values():
        try:
            place.read()
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)


def read_password(name: str, box: MailboxConfig, environ: Mapping[str, str] | None = None) -> SecretStr:
    """The password of the mailbox `name`.

    Raises:
        ConfigError: there is none, or others may read its file.
    """
    return secret_places(name, box)["password"].read(environ)


def _from_file(path: Path, where: str, key: str, *, private: bool) -> SecretStr:
    try:
        if private and path.stat().st_mode & _MODE_FOR_OTHERS:
            raise _missing(where, f"{path} can be read by others", f"chmod 600 {path}")
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = f"{path} cannot be read ({type(error).__name__})"
        remedy = f"write the {_words(key)} into it, mode 0600, owned by this user"
        raise _missing(where, reason, remedy) from None
    return _checked(text.rstrip("\r\n"), where, key)


def _checked(text: str, where: str, key: str) -> SecretStr:
    """A line break in a password would end the IMAP command early: refused, not sent (RFC 9051 §4.3)."""
    if not text or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise _missing(where, f"the {_words(key)} is empty or has control characters", "write it on one line")
    return SecretStr(text)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _missing(where: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(where=where, what=what, remedy=remedy))
