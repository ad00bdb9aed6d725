"""Stories of cases over a real Dovecot: what customers write, what people do, and where it ends.

One play of a few rounds of mail; each test tells the end of one story.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from intake.errors import Exit
from tests.acceptance.play import Play, play
from tests.acceptance.scenes import act
from tests.dovecot import require_dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    require_dovecot()
    with play(tmp_path_factory.mktemp("play")) as stage:
        act(stage)
        yield stage


def _one(stage: Play, name: str) -> str:
    (case,) = stage.of(f"{name}@example.org")
    return case


def test_a_case_in_five_mails(told: Play) -> None:
    name = _one(told, "five")
    case = told.show(name)
    assert (case["state"], case["outcome"], case["missing"]) == ("ready", "approve_if_verified", [])
    assert (case["order_number"], case["amount"], case["currency"]) == ("EO-55555", "49.00", "EUR")
    assert case["facts"]["claim"]["method"] == "card"  # the stranger's PayPal changed nothing
    assert case["due"] == case["decision"]["deadlines"]["review_by"] is not None
    assert [mail["from"] for mail in case["mail"]] == ["five@example.org"] * 2 + [
        "stranger@example.net",
        "five@example.org",
    ]
    (letter,) = told.letters(name)
    assert (letter["kind"], letter["way"], letter["standing"]) == ("ask", "draft", "done")
    assert [entry["action"] for entry in case["history"]] == [
        "case.created",
        "letter.drafted",
        "message.joined",  # half the details
        "case.evaluated",
        "message.joined",  # the stranger, for review
        "message.joined",  # the last detail
        "case.evaluated",
    ]
    trust = [entry["after"]["trust"] for entry in case["history"] if entry["action"] == "message.joined"]
    assert trust == ["token", "for_review", "token"]
    states = [entry["after"].get("state") for entry in case["history"] if entry["after"]]
    assert [state for state in states if state] == ["needs_information", "ready"]
    shown = told.run("queue", "show", name)
    assert "59.00" in shown  # the contradiction stands beside what counts
    assert "FOR REVIEW ONLY" in shown
    assert "(Europe/Moscow)" in shown


def test_at_most_one_letter_a_kind_case_and_day(told: Play) -> None:
    name = _one(told, "ru")
    told.run("letter", "draft", name, "--kind", "ask", status=Exit.PROBLEM)
    assert len(told.letters(name)) == 1
    assert len([one for one in told.drafts("support") if one["To"] == "ru@example.org"]) == 1


def test_a_russian_customer_is_asked_and_answers_in_russian(told: Play) -> None:
    name = _one(told, "ru")
    case = told.show(name)
    assert (case["language"], case["state"], case["order_number"]) == ("ru", "ready", "EO-66666")
    draft = told.draft_to("support", "ru@example.org")
    assert "Какой номер заказа?" in _text(draft)
    assert draft["In-Reply-To"] is not None
    assert draft["Content-Language"] == "ru"


def test_a_german_customer_of_the_other_company_is_known_by_the_address(told: Play) -> None:
    case = told.show(_one(told, "de"))
    assert (case["policy"], case["language"], case["order_number"], case["missing"]) == (
        "pars",
        "de",
        "PE-77777",
        [],
    )
    assert case["state"] == "ready"
    assert "Bestellnummer?" in _text(told.draft_to("pars", "de@example.org"))


@pytest.mark.parametrize("name", ["third", "lost"])
def test_in_doubt_the_sender_is_asked_for_proof_and_told_nothing(told: Play, name: str) -> None:
    case = told.show(_one(told, name))
    assert (case["state"], case["outcome"], case["due"]) == ("needs_information", "hold_identity", None)
    letter = json.loads(told.run("letter", "show", case["case"], "--json"))
    assert (letter["kind"], letter["to"]) == ("proof", f"{name}@example.org")
    for secret in ("EO-", "49", "example.net", "twice"):
        assert secret not in letter["text"] + letter["subject"]
    received = json.loads(told.run("letter", "show", case["case"], "--kind", "received", "--json"))
    assert (received["addressee"], received["to"]) == ("account", case["account_email"])


def test_the_same_request_sent_twice_is_linked(told: Play) -> None:
    first, second = told.of("again@example.org")
    linked = told.show(second)["history"][1]
    assert (linked["action"], linked["after"]) == ("case.linked", {"case": first, "kind": "same_request"})
    assert told.show(first)["links"] == [{"case": second, "kind": "same_request"}]
    assert f"belongs together with {first}" in told.run("queue", "show", second)


def test_one_mail_to_both_companies_makes_one_case(told: Play) -> None:
    assert len(told.of("both@example.org")) == 1


def test_a_customer_who_writes_after_closing_reopens_the_case(told: Play) -> None:
    case = told.show(_one(told, "closed"))
    assert case["state"] == "ready"
    assert "case.reopened" in [entry["action"] for entry in case["history"]]
    assert case["messages"] == 2


def test_a_reply_that_could_be_forged_changes_nothing(told: Play) -> None:
    case = told.show(_one(told, "forged"))
    assert (case["amount"], case["messages"], case["state"]) == ("49.00", 2, "ready")
    assert case["history"][-1]["after"]["trust"] == "for_review"


def test_another_order_in_a_reply_is_another_case(told: Play) -> None:
    first, second = told.of("other@example.org")
    assert told.show(first)["messages"] == 1
    case = told.show(second)
    assert case["order_number"] == "EO-99999"
    assert case["history"][1]["after"] == {"case": first, "kind": "same_thread"}


def test_a_refusal_is_decided_by_a_person_told_with_its_clause_and_closed(told: Play) -> None:
    name = _one(told, "late")
    case = told.show(name)
    assert case["state"] == "closed"
    (letter,) = told.letters(name)
    assert (letter["kind"], letter["way"], letter["to"]) == ("refused", "send", "late@example.org")
    assert "later than seven days" in letter["text"]
    sent = [message_from_bytes(data, policy=default) for _, _, data in told.mailman.letters]
    (mail,) = [one for one in sent if one["To"] == "late@example.org"]
    assert mail["From"].addresses[0].addr_spec == "refunds@pars.example"
    assert [word for word in told.actions(name) if word.startswith(("letter", "case.d", "case.settled"))] == [
        "case.decided",
        "letter.sent",
        "case.settled",
    ]


def test_who_stays_silent_is_closed_after_two_weeks(told: Play) -> None:
    name = _one(told, "silent")
    assert told.letters(name)[0]["standing"] == "done"
    assert told.engine is not None
    later = datetime.now(UTC) + timedelta(days=16)
    replace(told.engine.errands, now=lambda: later).clocks()
    case = told.show(name)
    assert case["state"] == "closed"
    assert case["history"][-1]["after"]["resolution"] == "no_reply"


def test_a_letter_that_comes_back_brings_a_person(told: Play) -> None:
    name = _one(told, "gone")
    case = told.show(name)
    assert (case["state"], case["messages"], case["missing"] != []) == ("ready", 1, True)
    assert [(one["kind"], one["way"], one["standing"]) for one in case["letters"]] == [
        ("ask", "send", "bounced")
    ]
    assert told.actions(name)[-2:] == ["letter.bounced", "message.joined"]
    assert "CAME BACK" in told.run("queue", "show", name)
    assert told.of("mailer-daemon@mx.example.net") == told.of("MAILER-DAEMON@mx.example.net") == []


def test_letters_and_audit_hold_after_it_all(told: Play) -> None:
    told.run("audit", "verify")
    assert told.poll() == {
        name: dict.fromkeys(counts, 0) for name, counts in told.poll().items()
    }  # neither drafts nor anything else came in as mail


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_log_of_the_play_names_nobody(told: Play, tmp_path: Path) -> None:
    assert "@" not in (told.folder / "log").read_text(encoding="utf-8")
