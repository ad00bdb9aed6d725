"""A case's stored decision is always what its current facts give, and the order of changes does not matter."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.casework.facts import (
    FactSource,
    FactValue,
    Retained,
    Stated,
    contradicted,
    facts_file,
    plain,
    winners,
)
from intake.people import Actor, Role
from intake.redaction.text import sealed
from intake.store.store import Store
from rules.decide import decide
from rules.facts import check_facts
from tests.intake.casework import stories
from tests.intake.store import make

ANA = Actor(name="ana", role=Role.AGENT)
START = datetime(2026, 6, 2, tzinfo=UTC)
DAYS = st.sampled_from([date(2026, 5, 1), date(2026, 6, 1), date(2026, 6, 20)])
SUMS = st.sampled_from([Decimal("49.00"), Decimal("0.00"), Decimal("1200.5")])
VALUES: dict[str, st.SearchStrategy[FactValue]] = {
    "claim.amount": SUMS,
    "claim.account_email": st.sampled_from([sealed("ann@example.org"), sealed("lee@example.net")]),
    "claim.reason": st.sampled_from(["duplicate_payment", "cancellation", "not_activated"]),
    "claim.third_party": st.booleans(),
    "claim.method": st.sampled_from(["card", "paypal"]),
    "order.amount": SUMS,
    "order.currency": st.sampled_from(["EUR", "JPY"]),
    "order.paid_on": DAYS,
    "order.paid_twice": st.booleans(),
    "order.status": st.sampled_from(["pending", "active"]),
    "verified.identity": st.booleans(),
    "verified.terms_violation": st.booleans(),
    "usage": st.sampled_from([(), (Retained(item="fee", amount=Decimal("2.00")),)]),
}


@st.composite
def statements(draw: st.DrawFn) -> list[Stated]:
    """What mails, records and people state, each at a moment of its own."""
    made = []
    for place in range(draw(st.integers(1, 12))):
        key = draw(st.sampled_from(sorted(VALUES)))
        mail = key.startswith("claim.") and draw(st.booleans())
        source = FactSource.CLAIM if mail else draw(st.sampled_from([FactSource.PERSON, FactSource.RECORDS]))
        made.append(
            Stated(
                key=key,
                value=draw(VALUES[key]),
                source=source,
                actor="customer" if mail else "person:ana",
                at=START + timedelta(hours=place),
                message=draw(st.integers(1, 3)) if mail else None,
            )
        )
    return made


@given(statements(), st.randoms())
def test_in_whatever_order_things_arrive_the_facts_are_the_same(said: list[Stated], order: object) -> None:
    shuffled = list(said)
    order.shuffle(shuffled)  # type: ignore[attr-defined] # a Random
    assert winners(shuffled) == winners(said)
    assert contradicted(shuffled) == contradicted(said)
    assert stories.judge().judge("pars", shuffled) == stories.judge().judge("pars", said)


@given(statements())
def test_nothing_that_was_said_is_lost(said: list[Stated]) -> None:
    best, others = winners(said), contradicted(said)
    for one in said:
        kept = [plain(best[one.key].value), *(plain(other.value) for other in others.get(one.key, ()))]
        assert plain(one.value) in kept or one.key == "claim.third_party"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(statements(), min_size=1, max_size=4))
def test_a_stored_decision_is_what_the_current_facts_give(rounds: list[list[Stated]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{Path(folder) / 'intake.db'}", make.KEYS) as store,
    ):
        lease = store.take_lease("support", "host:1", 60)
        assert lease is not None
        store.record(lease, [stories.mail(1)], after=make.KEEP, last_uid=1)
        for said in rounds:
            with store.change("R-1001") as change:
                for source in (FactSource.PERSON, FactSource.RECORDS):
                    found = [one for one in said if one.source is source]
                    change.state_facts(source, found, actor=ANA, keys={one.key for one in found})
                change.decide_again(stories.judge(), actor=ANA)
            case = store.case("R-1001")
            assert case is not None
            with store.change("R-1001") as change:
                now = {key: one.value for key, one in change.known.items()}
            facts = {name: group for name, group in case.facts.items() if name != "id"}
            assert facts == facts_file(now)
            version = stories.judge().policies.chosen("eofferix", check_facts(facts).requested_on)
            assert case.decision.to_dict() == decide(check_facts(facts), version.policy).to_dict() | {
                "deadlines": case.decision.to_dict()["deadlines"]
            }
            assert (case.row.outcome, case.row.missing) == (case.decision.outcome, case.decision.missing)
            assert store.broken_audit() == []
