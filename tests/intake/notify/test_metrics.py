"""Metrics: what Prometheus reads, on this machine alone, and nobody's name in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
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
from intake.notify.metrics import exposition, metrics_server
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.store import people
from intake.store.store import Store
from intake.store.tables import Case
from tests.intake.casework import stories
from tests.intake.store import make

MAY = Actor(name="may", role=Role.LEAD)
NOW = datetime(2026, 6, 10, 21, 30, tzinfo=UTC)  # past midnight in Moscow


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as store:
        lease = store.take_lease("support", "host:1", 60)
        assert lease is not None
        mails = [stories.mail(uid, order_number=f"A-{uid}") for uid in (1, 2)]
        store.record(lease, mails, after=make.KEEP, last_uid=2, judge=stories.judge())
        with store.writing() as connection:
            rest = {"os_user": None, "password": None, "at": NOW, "by": "person:may"}
            people.add(connection, name="may", role=Role.LEAD, **rest)  # type: ignore[arg-type] # as named
            connection.execute(update(Case).where(Case.c.id == 1).values(due=date(2026, 6, 10)))
        yield Desk(store=store, judge=stories.judge(), review=ReviewConfig(), redactor=Redactor())


def test_what_is_counted(desk: Desk) -> None:
    Verdicts(desk=desk, keys=make.KEYS).decide("R-1002", Wish(word="deny", reason="paid back in May"), MAY)
    text = exposition(desk.store, desk.judge.policies, NOW)
    lines = text.splitlines()
    for line in (
        'intake_cases{state="ready"} 1',
        'intake_cases{state="decided"} 1',
        "intake_cases_overdue 1",
        'intake_decisions_total{outcome="deny",source="person"} 1',
        'intake_messages_total{result="case"} 2',
        "intake_quarantine_messages 0",
        'intake_webhook_deliveries_total{result="delivered"} 0',
        "# TYPE intake_webhook_deliveries_total counter",
    ):
        assert line in lines
    assert not any(word in text for word in ("@", "A-1", "may", "R-1"))
    before_midnight = exposition(desk.store, desk.judge.policies, NOW.replace(hour=20))
    assert "intake_cases_overdue 0" in before_midnight.splitlines()


def test_the_daemon_answers_on_this_machine(desk: Desk, tmp_path: Path) -> None:
    config = parse_config(
        f'state_dir = "{tmp_path}"\n[metrics]\nlisten = "127.0.0.1:0"\n', tmp_path / "x.toml"
    )
    render = partial(exposition, desk.store, desk.judge.policies)
    with metrics_server(config.metrics.listen or "", render) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "intake_cases_overdue" in answer.text
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 404
        taken = metrics_server(f"127.0.0.1:{port}", render)
        with pytest.raises(ConfigError, match="listened on"), taken:
            pass


@pytest.mark.parametrize("listen", ["0.0.0.0:9108", "9108", "127.0.0.1:99999", "example.org:80", ""])
def test_nobody_else_is_answered(listen: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="port of this machine"):
        parse_config(f'state_dir = "."\n[metrics]\nlisten = "{listen}"\n', tmp_path / "x.toml")
