"""Which case is next: picked under a lock, so that two people never get the same one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import Connection, and_, or_, select

from intake.case_label import label
from intake.casework.identity import Relation
from intake.casework.states import State
from intake.errors import Exit, IntakeError, Problem
from intake.people import Actor, Role
from intake.store.engine import database_now
from intake.store.tables import Case

Pick: TypeAlias = Callable[[Connection], str]
"""Gives the label of a case, inside a transaction."""


class EmptyQueueError(IntakeError):
    """No case waits to be reviewed (1)."""

    exit = Exit.PROBLEM


def most_urgent(actor: Actor) -> Pick:
    """Picks the case that is due first of those that nobody holds, and locks it.

    A case of a suspicious sender is decided by a lead, so it is handed to nobody else. The pick raises
    `EmptyQueueError` where there is none.
    """
    return lambda connection: _most_urgent(connection, actor)


def _most_urgent(connection: Connection, actor: Actor) -> str:
    free = or_(
        Case.c.state == State.READY, and_(Case.c.state == State.IN_REVIEW, Case.c.held_until < database_now())
    )
    query = select(Case.c.id).where(free).order_by(Case.c.due.asc().nulls_last(), Case.c.id)
    if actor.role is not Role.LEAD:
        query = query.where(or_(Case.c.identity.is_(None), Case.c.identity != Relation.SUSPICIOUS))
    found = connection.scalar(query.limit(1).with_for_update(skip_locked=True))
    if found is None:
        raise EmptyQueueError(Problem(where="queue", what="no case waits to be reviewed"))
    return label(found)
