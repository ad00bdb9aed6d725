"""Letters that never say "refund", and others that do and ask for none; and what confidence is worth.

Columns of `requests.tsv` (142 terse ones): language, reason (none: another kind of message), body.
Columns of `indirect.tsv` (186 in the manner of letters, none of the usual words): language, kind, reason, body.
"""

from __future__ import annotations

from pathlib import Path

from intake.extraction.extract import extract
from intake.extraction.types import Extraction, FieldName, Kind
from tests.intake.extraction.letters import SETTINGS, answer, read, reason_of

_HERE = Path(__file__).parent
ROWS = [line.split("\t") for line in (_HERE / "requests.tsv").read_text(encoding="utf-8").splitlines()]
READ = [(reason, read(body)) for _, reason, body in ROWS]
INDIRECT = [line.split("\t") for line in (_HERE / "indirect.tsv").read_text(encoding="utf-8").splitlines()]


def confidence(seen: Extraction) -> float:
    field = seen.fields[FieldName.REASON]
    return field.chosen.confidence if field else 0.0


def test_a_request_is_told_from_a_question() -> None:
    wrong = sum((seen.kind is Kind.REFUND_REQUEST) is not bool(reason) for reason, seen in READ)
    assert wrong <= 0.03 * len(READ)


def test_what_is_asked_in_a_roundabout_way_is_understood() -> None:
    seen = [
        (kind, reason, extract(answer(body, "Re: Refund"), SETTINGS) if kind == Kind.REPLY else read(body))
        for _, kind, reason, body in INDIRECT
    ]
    assert sum(found.kind == kind for kind, _, found in seen) >= 0.95 * len(seen)
    asked = [(reason, found) for _, reason, found in seen if reason]
    assert sum(reason_of(found) == reason for reason, found in asked) >= 0.95 * len(asked)


def test_the_reason_of_a_terse_request_is_read() -> None:
    asked = [(reason, seen) for reason, seen in READ if reason]
    assert sum(reason_of(seen) == reason for reason, seen in asked) >= 0.93 * len(asked)


def test_who_is_sure_of_a_reason_is_right() -> None:
    rows = [line.split("\t") for line in (_HERE / "messages.tsv").read_text(encoding="utf-8").splitlines()]
    letters = [
        (row[2], read(row[5].replace("\\n", "\n"), row[4])) for row in rows if row[1] == Kind.REFUND_REQUEST
    ]
    named = [
        (reason_of(seen) == reason, confidence(seen))
        for reason, seen in (*READ, *letters)
        if reason and reason_of(seen)
    ]
    sure = [right for right, share in named if share >= 0.8]
    unsure = [right for right, share in named if share < 0.5]
    assert sum(sure) >= 0.95 * len(sure)
    assert len(sure) >= 0.4 * len(named)
    assert sum(unsure) / len(unsure) < sum(sure) / len(sure)


def test_who_names_a_sum_and_an_order_is_asked_by_a_person_not_set_aside() -> None:
    told = "Order EO-741208, 49.00 EUR. My team still stands before a closed door."
    assert read(told).kind is Kind.REFUND_REQUEST
    for papers in (
        "Please send me the invoice for order EO-741208 of 49.00 EUR.",
        "Прошу направить акт по заказу EFX-2026-06615 на сумму 12 000 руб.",
    ):
        assert read(papers).kind is Kind.OTHER
