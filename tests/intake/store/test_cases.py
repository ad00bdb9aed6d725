"""The queue: order, filters, one case in full."""

from __future__ import annotations

import json
from datetime import date

import pytest

from intake.case_label import case_id_of, label
from intake.casework.states import State
from intake.contract import QueueRowJson
from intake.store.store import Store
from intake.store.values import CaseQuery, Lease
from tests.intake.store import make


@pytest.fixture
def queue(store: Store, lease: Lease) -> Store:
    def due(uid: int, day: date | None, **changes: object) -> object:
        deadlines = {"claim_by": None, "review_by": day, "refund_by": None}
        return make.processed(uid, decision=make.decision(deadlines=deadlines, **changes))

    batch = [
        due(1, None, outcome="needs_information"),
        due(2, date(2026, 7, 3)),
        due(3, date(2026, 7, 1)),
        due(4, date(2026, 7, 3), outcome="deny", policy="pars"),
    ]
    store.record(lease, batch, after=make.KEEP, last_uid=4)  # type: ignore[arg-type] # each is processed
    return store


def test_the_most_urgent_case_is_on_top(queue: Store) -> None:
    assert [row.label for row in queue.cases()] == ["R-1003", "R-1002", "R-1004", "R-1001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (CaseQuery(states=(State.NEEDS_INFORMATION,)), ["R-1001"]),
        (CaseQuery(states=(State.READY, State.CLOSED)), ["R-1003", "R-1002", "R-1004"]),
        (CaseQuery(policy="pars"), ["R-1004"]),
        (CaseQuery(outcome="deny"), ["R-1004"]),
        (CaseQuery(mailbox="billing"), []),
        (CaseQuery(due_before=date(2026, 7, 3)), ["R-1003"]),
        (CaseQuery(due_before=date(2026, 7, 2), days=(("pars", date(2026, 7, 4)),)), ["R-1003", "R-1004"]),
        (CaseQuery(limit=2), ["R-1003", "R-1002"]),
        (CaseQuery(limit=2, offset=1), ["R-1002", "R-1004"]),
    ],
    ids=str,
)
def test_the_queue_can_be_narrowed(queue: Store, query: CaseQuery, found: list[str]) -> None:
    assert [row.label for row in queue.cases(query)] == found


def test_a_refund_day_stands_for_a_review_day_that_there_is_not(store: Store, lease: Lease) -> None:
    deadlines = {"claim_by": date(2026, 6, 9), "review_by": None, "refund_by": date(2026, 7, 9)}
    item = make.processed(1, decision=make.decision(deadlines=deadlines))
    store.record(lease, [item], after=make.KEEP, last_uid=1)
    asked = make.processed(2, decision=make.decision(deadlines=deadlines, outcome="needs_information"))
    store.record(lease, [asked], after=make.KEEP, last_uid=2)
    # it rests while the customer is asked
    assert [row.due for row in store.cases()] == [date(2026, 7, 9), None]


def test_every_row_is_the_contract_s_object(queue: Store) -> None:
    for row in queue.cases():
        QueueRowJson.model_validate_json(json.dumps(row.to_dict()))


def test_a_case_in_full_is_json(queue: Store) -> None:
    case = queue.case("R-1002")
    assert case is not None
    shown = json.loads(json.dumps(case.to_dict()))
    (mail,) = shown["mail"]
    assert mail["parts"]["quoted:0"] == "Dear customer"
    assert mail["redactions"] == [{"type": "pan", "part": "body", "last_four": "1111"}]
    assert mail["attachments"][0]["name"] == "receipt.pdf"
    assert shown["decision"]["steps"][1]["because"] == ["claim.account_email = ann@example.org"]
    assert shown["history"][0]["action"] == "case.created"


@pytest.mark.parametrize(
    "name", ["R-1", "R-9999", "X-1001", "", "R-", "R-1001; --", "R-" + "9" * 40, "R-١٠٠١"]
)
def test_there_is_no_case_of_another_name(queue: Store, name: str) -> None:
    assert queue.case(name) is None


def test_labels_and_numbers_are_two_names_of_one_thing() -> None:
    assert [case_id_of(label(number)) for number in (1, 42, 10**6)] == [1, 42, 10**6]
