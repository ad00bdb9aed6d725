"""Webhooks: signed, told again until they are taken, each known by its id."""

from __future__ import annotations

import hmac
import json
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from intake.config.letters import WebhookConfig
from intake.errors import ConfigError
from intake.notify.webhook import Deliverer, http_sender, signed, signing_key
from intake.store import deliveries
from intake.store.store import Store
from intake.store.tables import Delivery

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()


class Receiver:
    """Answers with the given statuses in turn; keeps what it was sent."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.heard: list[tuple[bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        assert url == "https://hooks.example.org/refunds"
        self.heard.append((body, headers))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return answer


def deliverer(store: Store, receiver: Any, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Deliverer:
    monkeypatch.setenv("HOOK", SECRET)
    config = WebhookConfig(url="https://hooks.example.org/refunds", secret_env="HOOK", **settings)
    return Deliverer(config=config, store=store, send=receiver, stop=threading.Event())


def due_now(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(Delivery).values(not_before=0))


def test_what_happened_is_told_once_and_signed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    worker = deliverer(store, receiver, monkeypatch)
    assert worker.run() == 2
    assert worker.run() == 0
    assert sorted(json.loads(body)["type"] for body, _ in receiver.heard) == ["case.created", "case.ready"]
    for body, headers in receiver.heard:
        data = json.loads(body)["data"]
        assert data == store.cases()[0].to_dict()
        words = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = hmac.digest(b64decode(SECRET.removeprefix("whsec_")), words, "sha256")
        assert headers["webhook-signature"] == f"v1,{b64encode(mac).decode()}"


def test_the_signature_is_the_one_of_the_specification() -> None:
    # the example of standardwebhooks.com's own libraries
    key = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "answer",
    [500, 302, 410, httpx.ConnectError("x"), httpx.ReadTimeout("x")],
    ids=["500", "302", "410", "unreachable", "slow"],
)
def test_what_is_refused_is_told_again_with_the_same_id_and_body(
    store: Store, monkeypatch: pytest.MonkeyPatch, answer: int | Exception
) -> None:
    receiver = Receiver(answer, answer)
    worker = deliverer(store, receiver, monkeypatch)
    assert worker.run() == 0
    assert worker.run() == 0  # not before its time
    assert len(receiver.heard) == 2
    due_now(store)
    assert worker.run() == 2
    assert {(h["webhook-id"], b) for b, h in receiver.heard[:2]} == {
        (h["webhook-id"], b) for b, h in receiver.heard[2:]
    }


def test_after_three_days_it_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver(500, 500, 500, 500)
    worker = deliverer(store, receiver, monkeypatch, events=("case.ready",))
    assert worker.run() == 0
    due_now(store)
    late = datetime.now(UTC) + timedelta(days=3, minutes=1)
    assert replace(worker, now=lambda: late).run() == 0  # the last try
    due_now(store)
    assert worker.run() == 0
    assert len(receiver.heard) == 2
    with store.reading() as connection:
        assert deliveries.counts(connection) == {"delivered": 0, "given_up": 1, "failed": 2}


def test_only_the_events_that_are_wanted_and_two_workers_share_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver()
    worker = deliverer(store, receiver, monkeypatch, events=("case.ready",))

    def meanwhile(url: str, body: bytes, headers: dict[str, str]) -> int:
        assert worker.run() == 0  # another daemon, at the same moment
        return receiver(url, body, headers)

    assert deliverer(store, meanwhile, monkeypatch, events=("case.ready",)).run() == 1
    assert [json.loads(body)["type"] for body, _ in receiver.heard] == ["case.ready"]


def test_without_an_address_nobody_is_told(store: Store) -> None:
    receiver = Receiver()
    off = Deliverer(config=WebhookConfig(), store=store, send=receiver, stop=threading.Event())
    assert off.run() == 0
    assert receiver.heard == []


@pytest.mark.parametrize(
    "secret", ["hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_???", b64encode(bytes(32)).decode()]
)
def test_a_weak_or_malformed_secret_is_refused(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", secret)
    with pytest.raises(ConfigError) as caught:
        signing_key(WebhookConfig(url="https://hooks.example.org", secret_env="HOOK"))
    assert secret not in str(caught.value) or len(secret) < 7


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org",
        "https://u:p@hooks.example.org",
        "https://",
        "hooks",
        "https://[x",
    ],
)
def test_only_private_ways_are_taken(url: str) -> None:
    with pytest.raises(ValueError, match="not an https address"):
        WebhookConfig(url=url)
    assert WebhookConfig(url="http://127.0.0.1:8000/x").url is not None


@contextmanager
def http_server(status: int, location: str | None = None) -> Iterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            if location:
                self.send_header("location", location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", heard
        finally:
            server.shutdown()
            thread.join()


def test_over_a_real_line_redirects_are_not_followed() -> None:
    with http_server(200) as (there, heard), http_server(307, there) as (url, first):
        send, close = http_sender(WebhookConfig(url=url))
        try:
            assert send(url, b"{}", {}) == 307
            assert send(there, b"{}", {}) == 200
        finally:
            close()
    assert (first, heard) == ([b"{}"], [b"{}"])


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"webhook erp: .* is no file of certificates"):
        http_sender(WebhookConfig(name="erp", url="https://hooks.example.org", ca_file=Path(__file__)))
    send, close = http_sender(WebhookConfig(url="https://localhost"))
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    with http_server(200) as (url, _), pytest.raises(httpx.HTTPError):
        send(url.replace("http:", "https:"), b"{}", {})
    close()
