"""Every setting there is, with its default: what `config.example.toml` documents and `intake.config.load` reads."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from intake.config.letters import (
    ClocksConfig,
    LettersConfig,
    MetricsConfig,
    SmtpConfig,
    WebhookConfig,
)
from intake.config.oauth import OAuthConfig
from intake.config.orders import OrdersConfig
from intake.config.review import ReviewConfig
from intake.config.section import Credential, Host, Port, Section, UserName, Variable, is_loopback, wrong
from intake.config.work import WorkConfig

if TYPE_CHECKING:
    from intake.redaction.settings import RedactionSettings

PLAINTEXT_CONSENT = "the password and all mail travel in the clear"
"""What `allow_plaintext` has to say before a connection without TLS leaves this machine."""

MIB = 1024 * 1024
_ATOM = re.compile(r"[A-Za-z0-9$_.+-]+")  # a careful subset of flag-keyword (RFC 9051 §9)
_LABEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class LogConfig(Section):
    """How log lines look."""

    form: Literal["auto", "json", "logfmt", "console"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class RedactionConfig(Section):
    """What the redactor does beyond its built-in rules."""

    keep_patterns: tuple[str, ...] = ()
    extra_labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    placeholder: str = "removed"

    @field_validator("keep_patterns", "extra_labels", "placeholder")
    @classmethod
    def _usable(cls, value: object, info: ValidationInfo) -> object:
        if value in ((), {}, cls.model_fields["placeholder"].default):
            return value  # and whoever only looks at the queue does not load the redactor's words
        from intake.redaction.settings import RedactionSettings, RedactionSettingsError

        try:
            RedactionSettings(**{str(info.field_name): value})  # type: ignore[arg-type] # one of the three
        except RedactionSettingsError as error:
            what = "; ".join(f"{problem.key} is {problem.reason}" for problem in error.problems)
            raise wrong(what, error.problems[0].remedy) from None
        return value

    @property
    def settings(self) -> RedactionSettings:
        """As the redactor takes them."""
        from intake.redaction.settings import RedactionSettings

        return RedactionSettings(
            keep_patterns=self.keep_patterns, extra_labels=self.extra_labels, placeholder=self.placeholder
        )


class MailboxConfig(Section):
    """One mailbox: where it lies, how it is read, by which policy."""

    # the server
    host: Host
    port: Port | None = None
    allow_plaintext: str | None = None
    tls: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    username: UserName
    password_env: Variable | None = None
    password_file: Path | None = None
    password_credential: Credential = "imap-password"  # noqa: S105 - its name
    oauth: OAuthConfig | None = None
    connect_timeout_s: Annotated[float, Field(ge=1, le=300)] = 20
    io_timeout_s: Annotated[float, Field(ge=1, le=600)] = 60

    # what is read
    folders: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] = ("INBOX",)
    start_from: date | Literal["all"]
    idle: bool = True
    idle_folders: Annotated[int, Field(ge=1, le=50)] = 3  # with the poller's: 4, as Courier allows
    poll_interval_s: Annotated[int, Field(ge=1, le=86400)] = 60
    jitter_s: Annotated[int, Field(ge=0, le=3600)] = 5
    batch_messages: Annotated[int, Field(ge=1, le=500)] = 50
    batch_bytes: Annotated[int, Field(ge=64 * 1024, le=256 * MIB)] = 8 * MIB
    max_message_bytes: Annotated[int, Field(ge=64 * 1024, le=256 * MIB)] = 25 * MIB
    flood_limit: Annotated[int, Field(ge=0, le=100_000)] = 20

    # what the server is told afterwards
    after: Literal["keep", "move", "redact"] = "keep"
    keyword: str = "RefundIntake"
    move_to: str | None = None

    # by which rules
    policy: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    support_addresses: tuple[str, ...] | None = None
    authserv_ids: tuple[str, ...] | None = None
    account_default: Literal["sender", "none"] | None = None

    @field_validator("allow_plaintext")
    @classmethod
    def _consent(cls, value: str | None) -> str | None:
        if value not in {None, PLAINTEXT_CONSENT}:
            raise wrong(
                "not the sentence that is asked for", f'write allow_plaintext = "{PLAINTEXT_CONSENT}"'
            )
        return value

    @field_validator("tls")
    @classmethod
    def _private(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("host")
        refused = "allow_plaintext" in info.data and info.data["allow_plaintext"] is None
        if value == "none" and host is not None and refused and not is_loopback(host):
            raise wrong(
                "plain text to another machine shows the password and all mail to everybody on the way",
                f'use "tls" or "starttls", or write allow_plaintext = "{PLAINTEXT_CONSENT}"',
            )
        return value

    @field_validator("password_file")
    @classmethod
    def _one_source(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("password_env") is not None:
            raise wrong("the password has two sources", "keep either password_env or password_file")
        return value

    @field_validator("jitter_s")
    @classmethod
    def _less_than_interval(cls, value: int, info: ValidationInfo) -> int:
        interval = info.data.get("poll_interval_s")
        return value if interval is None else min(value, interval // 2)

    @field_validator("keyword")
    @classmethod
    def _atom(cls, value: str) -> str:
        if value and not _ATOM.fullmatch(value):
            raise wrong("not an IMAP keyword", 'use letters, digits and $ _ . + -, or "" for none')
        return value

    @field_validator("move_to")
    @classmethod
    def _target(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("after") == "move" and not value:
            raise wrong('after = "move" needs a folder', 'add move_to = "Refunds/Taken in"')
        after = info.data.get("after", "move")
        if after != "move" and value:
            raise wrong(f'has no effect with after = "{after}"', 'set after = "move" or remove it')
        if value and value in info.data.get("folders", ()):
            raise wrong(
                "is one of the folders that are read: mail would come in again", "name another folder"
            )
        return value

    @field_validator("support_addresses", "authserv_ids")
    @classmethod
    def _lower(cls, values: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if values is None else tuple(value.strip().lower() for value in values)

    @property
    def effective_port(self) -> int:
        """The port: as set, else the one registered for this kind of connection (RFC 9051 §2.1, RFC 8314)."""
        return self.port or (993 if self.tls == "tls" else 143)


class Config(Section):
    """The whole config, frozen; `path` is the file it came from."""

    path: Annotated[Path | None, Field(exclude=True)] = None
    state_dir: Path = Path("/var/lib/intake")
    database_url: Annotated[str | None, Field(repr=False)] = None
    secret_key_file: Path | None = None
    policy_dir: Path | None = None
    log: LogConfig = LogConfig()
    redaction: RedactionConfig = RedactionConfig()
    review: ReviewConfig = ReviewConfig()
    work: WorkConfig = WorkConfig()
    letters: LettersConfig = LettersConfig()
    smtp: SmtpConfig = SmtpConfig()
    webhook: WebhookConfig = WebhookConfig()
    webhooks: tuple[WebhookConfig, ...] = ()
    clocks: ClocksConfig = ClocksConfig()
    metrics: MetricsConfig = MetricsConfig()
    orders: OrdersConfig | None = None
    mailbox: Annotated[dict[str, MailboxConfig], Field(default_factory=dict)]

    @field_validator("mailbox")
    @classmethod
    def _labels(cls, value: dict[str, MailboxConfig]) -> dict[str, MailboxConfig]:
        for name in value:
            if not _LABEL.fullmatch(name):
                raise wrong(
                    "a mailbox's name stands in logs and rows",
                    "use up to 40 lower-case letters, digits, - and _",
                )
        return value

    @field_validator("webhooks")
    @classmethod
    def _told_apart(cls, value: tuple[WebhookConfig, ...], info: ValidationInfo) -> tuple[WebhookConfig, ...]:
        first = info.data.get("webhook")
        names = [one.name for one in value] + ([first.name] if first and first.url else [])
        if any(one.url is None for one in value):
            raise wrong("one has no url", 'add url = "https://hooks.example.org/refunds" to each')
        if len(set(names)) < len(names):
            raise wrong("two have one name", 'give each a name = "…" of its own')
        return value

    @property
    def every_webhook(self) -> tuple[WebhookConfig, ...]:
        """Whoever is told of cases: the table [webhook], and each [[webhooks]]."""
        return ((self.webhook,) if self.webhook.url is not None else ()) + self.webhooks

    @property
    def database(self) -> str:
        """The database's URL: as set, else SQLite in the state directory."""
        return self.database_url or f"sqlite:///{self.state_dir / 'intake.db'}"

    @property
    def secret_key(self) -> Path:
        """Where the secret-key lies: as set, else systemd's credential, else the state directory."""
        if self.secret_key_file is not None:
            return self.secret_key_file
        credential = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent")) / "secret-key"
        return credential if credential.is_file() else self.state_dir / "secret-key"

    @property
    def digest(self) -> str:
        """Tells two configs apart in the log; the config holds no secret."""
        return hashlib.sha256(self.model_dump_json(exclude={"database_url"}).encode()).hexdigest()[:12]

    def with_poll_interval(self, seconds: int) -> Self:
        """The same config with every mailbox polled each `seconds` (the flag of `intake run`)."""
        boxes = {
            name: box.model_copy(
                update={"poll_interval_s": seconds, "jitter_s": min(box.jitter_s, seconds // 2)}
            )
            for name, box in self.mailbox.items()
        }
        return self.model_copy(update={"mailbox": boxes})
