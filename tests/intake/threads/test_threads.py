"""What an answer may change, whatever order mails arrive in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.casework.states import Action, State
from intake.extraction.types import Kind
from intake.mail.redacted import SenderCheck
from intake.people import Actor, Role
from intake.processed import Processed
from intake.redaction.text import sealed
from intake.store.store import Store
from intake.store.values import Disposition, Recorded
from tests.intake.casework import stories
from tests.intake.store import make

START = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)
LENA = Actor(name="lena", role=Role.LEAD)


def proven(item: Processed, *, by: str = "ann@example.org") -> Processed:
    """The same mail, from this sender, for whom the receiving server vouches."""
    message = replace(
        item.message, sender_check=SenderCheck(from_domain_passed=True), sender_email=sealed(by)
    )
    return replace(
        item, message=message, fingerprints=replace(item.fingerprints, sender=make.KEYS.sender(by))
    )


def token(item: Processed, case: int) -> Processed:
    return replace(item, fingerprints=replace(item.fingerprints, token_case=case))


def answer(uid: int, **claim: Any) -> Processed:
    return stories.answer(uid, "mail1", received=START + timedelta(days=uid), **claim)


@cache
def _empty() -> bytes:
    """A database with its tables, made once."""
    with TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/intake.db", make.KEYS).close()
        return (Path(folder) / "intake.db").read_bytes()


class Box:
    """A store that decides again."""

    def __init__(self, folder: Path) -> None:
        (folder / "intake.db").write_bytes(_empty())
        self.store = Store.open(f"sqlite:///{folder}/intake.db", make.KEYS)
        lease = self.store.take_lease("support", "host:1", 60)
        assert lease is not None
        self.lease = lease

    def take(self, *items: Processed) -> list[Recorded]:
        return self.store.record(self.lease, items, after=make.KEEP, last_uid=None, judge=stories.judge())

    def case(self, name: str = "R-1001") -> Any:
        found = self.store.case(name)
        assert found is not None
        return found


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.store.close()


def incomplete() -> Processed:
    return proven(stories.mail(1, order_number=None, payment_date=None, method=None, received=START))


@pytest.mark.parametrize(
    ("how", "speaks"),
    [
        (lambda item: token(item, 1), True),
        (proven, True),
        (lambda item: proven(item, by="bob@example.net"), False),
        (lambda item: item, False),
        (lambda item: token(item, 7), False),
    ],
    ids=["token", "same sender, vouched for", "another sender", "could be forged", "another case's token"],
)
def test_who_may_change_a_case(box: Box, how: Any, speaks: bool) -> None:  # noqa: FBT001 - a table
    box.take(incomplete())
    (done,) = box.take(how(answer(2, order_number="A-1", method="paypal")))
    assert (done.disposition, done.case_id) == (Disposition.REPLY, "R-1001")
    case = box.case()
    assert (case.facts["claim"].get("method") == "paypal") is speaks
    assert case.row.state is State.READY  # complete, or a person has to look
    assert (case.row.missing == ()) is speaks


def test_what_may_be_a_request_changes_nothing_in_the_case_it_joins(box: Box) -> None:
    box.take(incomplete())
    said = proven(answer(2, order_number="A-1", method="paypal"))
    seen = replace(said.extraction, kind=Kind.OTHER, doubtful=True)
    (done,) = box.take(replace(said, extraction=seen))
    assert (done.disposition, done.case_id) == (Disposition.REPLY, "R-1001")
    assert box.case().facts["claim"].get("method") is None


def test_half_an_answer_leaves_it_waiting_and_nothing_readable_brings_a_person(box: Box) -> None:
    box.take(incomplete())
    box.take(token(answer(2, order_number="A-1"), 1))
    assert (box.case().row.state, box.case().row.missing) == (State.NEEDS_INFORMATION, ("method",))
    box.take(token(answer(3), 1))
    assert box.case().row.state is State.READY


def test_a_strangers_earlier_mail_gives_a_later_one_no_right(box: Box) -> None:
    box.take(incomplete())
    box.take(proven(answer(2, method="crypto"), by="bob@example.net"))
    again = stories.answer(3, "mail2", received=START + timedelta(days=3), method="crypto")
    box.take(proven(again, by="bob@example.net"))
    assert "method" not in box.case().facts["claim"]
    assert box.case().row.messages == 3


def test_contradictions_stand_beside_what_was_said_first(box: Box) -> None:
    from intake.casework.facts import contradicted
    from intake.store.facts import stated

    box.take(incomplete())
    box.take(token(answer(2, order_number="A-1", method="card", amount="59.00"), 1))
    assert box.case().facts["claim"]["amount"] == "49.00"
    with box.store.reading() as connection:
        (other,) = contradicted(stated(connection, 1))["claim.amount"]
    assert (str(other.value), other.actor, other.message) == ("59.00", "customer", 2)


def test_the_clock_starts_with_the_mail_that_completes_it(box: Box) -> None:
    box.take(incomplete())
    assert box.case().row.due is None
    box.take(token(answer(8, requested_on="2026-06-10", order_number="A-1", method="card"), 1))
    assert box.case().facts["claim"]["completed_on"] == "2026-06-10"
    assert box.case().row.due.isoformat() == "2026-06-25"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_customer_who_writes_again_reopens(box: Box, trusted: bool) -> None:  # noqa: FBT001 - a table
    box.take(proven(stories.mail(1, received=START)))
    with box.store.change("R-1001") as change:
        change.act(Action.CLOSE, LENA, resolution="withdrawn")
    box.take(token(answer(2), 1) if trusted else answer(2))
    assert box.case().row.state is State.READY
    assert "case.reopened" in [entry.action for entry in box.case().history]


def test_thanks_reopen_nothing(box: Box) -> None:
    box.take(proven(stories.mail(1, received=START)))
    with box.store.change("R-1001") as change:
        change.act(Action.CLOSE, LENA, resolution="withdrawn")
    thanks = token(make.processed(2, kind=Kind.OTHER), 1)
    (done,) = box.take(thanks)
    assert done.disposition is Disposition.SET_ASIDE
    assert box.case().row.state is State.CLOSED


def test_the_case_named_by_its_label_is_no_other_order(box: Box) -> None:
    box.take(incomplete())
    (done,) = box.take(token(answer(2, order_number="R-1001", method="card"), 1))
    assert done.case_id == "R-1001"
    assert "order_number" not in box.case().facts["claim"]


def test_another_order_is_another_case_and_the_same_request_is_linked(box: Box) -> None:
    box.take(proven(stories.mail(1, received=START)))
    (other,) = box.take(token(answer(2, order_number="B-2"), 1))
    (again,) = box.take(proven(stories.mail(3, received=START + timedelta(days=1))))
    assert (other.disposition, again.disposition) == (Disposition.CASE, Disposition.CASE)
    links = [
        entry.after
        for name in ("R-1002", "R-1003")
        for entry in box.case(name).history
        if entry.action == "case.linked"
    ]
    assert links == [
        {"case": "R-1001", "kind": "same_thread"},
        {"case": "R-1001", "kind": "same_request"},
    ]


def test_the_audit_holds(box: Box) -> None:
    box.take(incomplete(), token(answer(2, method="card"), 1), proven(answer(3, order_number="A-1")))
    assert box.store.broken_audit() == []
    assert box.case().row.version == 3


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "order_number": st.just("A-77120"),
        "payment_date": st.sampled_from(["2026-06-01", "2026-05-30"]),
        "amount": st.sampled_from(["49.00", "59.00"]),
        "method": st.sampled_from(["card", "paypal"]),
        "third_party": st.booleans(),
        "destination": st.sampled_from(["original", "balance"]),
    },
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIELDS, min_size=1, max_size=3), st.data())
def test_no_order_of_arrival_changes_the_facts(said: list[dict[str, Any]], data: st.DataObject) -> None:
    mails = [incomplete(), *(proven(answer(uid, **claim)) for uid, claim in enumerate(said, start=2))]
    stranger = proven(stories.answer(9, "mail1", method="crypto", received=START), by="bob@example.net")
    shuffled = data.draw(st.permutations(mails))
    cut = data.draw(st.integers(0, len(mails)))
    with TemporaryDirectory() as one, TemporaryDirectory() as two, TemporaryDirectory() as three:
        straight, mixed, wild = Box(Path(one)), Box(Path(two)), Box(Path(three))
        for mail in mails:
            straight.take(mail)
        straight.take(stranger)
        mixed.take(*shuffled[:cut])
        for mail in shuffled[cut:]:
            mixed.take(mail)
        mixed.take(stranger)
        expected, found = straight.case(), mixed.case()
        assert found.facts == expected.facts
        assert (found.row.outcome, found.row.missing, found.row.due, found.row.messages) == (
            expected.row.outcome,
            expected.row.missing,
            expected.row.due,
            expected.row.messages,
        )
        assert len(mixed.store.cases()) == 1
        for mail in data.draw(st.permutations([*mails, stranger])):  # who comes first opens a case of his own
            wild.take(mail)
        (own,) = [row for row in wild.store.cases() if row.account_email == found.row.account_email]
        theirs = wild.case(own.label)
        assert {mail.sender for mail in theirs.messages} >= {sealed("ann@example.org")}
        assert theirs.facts["claim"] == expected.facts["claim"]
        wild.store.close()
        straight.store.close()
        mixed.store.close()


def test_where_nobody_decides_again_no_answer_changes_what_is_known(box: Box) -> None:
    box.take(incomplete())
    box.store.record(box.lease, [token(answer(2, method="card"), 1)], after=make.KEEP, last_uid=None)
    assert "method" not in box.case().facts["claim"]
    assert box.case().row.state is State.READY
