"""What people decide: reasons, sums, four eyes, undoing, paying."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from intake.casework.decide import Verdicts
from intake.casework.desk import Desk
from intake.casework.facts import FactSource, Stated
from intake.casework.states import ForbiddenError, HeldError, WrongStateError
from intake.casework.verdicts import Wish
from intake.errors import BadDataError
from intake.mail.redacted import AuthResult, SenderCheck
from intake.people import SYSTEM, Actor
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.tables import Case, Notification, Verdict
from intake.store.values import State
from tests.intake.casework import stories
from tests.intake.casework.conftest import ANA, LEE, MAY, OTTO, more
from tests.intake.casework.test_desk import state
from tests.intake.store import make

WHY = "the bank's letter shows it"
APPROVE = Wish(word="approve", reason=WHY)
DENY = Wish(word="deny", reason=WHY)


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


def news(store: Store) -> list[dict[str, object]]:
    with store.reading() as connection:
        query = select(Notification.body).where(Notification.event == "case.decided")
        return [body.value["verdict"] for body in connection.scalars(query)]


def test_a_proposal_is_accepted_without_a_reason(store: Store, verdicts: Verdicts, ready: str) -> None:
    done = verdicts.decide(ready, Wish(word="approve"), ANA)
    assert (done.state, done.ruling.amount, done.ruling.code) == (
        State.DECIDED,
        Decimal("49.00"),
        "as_proposed",
    )
    assert news(store) == [{"verdict": "approve", "amount": "49.00", "currency": "EUR"}]


def test_nobody_is_told_before_the_time_of_undoing_is_over(
    store: Store, verdicts: Verdicts, ready: str
) -> None:
    verdicts.decide(ready, Wish(word="approve"), ANA)
    with store.reading() as connection:
        held = select(Notification.not_before, Notification.created_at).where(
            Notification.event == "case.decided"
        )
        row = connection.execute(held).one()
    assert row.not_before == round(row.created_at.timestamp() * 1000) + 60_000
    with pytest.raises(ForbiddenError, match="decided by ana"):
        verdicts.undo(ready, LEE)
    verdicts.undo(ready, ANA)
    assert (state(store), news(store)) == (State.IN_REVIEW, [])
    verdicts.decide(ready, DENY, ANA)
    assert [told["verdict"] for told in news(store)] == ["deny"]


def test_after_that_a_lead_opens_it_again(store: Store, verdicts: Verdicts, ready: str) -> None:
    verdicts.decide(ready, Wish(word="approve"), ANA)
    with store.writing() as connection:
        connection.execute(update(Case).values(state_since=make.RECEIVED))
    with pytest.raises(WrongStateError, match="undoing"):
        verdicts.undo(ready, ANA)
    with pytest.raises(ForbiddenError):
        verdicts.reopen(ready, ANA, reason=WHY)
    verdicts.reopen(ready, MAY, reason=WHY)
    assert state(store) is State.IN_REVIEW
    with pytest.raises(HeldError):
        verdicts.decide(ready, DENY, ANA)
    assert verdicts.decide(ready, Wish(word="approve"), MAY).state is State.DECIDED


@pytest.mark.parametrize(
    ("wish", "what"),
    [
        (Wish(word="deny"), "10 characters"),
        (Wish(word="deny", reason="no"), "10 characters"),
        (Wish(word="approve", amount=Decimal("20.00")), "10 characters"),
        (Wish(word="approve", amount=Decimal("49.01"), reason=WHY), "more than was paid"),
        (Wish(word="approve", amount=Decimal("1.001"), reason=WHY), "no sum of EUR"),
        (Wish(word="approve", amount=Decimal(0), reason=WHY), "no sum of EUR"),
        (Wish(word="approve", amount=Decimal("20.00"), currency="USD", reason=WHY), "in EUR"),
    ],
    ids=str,
)
def test_what_cannot_be_decided_is_told(verdicts: Verdicts, ready: str, wish: Wish, what: str) -> None:
    with pytest.raises(BadDataError, match=what):
        verdicts.decide(ready, wish, ANA)


def test_an_open_amount_has_to_be_named(verdicts: Verdicts) -> None:
    with pytest.raises(BadDataError, match="amount is open"):
        verdicts.decide("R-1001", APPROVE, MAY)


def test_deciding_otherwise_names_the_clauses_set_aside(store: Store, verdicts: Verdicts, ready: str) -> None:
    case = store.case(ready)
    assert case is not None
    done = verdicts.decide(ready, Wish(word="approve", amount=Decimal("20.00"), reason=WHY), ANA)
    assert done.ruling.overridden == case.decision.clauses != ()
    assert not done.ruling.needs_second


def test_what_was_paid_has_to_be_known(verdicts: Verdicts) -> None:
    with pytest.raises(BadDataError, match="what was paid is not known"):
        verdicts.decide("R-1001", Wish(word="approve", amount=Decimal("49.00"), reason=WHY), MAY)


@pytest.fixture
def denied(desk: Desk, ready: str) -> str:
    desk.set(ready, "usage", "fee 49.00", ANA)
    case = desk.store.case(ready)
    assert case is not None
    assert case.row.outcome == "deny"
    return ready


def test_against_a_refusal_four_eyes_decide(store: Store, verdicts: Verdicts, denied: str) -> None:
    wish = Wish(word="approve", amount=Decimal("49.00"), reason=WHY, code="goodwill")
    done = verdicts.decide(denied, wish, ANA)
    assert (done.state, done.ruling.needs_second, news(store)) == (State.AWAITING_SECOND, True, [])
    with pytest.raises(ForbiddenError, match="not the first"):
        verdicts.confirm(denied, ANA)
    with pytest.raises(ForbiddenError, match="another person"):
        verdicts.send_back(denied, ANA, comment=WHY)
    with pytest.raises(ForbiddenError):
        verdicts.confirm(denied, OTTO)
    verdicts.send_back(denied, LEE, comment="please ask the bank first")
    assert state(store) is State.IN_REVIEW
    verdicts.decide(denied, wish, ANA)
    verdicts.confirm(denied, LEE)
    assert state(store) is State.DECIDED
    assert [told["amount"] for told in news(store)] == ["49.00"]
    assert store.broken_audit() == []


def test_nobody_confirms_what_changed_under_their_eyes(store: Store, verdicts: Verdicts, denied: str) -> None:
    verdicts.decide(denied, Wish(word="approve", amount=Decimal("49.00"), reason=WHY), ANA)
    with store.change(denied) as change:  # the records come back with news
        said = Stated(
            key="order.status", value="active", source=FactSource.RECORDS, actor="records", at=change.at
        )
        other = replace(said, key="order.period_start", value=date(2026, 5, 30))
        change.state_facts(FactSource.RECORDS, [said, other], actor=SYSTEM)
        change.decide_again(stories.judge())
    with pytest.raises(WrongStateError, match="decided again since"):
        verdicts.confirm(denied, LEE)
    case = store.case(denied)
    assert case is not None
    verdicts.confirm(denied, LEE, expected=case.row.version)
    assert state(store) is State.DECIDED


def test_the_database_itself_knows_no_second_person_who_is_the_first(
    store: Store, verdicts: Verdicts, denied: str
) -> None:
    verdicts.decide(denied, Wish(word="approve", amount=Decimal("49.00"), reason=WHY), ANA)
    for values in ({"second": "ana", "standing": "final"}, {"standing": "final"}):
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(update(Verdict).values(**values))


@pytest.fixture
def dear(store: Store, desk: Desk) -> str:
    """A second payment of 120.00 EUR, above the limit."""
    more(store, stories.mail(2, order_number="B-2", amount="120.00"))
    for name, text in {
        "order.amount": "120.00 EUR",
        "order.paid_twice": "yes",
        "verified.identity": "yes",
        "usage": "none",
        "order.status": "pending",
    }.items():
        desk.set("R-1002", name, text, ANA)
    return "R-1002"


@pytest.mark.parametrize(("amount", "second"), [("100.00", False), ("100.01", True)])
def test_above_the_limit_four_eyes_decide(verdicts: Verdicts, dear: str, amount: str, second: bool) -> None:  # noqa: FBT001 - a parameter of the test
    done = verdicts.decide(dear, Wish(word="approve", amount=Decimal(amount), reason=WHY), ANA)
    assert done.ruling.needs_second is second


def test_where_the_mailbox_is_lost_a_lead_confirms(
    store: Store, desk: Desk, verdicts: Verdicts, ready: str
) -> None:
    desk.set(ready, "claim.lost_email_access", "yes", ANA)
    done = verdicts.decide(ready, DENY, ANA)
    assert (done.state, done.ruling.lead_only) == (State.AWAITING_SECOND, True)
    with pytest.raises(ForbiddenError, match="a lead confirms"):
        verdicts.confirm(ready, LEE)
    verdicts.confirm(ready, MAY)
    assert state(store) is State.DECIDED


def test_a_suspicious_sender_is_a_lead_s(store: Store, desk: Desk, verdicts: Verdicts) -> None:
    bad = make.redacted_message(sender_check=SenderCheck(dmarc=AuthResult.FAIL, from_domain_passed=False))
    item = stories.mail(2, order_number="B-2", requested_on="2026-05-01")
    more(store, type(item)(**{name: getattr(item, name) for name in item.__slots__} | {"message": bad}))
    assert desk.next(LEE) == "R-1001"  # though the other is due before
    with pytest.raises(ForbiddenError, match="suspicious"):
        verdicts.decide("R-1002", DENY, ANA)
    assert verdicts.decide("R-1002", DENY, MAY).state is State.DECIDED


@pytest.mark.parametrize(("flag", "fact"), [("third_party", "verified.authority"), ("sender_differs", None)])
def test_for_somebody_else_authority_comes_first(
    verdicts: Verdicts, desk: Desk, ready: str, flag: str, fact: str | None
) -> None:
    desk.set(ready, f"claim.{flag}", "yes", ANA)
    wish = Wish(word="approve", amount=Decimal("49.00"), reason=WHY)
    if fact is not None:
        with pytest.raises(ForbiddenError, match=fact):
            verdicts.decide(ready, wish, ANA)
        desk.set(ready, fact, "yes", ANA)
    assert verdicts.decide(ready, wish, ANA).ruling.word == "approve"


def test_one_payment_goes_back_once_whatever_the_number_of_cases(
    store: Store, desk: Desk, verdicts: Verdicts, ready: str
) -> None:
    verdicts.decide(ready, Wish(word="approve", amount=Decimal("30.00"), reason=WHY), ANA)
    more(store, stories.mail(2, order_number="a 77120"))
    for name, text in {"order.amount": "49.00 EUR", "verified.identity": "yes"}.items():
        desk.set("R-1002", name, text, LEE)
    with pytest.raises(
        BadDataError, match=r"60\.00 EUR is more than was paid.*30\.00 EUR of it decided before"
    ):
        verdicts.decide("R-1002", Wish(word="approve", amount=Decimal("30.00"), reason=WHY), LEE)
    done = verdicts.decide("R-1002", Wish(word="approve", amount=Decimal("19.00"), reason=WHY), LEE)
    assert done.state is State.AWAITING_SECOND  # a second decision on one order needs four eyes
    verdicts.undo(ready, ANA)
    assert verdicts.decide(
        ready, Wish(word="approve", amount=Decimal("30.00"), reason=WHY), ANA
    ).ruling.needs_second


def test_what_was_approved_is_closed_by_a_payment(store: Store, verdicts: Verdicts, ready: str) -> None:
    verdicts.decide(ready, Wish(word="approve"), ANA)
    for bad in ("", "4111 1111 1111 1111"):
        with pytest.raises(BadDataError):
            verdicts.paid(ready, ANA, reference=bad)
    verdicts.paid(ready, LEE, reference="TX-2026-77")
    case = store.case(ready)
    assert case is not None
    assert case.row.state is State.CLOSED
    with pytest.raises(WrongStateError):
        verdicts.undo(ready, ANA)
    verdicts.reopen(ready, MAY, reason=WHY)
    with pytest.raises(BadDataError, match="more than was paid"):
        verdicts.decide(ready, Wish(word="approve"), MAY)


def test_a_denial_closes_by_itself_and_is_nothing_to_pay(
    store: Store, desk: Desk, verdicts: Verdicts, denied: str
) -> None:
    verdicts.decide(denied, Wish(word="deny"), ANA)
    with pytest.raises(WrongStateError, match="nothing to pay"):
        verdicts.paid(denied, ANA, reference="TX-1")
    assert desk.sweep() == 0
    with store.writing() as connection:
        connection.execute(update(Case).values(state_since=make.RECEIVED))
    assert desk.sweep() == 1
    assert state(store) is State.CLOSED


def test_a_closing_is_taken_back_by_whoever_closed(store: Store, desk: Desk, verdicts: Verdicts) -> None:
    desk.close("R-1001", ANA, resolution="withdrawn", reason=WHY)
    with pytest.raises(ForbiddenError):
        verdicts.undo("R-1001", LEE)
    verdicts.undo("R-1001", ANA)
    assert state(store) is State.READY


def test_a_reason_never_keeps_a_card(store: Store, verdicts: Verdicts, ready: str) -> None:
    verdicts.decide(ready, Wish(word="deny", reason="he wrote 4111 1111 1111 1111 and CVV 123"), ANA)
    with store.reading() as connection:
        reason = connection.scalar(select(Verdict.reason))
    assert reason is not None
    assert "4111" not in reason.text
    assert "123" not in reason.text


@pytest.mark.parametrize("actor", [ANA, MAY], ids=lambda actor: actor.name)
def test_what_somebody_else_holds_is_not_decided(
    desk: Desk, verdicts: Verdicts, ready: str, actor: Actor
) -> None:
    desk.claim(ready, LEE)
    with pytest.raises(HeldError):
        verdicts.decide(ready, Wish(word="approve"), actor)
