"""A message that may be a request: a case that a person has to look at, whatever comes in meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from intake.assembly import pipeline_for
from intake.config.review import ReviewConfig
from intake.desk.desk import Desk
from intake.mail.message import RawMessage
from intake.processed import Processed
from intake.redaction.redactor import Redactor
from tests.intake.casework import stories
from tests.intake.store import make
from tests.intake.threads.test_threads import LENA, Box, answer, token

MAIL = b"From: ann@example.org\nSubject: Question\n\nYou charged me 40 dollars yesterday. What is it for?\n"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.store.close()


def doubtful() -> Processed:
    line = replace(pipeline_for("eofferix", None), keys=make.KEYS)
    return line.process(RawMessage(data=MAIL, source="1", key=make.key(1)))


def test_a_message_in_doubt_is_a_case_for_manual_review(box: Box) -> None:
    box.take(doubtful())
    case = box.case()
    assert (case.row.kind, case.row.outcome, case.row.state) == ("other", "manual_review", "ready")


def test_neither_an_answer_nor_another_policy_settles_the_doubt(box: Box) -> None:
    box.take(doubtful())
    box.take(token(answer(2, order_number="A-1", method="paypal"), 1))
    case = box.case()
    assert case.facts["claim"]["method"] == "paypal"
    assert case.row.outcome == "manual_review"


def test_a_policy_of_today_leaves_the_doubt_and_a_person_settles_it(box: Box) -> None:
    box.take(doubtful())
    desk = Desk(store=box.store, judge=stories.judge(), review=ReviewConfig(), redactor=Redactor())
    assert desk.reprocess("R-1001", dry_run=True) is None
    desk.claim("R-1001", LENA)
    desk.set("R-1001", "claim.reason", "unauthorized_payment", LENA)
    assert box.case().row.outcome != "manual_review"
