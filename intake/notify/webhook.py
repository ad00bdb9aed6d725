"""Tells another system of cases over HTTP, signed by Standard Webhooks 1.0 (standardwebhooks.com, Specification).

At least once, in no promised order: a receiver drops what it knows by `webhook-id`, and goes by the case's
version. What it refuses is tried again, for three days unless the config says otherwise.
"""

from __future__ import annotations

import hmac
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import httpx

from intake.clock import Clock, utc_now
from intake.config.letters import WebhookConfig
from intake.credentials import SecretPlace
from intake.errors import ConfigError, Problem
from intake.log import Event, emit
from intake.store import deliveries
from intake.store.deliveries import Told
from intake.store.store import Store
from intake.tls import trusting

_PREFIX: Final = "whsec_"
_LEAST, _MOST = 24, 64  # bytes of a secret
# seconds before the next try; the last again and again
_WAITS: Final = (5, 60, 300, 1800, 7200, 18_000, 36_000)
_AT_ONCE: Final = 200  # of one run: then others have their turn
_NEWS: Final = timedelta(days=3)  # what a webhook that is new is told of


class Sender(Protocol):
    """What posts a signed body; a test puts its own here."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer.

        Raises:
            httpx.HTTPError: there was none.
        """


def webhook_place(config: WebhookConfig) -> SecretPlace:
    """Where the secret lies."""
    return SecretPlace(
        where=config.name,
        key="secret",
        env=config.secret_env,
        file=config.secret_file,
        credential=config.secret_credential,
        mailbox=config.name,
    )


def signing_key(config: WebhookConfig) -> bytes:
    """The key of the signatures, fresh from where the secret lies.

    Raises:
        ConfigError: there is none, or it is not of the form `whsec_` and base64.
    """
    text = webhook_place(config).read().get_secret_value()
    try:
        key = b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not text.startswith(_PREFIX) or not _LEAST <= len(key) <= _MOST:
        remedy = "make one: printf 'whsec_%s\\n' \"$(openssl rand -base64 32)\""
        what = f"is not {_PREFIX} and base64 of {_LEAST} to {_MOST} bytes"
        raise ConfigError(Problem(where=f"{config.name} secret", what=what, remedy=remedy))
    return key


def signed(key: bytes, ident: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one delivery."""
    mac = hmac.digest(key, f"{ident}.{timestamp}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "webhook-id": ident,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }


def body_of(told: Told) -> bytes:
    """What is posted: the same bytes for every try."""
    shown = {"type": told.event, "timestamp": told.created_at.isoformat(), "data": told.body}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverer:
    """Works off the notifications at one webhook; `run` is called again and again, by one thread at a time."""

    config: WebhookConfig
    store: Store
    send: Sender
    stop: threading.Event
    now: Clock = utc_now

    def run(self) -> int:
        """Delivers what is due; gives how many the receiver took.

        Raises:
            ConfigError: the secret cannot be read.
            UnavailableError: the database.
        """
        if self.config.url is None:
            return 0
        key, taken, lease = signing_key(self.config), 0, int(4 * self.config.timeout_s) + 30
        with self.store.writing() as connection:
            since = deliveries.greet(connection, self.config.name, news_of=_NEWS)
        for _ in range(_AT_ONCE):
            if self.stop.is_set():
                break
            with self.store.writing() as connection:
                told = deliveries.claim(
                    connection, self.config.name, lease_s=lease, events=self.config.events, since=since
                )
            if told is None:
                break
            status = self._deliver(told, key, self.config.url)
            taken += _taken(status)
            if status is None:
                break  # nobody answers: the others' turn, instead of one time-out after another
        return taken

    def _deliver(self, told: Told, key: bytes, url: str) -> int | None:
        """The status of the answer; None: there was none."""
        status, code = self._post(told, key, url)
        if _taken(status):
            with self.store.writing() as connection:
                deliveries.delivered(connection, told.id, self.config.name)
            emit(
                Event.WEBHOOK_DELIVERED,
                case_id=told.case,
                endpoint=_endpoint(url),
                attempt=told.attempts,
                status=status,
            )
            return status
        old = self.now() - told.created_at > timedelta(hours=self.config.retry_hours)
        wait = None if old else _WAITS[min(told.attempts, len(_WAITS)) - 1]
        with self.store.writing() as connection:
            deliveries.failed(connection, told.id, self.config.name, code=code, retry_in_s=wait)
        emit(
            Event.WEBHOOK_GIVEN_UP if wait is None else Event.WEBHOOK_FAILED,
            case_id=told.case,
            endpoint=_endpoint(url),
            attempt=told.attempts,
            status=status,
            error_code=code,
            retry_in_s=wait,
        )
        return status

    def _post(self, told: Told, key: bytes, url: str) -> tuple[int | None, str]:
        body = body_of(told)
        headers = signed(key, told.id, int(self.now().timestamp()), body)
        try:
            status = self.send(url, body, headers)
        except httpx.TimeoutException:
            return None, "timeout"
        except httpx.HTTPError as error:
            return None, type(error).__name__
        return status, f"status_{status}"


def http_sender(config: WebhookConfig) -> tuple[Sender, Callable[[], None]]:
    """What posts in earnest, and what closes its connections: no redirects, no proxies of the environment.

    Raises:
        ConfigError: the certificate file is none.
    """
    context = trusting(config.ca_file, where=f"webhook {config.name}")
    client = httpx.Client(
        timeout=config.timeout_s, verify=context, follow_redirects=False, trust_env=False, http2=False
    )

    def send(url: str, body: bytes, headers: dict[str, str]) -> int:
        with client.stream("POST", url, content=body, headers=headers) as answer:
            # the answer itself is not read: it may be endless, and is nobody's business
            return answer.status_code

    return send, client.close


def _taken(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _endpoint(url: str) -> str:
    """Host and port alone: a path may hold a secret."""
    parts = httpx.URL(url)
    return parts.host if parts.port is None else f"{parts.host}:{parts.port}"
