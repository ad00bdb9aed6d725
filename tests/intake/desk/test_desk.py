"""What agents do at the desk: claiming, setting facts, verifying, closing."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from intake.casework.facts import FactSource
from intake.casework.states import Action, ForbiddenError, HeldError, State, WrongStateError
from intake.desk.desk import Desk
from intake.errors import BadDataError, Exit, NoInputError
from intake.store.changes_since import ConflictError
from intake.store.next_case import EmptyQueueError
from intake.store.store import Store
from intake.store.tables import Case
from tests.intake.casework import stories
from tests.intake.desk.conftest import ANA, LEE, MAY, OTTO, more

CARD = "4111 1111 1111 1111"


def row(store: Store, name: str = "R-1001") -> object:
    case = store.case(name)
    assert case is not None
    return case.row


def state(store: Store, name: str = "R-1001") -> State:
    found: State = row(store, name).state  # type: ignore[attr-defined] # a CaseRow
    return found


def test_a_case_is_claimed_and_given_back(store: Store, desk: Desk) -> None:
    assert desk.claim("R-1001", ANA) == 2
    assert state(store) is State.IN_REVIEW
    with pytest.raises(HeldError, match="held by ana") as caught:
        desk.claim("R-1001", LEE)
    assert caught.value.exit is Exit.TRY_AGAIN
    with pytest.raises(HeldError):
        desk.release("R-1001", LEE)
    desk.release("R-1001", ANA)
    assert state(store) is State.READY
    with pytest.raises(ForbiddenError) as refused:
        desk.claim("R-1001", OTTO)
    assert refused.value.exit is Exit.NO_PERMISSION


def lapse(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(Case).where(Case.c.state == State.IN_REVIEW).values(held_until=1))


def test_a_review_that_ran_out_is_anybody_s(store: Store, desk: Desk) -> None:
    desk.claim("R-1001", ANA)
    lapse(store)
    desk.claim("R-1001", LEE)
    case = store.case("R-1001")
    assert case is not None
    assert [(entry.actor, entry.action) for entry in case.history[-2:]] == [
        ("system:intake", "case.released"),
        ("person:lee", "case.claimed"),
    ]
    lapse(store)
    assert desk.sweep() == 1
    assert state(store) is State.READY
    assert desk.sweep() == 0


def test_next_hands_out_the_most_urgent_that_nobody_holds(store: Store, desk: Desk) -> None:
    more(
        store,
        stories.mail(2, requested_on="2026-05-26", order_number="B-2"),
        stories.mail(3, order_number="C-3"),
    )
    assert [desk.next(ANA), desk.next(LEE), desk.next(ANA)] == ["R-1002", "R-1001", "R-1003"]
    with pytest.raises(EmptyQueueError) as caught:
        desk.next(LEE)
    assert caught.value.exit is Exit.PROBLEM


def test_what_a_person_sets_beats_the_machine_and_can_be_taken_back(store: Store, desk: Desk) -> None:
    before = store.case("R-1001")
    assert before is not None
    desk.set("R-1001", "amount", "120.50 eur", ANA)
    desk.set("R-1001", "order.paid_twice", "yes", ANA)
    desk.set("R-1001", "order.amount", "49.00 EUR", ANA)
    case = store.case("R-1001")
    assert case is not None
    assert (str(case.row.amount), case.row.currency) == ("120.50", "EUR")
    assert case.facts["claim"]["amount"] == "120.50"  # type: ignore[index] # a group
    assert case.decision.conflicts == ("amount",)
    with store.change("R-1001") as change:
        said = [one for one in change.stated if one.key == "claim.amount"]
        assert {one.source for one in said} == {FactSource.CLAIM, FactSource.PERSON}
    for name in ("amount", "order.paid_twice", "order.amount"):
        desk.revert("R-1001", name, ANA)
    after = store.case("R-1001")
    assert after is not None
    assert after.decision == before.decision
    assert after.facts == before.facts
    assert store.broken_audit() == []


def test_a_case_that_waits_is_ready_once_what_was_missing_is_set(store: Store, desk: Desk) -> None:
    more(
        store,
        stories.mail(
            2,
            reason=None,
            order_number="B-2",
            payment_date=None,
            amount=None,
            method=None,
            account_email=None,
        ),
    )
    assert state(store, "R-1002") is State.NEEDS_INFORMATION
    case = store.case("R-1002")
    assert case is not None
    values = {
        "account_email": "ann@example.org",
        "payment_date": "2026-06-01",
        "amount": "5",
        "method": "card",
        "reason": "cancellation",
        "problem": "true",
        "order_number": "B-2",
    }
    for name in case.row.missing:
        desk.set("R-1002", name, values[name], ANA)
    assert state(store, "R-1002") is State.READY


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("amount", "lots"),
        ("amount", "-1 EUR"),
        ("amount", "1 Euros"),
        ("payment_date", "2026-02-30"),
        ("method", "cash"),
        ("account_email", f"ann {CARD}@example.org"),
        ("order_number", CARD),
        ("order.paid_twice", "perhaps"),
        ("usage", "fee"),
        ("usage", "coffee 2.00"),
        ("order.colour", "red"),
        ("nonsense", "1"),
        ("claim.amount", ""),
    ],
)
def test_what_no_fact_can_be_is_refused_and_never_repeated(
    store: Store, desk: Desk, name: str, text: str
) -> None:
    with pytest.raises(BadDataError) as caught:
        desk.set("R-1001", name, text, ANA)
    assert "4111" not in str(caught.value)
    assert row(store).version == 1  # type: ignore[attr-defined] # nothing was written


def test_facts_that_cannot_be_true_together_are_refused_whole(store: Store, desk: Desk) -> None:
    desk.set("R-1001", "order.period_start", "2026-06-10", ANA)
    with pytest.raises(BadDataError, match="period_end"):
        desk.set("R-1001", "order.period_end", "2026-06-10", ANA)
    case = store.case("R-1001")
    assert case is not None
    assert case.facts["order"] == {"period_start": "2026-06-10"}
    assert case.row.version == 2


def test_usage_is_set_as_a_list(store: Store, desk: Desk) -> None:
    desk.set("R-1001", "usage", "fee 2.00, credits=1.50", ANA)
    case = store.case("R-1001")
    assert case is not None
    assert case.facts["usage"] == [{"item": "fee", "amount": "2.00"}, {"item": "credits", "amount": "1.50"}]
    desk.set("R-1001", "usage", "none", ANA)
    assert (store.case("R-1001") or case).facts["usage"] == []


def test_who_did_not_see_the_change_is_told_what_it_was(store: Store, desk: Desk) -> None:
    desk.set("R-1001", "order.paid_twice", "yes", ANA)
    with pytest.raises(ConflictError) as caught:
        desk.set("R-1001", "method", "paypal", LEE, expected=1)
    error = caught.value
    assert (error.expected, error.actual, error.exit) == (1, 2, Exit.TRY_AGAIN)
    (change,) = [one for one in error.changes if one.name == "order.paid_twice"]
    assert (change.before, change.after, change.actor) == (None, True, "person:ana")


def test_what_somebody_else_reviews_is_not_edited(desk: Desk) -> None:
    desk.claim("R-1001", ANA)
    with pytest.raises(HeldError):
        desk.set("R-1001", "method", "paypal", LEE)
    desk.set("R-1001", "method", "paypal", ANA)


def test_asking_makes_the_case_wait_for_the_customer(store: Store, desk: Desk) -> None:
    desk.claim("R-1001", ANA)
    desk.asked("R-1001", ANA)
    assert state(store) is State.NEEDS_INFORMATION
    with pytest.raises(WrongStateError, match="queue set R-1001 FIELD VALUE"):
        desk.claim("R-1001", ANA)
    desk.set("R-1001", "problem", "yes", ANA)  # told by phone: nothing else is missing
    assert state(store) is State.READY
    desk.claim("R-1001", ANA)


def test_a_case_that_is_none_is_closed_with_a_reason(store: Store, desk: Desk) -> None:
    with pytest.raises(BadDataError, match="10 characters"):
        desk.close("R-1001", ANA, resolution="duplicate", reason="twice")
    desk.close("R-1001", ANA, resolution="duplicate", reason=f"the same as R-1000, card {CARD}")
    case = store.case("R-1001")
    assert case is not None
    assert case.row.state is State.CLOSED
    told = case.history[-1].after
    assert told is not None
    assert told["resolution"] == "duplicate"
    assert "[card •••• 1111]" in str(told["reason"])
    with pytest.raises(WrongStateError):
        desk.claim("R-1001", MAY)


def test_there_is_no_such_case(desk: Desk) -> None:
    with pytest.raises(NoInputError):
        desk.claim("R-4242", ANA)


def test_deciding_again_by_the_same_policy_changes_nothing(store: Store, desk: Desk) -> None:
    assert desk.reprocess("R-1001", dry_run=True) is None
    assert desk.reprocess("R-1001") is None
    assert row(store).version == 1  # type: ignore[attr-defined] # a CaseRow


def test_silence_and_a_new_mail_are_the_system_s(store: Store) -> None:
    from intake.people import SYSTEM

    with store.change("R-1001") as change, pytest.raises(WrongStateError):
        change.act(Action.EXPIRE, SYSTEM, resolution="no_reply")
