"""What leaves the house: the tables [letters], [smtp], [webhook], [clocks] and [metrics] of the config."""

from __future__ import annotations

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from intake.config.section import (
    Credential,
    Host,
    Port,
    Section,
    UserName,
    Variable,
    is_loopback,
    is_private_url,
    wrong,
)

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")  # no plus: ours


class LettersConfig(Section):
    """Letters to customers; `senders` is the From of each mailbox."""

    drafts: bool = False
    senders: dict[str, str] = Field(default_factory=dict)
    plus_address: bool = False
    dir: Path | None = None

    @field_validator("senders")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            if not _ADDRESS.fullmatch(parseaddr(text)[1]) or any(ord(c) < 0x20 for c in text):
                raise wrong("no address", 'write senders = { support = "Support <support@example.org>" }')
        return value


class SmtpConfig(Section):
    """The server that letters are sent through; off while there is no host."""

    host: Host | None = None
    port: Port | None = None
    tls: Literal["tls", "starttls", "none"] = "starttls"
    ca_file: Path | None = None
    username: UserName | None = None
    password_env: Variable | None = None
    password_file: Path | None = None
    password_credential: Credential = "smtp-password"  # noqa: S105 - its name
    timeout_s: Annotated[float, Field(ge=1, le=300)] = 30

    @field_validator("tls")
    @classmethod
    def _private(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("host")
        if value == "none" and host is not None and not is_loopback(host):
            raise wrong("plain text to another machine shows letters to everybody", 'use "tls" or "starttls"')
        return value

    @property
    def effective_port(self) -> int:
        """As set, else the one registered for this kind of submission (RFC 8314 §3.3, RFC 6409 §3.1)."""
        return self.port or (465 if self.tls == "tls" else 587)


class WebhookConfig(Section):
    """Who is told of cases over HTTP; off while there is no url. `name` tells several apart, and stays the same."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] = "webhook"
    url: str | None = None
    secret_env: Variable | None = None
    secret_file: Path | None = None
    secret_credential: Credential = "webhook-secret"  # noqa: S105 - its name
    ca_file: Path | None = None
    timeout_s: Annotated[float, Field(ge=1, le=60)] = 10
    retry_hours: Annotated[int, Field(ge=0, le=720)] = 72
    events: tuple[Literal["case.created", "case.ready", "case.decided"], ...] = (
        "case.created",
        "case.ready",
        "case.decided",
    )

    @field_validator("url")
    @classmethod
    def _private(cls, value: str | None) -> str | None:
        if value is not None and not is_private_url(value):
            raise wrong(
                "not an https address", 'write "https://hooks.example.org/refunds"; http to this machine only'
            )
        return value


class MetricsConfig(Section):
    """Where the daemon answers Prometheus; off while nothing is named."""

    listen: str | None = None

    @field_validator("listen")
    @classmethod
    def _this_machine(cls, value: str | None) -> str | None:
        host, _, port = (value or "").rpartition(":")
        if value is not None and not (is_loopback(host.strip("[]")) and port.isdigit() and int(port) < 65536):
            raise wrong("not a port of this machine", 'write "127.0.0.1:9108"')
        return value


class ClocksConfig(Section):
    """Reminders and silence, in days; 0: never."""

    remind_days: Annotated[int, Field(ge=0, le=60)] = 2
    silence_days: Annotated[int, Field(ge=0, le=365)] = 14
