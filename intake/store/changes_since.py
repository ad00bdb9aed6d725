"""What changed in a case since somebody looked at it, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from intake.errors import Problem, TryAgainError
from intake.store.tables import Audit, AuditValue

AUDITED: Final = ("state", "resolution", "owner", "outcome", "due", "missing", "identity")
"""Columns of a case whose changes the history tells by themselves."""
_SAID: Final = {"verdict": "verdict", "letter": "letter", "trust": "mail", "result": "records"}
_TAKEN_BACK: Final = frozenset({"case.undone", "case.sent_back", "case.recalled", "case.reopened"})


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
        names = ", ".join(one.name for one in changes)  # never the values: an error may end in a log
        what = f"is at version {actual}, not {expected}{f'; changed since: {names}' if names else ''}"
        super().__init__(Problem(where=f"case {label}", what=what, remedy="look at it again"))
        self.label = label
        self.expected = expected
        self.actual = actual
        self.changes = changes


def changed_since(connection: Connection, case_id: int, version: int) -> tuple[FieldChange, ...]:
    """Each value that the history says changed after `version`: as it was then, as it is now."""
    query = (
        select(Audit.c.position, Audit.c.action, Audit.c.actor, Audit.c.at)
        .where(Audit.c.case_id == case_id, Audit.c.version > version)
        .order_by(Audit.c.position)
    )
    links = connection.execute(query).all()
    sides = select(AuditValue.c.position, AuditValue.c.side, AuditValue.c.value).where(
        AuditValue.c.case_id == case_id
    )
    found = {(row.position, row.side): row.value.value for row in connection.execute(sides)}
    changes: dict[str, FieldChange] = {}
    for link in links:
        before, after = (
            _named(link.action, found.get((link.position, side), {})) for side in ("before", "after")
        )
        if link.action in _TAKEN_BACK and "verdict" in changes:
            after["verdict"] = None
        for name in dict.fromkeys([*before, *after]):
            first = changes[name].before if name in changes else before.get(name)
            changes[name] = FieldChange(
                name=name, before=first, after=after.get(name), actor=link.actor, at=link.at
            )
    return tuple(one for one in changes.values() if one.before != one.after)


def _named(action: str, values: dict[str, object]) -> dict[str, object]:
    """Facts and columns by their names; of what else an entry tells, what others have to know."""
    if action == "facts.stated":
        return dict(values)
    kept = {_SAID.get(name, name): value for name, value in values.items() if name in {*AUDITED, *_SAID}}
    if "verdict" in kept and values.get("amount") is not None:
        kept["verdict"] = f"{values['verdict']} {values['amount']} {values['currency']}"
    return kept


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))  # a retained amount
    return str(value).lower() if isinstance(value, bool) else str(value)
