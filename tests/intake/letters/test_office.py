"""A letter leaves once, by a person who may, and the history says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from intake.casework.states import Action, ForbiddenError, HeldError, State
from intake.desk.office import Office
from intake.errors import UnavailableError
from intake.letters.kinds import LetterKind
from intake.letters.mail import UncertainError
from intake.people import Actor, Role
from intake.store.changes_since import ConflictError
from intake.store.errors import StoreError
from intake.store.letters import LetterTwiceError
from intake.store.tables import Letter
from intake.store.values import Disposition
from tests.intake.casework import stories
from tests.intake.letters.conftest import ANA, Post, case, send
from tests.intake.store import make
from tests.intake.threads.test_threads import proven, token


def test_it_leaves_once_a_kind_case_and_day(office: Office) -> None:
    post = Post()
    send(office, post)
    with pytest.raises(LetterTwiceError, match="ask was sent"):
        send(office, post)
    with pytest.raises(LetterTwiceError):
        send(office, post, way="draft")
    send(office, post, LetterKind.RECEIVED)
    assert [recipient for *_, recipient in post.letters] == ["ann@example.org"] * 2
    assert [entry.action for entry in case(office).history][-2:] == ["letter.sent", "letter.sent"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = Office(
        config=office.config,
        store=office.store,
        keys=office.keys,
        policies=office.policies,
        now=lambda: tomorrow,
    )
    send(later, post)
    assert len(post.letters) == 3


def test_the_database_itself_holds_it(office: Office) -> None:
    send(office, Post())
    with office.store.reading() as connection:
        row = dict(connection.execute(Letter.select()).one()._mapping)
    again = row | {"id": None, "own_id": "x@example.org", "mail_print": "0" * 64}
    with pytest.raises(StoreError, match="UNIQUE"), office.store.writing() as connection:
        connection.execute(insert(Letter), [again])


def test_one_that_surely_failed_can_be_tried_again_as_the_same_letter(office: Office) -> None:
    post = Post(UnavailableError())
    with pytest.raises(UnavailableError):
        send(office, post)
    assert [one.standing for one in office.ready("R-1001").basis.letters] == ["failed"]
    assert case(office).history[-1].action == "case.created"
    (failed,) = office.ready("R-1001").basis.letters
    send(office, post)
    assert post.letters[0][1] == failed.own_id


def test_one_that_may_have_left_is_not_made_again(office: Office) -> None:
    with pytest.raises(UncertainError):
        send(office, Post(UncertainError()))
    with pytest.raises(LetterTwiceError, match="may have left"):
        send(office, Post())


def test_not_by_operators_nor_over_another_persons_review_nor_from_an_old_look(office: Office) -> None:
    with pytest.raises(ForbiddenError):
        send(office, Post(), actor=Actor(name="oleg", role=Role.OPERATOR))
    old = office.ready("R-1001")
    with office.store.change("R-1001") as change:
        change.act(Action.JOIN, Actor(name="intake", role=Role.SYSTEM), state=State.READY)
        change.act(
            Action.CLAIM, Actor(name="bea", role=Role.AGENT), owner="bea", held_until=change.now_ms + 60_000
        )
    with pytest.raises(HeldError):
        send(office, Post())
    with pytest.raises(ConflictError):
        office.post(old, "send", ANA, Post())


def test_asking_from_ones_own_review_makes_the_case_wait(office: Office) -> None:
    with office.store.change("R-1001") as change:
        change.act(Action.JOIN, Actor(name="intake", role=Role.SYSTEM), state=State.READY)
        change.act(Action.CLAIM, ANA, owner="ana", held_until=change.now_ms + 60_000)
    send(office, Post())
    assert (case(office).row.state, case(office).row.due) == (State.NEEDS_INFORMATION, None)


def test_an_answer_to_a_letter_joins_and_the_letter_itself_never_comes_in(office: Office) -> None:
    post = Post()
    send(office, post)
    own_id = post.letters[0][1]
    prints = {"message_id": make.KEYS.message_id(own_id)}
    copy = make.processed(5, fingerprints=make.prints("copy", **prints))
    answer = stories.answer(6, "nothing", order_number="A-1", method="card")
    references = (make.KEYS.message_id(f"<{own_id}>"),)
    from dataclasses import replace

    answer = proven(replace(answer, fingerprints=replace(answer.fingerprints, references=references)))
    lease = office.store.take_lease("support", "host:1", 60)
    assert lease is not None
    own, joined = office.store.record(
        lease, [copy, answer], after=make.KEEP, last_uid=None, judge=stories.judge()
    )
    assert (own.disposition, own.reason) == (Disposition.IGNORED, "own_copy")
    assert joined.case_id == "R-1001"
    assert case(office).row.missing == ()


def test_the_next_letter_continues_the_thread(office: Office) -> None:
    post = Post()
    send(office, post)
    lease = office.store.take_lease("support", "host:1", 60)
    assert lease is not None
    office.store.record(
        lease, [token(stories.answer(2, "x", method="card"), 1)], after=make.KEEP, last_uid=None
    )
    send(office, post, LetterKind.RECEIVED)
    assert f"<{post.letters[0][1]}>".encode() in post.letters[1][0]
