"""What is counted for Prometheus: states, ages, decisions, deliveries. Words of fixed lists alone, nothing personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from intake.casework.states import OPEN, State
from intake.store import cases, deliveries
from intake.store.tables import Case, Message, Quarantine, Verdict
from intake.store.values import CaseQuery, Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One metric with its values by label."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float]


def figures(
    connection: Connection, *, now: datetime, today: date, days: tuple[tuple[str, date], ...]
) -> Iterator[Figure]:
    """Every figure that the database knows; `days` as for what is overdue."""
    yield from _states(connection, now)
    late = cases.rows(connection, CaseQuery(due_before=today, days=days))
    yield Figure(
        name="intake_cases_overdue",
        kind="gauge",
        help="Open cases whose due day is over in the zone of their policy.",
        values={(): len(late)},
    )
    yield _decisions(connection)
    yield from _mail(connection)
    yield Figure(
        name="intake_webhook_deliveries_total",
        kind="counter",
        help="Notifications at webhooks: taken, given up, and tries that failed.",
        values={(("result", result),): count for result, count in deliveries.counts(connection).items()},
    )


def _states(connection: Connection, now: datetime) -> Iterator[Figure]:
    since = func.min(func.coalesce(Case.c.state_since, Case.c.created_at))
    rows = connection.execute(select(Case.c.state, func.count(), since).group_by(Case.c.state))
    found = {state: (count, oldest) for state, count, oldest in rows}
    yield Figure(
        name="intake_cases",
        kind="gauge",
        help="Cases by state.",
        values={(("state", state.value),): found.get(state, (0, None))[0] for state in State},
    )
    yield Figure(
        name="intake_case_oldest_age_seconds",
        kind="gauge",
        help="For how long the case that stands longest in a state has stood there.",
        values={
            (("state", state.value),): (now - oldest).total_seconds()
            for state in OPEN
            if (oldest := found.get(state, (0, None))[1])
        },
    )


def _decisions(connection: Connection) -> Figure:
    proposed = Verdict.c.reason_code == "as_proposed"
    query = select(Verdict.c.word, proposed, func.count()).where(Verdict.c.standing == "final")
    return Figure(
        name="intake_decisions_total",
        kind="counter",
        help="Decisions of people that stand, by whether they followed the proposal.",
        values={
            (("outcome", word), ("source", "proposed" if followed else "person")): count
            for word, followed, count in connection.execute(query.group_by(Verdict.c.word, proposed))
        },
    )


def _mail(connection: Connection) -> Iterator[Figure]:
    by_fate = select(Message.c.disposition, func.count().label("number")).group_by(Message.c.disposition)
    counted = {row.disposition: row.number for row in connection.execute(by_fate)}
    yield Figure(
        name="intake_messages_total",
        kind="counter",
        help="Messages by what became of them.",
        values={
            (("result", fate.value),): counted.get(fate, 0)
            for fate in Disposition
            if fate is not Disposition.QUARANTINED
        },
    )
    lying = select(func.count()).select_from(Quarantine).where(Quarantine.c.dropped_at.is_(None))
    yield Figure(
        name="intake_quarantine_messages",
        kind="gauge",
        help="Messages that could not be read.",
        values={(): connection.execute(lying).scalar_one()},
    )
