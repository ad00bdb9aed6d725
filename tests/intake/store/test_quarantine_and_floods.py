"""What makes no case: quarantined, set aside, one of a flood; and how a person makes a case of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from intake.casework.judge import Judge
from intake.errors import NoInputError
from intake.extraction.types import Kind
from intake.people import Actor, Role
from intake.processed import Processed
from intake.store import quarantine, set_aside
from intake.store.store import Store
from intake.store.values import Disposition, Failed, Lease, Recorded
from rules.load import policies_in
from tests.intake.store import make

ANA = Actor(name="ana", role=Role.AGENT)


def mail(uid: int, *, minutes: int = 0, kind: Kind = Kind.REFUND_REQUEST, sender: str = "ann") -> Processed:
    item = make.processed(uid, kind=kind)
    prints = replace(item.fingerprints, sender=make.KEYS.sender(f"{sender}@example.org"))
    at = make.RECEIVED + timedelta(minutes=minutes)
    return replace(item, fingerprints=prints, message=replace(item.message, received_at=at))


def record(store: Store, lease: Lease, items: Sequence[Processed | Failed], limit: int = 3) -> list[Recorded]:
    return store.record(lease, items, after=make.KEEP, last_uid=None, flood_limit=limit)


def words(found: Sequence[Recorded]) -> list[str]:
    return [one.reason if one.disposition is Disposition.SET_ASIDE else str(one.disposition) for one in found]  # type: ignore[misc] # what is set aside has a reason


def test_beyond_the_limit_within_an_hour_messages_are_set_aside(store: Store, lease: Lease) -> None:
    found = record(store, lease, [mail(uid, minutes=uid) for uid in range(1, 6)])
    assert words(found) == ["case", "case", "case", "flood", "flood"]
    later = record(
        store, lease, [mail(6, minutes=50), mail(7, minutes=130), mail(8, sender="lee", minutes=50)]
    )
    assert words(later) == ["flood", "case", "case"]
    assert store.counts("support")["set_aside"] == 3


def test_an_hour_is_counted_over_batches_and_other_people_s_mail_does_not_count(
    store: Store, lease: Lease
) -> None:
    for uid in range(1, 4):
        assert words(record(store, lease, [mail(uid, minutes=uid * 10)])) == ["case"]
        assert words(record(store, lease, [mail(uid + 10, sender=f"other{uid}", minutes=uid)])) == ["case"]
    assert words(record(store, lease, [mail(4, minutes=40)])) == ["flood"]


def test_automatic_mail_and_doubles_are_no_flood_and_no_limit_is_none(store: Store, lease: Lease) -> None:
    robots = [mail(uid, kind=Kind.AUTOMATIC) for uid in range(1, 6)]
    assert words(record(store, lease, robots)) == ["ignored"] * 5
    many = [mail(uid, minutes=uid) for uid in range(10, 20)]
    assert words(record(store, lease, many, limit=0)) == ["case"] * 10


def test_a_message_that_was_set_aside_becomes_a_case_once(store: Store, lease: Lease) -> None:
    record(store, lease, [mail(1, kind=Kind.OTHER)])
    with store.reading() as connection:
        (aside,) = set_aside.rows(connection)
    assert (aside.subject.text, aside.reason) == ("Charged twice", "no_refund_asked")
    name = made(store, aside.name)
    case = store.case(name)
    assert case is not None
    assert case.row.order_number is not None
    assert (case.row.order_number.text, case.row.messages, case.row.mailbox) == ("A-77120", 1, "support")
    assert case.decision.to_dict()["outcome"] == case.row.outcome
    assert [(entry.action, entry.actor) for entry in case.history] == [("case.made", "person:ana")]
    assert case.messages[0].parts["body"].text == make.BODY
    assert any(field.chosen for field in case.messages[0].fields)
    assert store.broken_audit() == []
    with store.reading() as connection:
        assert set_aside.rows(connection) == []
    with pytest.raises(NoInputError):
        made(store, aside.name)
    assert store.counts("support")["case"] == 1


@pytest.mark.parametrize("name", ["M-999", "R-1001", "M-", "M-99999999999999999999"])
def test_there_is_no_such_message(store: Store, lease: Lease, name: str) -> None:
    record(store, lease, [mail(1)])
    with pytest.raises(NoInputError):
        made(store, name)


@pytest.mark.parametrize("policy", ["eofferix", "pars"])
def test_either_company_s_message_is_made_a_case(store: Store, lease: Lease, policy: str) -> None:
    record(store, lease, [make.processed(uid, kind=Kind.OTHER) for uid in (1, 2)])
    with store.reading() as connection:
        names = [row.name for row in set_aside.rows(connection)]
    assert [made(store, name, policy) for name in names] == ["R-1001", "R-1002"]


def made(store: Store, name: str, policy: str = "eofferix") -> str:
    judge = Judge(policies_in(None))
    with store.writing() as connection:
        row = set_aside.find(connection, name)
        return set_aside.make_case(
            connection, row, policy=policy, judge=judge, actor=ANA, audit_key=make.KEYS.audit
        )


def failed(uid: int) -> Failed:
    return Failed(
        key=make.key(uid),
        stage="parse",
        error_code="over_budget",
        place="worker",
        size=10**8,
        raw_fingerprint=None,
    )


def test_giants_and_what_exceeds_its_budget_are_listed(store: Store, lease: Lease) -> None:
    record(store, lease, [failed(1), replace(failed(2), stage="fetch", error_code="too_large")])
    with store.reading() as connection:
        rows = quarantine.rows(connection)
        assert [(row.error_code, row.attempts) for row in rows] == [("over_budget", 1), ("too_large", 1)]
        assert quarantine.rows(connection, mailbox="other") == []
        assert quarantine.rows(connection, ids=[rows[1].id]) == rows[1:]
        assert quarantine.of_other_versions(connection, "support", quarantine.program_version()) == []
        assert len(quarantine.of_other_versions(connection, "support", "99.0")) == 2


def test_what_was_given_up_comes_back_when_it_fails_again(store: Store, lease: Lease) -> None:
    record(store, lease, [failed(1)])
    with store.writing() as connection:
        assert quarantine.drop(connection, [1], by="person:ana") == 1
        assert quarantine.drop(connection, [1], by="person:lee") == 0
    assert store.counts("support")["quarantined"] == 0
    assert store.known_uids("support", "INBOX", 7, [1]) == {1}
    record(store, lease, [failed(1)])
    with store.reading() as connection:
        (row,) = quarantine.rows(connection)
    assert (row.attempts, row.dropped_by) == (2, None)
