"""Errors for people: what, where, why and the remedy; exit codes as sysexits.h names them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit status of every command."""

    OK = 0
    PROBLEM = 1  # ran, but found a problem (check, test, status, audit)
    USAGE = 2
    BAD_DATA = 65  # bad message, facts or policy
    NO_INPUT = 66  # no such file
    UNAVAILABLE = 69  # IMAP or database unreachable
    BUG = 70
    CANNOT_CREATE = 73
    IO = 74
    TRY_AGAIN = 75  # lock held, version conflict
    NO_PERMISSION = 77  # login refused, OS user not mapped
    CONFIG = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. Never holds a secret or a customer's words."""

    where: str  # file and key, host and port, mailbox …
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" -> {self.remedy}" if self.remedy else "")


class IntakeError(Exception):
    """Something that a person can mend: carries every problem at once and the exit status."""

    exit: Exit = Exit.PROBLEM

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class ConfigError(IntakeError):
    """The config, a credential or the schema is not right (78)."""

    exit = Exit.CONFIG


class UnavailableError(IntakeError):
    """A server or the database cannot be reached (69)."""

    exit = Exit.UNAVAILABLE


class LoginRefusedError(IntakeError):
    """A server refused the login, or the OS user is nobody here (77)."""

    exit = Exit.NO_PERMISSION


class BadDataError(IntakeError):
    """A message, facts or a policy that cannot be used (65)."""

    exit = Exit.BAD_DATA


class NoInputError(IntakeError):
    """A file that was named is not there (66)."""

    exit = Exit.NO_INPUT


class CannotCreateError(IntakeError):
    """A file or folder is there already, or cannot be made (73)."""

    exit = Exit.CANNOT_CREATE


class TryAgainError(IntakeError):
    """Somebody else holds the lock or changed the case (75)."""

    exit = Exit.TRY_AGAIN


_GRAVEST = (Exit.CONFIG, Exit.NO_PERMISSION, Exit.UNAVAILABLE, Exit.IO, Exit.TRY_AGAIN)


def gravest(exits: Collection[Exit]) -> Exit:
    """The exit status for several failures: of the one that wants a person most; any other is a problem found."""
    return next((code for code in _GRAVEST if code in exits), Exit.PROBLEM)


def no_such_case(name: str) -> NoInputError:
    """There is no case of this label."""
    remedy = "list them with: intake queue list"
    return NoInputError(Problem(where=f"case {name}", what="there is none of this name", remedy=remedy))
