"""A letter that comes back is noted in its case and brings a person; a report makes no case and answers nothing."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from intake.assembly import pipeline_for
from intake.casework.states import State
from intake.desk.office import Office
from intake.letters.kinds import LetterKind
from intake.mail.message import RawMessage
from intake.pipeline import Pipeline
from intake.store import clocks
from intake.store.values import Disposition, Recorded
from intake.threads import token_of
from tests.intake.letters.conftest import Post, case, send
from tests.intake.store import make

REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {to}
Auto-Submitted: auto-replied
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{number}@mx.example.net>
Date: Tue, 2 Jun 2026 09:{number}:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: 5.1.1

--b
Content-Type: {returned}

{head}
--b--
"""
PLAIN = """\
From: MAILER-DAEMON@mx.example.net
To: support@example.com
Subject: failure notice
Message-ID: <plain@mx.example.net>
Date: Tue, 2 Jun 2026 09:32:00 +0000

Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message.
--- Below this line is a copy of the message.

{head}
"""


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return replace(pipeline_for("eofferix", config=None), keys=make.KEYS)


@pytest.fixture
def sent(office: Office) -> str:
    """The letter that asks, as it left: its headers."""
    post = Post()
    send(office, post)
    mail = message_from_bytes(post.letters[0][0], policy=default)
    return f"From: support@example.com\nMessage-ID: {mail['Message-ID']}\nSubject: {mail['Subject']}\n"


def take(office: Office, pipeline: Pipeline, text: str, uid: int = 50) -> Recorded:
    item = pipeline.process(RawMessage(data=text.encode(), source="x", key=make.key(uid)))
    lease = office.store.take_lease("support", "host:1", 60)
    assert lease is not None
    (done,) = office.store.record(lease, [item], after=make.KEEP, last_uid=None)
    return done


def report(head: str, action: str = "failed", returned: str = "message/rfc822", **more: str) -> str:
    values = {"to": "support@example.com", "number": "10"} | more
    return REPORT.format(head=head, action=action, returned=returned, **values)


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_letter_that_comes_back_brings_a_person(
    office: Office, pipeline: Pipeline, sent: str, returned: str
) -> None:
    assert case(office).row.state is State.NEEDS_INFORMATION
    done = take(office, pipeline, report(sent, returned=returned))
    assert (done.disposition, done.reason, done.case_id) == (Disposition.IGNORED, "dsn", None)
    found = case(office)
    assert (found.row.state, found.row.messages, len(office.store.cases())) == (State.READY, 1, 1)
    (letter,) = found.letters
    assert (letter.kind, letter.standing) == (LetterKind.ASK, "bounced")
    noted = [entry for entry in found.history if entry.action == "letter.bounced"]
    assert [(entry.after or {}).get("status") for entry in noted] == ["5.1.1"]
    assert office.store.broken_audit() == []
    with office.store.reading() as connection:
        assert clocks.waiting(connection) == []  # nobody keeps silent who was never reached


def test_a_report_of_no_form_is_known_by_our_message_id(
    office: Office, pipeline: Pipeline, sent: str
) -> None:
    assert take(office, pipeline, PLAIN.format(head=sent)).disposition is Disposition.IGNORED
    assert case(office).letters[0].standing == "bounced"


@pytest.mark.parametrize("where", ["the returned subject", "our own address"])
def test_a_draft_that_a_person_sent_is_known_by_its_token(
    office: Office, pipeline: Pipeline, sent: str, where: str
) -> None:
    token = token_of(make.KEYS, 1)
    head = "Message-ID: <their-own@mail.example.com>\n"
    text = report(f"{head}Subject: =?utf-8?q?R=C3=BCckfrage?= [{token}]\n")
    if where == "our own address":
        text = report(f"{head}Subject: Frage\n", to=f"support+{token.lower()}@example.com")
    take(office, pipeline, text)
    assert (case(office).letters[0].standing, case(office).row.state) == ("bounced", State.READY)


def test_a_delay_is_noted_and_changes_nothing(office: Office, pipeline: Pipeline, sent: str) -> None:
    take(office, pipeline, report(sent, action="delayed"))
    found = case(office)
    assert (found.row.state, found.letters[0].standing) == (State.NEEDS_INFORMATION, "done")
    assert found.history[-1].action == "letter.delayed"


def test_what_is_not_about_a_letter_of_ours_is_nothing_to_us(
    office: Office, pipeline: Pipeline, sent: str
) -> None:
    before = case(office)
    foreign = "Message-ID: <r-1001.abcdefghijklmnop@example.com>\nSubject: [R-1001-aaaaaaaaaaaaaaaa]\n"
    receipt = report(sent, number="11").replace("delivery-status", "disposition-notification")
    for uid, text in enumerate((report(foreign), receipt), 60):
        assert take(office, pipeline, text, uid).disposition is Disposition.IGNORED
    assert case(office) == before


def test_the_same_report_twice_is_noted_once(office: Office, pipeline: Pipeline, sent: str) -> None:
    take(office, pipeline, report(sent))
    after = case(office)
    assert take(office, pipeline, report(sent), 51).disposition is Disposition.DUPLICATE
    assert case(office) == after
