"""Who else has to agree: above a limit, against the policy, where the sender is in doubt, for one order twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from intake.casework.facts import FactSource, Stated
from intake.casework.states import ForbiddenError, State, WrongStateError
from intake.casework.verdicts import Wish
from intake.desk.deciding import Verdicts
from intake.desk.desk import Desk
from intake.errors import BadDataError
from intake.mail.redacted import AuthResult, SenderCheck
from intake.people import SYSTEM
from intake.store import people
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.tables import Verdict
from tests.intake.casework import stories
from tests.intake.desk.conftest import ANA, LEE, MAY, OTTO, more, news
from tests.intake.desk.test_desk import state
from tests.intake.store import make

WHY = "the bank's letter shows it"
APPROVE = Wish(word="approve", reason=WHY)
DENY = Wish(word="deny", reason=WHY)


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


def test_a_payment_that_no_order_number_names_goes_back_once_too(
    store: Store, desk: Desk, verdicts: Verdicts, ready: str
) -> None:
    verdicts.decide(ready, Wish(word="approve", amount=Decimal("30.00"), reason=WHY), ANA)
    days = ("2026-06-01", "2026-05-01", "2026-04-01")
    more(store, *(stories.mail(n, order_number=None, payment_date=day) for n, day in enumerate(days, 2)))
    facts = {"order.amount": "49.0 EUR", "order.account_email": "Ann@Example.org", "verified.identity": "yes"}
    for case in ("R-1002", "R-1003", "R-1004"):
        for name, text in facts.items():
            desk.set(case, name, text, LEE)
    wish = Wish(word="approve", amount=Decimal("30.00"), reason=WHY)
    with pytest.raises(BadDataError, match="decided before"):
        verdicts.decide("R-1002", wish, LEE)
    for case in ("R-1003", "R-1004"):  # payments of other months
        assert verdicts.decide(case, wish, LEE).state is State.DECIDED


def test_who_is_no_user_any_more_is_no_first_person(store: Store, verdicts: Verdicts, denied: str) -> None:
    """Their login may be mapped to a new user, who would confirm what they decided themselves."""
    verdicts.decide(denied, Wish(word="approve", amount=Decimal("9.00"), reason=WHY), ANA)
    with store.writing() as connection:
        people.change(connection, "ana", disabled=True, os_user=None)
    with pytest.raises(WrongStateError, match="no user any more"):
        verdicts.confirm(denied, LEE)
    verdicts.send_back(denied, LEE, comment="ana has left the company")
    assert state(store, denied) is State.IN_REVIEW


def test_whoever_proposed_takes_it_back_and_a_closing_leaves_nothing_to_confirm(
    store: Store, desk: Desk, verdicts: Verdicts, denied: str
) -> None:
    wish = Wish(word="approve", amount=Decimal("49.00"), reason=WHY)
    verdicts.decide(denied, wish, ANA)
    with pytest.raises(ForbiddenError, match="decided by ana"):
        verdicts.undo(denied, LEE)
    verdicts.undo(denied, ANA)
    assert state(store) is State.IN_REVIEW
    verdicts.decide(denied, wish, ANA)
    desk.close(denied, ANA, resolution="withdrawn", reason="she keeps the plan")
    verdicts.undo(denied, ANA)
    assert state(store) is State.READY
    again = verdicts.decide(denied, wish, ANA)  # none of the sums of before counts
    assert again.state is State.AWAITING_SECOND
    with pytest.raises(WrongStateError, match="cannot be decided: it is awaiting_second"):
        verdicts.decide(denied, wish, ANA)


def test_a_proposal_that_an_older_version_left_at_a_closing_binds_nobody(
    store: Store, desk: Desk, verdicts: Verdicts, denied: str
) -> None:
    wish = Wish(word="approve", amount=Decimal("49.00"), reason=WHY)
    for way in (lambda: verdicts.reopen(denied, MAY, reason=WHY), lambda: verdicts.undo(denied, ANA)):
        verdicts.decide(denied, wish, ANA)
        desk.close(denied, ANA, resolution="withdrawn", reason="she keeps the plan")
        with store.writing() as connection:  # 0.8.0 left it so
            newest = select(func.max(Verdict.c.id)).scalar_subquery()
            connection.execute(update(Verdict).where(Verdict.c.id == newest).values(standing="awaiting"))
        way()
    assert verdicts.decide(denied, wish, ANA).state is State.AWAITING_SECOND
