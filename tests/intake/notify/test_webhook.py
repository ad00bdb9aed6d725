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

from intake.casework.decide import Verdicts
from intake.casework.desk import Desk
from intake.casework.verdicts import Wish
from intake.config import parse_config
from intake.config_letters import WebhookConfig
from intake.config_review import ReviewConfig
from intake.errors import ConfigError
from intake.notify.webhook import Deliverer, http_sender, signed, signing_key
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.store import letters_told, people
from intake.store.store import Store
from intake.store.tables import Delivery, Hook, Notification
from tests.intake.casework import stories
from tests.intake.store import make

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as opened:
        lease = opened.take_lease("support", "host:1", 60)
        assert lease is not None
        opened.record(lease, [stories.mail(1)], after=make.KEEP, last_uid=1)
        yield opened


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
        assert letters_told.deliveries(connection) == {"delivered": 0, "given_up": 1, "failed": 2}


def test_a_new_webhook_hears_no_history(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        connection.execute(update(Notification).values(created_at=datetime.now(UTC) - timedelta(days=30)))
    assert deliverer(store, Receiver(), monkeypatch).run() == 0
    with store.writing() as connection:
        connection.execute(update(Hook).values(since=datetime.now(UTC) - timedelta(days=90)))
    assert (
        deliverer(store, Receiver(), monkeypatch).run() == 2
    )  # known for long: nothing is left out, however late


def test_each_webhook_hears_all_and_one_that_fails_holds_up_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, well = Receiver(httpx.ConnectTimeout("x"), 500, 500), Receiver()
    lame = deliverer(store, dead, monkeypatch, name="lame")
    fine = deliverer(store, well, monkeypatch, name="fine")
    assert (lame.run(), fine.run(), fine.run()) == (0, 2, 0)
    assert len(dead.heard) == 1  # nobody waits through one time-out after another
    due_now(store)
    assert (lame.run(), fine.run()) == (0, 0)
    due_now(store)
    assert lame.run() == 2
    heard = [{(headers["webhook-id"], body) for body, headers in one.heard} for one in (dead, well)]
    assert heard[0] == heard[1]
    with store.reading() as connection:
        assert letters_told.deliveries(connection) == {"delivered": 4, "given_up": 0, "failed": 3}


def test_several_have_secrets_and_events_of_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets = {
        name: b64encode(bytes([place] * 32)).decode() for place, name in enumerate(("old", "ERP", "BI"))
    }
    for name, secret in secrets.items():
        monkeypatch.setenv(name, f"whsec_{secret}")
    text = 'state_dir = "."\n[webhook]\nurl = "https://a.example.org"\nsecret_env = "old"\n'
    text += '[[webhooks]]\nname = "erp"\nurl = "https://b.example.org"\nsecret_env = "ERP"\nevents = ["case.ready"]\n'
    text += 'retry_hours = 0\n[[webhooks]]\nname = "bi"\nurl = "https://b.example.org"\nsecret_file = "bi"\n'
    config = parse_config(text, tmp_path / "intake.toml")
    assert [one.name for one in config.every_webhook] == ["webhook", "erp", "bi"]
    (tmp_path / "bi").write_text(f"whsec_{secrets['BI']}\n", encoding="utf-8")
    (tmp_path / "bi").chmod(0o600)
    assert [signing_key(one) for one in config.every_webhook] == [bytes([n] * 32) for n in range(3)]
    heard: list[tuple[str, str]] = []

    def send(url: str, body: bytes, headers: dict[str, str]) -> int:
        heard.append((url, json.loads(body)["type"]))
        return 500

    erp = Deliverer(config=config.webhooks[0], store=store, send=send, stop=threading.Event())
    assert erp.run() == 0
    due_now(store)
    assert erp.run() == 0
    assert heard == [("https://b.example.org", "case.ready")]  # retry_hours = 0: tried once


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ('[[webhooks]]\nname = "a"\n', "has no url"),
        ('[[webhooks]]\nurl = "https://a.example.org"\n' * 2, "one name"),
        (
            '[webhook]\nurl = "https://a.example.org"\n[[webhooks]]\nurl = "https://b.example.org"\n',
            "one name",
        ),
        ('[[webhooks]]\nname = "a"\nurl = "http://a.example.org"\n', "https"),
    ],
)
def test_webhooks_that_cannot_be_told_apart_are_named(tables: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=what):
        parse_config(f'state_dir = "."\n{tables}', tmp_path / "intake.toml")


def deciding(store: Store, undo_s: int) -> tuple[Verdicts, Actor]:
    desk = Desk(store=store, judge=stories.judge(), review=ReviewConfig(undo_s=undo_s), redactor=Redactor())
    with store.writing() as connection:
        add = {"os_user": None, "password": None, "at": datetime.now(UTC), "by": "person:may"}
        people.add(connection, name="may", role=Role.LEAD, **add)  # type: ignore[arg-type] # as named
    return Verdicts(desk=desk, keys=make.KEYS), Actor(name="may", role=Role.LEAD)


def test_what_can_still_be_undone_leaves_for_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    verdicts, may = deciding(store, undo_s=60)
    worker = deliverer(store, receiver, monkeypatch, events=("case.decided",))
    verdicts.decide("R-1001", Wish(word="deny", reason="was paid back in May"), may)
    assert worker.run() == 0
    verdicts.undo("R-1001", may)
    with store.writing() as connection:
        connection.execute(update(Notification).values(not_before=0))  # the minute is over
    assert worker.run() == 0
    assert receiver.heard == []
    verdicts.decide("R-1001", Wish(word="deny", reason="was paid back in May"), may)
    with store.writing() as connection:
        connection.execute(update(Notification).values(not_before=0))
    assert worker.run() == 1


def test_who_was_told_of_a_decision_is_told_that_it_is_open_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver()
    verdicts, may = deciding(store, undo_s=0)
    worker = deliverer(store, receiver, monkeypatch)
    verdicts.decide("R-1001", Wish(word="deny", reason="was paid back in May"), may)
    worker.run()
    verdicts.reopen("R-1001", may, reason="it was another payment")
    worker.run()
    told = [json.loads(body) for body, _ in receiver.heard]
    assert [(one["type"], one["data"]["state"]) for one in told[-2:]] == [
        ("case.decided", "decided"),
        ("case.ready", "in_review"),
    ]
    assert told[-1]["data"]["version"] > told[-2]["data"]["version"]


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
    with pytest.raises(ConfigError, match="no file of certificates"):
        http_sender(WebhookConfig(url="https://hooks.example.org", ca_file=Path(__file__)))
    send, close = http_sender(WebhookConfig(url="https://localhost"))
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    with http_server(200) as (url, _), pytest.raises(httpx.HTTPError):
        send(url.replace("http:", "https:"), b"{}", {})
    close()
