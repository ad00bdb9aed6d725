"""Who acts: people with a role, and the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody may do (review pages, States)."""

    AGENT = "agent"
    LEAD = "lead"
    OPERATOR = "operator"
    SYSTEM = "system"  # never a person's


PERSONAL_ROLES: Final = (Role.AGENT, Role.LEAD, Role.OPERATOR)
"""The roles that a user can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever does something to a case; `label` is what the audit says."""

    name: str
    role: Role

    @property
    def label(self) -> str:
        """`person:ana` or `system:intake`."""
        return f"{'system' if self.role is Role.SYSTEM else 'person'}:{self.name}"


SYSTEM: Final = Actor(name="intake", role=Role.SYSTEM)
"""The daemon."""
