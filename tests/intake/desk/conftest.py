from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.config.review import ReviewConfig
from intake.desk.deciding import Verdicts
from intake.desk.desk import Desk
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.store import people
from intake.store.store import Store
from intake.store.tables import Notification
from tests.intake.casework import stories
from tests.intake.store import make

ANA = Actor(name="ana", role=Role.AGENT)
LEE = Actor(name="lee", role=Role.AGENT)
MAY = Actor(name="may", role=Role.LEAD)
OTTO = Actor(name="otto", role=Role.OPERATOR)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as opened:
        lease = opened.take_lease("support", "host:1", 60)
        assert lease is not None
        opened.record(lease, [stories.mail(1)], after=make.KEEP, last_uid=1)
        with opened.writing() as connection:
            for actor in (ANA, LEE, MAY, OTTO):
                people.add(
                    connection,
                    name=actor.name,
                    role=actor.role,
                    os_user=None,
                    password=None,
                    at=datetime(2026, 6, 1, tzinfo=UTC),
                    by="person:may",
                )
        yield opened


@pytest.fixture
def desk(store: Store) -> Desk:
    review = ReviewConfig(four_eyes={"EUR": Decimal("100.00")})
    return Desk(store=store, judge=stories.judge(), review=review, redactor=Redactor())


@pytest.fixture
def verdicts(desk: Desk) -> Verdicts:
    return Verdicts(desk=desk, keys=make.KEYS)


def more(store: Store, *mails: object) -> None:
    """Further mails."""
    lease = store.take_lease("support", "host:1", 60)
    assert lease is not None
    store.record(lease, mails, after=make.KEEP, last_uid=None)  # type: ignore[arg-type] # each is processed


@pytest.fixture
def ready(desk: Desk) -> str:
    """A case that the rules approve, with 49.00 EUR."""
    for name, text in {
        "order.paid_twice": "yes",
        "order.amount": "49.00 EUR",
        "order.paid_on": "2026-06-01",
        "order.account_email": "ann@example.org",
        "order.method": "card",
        "order.status": "pending",
        "usage": "none",
        "verified.identity": "yes",
        "verified.terms_violation": "no",
    }.items():
        desk.set("R-1001", name, text, ANA)
    case = desk.store.case("R-1001")
    assert case is not None
    assert (case.row.outcome, case.decision.refund.amount) == ("approve", "49.00")
    return "R-1001"


@pytest.fixture
def denied(desk: Desk, ready: str) -> str:
    desk.set(ready, "usage", "fee 49.00", ANA)
    case = desk.store.case(ready)
    assert case is not None
    assert case.row.outcome == "deny"
    return ready


def news(store: Store) -> list[dict[str, object]]:
    with store.reading() as connection:
        query = select(Notification.c.body).where(Notification.c.event == "case.decided")
        return [body.value["verdict"] for body in connection.scalars(query)]
