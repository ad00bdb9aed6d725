"""Who acts: people with a role, and the system itself; their passwords."""

from __future__ import annotations

import os
import pwd
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NAME: Final = re.compile(r"[a-z][a-z0-9._-]{0,39}")
"""A user's name: it stands in every history, so it is short and never changes."""
MIN_PASSWORD: Final = 12
"""Characters; no rule about their kinds (NIST SP 800-63B, 3.1.1.2)."""


class Role(StrEnum):
    """What somebody may do; `casework.states` says it action by action."""

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


def may_manage(actor: Actor | None, *, leads: int) -> bool:
    """Whether somebody may add or change users.

    Leads and operators may. While there is no lead, whoever can open the store may: they read the secret key,
    so nothing is kept from them anyway.

    Args:
        actor: who, None: nobody whom the store knows.
        leads: how many leads there are.
    """
    return leads == 0 or (actor is not None and actor.role in {Role.LEAD, Role.OPERATOR})


def hash_password(password: str) -> str:
    """The argon2id hash, encoded with its salt and parameters (RFC 9106, the second recommended choice)."""
    from argon2 import PasswordHasher, profiles

    return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY).hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where there is no such user, so that nobody can tell.

    Args:
        stored: the user's hash; None: there is no such user.
        password: as typed.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        PasswordHasher().verify(stored or _NOBODY, password)
    except (InvalidHashError, VerificationError):
        return False
    return stored is not None


_NOBODY: Final = (  # the hash of random bytes that nobody kept
    "$argon2id$v=19$m=65536,t=3,p=4$ZFvd0tG6jJ4M3eb1lNIqzw$HAzAyLIZ8mK2ovUsYI3jHkDlc9zSFKI9F4tE3TYW5ZQ"
)


def os_login() -> str:
    """The operating system's name for whoever started this command."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a number without a name, as in containers
        return f"uid-{os.geteuid()}"
