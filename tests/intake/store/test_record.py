"""What becomes of a message, and that every message is accounted for exactly once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.casework.states import State
from intake.extraction.types import FieldName, Kind
from intake.store.store import Store
from intake.store.values import Disposition, Failed, Lease, Recorded
from tests.intake.store import make
from tests.intake.store.conftest import TTL_S


def one(store: Store, lease: Lease, item: object) -> Recorded:
    (done,) = store.record(lease, [item], after=make.KEEP, last_uid=None)  # type: ignore[list-item] # both kinds
    return done


def test_a_request_opens_a_case_that_the_queue_shows(store: Store, lease: Lease) -> None:
    done = one(store, lease, make.processed(1))
    assert (done.disposition, done.case_id, done.version) == (Disposition.CASE, "R-1001", 1)
    (row,) = store.cases()
    assert row.to_dict() == {
        "case": "R-1001",
        "mailbox": "support",
        "policy": "eofferix",
        "kind": "refund_request",
        "language": "en",
        "account_email": "ann@example.org",
        "order_number": "A-77120",
        "amount": "49.00",
        "currency": "EUR",
        "reason": "duplicate_payment",
        "outcome": "approve_if_verified",
        "state": "ready",
        "missing": [],
        "flags": ["secrets_redacted"],
        "due": "2026-06-25",
        "received_at": "2026-06-02T09:30:00+00:00",
        "messages": 1,
        "version": 1,
    }


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("needs_information", State.NEEDS_INFORMATION),
        ("hold_identity", State.NEEDS_INFORMATION),
        ("manual_review", State.READY),
        ("deny", State.READY),
        ("approve_if_verified", State.READY),
        ("approve", State.READY),
    ],
)
def test_the_outcome_gives_the_state(store: Store, lease: Lease, outcome: str, state: State) -> None:
    one(store, lease, make.processed(1, decision=make.decision(outcome)))  # type: ignore[arg-type] # each is one
    assert store.cases()[0].state is state


def test_an_answer_joins_its_case_for_review_only(store: Store, lease: Lease) -> None:
    waiting = make.processed(1, decision=make.decision("needs_information"))
    done = store.record(lease, [waiting, make.reply(2, "mail1")], after=make.KEEP, last_uid=2)
    assert (done[1].disposition, done[1].case_id, done[1].version) == (Disposition.REPLY, "R-1001", 2)
    case = store.case("R-1001")
    assert case is not None
    assert (case.row.version, case.row.messages, case.row.state) == (2, 2, State.READY)
    assert [sum(field.chosen for field in message.fields) for message in case.messages] == [6, 0]
    assert [entry.action for entry in case.history] == ["case.created", "message.joined"]
    assert case.history[1].before == {"state": "needs_information"}


def test_an_answer_finds_its_case_in_a_later_batch(store: Store, lease: Lease) -> None:
    one(store, lease, make.processed(1))
    assert one(store, lease, make.reply(2, "mail1")).version == 2
    assert one(store, lease, make.reply(3, "mail2")).version == 3
    assert store.broken_audit() == []


def test_an_answer_about_another_order_is_another_matter(store: Store, lease: Lease) -> None:
    one(store, lease, make.processed(1))
    body = "And the same for order B-2, I paid 49,00 EUR by card on 1 June, ann@example.org."
    other = make.extraction(Kind.REPLY, fields=make.fields("B-2", body))
    facts = make.facts("B-2")
    reply = make.reply(2, "mail1", extraction=other, facts=facts, message=make.redacted_message(body))
    assert one(store, lease, reply).case_id == "R-1002"


def test_an_answer_to_a_mail_that_nobody_knows_is_a_case_of_its_own(store: Store, lease: Lease) -> None:
    assert one(store, lease, make.reply(1, "never-seen")).disposition is Disposition.CASE


def test_of_two_mails_with_one_message_id_the_own_one_is_answered(store: Store, lease: Lease) -> None:
    twin = make.prints(
        "other", message_id=make.prints("mail1").message_id, sender=make.KEYS.sender("eve@example.net")
    )
    done = store.record(
        lease, [make.processed(1), make.processed(2, fingerprints=twin)], after=make.KEEP, last_uid=None
    )
    assert [recorded.case_id for recorded in done] == ["R-1001", "R-1002"]
    assert one(store, lease, make.reply(3, "mail1")).case_id == "R-1001"


def test_automatic_mail_is_ignored_with_its_reason(store: Store, lease: Lease) -> None:
    done = one(store, lease, make.processed(1, kind=Kind.AUTOMATIC))
    assert (done.disposition, done.reason, done.case_id) == (Disposition.IGNORED, "dsn", None)
    assert store.cases() == []


def test_a_person_who_asks_for_no_money_is_set_aside(store: Store, lease: Lease) -> None:
    done = one(store, lease, make.processed(1, kind=Kind.OTHER))
    assert (done.disposition, done.reason) == (Disposition.SET_ASIDE, "no_refund_asked")
    assert store.counts("support")["set_aside"] == 1


def test_what_may_be_a_request_is_a_case_all_the_same(store: Store, lease: Lease) -> None:
    seen = make.extraction(Kind.OTHER, doubtful=True)
    done = one(
        store, lease, make.processed(1, extraction=seen, decision=make.decision(outcome="manual_review"))
    )
    assert done.disposition is Disposition.CASE
    (case,) = store.cases()
    assert (case.kind, case.outcome, case.state) == ("other", "manual_review", "ready")


def test_the_same_message_is_taken_once(store: Store, lease: Lease) -> None:
    first = one(store, lease, make.processed(1))
    again = one(store, lease, make.processed(1, seed="whatever it says now"))
    assert first.fresh
    assert not again.fresh
    assert again.case_id == "R-1001"
    assert store.counts("support")["case"] == 1
    assert len(store.due_actions("support", 10)) == 1


@pytest.mark.parametrize(
    "place", [make.key(2), make.key(1, uidvalidity=8), make.key(1, folder="Billing")], ids=str
)
def test_the_same_bytes_are_a_double_wherever_they_lie(store: Store, lease: Lease, place: object) -> None:
    one(store, lease, make.processed(1))
    again = one(store, lease, make.processed(1, key=place))
    assert (again.disposition, again.of_case, again.reason) == (Disposition.DUPLICATE, "R-1001", "same_bytes")
    assert len(store.cases()) == 1


def test_the_same_mail_in_two_mailboxes_is_linked(store: Store, lease: Lease) -> None:
    one(store, lease, make.processed(1))
    billing = store.take_lease("billing", "host:1", TTL_S)
    assert billing is not None
    other_way = replace(make.prints("mail1"), raw=make.prints("other trace headers").raw)
    copy = make.processed(1, key=make.key(1, mailbox="billing"), fingerprints=other_way)
    done = one(store, billing, copy)
    assert (done.disposition, done.of_case, done.reason) == (Disposition.DUPLICATE, "R-1001", "same_content")
    third = make.processed(1, key=make.key(9, mailbox="billing"), fingerprints=other_way)
    assert one(store, billing, third).of_case == "R-1001"
    assert store.counts("billing")["duplicate"] == 2
    case = store.case("R-1001")
    assert case is not None
    assert len(case.messages) == 1


def test_a_double_within_one_batch_is_seen(store: Store, lease: Lease) -> None:
    done = store.record(
        lease, [make.processed(1), make.processed(2, seed="mail1")], after=make.KEEP, last_uid=2
    )
    assert [recorded.disposition for recorded in done] == [Disposition.CASE, Disposition.DUPLICATE]


def test_the_same_words_sent_again_without_date_or_id_are_new(store: Store, lease: Lease) -> None:
    bare = make.redacted_message(date=None)
    for uid in (1, 2):
        prints = make.prints("same", raw=make.prints(f"raw{uid}").raw, message_id=None)
        done = one(store, lease, make.processed(uid, fingerprints=prints, message=bare))
        assert done.disposition is Disposition.CASE


def failed(uid: int = 1, **changes: object) -> Failed:
    made = Failed(
        key=make.key(uid),
        stage="parse",
        error_code="AttributeError",
        place="intake.mail.parse:<lambda>:12",
        size=132,
        raw_fingerprint=make.prints(f"mail{uid}").raw,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # fields of Failed


def test_what_fails_is_quarantined_and_leaves_when_it_succeeds(store: Store, lease: Lease) -> None:
    first = one(store, lease, failed())
    assert (first.disposition, first.reason, first.fresh) == (Disposition.QUARANTINED, "parse", True)
    assert store.known_uids("support", "INBOX", 7, [1, 2]) == {1}
    assert not one(store, lease, failed(stage="redact")).fresh
    assert store.counts("support")["quarantined"] == 1
    assert one(store, lease, make.processed(1)).disposition is Disposition.CASE
    assert store.counts("support") == {
        "case": 1,
        "reply": 0,
        "ignored": 0,
        "set_aside": 0,
        "duplicate": 0,
        "quarantined": 0,
    }
    # it is stored: a late failure changes nothing
    assert one(store, lease, failed()).disposition is Disposition.CASE


def test_the_reason_of_a_failure_can_always_be_stored(store: Store, lease: Lease) -> None:
    odd = failed(error_code="4111 1111 1111 1111", place="?", stage="x" * 500)
    assert one(store, lease, odd).disposition is Disposition.QUARANTINED


def test_a_quarantined_message_is_never_touched_on_the_server(store: Store, lease: Lease) -> None:
    one(store, lease, failed())
    assert store.due_actions("support", 10) == []


def test_readings_of_every_kind_of_value_come_back(store: Store, lease: Lease) -> None:
    one(store, lease, make.processed(1))
    case = store.case("r-1001 ")
    assert case is not None
    chosen = {field.name: field for field in case.messages[0].fields if field.chosen}
    assert {name: (field.value, field.currency) for name, field in chosen.items()} == {
        FieldName.ACCOUNT_EMAIL: ("ann@example.org", None),
        FieldName.ORDER_NUMBER: ("A-77120", None),
        FieldName.PAYMENT_DATE: ("2026-06-01", None),
        FieldName.AMOUNT: ("49.00", "EUR"),
        FieldName.METHOD: ("card", None),
        FieldName.REASON: ("duplicate_payment", None),
    }
    for field in case.messages[0].fields:
        assert case.messages[0].parts[field.part].slice(field.start, field.end) == field.evidence
