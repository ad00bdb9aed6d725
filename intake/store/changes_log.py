"""What changed in a case since somebody looked at it, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from intake.errors import Problem, TryAgainError
from intake.store.tables import Audit, AuditValue


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One value that is another one now; plain JSON values, None: there was or is none."""

    name: str  # a column of the case or a fact's key
    before: object
    after: object
    actor: str  # of the last change
    at: datetime

    def __str__(self) -> str:
        return f"{self.name}: {_shown(self.before)} -> {_shown(self.after)} (by {self.actor})"


class ConflictError(TryAgainError):
    """Somebody else changed the case: what they changed, for whoever has to look again (75)."""

    def __init__(self, label: str, expected: int, actual: int, changes: tuple[FieldChange, ...]) -> None:
        what = f"is at version {actual}, not {expected}"
        told = [
            Problem(where=f"case {label}", what=f"{one.name} was changed by {one.actor}") for one in changes
        ]
        super().__init__(Problem(where=f"case {label}", what=what, remedy="look at it again"), *told)
        self.label = label
        self.expected = expected
        self.actual = actual
        self.changes = changes


def changed_since(connection: Connection, case_id: int, version: int) -> tuple[FieldChange, ...]:
    """Each value that the history says changed after `version`: as it was then, as it is now."""
    query = (
        select(Audit.position, Audit.actor, Audit.at)
        .where(Audit.case_id == case_id, Audit.version > version)
        .order_by(Audit.position)
    )
    links = connection.execute(query).all()
    sides = select(AuditValue.position, AuditValue.side, AuditValue.value).where(
        AuditValue.case_id == case_id
    )
    found = {(row.position, row.side): row.value.value for row in connection.execute(sides)}
    changes: dict[str, FieldChange] = {}
    for link in links:
        before, after = (found.get((link.position, side), {}) for side in ("before", "after"))
        for name in dict.fromkeys([*before, *after]):
            first = changes[name].before if name in changes else before.get(name)
            changes[name] = FieldChange(
                name=name, before=first, after=after.get(name), actor=link.actor, at=link.at
            )
    return tuple(one for one in changes.values() if one.before != one.after)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
