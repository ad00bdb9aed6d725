"""The day that completed the required details: of the mail after which nothing was missing any more."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

from intake.casework.facts import FactSource, FactValue, Stated
from intake.redaction.text import sealed
from tests.intake.casework.stories import judge

FIRST: dict[str, FactValue] = {
    "claim.requested_on": date(2026, 6, 2),
    "claim.reason": "duplicate_payment",
    "claim.account_email": sealed("ann@example.org"),
    "claim.problem": True,
    "claim.third_party": False,
}
SECOND: dict[str, FactValue] = {
    "claim.requested_on": date(2026, 6, 5),
    "claim.order_number": sealed("A-77120"),
    "claim.amount": Decimal("49.00"),
    "claim.currency": "EUR",
}
THIRD: dict[str, FactValue] = {
    "claim.requested_on": date(2026, 6, 9),
    "claim.payment_date": date(2026, 6, 1),
    "claim.method": "card",
    "claim.amount": Decimal("50.00"),  # a contradiction: shown, never taken
}
DETAILS = {"claim.order_number", "claim.amount", "claim.payment_date", "claim.method"}


def mail(number: int, values: dict[str, FactValue]) -> list[Stated]:
    day = values["claim.requested_on"]
    assert isinstance(day, date)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return [
        Stated(key=key, value=value, source=FactSource.CLAIM, actor="customer", at=at, message=number)
        for key, value in values.items()
    ]


def person(key: str, value: FactValue) -> Stated:
    at = datetime(2026, 6, 20, tzinfo=UTC)
    return Stated(key=key, value=value, source=FactSource.PERSON, actor="person:ana", at=at)


def test_an_incomplete_request_completes_nothing() -> None:
    judged = judge().judge("eofferix", mail(1, FIRST))
    assert judged.decision.outcome == "needs_information"
    assert "claim.completed_on" not in judged.known
    assert judged.decision.deadlines["review_by"] is None
    judged = judge().judge("eofferix", mail(1, FIRST) + mail(2, SECOND))
    assert judged.decision.missing
    assert "claim.completed_on" not in judged.known


def test_the_mail_with_the_last_detail_starts_the_clock() -> None:
    judged = judge().judge("eofferix", mail(1, FIRST) + mail(2, SECOND) + mail(3, THIRD))
    assert judged.decision.missing == ()
    assert judged.known["claim.completed_on"] == date(2026, 6, 9)
    assert judged.known["claim.requested_on"] == date(2026, 6, 2)
    assert judged.known["claim.amount"] == Decimal("49.00")
    assert judged.decision.deadlines["review_by"] is not None


def test_no_order_of_arrival_changes_the_clock() -> None:
    mails = [mail(1, FIRST), mail(2, SECOND), mail(3, THIRD)]
    expected = judge().judge("eofferix", [one for part in mails for one in part])
    for order in permutations(mails):
        said = [one for part in order for one in part]
        random.Random(7).shuffle(said)
        assert judge().judge("eofferix", said) == expected


def test_a_later_mail_moves_no_clock_that_runs() -> None:
    whole = FIRST | SECOND | THIRD | {"claim.requested_on": date(2026, 6, 2)}
    later = mail(2, {"claim.requested_on": date(2026, 6, 30), "claim.problem": True})
    judged = judge().judge("eofferix", mail(1, whole) + later)
    assert "claim.completed_on" not in judged.known  # the request itself was complete


def test_a_corrected_reading_counts_from_the_first_mail() -> None:
    said = mail(1, FIRST) + mail(2, {"claim.requested_on": date(2026, 6, 30), "claim.problem": True})
    details = {key: value for key, value in (SECOND | THIRD).items() if key in DETAILS}
    judged = judge().judge("eofferix", said + [person(key, value) for key, value in details.items()])
    assert judged.decision.missing == ()
    assert "claim.completed_on" not in judged.known


def test_a_person_s_own_day_stands() -> None:
    said = [*mail(1, FIRST), *mail(2, SECOND), *mail(3, THIRD)]
    judged = judge().judge("eofferix", [*said, person("claim.completed_on", date(2026, 6, 3))])
    assert judged.known["claim.completed_on"] == date(2026, 6, 3)
