"""Open cases are looked up: facts come in, the case is decided again, an outage takes nothing away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake.case_label import case_id_of
from intake.casework.facts import FactSource, Stated
from intake.config.orders import OrdersConfig
from intake.config.review import ReviewConfig
from intake.desk.desk import Desk
from intake.engine.order_lookup import OrderLookups
from intake.mail.redacted import AuthResult
from intake.orders.match import Result
from intake.orders.records import Payment, RecordsUnreachableError
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.redaction.text import sealed
from intake.store import lookups
from intake.store.lookups import Lookup
from intake.store.store import Store
from tests.intake.casework import stories
from tests.intake.store import make

ANA = Actor(name="ana", role=Role.AGENT)
FULL: dict[str, object] = {
    "account_email": "ann@example.org",
    "paid_on": "2026-06-01",
    "amount": "49.00",
    "currency": "EUR",
    "method": "card",
    "product": "plan",
    "status": "active",
    "activated_on": "2026-06-01",
    "period_start": "2026-06-01",
    "period_end": "2026-07-01",
    "paid_twice": True,
}


class Shelf:
    """Records that a test fills, and breaks."""

    revision: str | None = None

    def __init__(self) -> None:
        self.rows: list[Payment] = []
        self.broken: str | None = None
        self.asked = 0

    def by_number(self, number: str) -> Sequence[Payment]:
        return self._all(lambda row: row.number == number)

    def by_account(self, account: str) -> Sequence[Payment]:
        return self._all(lambda row: row.order.get("account_email") == account)

    def _all(self, test: Any) -> list[Payment]:
        self.asked += 1
        if self.broken:
            raise RecordsUnreachableError(self.broken)
        return [row for row in self.rows if test(row)]

    def problems(self) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", make.KEYS) as opened:
        yield opened


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def looking(store: Store, shelf: Shelf, **options: Any) -> OrderLookups:
    return OrderLookups(
        config=OrdersConfig(source="csv", csv_file="x.csv", **options),
        source=shelf,
        store=store,
        judge=stories.judge(),
        redactor=Redactor(),
        fingerprint=make.KEYS.fingerprint,
        stop=threading.Event(),
    )


def receive(store: Store, *mails: Any) -> None:
    lease = store.take_lease("support", "host:1", 60)
    assert lease is not None
    store.record(lease, mails, after=make.KEEP, last_uid=None)
    store.release(lease)


def of(store: Store, case: str = "R-1001") -> tuple[Any, Lookup | None]:
    row = next(row for row in store.cases() if row.label == case)
    with store.reading() as connection:
        return row, lookups.newest(connection, case_id_of(case) or 0)


def payment(number: str = "A-77120", **facts: object) -> Payment:
    return Payment(number=number, order={**FULL, **facts}, usage=())


def test_what_the_records_show_is_verified_and_decided_on(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    assert of(store)[0].outcome == "approve_if_verified"
    shelf.rows = [payment()]
    looking(store, shelf).work_off("support")
    row, lookup = of(store)
    assert lookup is not None
    assert lookup.result is Result.FOUND
    detail = store.case("R-1001")
    assert detail is not None
    assert (row.outcome, row.version) == ("approve_if_verified", 2)  # all but who writes
    facts = next(iter(store.facts_of_open_cases()))
    assert facts["order"]["amount"] == "49.00"  # type: ignore[index] # a facts file
    assert facts["usage"] == []
    assert not store.broken_audit()


def test_asking_again_without_a_change_asks_nobody_and_changes_nothing(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    shelf.rows = [payment()]
    job = looking(store, shelf)
    job.work_off("support")
    asked, version = shelf.asked, of(store)[0].version
    job.work_off("support")
    assert (shelf.asked, of(store)[0].version) == (asked, version)


def test_an_outage_is_said_retried_and_takes_nothing_away(
    store: Store, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    receive(store, stories.mail(1), stories.mail(2, order_number="A-2"))
    shelf.broken = "timeout"
    job = looking(store, shelf)
    job.work_off("support")
    assert shelf.asked == 1  # the second case is put off unasked
    for case in ("R-1001", "R-1002"):
        lookup = of(store, case)[1]
        assert lookup is not None
        assert (lookup.result, lookup.error_code) == (Result.UNREACHABLE, "timeout")
    told = capsys.readouterr()
    assert (told.out + told.err).count("orders.unreachable") == 1
    shelf.broken = None
    shelf.rows = [payment()]
    job.work_off("support")
    assert shelf.asked == 1  # not before its time has come
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE order_lookup SET next_try = 0")
    job.work_off("support")
    found, missing = of(store)[1], of(store, "R-1002")[1]
    assert found is not None
    assert missing is not None
    assert (found.result, missing.result) == (Result.FOUND, Result.NOT_FOUND)


def test_a_changed_claim_is_looked_up_and_old_facts_go(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    shelf.rows = [payment(), payment("B-1", amount="12.00", paid_twice=False)]
    job = looking(store, shelf)
    job.work_off("support")
    with store.change("R-1001") as change:
        said = Stated(
            key="claim.order_number",
            value=sealed("B-1"),
            source=FactSource.PERSON,
            actor=ANA.label,
            at=change.at,
        )
        change.state_facts(FactSource.PERSON, [said], actor=ANA)
        change.decide_again(stories.judge(), actor=ANA)
    job.work_off("support")
    facts = next(iter(store.facts_of_open_cases()))
    assert facts["order"]["amount"] == "12.00"  # type: ignore[index] # a facts file


def test_candidates_are_kept_for_the_agent(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1, order_number=None, payment_date=None))
    shelf.rows = [payment("A-1"), payment("A-2", paid_on="2026-06-05", period_start="2026-06-05")]
    looking(store, shelf).work_off("support")
    lookup = of(store)[1]
    assert lookup is not None
    assert lookup.result is Result.CANDIDATES
    assert [one["order_number"] for one in lookup.candidates] == ["A-2", "A-1"]


def test_records_that_contradict_a_person_are_told_and_the_person_stands(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    with store.change("R-1001") as change:
        said = Stated(
            key="order.period_end",
            value=change.at.date().replace(year=2020),
            source=FactSource.PERSON,
            actor=ANA.label,
            at=change.at,
        )
        change.state_facts(FactSource.PERSON, [said], actor=ANA)
        change.decide_again(stories.judge(), actor=ANA)
    shelf.rows = [payment()]
    looking(store, shelf).work_off("support")
    lookup = of(store)[1]
    assert lookup is not None
    assert lookup.result is Result.CONTRADICTORY
    assert "amount" not in next(iter(store.facts_of_open_cases())).get("order", {})  # type: ignore[operator] # a group


def test_a_changed_file_asks_about_every_open_case_again(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    job = looking(store, shelf)
    shelf.revision = "1"
    job.work_off("support")
    first = of(store)[1]
    shelf.rows, shelf.revision = [payment()], "2"
    job.work_off("support")
    second = of(store)[1]
    assert first is not None
    assert second is not None
    assert (first.result, second.result) == (Result.NOT_FOUND, Result.FOUND)


def test_card_data_in_the_records_gets_no_further(store: Store, shelf: Shelf, tmp_path: Path) -> None:
    receive(store, stories.mail(1))
    shelf.rows = [
        payment("A-77120", account_email="4111 1111 1111 1111"),
        payment(
            "A-77120", paid_on="2026-06-07", period_start="2026-06-07", account_email="4111 1111 1111 1111"
        ),
    ]
    looking(store, shelf).work_off("support")
    store.close()
    assert not any(b"4111 1111" in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(("setting", "outcome"), [(True, "approve"), (False, "approve_if_verified")])
def test_an_authenticated_sender_proves_identity_only_where_the_company_says_so(
    store: Store, shelf: Shelf, *, setting: bool, outcome: str
) -> None:
    mail = stories.mail(1)
    check = replace(mail.message.sender_check, dmarc=AuthResult.PASS, from_domain_passed=True)
    receive(store, replace(mail, message=replace(mail.message, sender_check=check)))
    shelf.rows = [payment()]
    looking(store, shelf, identity_by_sender=setting).work_off("support")
    assert of(store)[0].outcome == outcome


def test_what_was_verified_of_one_payment_says_nothing_of_another(store: Store, shelf: Shelf) -> None:
    receive(store, stories.mail(1))
    shelf.rows = [payment()]
    job = looking(store, shelf)
    job.work_off("support")
    desk = Desk(store=store, judge=stories.judge(), review=ReviewConfig(), redactor=Redactor())
    desk.set("R-1001", "order_number", "A-77120", ANA)  # as the mail has it: nothing else is named
    assert order_of(store)["amount"] == "49.00"
    desk.set("R-1001", "order_number", "A-99999", ANA)
    assert "amount" not in order_of(store)  # at once, not with the next look
    job.work_off("support")
    assert "amount" not in order_of(store)
    desk.revert("R-1001", "order_number", ANA)  # the claim of the first look: asked all the same
    job.work_off("support")
    assert order_of(store)["amount"] == "49.00"
    assert not store.broken_audit()


def order_of(store: Store) -> dict[str, object]:
    facts: Any = next(iter(store.facts_of_open_cases()))
    found: dict[str, object] = facts.get("order", {})
    return found
