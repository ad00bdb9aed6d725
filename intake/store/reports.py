"""What is told of many cases at once: rows for export, counts for `queue stats`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from intake.case_label import label
from intake.casework.states import OPEN
from intake.store import cases
from intake.store.decisions import major_units
from intake.store.tables import Case, Decision, Verdict
from intake.store.values import CaseQuery

COLUMNS = (
    "case", "mailbox", "policy", "kind", "language", "account_email", "order_number", "amount", "currency", "reason",
    "outcome", "state", "resolution", "identity", "owner", "missing", "flags", "due", "received_at", "messages",
    "version", "refund_amount", "refund_currency", "verdict", "verdict_amount", "verdict_currency", "verdict_by",
    "second", "decided_at",
)  # fmt: skip
"""What `queue export` writes of a case."""


def export_rows(connection: Connection, query: CaseQuery) -> Iterator[dict[str, object]]:
    """The cases asked for with what was proposed and decided, each with `COLUMNS` as keys."""
    proposed, decided = _proposed(connection), _decided(connection)
    for row in cases.rows(connection, query):
        shown = row.to_dict() | {"resolution": row.resolution, "identity": row.identity, "owner": row.owner}
        shown |= proposed.get(row.label, {}) | decided.get(row.label, {})
        yield {name: shown.get(name) for name in COLUMNS}


def _proposed(connection: Connection) -> dict[str, dict[str, object]]:
    other = Decision.alias()
    newest = (
        select(func.max(other.c.version)).where(other.c.case_id == Decision.c.case_id).correlate(Decision)
    )
    columns = (
        Decision.c.case_id,
        Decision.c.refund_minor,
        Decision.c.refund_places,
        Decision.c.refund_currency,
    )
    return {
        label(row.case_id): {
            "refund_amount": major_units(row.refund_minor, row.refund_places),
            "refund_currency": row.refund_currency,
        }
        for row in connection.execute(select(*columns).where(Decision.c.version == newest.scalar_subquery()))
    }


def _decided(connection: Connection) -> dict[str, dict[str, object]]:
    query = select(*Verdict.c).where(Verdict.c.standing.in_(("awaiting", "final")))
    return {
        label(row.case_id): {
            "verdict": row.word,
            "verdict_amount": major_units(row.amount_minor, row.amount_places),
            "verdict_currency": row.currency,
            "verdict_by": row.decider,
            "second": row.second,
            "decided_at": row.decided_at.isoformat(),
        }
        for row in connection.execute(query.order_by(Verdict.c.id))
    }


def stats(
    connection: Connection, *, today: date, days: Mapping[str, date], since: datetime
) -> dict[str, Any]:
    """Counts of all cases, and of what was decided after `since`; hours from a case's first mail to its verdict.

    `days` is the present day in the zone of a policy, where it is another than `today`.
    """
    columns = (Case.c.state, Case.c.outcome, Case.c.missing, Case.c.due, Case.c.policy)
    rows = connection.execute(select(*columns)).all()
    waiting = [row for row in rows if row.state in OPEN]
    verdict = (
        Verdict.c.word,
        Verdict.c.reason_code,
        Verdict.c.overridden,
        Verdict.c.decided_at,
        Case.c.created_at,
    )
    decided = connection.execute(
        select(*verdict)
        .select_from(Verdict)
        .join(Case, and_(Case.c.id == Verdict.c.case_id))
        .where(Verdict.c.standing.in_(("awaiting", "final")), Verdict.c.decided_at >= since)
    ).all()
    took = sorted((row.decided_at - row.created_at) / timedelta(hours=1) for row in decided)
    return {
        "cases": len(rows),
        "states": _counted(row.state.value for row in rows),
        "open": len(waiting),
        "outcomes": _counted(row.outcome for row in waiting),
        "missing": _counted(name for row in waiting for name in row.missing),
        "overdue": sum(row.due is not None and row.due < days.get(row.policy, today) for row in waiting),
        "decided": _counted(row.word for row in decided),
        "as_proposed": sum(row.reason_code == "as_proposed" for row in decided),
        "overridden": _counted(clause for row in decided for clause in row.overridden),
        "hours_to_decision": {"p50": _at(took, 50), "p90": _at(took, 90)},
    }


def _counted(words: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _at(took: list[float], percent: int) -> float | None:
    """The nearest-rank percentile."""
    return None if not took else round(took[max(0, -(-len(took) * percent // 100) - 1)], 1)
