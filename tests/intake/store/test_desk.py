"""What people do with cases, on PostgreSQL as on SQLite: the same verbs, the same locks, the same history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from intake.casework.states import ForbiddenError, HeldError, State, WrongStateError
from intake.casework.verdicts import Wish
from intake.config.review import ReviewConfig
from intake.desk.deciding import Verdicts
from intake.desk.desk import Desk
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.store import people
from intake.store.changes_since import ConflictError
from intake.store.store import Store
from intake.store.tables import Case
from intake.store.values import Lease
from tests.intake.casework import stories
from tests.intake.store import make

ANA, LEE = (Actor(name=name, role=Role.AGENT) for name in ("ana", "lee"))
MAY = Actor(name="may", role=Role.LEAD)
WHY = "the bank's letter shows it"
FACTS = {
    "order.paid_twice": "yes",
    "order.amount": "149.00 EUR",
    "order.paid_on": "2026-06-01",
    "order.account_email": "ann@example.org",
    "order.method": "card",
    "order.status": "pending",
    "usage": "none",
    "verified.identity": "yes",
    "verified.terms_violation": "no",
}


@pytest.fixture
def desk(store: Store, lease: Lease) -> Desk:
    mails = [stories.mail(uid, order_number=f"A-{uid}") for uid in (1, 2, 3)]
    store.record(lease, mails, after=make.KEEP, last_uid=3, judge=stories.judge())
    with store.writing() as connection:
        for one in (ANA, LEE, MAY):
            rest = {"os_user": None, "password": None, "at": datetime.now(UTC), "by": "person:may"}
            people.add(connection, name=one.name, role=one.role, **rest)  # type: ignore[arg-type] # as named
    review = ReviewConfig(four_eyes={"EUR": Decimal(100)})
    return Desk(store=store, judge=stories.judge(), review=review, redactor=Redactor())


@pytest.fixture
def verdicts(desk: Desk) -> Verdicts:
    return Verdicts(desk=desk, keys=make.KEYS)


def later(store: Store, case: int = 1) -> None:
    """As if ten minutes had passed for a case."""
    ago = datetime.now(UTC) - timedelta(minutes=10)
    with store.writing() as connection:
        connection.execute(update(Case).where(Case.c.id == case).values(state_since=ago, held_until=1))


def at(store: Store, name: str = "R-1001") -> tuple[State, int]:
    found = store.case(name)
    assert found is not None
    return found.row.state, found.row.version


def test_a_case_from_claim_to_payment(store: Store, desk: Desk, verdicts: Verdicts) -> None:
    assert desk.next(LEE) == "R-1001"
    desk.release("R-1001", LEE)
    desk.claim("R-1001", ANA)
    with pytest.raises(HeldError):
        desk.set("R-1001", "order.amount", "1.00 EUR", LEE)
    for name, text in FACTS.items():
        desk.set("R-1001", name, text, ANA)
    done = verdicts.decide("R-1001", Wish(word="approve"), ANA)
    assert (done.state, done.ruling.amount) == (State.AWAITING_SECOND, Decimal("149.00"))
    with pytest.raises(ForbiddenError):
        verdicts.confirm("R-1001", ANA)
    verdicts.send_back("R-1001", LEE, comment="look at the day again")
    verdicts.decide("R-1001", Wish(word="approve"), ANA)
    verdicts.confirm("R-1001", LEE)
    verdicts.undo("R-1001", ANA)
    verdicts.decide("R-1001", Wish(word="approve"), ANA)
    verdicts.confirm("R-1001", LEE)
    later(store)
    with pytest.raises(WrongStateError):
        verdicts.undo("R-1001", ANA)
    verdicts.reopen("R-1001", MAY, reason="once more, please")
    verdicts.decide("R-1001", Wish(word="approve"), MAY)
    verdicts.confirm("R-1001", ANA)
    verdicts.paid("R-1001", ANA, reference="TX-77")
    assert at(store)[0] is State.CLOSED
    with pytest.raises(ForbiddenError):
        verdicts.reopen("R-1001", ANA, reason="once more, please")
    assert store.broken_audit() == []


def test_a_denial_stands_and_a_review_runs_out(store: Store, desk: Desk, verdicts: Verdicts) -> None:
    verdicts.decide("R-1001", Wish(word="deny", reason=WHY), ANA)
    desk.claim("R-1002", LEE)
    assert desk.sweep() == 0
    later(store, 1)
    later(store, 2)
    assert desk.sweep() == 2
    assert [at(store, name)[0] for name in ("R-1001", "R-1002")] == [State.CLOSED, State.READY]
    assert desk.sweep() == 0
    verdicts.reopen("R-1001", MAY, reason="it was another payment")
    verdicts.decide("R-1001", Wish(word="deny", reason=WHY), MAY)
    later(store)
    assert desk.sweep() == 1
    verdicts.reopen("R-1001", MAY, reason="a second time, and why not")
    assert at(store)[0] is State.READY
    assert store.broken_audit() == []


@pytest.mark.parametrize("deed", ["set", "asked", "close", "decide"])
def test_who_comes_second_is_told_what_changed_and_changes_nothing(
    store: Store, desk: Desk, verdicts: Verdicts, deed: str
) -> None:
    desk.set("R-1001", "order.paid_twice", "no", ANA, expected=1)
    before = store.case("R-1001")
    deeds: dict[str, Callable[[], object]] = {
        "set": lambda: desk.set("R-1001", "order.amount", "2.00 EUR", LEE, expected=1),
        "asked": lambda: desk.asked("R-1001", LEE, expected=1),
        "close": lambda: desk.close("R-1001", LEE, resolution="withdrawn", reason=WHY, expected=1),
        "decide": lambda: verdicts.decide("R-1001", Wish(word="deny", reason=WHY), LEE, expected=1),
    }
    with pytest.raises(ConflictError) as caught:
        deeds[deed]()
    told = {one.name: str(one) for one in caught.value.changes}
    assert told["order.paid_twice"] == "order.paid_twice: - -> false (by person:ana)"
    assert "false" not in str(caught.value)  # an error may end in a log
    assert store.case("R-1001") == before


def test_nobody_decides_on_what_changed_while_they_looked(
    store: Store, lease: Lease, desk: Desk, verdicts: Verdicts
) -> None:
    desk.claim("R-1001", ANA)
    answer = stories.answer(9, "mail1", method="paypal", amount="500.00")
    answer = replace(answer, fingerprints=replace(answer.fingerprints, token_case=1))
    store.record(lease, [answer], after=make.KEEP, last_uid=None, judge=stories.judge())
    with pytest.raises(ConflictError) as caught:
        verdicts.decide("R-1001", Wish(word="deny", reason=WHY), ANA)
    assert "mail" in {one.name for one in caught.value.changes}
    version = at(store)[1]
    assert (
        verdicts.decide("R-1001", Wish(word="deny", reason=WHY), ANA, expected=version).state is State.DECIDED
    )
