"""What the program reads in the demo's letters, held against what a careful agent reads (expected.toml).

The letters are not what the reading was made with, so this is also a small sample of unseen mail.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from intake.assembly import pipeline_for
from intake.demo.letters import Letter, hand_written
from intake.demo.mailbox import DemoMail, demo_mail
from intake.extraction.types import FieldName, Money, json_value
from intake.mail.message import RawMessage
from intake.processed import Processed

EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "expected.toml").read_text("utf-8")
)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AT_LEAST = 0.8  # of all readings; the exact figure is for the reading's own corpus to raise


def test_most_of_what_an_agent_reads_is_read() -> None:
    letters = {letter.name: letter for letter in hand_written()}
    right, wrong = 0, []
    for policy, mails in demo_mail(messages=None, seed=1, now=NOW).items():
        pipeline = pipeline_for(policy, None)
        for mail in mails:
            letter = letters[mail.name]
            if mail.name not in EXPECTED or letter.to != policy:
                continue
            raw = RawMessage(data=mail.data, source=mail.name, received_at=mail.received_at)
            for name, agrees in _compared(pipeline.process(raw), letter, mail):
                right += agrees
                wrong += [] if agrees else [f"{mail.name}: {name}"]
    assert right / (right + len(wrong)) >= AT_LEAST, wrong


def _compared(processed: Processed, letter: Letter, mail: DemoMail) -> Iterator[tuple[str, bool]]:
    expected = EXPECTED[letter.name]
    extraction = processed.extraction
    yield "kind", extraction.kind == expected["kind"]
    yield "language", extraction.language == letter.language
    if expected["kind"] not in {"refund_request", "reply"}:
        return
    whole = expected["kind"] == "refund_request"  # in a reply only what it says anew is compared
    wanted = _wanted(expected, letter, mail) if whole else _wanted(expected, None, mail)
    for name, values in wanted.items():
        field = extraction.fields[name]
        if whole or None not in values:
            yield name.value, (None if field is None else _shown(field.chosen.value)) in values
    flags = {seen.flag.value for seen in extraction.flags} - {*expected.get("maybe", [])}
    yield "flags", flags == {*expected.get("flags", [])}


def _wanted(expected: dict[str, Any], letter: Letter | None, mail: DemoMail) -> dict[FieldName, set[object]]:
    unstated = letter.person.address if letter and letter.to == "eofferix" else None
    sent = datetime.strptime(letter.sent[-5:], "%z").tzinfo if letter else UTC
    day = mail.received_at.astimezone(sent).date()
    amount, _, currency = expected.get("amount", "").partition(" ")
    return {
        FieldName.ACCOUNT_EMAIL: {expected.get("account", unstated)},
        FieldName.ORDER_NUMBER: {expected.get("order")},
        FieldName.PAYMENT_DATE: {
            (day + timedelta(days=expected["paid"])).isoformat() if "paid" in expected else None
        },
        FieldName.AMOUNT: {(Decimal(amount), currency) if amount else None},
        FieldName.METHOD: {expected.get("method")},
        FieldName.REASON: {expected.get("reason"), *expected.get("also", [])},
    }


def _shown(value: Any) -> object:
    return (value.amount, value.currency) if isinstance(value, Money) else json_value(value)
