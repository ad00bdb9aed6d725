"""Reading cases: the queue, one case in full, the facts of all that are open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from intake.case_label import case_id_of, label
from intake.casework.identity import Relation
from intake.casework.states import OPEN
from intake.store.base import AnyRow
from intake.store.messages import of_case
from intake.store.tables import Audit, AuditValue, Case, CaseLink, Decision
from intake.store.values import CaseQuery, CaseRow
from intake.store.views import CaseDetail, HistoryRow

_SHOWN = (
    Case.c.id,
    Case.c.mailbox,
    Case.c.policy,
    Case.c.policy_version,
    Case.c.kind,
    Case.c.language,
    Case.c.account_email,
    Case.c.order_number,
    Case.c.amount,
    Case.c.currency,
    Case.c.reason,
    Case.c.outcome,
    Case.c.state,
    Case.c.missing,
    Case.c.flags,
    Case.c.due,
    Case.c.received_at,
    Case.c.messages,
    Case.c.version,
    Case.c.identity,
    Case.c.owner,
    Case.c.resolution,
    Case.c.state_since,
)


def rows(connection: Connection, query: CaseQuery) -> list[CaseRow]:
    """The cases asked for: those with a due day first, the earliest on top, then by number."""
    wanted = select(*_SHOWN).order_by(Case.c.due.asc().nulls_last(), Case.c.id)
    if query.states:
        wanted = wanted.where(Case.c.state.in_(query.states))
    if query.due_before is not None:
        wanted = wanted.where(_overdue(query.due_before, query.days), Case.c.state.in_(OPEN))
    if query.owner is not None:
        wanted = wanted.where(Case.c.owner == query.owner if query.owner else Case.c.owner.is_(None))
    for column, value in (
        (Case.c.mailbox, query.mailbox),
        (Case.c.policy, query.policy),
        (Case.c.outcome, query.outcome),
        (Case.c.identity, Relation(query.identity) if query.identity else None),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    sifted = _sift(query)
    if sifted is None:
        if query.limit is not None:
            wanted = wanted.limit(query.limit)
        if query.offset:
            wanted = wanted.offset(query.offset)
    found = (_row(row) for row in connection.execute(wanted))
    if sifted is None:
        return list(found)
    end = None if query.limit is None else query.offset + query.limit
    return list(islice((row for row in found if sifted(row)), query.offset, end))


def _overdue(day: date, days: tuple[tuple[str, date], ...]) -> ColumnElement[bool]:
    """Due before today, which is each policy's own."""
    own = [and_(Case.c.policy == policy, Case.c.due < today) for policy, today in days]
    return or_(*own, and_(Case.c.policy.not_in([policy for policy, _ in days]), Case.c.due < day))


def _sift(query: CaseQuery) -> Callable[[CaseRow], bool] | None:
    """What no database compares: decimals, which are texts there, and lists."""
    low, high, missing = query.amount_from, query.amount_to, query.missing
    if low is None and high is None and missing is None:
        return None

    def fits(row: CaseRow) -> bool:
        if missing is not None and missing not in row.missing:
            return False
        if low is not None and (row.amount is None or row.amount < low):
            return False
        return high is None or (row.amount is not None and row.amount <= high)

    return fits


def detail(connection: Connection, name: str) -> CaseDetail | None:
    """One case with its messages, its newest decision and its history."""
    # and so the rules' types: the queue does without
    from intake.store.decisions import decision_of, newest_decision
    from intake.store.facts import known
    from intake.store.letters import made as letters_of
    from intake.store.lookups import newest as newest_lookup
    from intake.store.verdicts import of_case as of_case_verdicts

    ident = case_id_of(name)
    found = connection.execute(select(*_SHOWN).where(Case.c.id == ident)).one_or_none() if ident else None
    if found is None:
        return None
    decision = newest_decision(connection, found.id)
    return CaseDetail(
        row=_row(found),
        messages=of_case(connection, found.id),
        decision=decision_of(decision),
        facts={"id": label(found.id), **decision.facts.value},
        history=_history(connection, found.id),
        known=known(connection, found.id),
        verdicts=of_case_verdicts(connection, found.id),
        links=_links(connection, found.id),
        lookup=newest_lookup(connection, found.id),
        letters=tuple(letters_of(connection, found.id)),
    )


def _links(connection: Connection, ident: int) -> tuple[tuple[str, str], ...]:
    """The cases that belong together with one, by number, and why."""
    query = select(CaseLink.c.case_id, CaseLink.c.other_id, CaseLink.c.kind).where(
        (CaseLink.c.case_id == ident) | (CaseLink.c.other_id == ident)
    )
    found = {
        row.case_id if row.other_id == ident else row.other_id: row.kind for row in connection.execute(query)
    }
    return tuple((label(other), kind) for other, kind in sorted(found.items()))


def open_facts(connection: Connection, policy: str | None) -> list[dict[str, object]]:
    """The facts of each open case's newest decision, by number."""
    other = Decision.alias()
    newest = select(func.max(other.c.version)).where(other.c.case_id == Case.c.id).correlate(Case)
    query = (
        select(Case.c.id, Decision.c.facts)
        .select_from(Case)
        .join(Decision, and_(Decision.c.case_id == Case.c.id, Decision.c.version == newest.scalar_subquery()))
        .where(Case.c.state.in_(OPEN))
        .order_by(Case.c.id)
    )
    if policy is not None:
        query = query.where(Case.c.policy == policy)
    return [{"id": label(row.id), **row.facts.value} for row in connection.execute(query)]


def _row(row: AnyRow) -> CaseRow:
    return CaseRow(
        label=label(row.id),
        mailbox=row.mailbox,
        policy=row.policy,
        policy_version=row.policy_version,
        kind=row.kind.value,
        language=row.language,
        account_email=row.account_email,
        order_number=row.order_number,
        amount=row.amount,
        currency=row.currency,
        reason=row.reason.value if row.reason else None,
        outcome=row.outcome,
        state=row.state,
        missing=row.missing,
        flags=row.flags,
        due=row.due,
        received_at=row.received_at,
        messages=row.messages,
        version=row.version,
        identity=row.identity.value if row.identity else None,
        owner=row.owner,
        resolution=row.resolution,
        state_since=row.state_since,
    )


def _history(connection: Connection, ident: int) -> tuple[HistoryRow, ...]:
    values = select(AuditValue.c.position, AuditValue.c.side, AuditValue.c.value).where(
        AuditValue.c.case_id == ident
    )
    found = {(row.position, row.side): row.value.value for row in connection.execute(values)}
    links = select(*Audit.c).where(Audit.c.case_id == ident).order_by(Audit.c.position)
    return tuple(
        HistoryRow(
            at=row.at,
            actor=row.actor,
            action=row.action,
            version=row.version,
            before=found.get((row.position, "before")),
            after=found.get((row.position, "after")),
        )
        for row in connection.execute(links)
    )
