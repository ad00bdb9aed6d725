"""Several webhooks: each hears what it is to hear, in its own time, and of nothing that can still be undone."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from intake.casework.verdicts import Wish
from intake.config.load import parse_config
from intake.config.review import ReviewConfig
from intake.desk.deciding import Verdicts
from intake.desk.desk import Desk
from intake.errors import ConfigError
from intake.notify.webhook import Deliverer, signing_key
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.store import deliveries, people
from intake.store.store import Store
from intake.store.tables import Hook, Notification
from tests.intake.casework import stories
from tests.intake.notify.test_webhook import Receiver, deliverer, due_now
from tests.intake.store import make


def test_a_new_webhook_hears_no_history(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        connection.execute(update(Notification).values(created_at=datetime.now(UTC) - timedelta(days=30)))
    assert deliverer(store, Receiver(), monkeypatch).run() == 0
    with store.writing() as connection:
        connection.execute(update(Hook).values(since=datetime.now(UTC) - timedelta(days=90)))
    # known for long: nothing is left out, however late
    assert deliverer(store, Receiver(), monkeypatch).run() == 2


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
        assert deliveries.counts(connection) == {"delivered": 4, "given_up": 0, "failed": 3}


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
