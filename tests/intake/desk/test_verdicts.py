"""What people decide: reasons, sums, four eyes, undoing, paying."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from intake.casework.states import ForbiddenError, HeldError, State, WrongStateError
from intake.casework.verdicts import Wish
from intake.desk.deciding import Verdicts
from intake.desk.desk import Desk
from intake.errors import BadDataError
from intake.people import Actor
from intake.store.store import Store
from intake.store.tables import Case, Notification, Verdict
from tests.intake.desk.conftest import ANA, LEE, MAY, news
from tests.intake.desk.test_desk import state
from tests.intake.store import make

WHY = "the bank's letter shows it"
APPROVE = Wish(word="approve", reason=WHY)
DENY = Wish(word="deny", reason=WHY)


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
        held = select(Notification.c.not_before, Notification.c.created_at).where(
            Notification.c.event == "case.decided"
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


def test_what_cannot_be_done_is_told_with_what_can(verdicts: Verdicts, ready: str) -> None:
    with pytest.raises(WrongStateError, match=r"cannot be undone: it is ready.*nothing is decided"):
        verdicts.undo(ready, ANA)
    verdicts.decide(ready, DENY, ANA)
    with pytest.raises(WrongStateError, match=rf"cannot be decided: it is decided.*queue undo {ready}"):
        verdicts.decide(ready, DENY, ANA)


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


def test_an_open_amount_and_an_unknown_payment_are_told_at_once(verdicts: Verdicts) -> None:
    with pytest.raises(BadDataError) as told:
        verdicts.decide("R-1001", APPROVE, MAY)
    assert [problem.what for problem in told.value.problems] == [
        "the amount is open",
        "what was paid is not known",
    ]


def test_deciding_otherwise_names_the_clauses_set_aside(store: Store, verdicts: Verdicts, ready: str) -> None:
    case = store.case(ready)
    assert case is not None
    done = verdicts.decide(ready, Wish(word="approve", amount=Decimal("20.00"), reason=WHY), ANA)
    assert done.ruling.overridden == case.decision.clauses != ()
    assert not done.ruling.needs_second


def test_what_was_paid_has_to_be_known(verdicts: Verdicts) -> None:
    with pytest.raises(BadDataError, match="what was paid is not known"):
        verdicts.decide("R-1001", Wish(word="approve", amount=Decimal("49.00"), reason=WHY), MAY)


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
        reason = connection.scalar(select(Verdict.c.reason))
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
