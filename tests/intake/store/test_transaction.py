"""One transaction a batch: all of it or nothing, whatever the mail says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from intake.extraction.types import FieldName, Money
from intake.redaction.text import sealed
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.values import After, Disposition, Lease, Progress
from rules.types import Refund, Step
from tests.intake.store import make

NOTHING = dict.fromkeys((disposition.value for disposition in Disposition), 0)


def unstorable(uid: int) -> object:
    """A message whose facts say what no redactor let through."""
    return make.processed(uid, facts={"claim": {"order_number": "4111 1111 1111 1111"}})


def test_one_bad_message_undoes_the_batch_and_its_neighbours_go_alone(store: Store, lease: Lease) -> None:
    batch = [make.processed(1), unstorable(2), make.processed(3)]
    with pytest.raises(StoreError) as caught:
        store.record(lease, batch, after=make.KEEP, last_uid=3)  # type: ignore[arg-type] # one is made to be odd
    assert "4111" not in str(caught.value)
    assert store.counts("support") == NOTHING
    assert store.progress("support", "INBOX") is None
    assert store.cases() == []
    assert store.due_actions("support", 10) == []
    for item, uid in ((batch[0], 1), (batch[2], 3)):
        store.record(lease, [item], after=make.KEEP, last_uid=uid)  # type: ignore[list-item] # likewise
    assert [row.label for row in store.cases()] == ["R-1001", "R-1002"]  # the failure left no gap


@pytest.mark.parametrize(
    "facts",
    [
        {"claim": {"note": "free text of a customer"}},
        {"claim": {"method": "hunter2 is my password"}},
        {"claim": {"account_email": "someone.else@example.net"}},
        {"claim": {"requested_on": "2026-99-99"}},
        {"order": {"account_email": "records@example.org and more"}},
        {"claim": {"amount": 1.5}},
    ],
    ids=str,
)
def test_facts_hold_only_what_the_redactor_let_through(
    store: Store, lease: Lease, facts: dict[str, object]
) -> None:
    with pytest.raises(StoreError):
        store.record(lease, [make.processed(1, facts=facts)], after=make.KEEP, last_uid=None)
    assert store.counts("support") == NOTHING


def test_steps_hold_no_card_number(store: Store, lease: Lease) -> None:
    odd = make.decision(
        steps=(Step(rule="x", clause=None, value=True, because=("card 4111-1111-1111-1111",)),)
    )
    with pytest.raises(StoreError):
        store.record(lease, [make.processed(1, decision=odd)], after=make.KEEP, last_uid=None)


def test_facts_and_decision_come_back_as_they_were(store: Store, lease: Lease) -> None:
    facts = {
        "claim": make.facts()["claim"],
        "order": {"amount": "1234567890.12", "paid_on": "2026-06-01", "paid_twice": True},
        "usage": [{"item": "credits", "amount": "4.50"}],
    }
    step = Step(
        rule="sum.whole",
        clause="8",
        value=None,
        because=("order.amount = 1234567890.12", "§ 8 (a), 2026-06-01"),
    )
    decision = make.decision(steps=(step,), clauses=("2", "§ 8 (a)"))
    store.record(lease, [make.processed(1, facts=facts, decision=decision)], after=make.KEEP, last_uid=None)
    case = store.case("R-1001")
    assert case is not None
    assert case.decision == decision
    assert case.facts == {"id": "R-1001", **facts}
    assert list(store.facts_of_open_cases("eofferix")) == [case.facts]
    assert list(store.facts_of_open_cases("pars")) == []


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("49.00", "EUR"),
        ("54", "JPY"),
        ("0.005", "KWD"),
        ("0.00", "EUR"),
        ("92233720368547758.07", "EUR"),
        (None, "EUR"),
    ],
)
def test_refunds_are_exact_in_every_minor_unit(
    store: Store, lease: Lease, amount: str | None, currency: str
) -> None:
    decision = make.decision(refund=Refund(amount=amount, currency=currency, to="balance"))
    store.record(lease, [make.processed(1, decision=decision)], after=make.KEEP, last_uid=None)
    case = store.case("R-1001")
    assert case is not None
    assert case.decision.refund == decision.refund


@pytest.mark.parametrize("amount", ["0.1", "1234567890123456789012345678901234567.8", "49", "-5.00"])
def test_claimed_amounts_are_exact_and_their_currency_may_be_unknown(
    store: Store, lease: Lease, amount: str
) -> None:
    read = make.fields()
    read[FieldName.AMOUNT] = make.read(Money(amount=Decimal(amount), currency=None), "49,00 EUR")
    store.record(
        lease, [make.processed(1, extraction=make.extraction(fields=read))], after=make.KEEP, last_uid=None
    )
    assert (store.cases()[0].amount, store.cases()[0].currency) == (Decimal(amount), None)


@pytest.mark.parametrize(
    "words",
    [
        "\x00 NUL \x00",
        "lone \ud800 surrogate \udfff",
        "'; DROP TABLE message; --",
        "%s %(x)s {0} \\ \" ' `",
        "\u202eright to left\u202c \u200b\ufeff",
        "emoji 👩‍👩‍👧 and e\u0301",
        "x" * 1_000_000,
        "\r\n\t\v\f\x1b[31m",
    ],
    ids=range(8),
)
def test_hostile_words_are_stored_and_offsets_hold(store: Store, lease: Lease, words: str) -> None:
    body = f"{words} {make.BODY}"
    message = make.redacted_message(body, subject=sealed(words[:100]), sender_name=sealed(words[:100]))
    item = make.processed(1, message=message, extraction=make.extraction(fields=make.fields(body=body)))
    store.record(lease, [item], after=make.KEEP, last_uid=None)
    case = store.case("R-1001")
    assert case is not None
    stored = case.messages[0]
    assert len(stored.parts["body"]) == len(body)
    for field in stored.fields:
        assert stored.parts[field.part].slice(field.start, field.end) == field.evidence


def test_a_thousand_references_and_candidates_are_bounded(store: Store, lease: Lease) -> None:
    read = make.fields()
    order = read[FieldName.ORDER_NUMBER]
    assert order is not None
    read[FieldName.ORDER_NUMBER] = replace(order, others=order.others * 1000)
    prints = make.prints("x", references=tuple(make.KEYS.message_id(str(n)) for n in range(5000)))
    item = make.processed(1, fingerprints=prints, extraction=make.extraction(fields=read))
    store.record(lease, [item], after=make.KEEP, last_uid=None)
    case = store.case("R-1001")
    assert case is not None
    assert sum(field.name is FieldName.ORDER_NUMBER for field in case.messages[0].fields) == 10


def test_an_attachment_s_invented_type_is_not_stored(store: Store, lease: Lease) -> None:
    attachment = replace(make.redacted_message().attachments[0], content_type="x/4111111111111111")
    message = make.redacted_message(attachments=(attachment,))
    store.record(lease, [make.processed(1, message=message)], after=make.KEEP, last_uid=None)
    case = store.case("R-1001")
    assert case is not None
    assert case.messages[0].attachments[0].content_type == "application/octet-stream"


def test_the_cursor_moves_with_the_batch_and_never_back(store: Store, lease: Lease) -> None:
    store.record(lease, [make.processed(5)], after=make.KEEP, last_uid=7)
    assert store.progress("support", "INBOX") == Progress(uidvalidity=7, last_uid=7)
    store.record(lease, [make.processed(3)], after=make.KEEP, last_uid=3)
    assert store.progress("support", "INBOX") == Progress(uidvalidity=7, last_uid=7)
    store.set_progress(lease, "INBOX", 8, 0)
    assert store.progress("support", "INBOX") == Progress(uidvalidity=8, last_uid=0)
    assert store.progress("support", "Archive") is None


def test_what_the_caller_got_wrong_is_told_at_once(store: Store, lease: Lease) -> None:
    stray = make.processed(1, key=make.key(1, mailbox="billing"))
    for items, last_uid in (([stray], None), ([make.processed(1, key=None)], None), ([], 4)):
        with pytest.raises(ValueError, match=r"mailbox|folder"):
            store.record(lease, items, after=make.KEEP, last_uid=last_uid)


def test_the_server_is_told_what_the_config_says(store: Store, lease: Lease) -> None:
    move = After(kind="move", folder="Refunds/Входящие")
    store.record(lease, [make.processed(1)], after=move, last_uid=None)
    store.record(lease, [make.processed(2)], after=After(kind="keep", keyword=None), last_uid=None)
    (action,) = store.due_actions("support", 10)
    assert (action.kind.value, action.target, action.key.uid) == ("move", "Refunds/Входящие", 1)
