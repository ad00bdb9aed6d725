"""Where mail comes from, as the poller sees it: one Protocol, its values, and its three kinds of failure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Final, Protocol, Self

from intake.errors import ConfigError, Exit, IntakeError, Problem
from intake.mail.message import RawMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """A folder as the server described it when it was selected."""

    uidvalidity: int
    uidnext: int | None  # every message below it was there when the folder was selected; None: not told
    exists: int
    writable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEnd:
    """Where a folder ends: what is added to it gets a UID above `last_uid`."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message before its body is asked for."""

    uid: int
    size: int  # bytes, as the server counts them
    received_at: datetime | None  # INTERNALDATE, aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """A message that the server lists but does not deliver, or that exceeds every limit."""

    uid: int
    size: int
    code: str  # "too_large", or what the server's refusal amounts to


class SourceError(IntakeError):
    """A mail server failed; `code` is a label for the log, the problem's text is ours, never the server's."""

    def __init__(self, code: str, *, where: str, what: str, remedy: str = "") -> None:
        super().__init__(Problem(where=where, what=what, remedy=remedy))
        self.code = code


class UnreachableError(SourceError):
    """No connection, a time-out, BYE, throttling, broken protocol: try again soon.

    Attributes:
        wait_s: For how many seconds the server itself asks us to stay away; None: it does not say.
    """

    exit = Exit.UNAVAILABLE

    def __init__(
        self, code: str, *, where: str, what: str, remedy: str = "", wait_s: float | None = None
    ) -> None:
        super().__init__(code, where=where, what=what, remedy=remedy)
        self.wait_s = wait_s


LINE_CODES: Final = frozenset({"connection_lost", "timeout", "protocol"})
"""Codes of an `UnreachableError` that a single message can bring about, or the line all the same."""


class RefusedError(SourceError):
    """The server refused name and password: a person must act; rare retries spare the account."""

    exit = Exit.NO_PERMISSION


class MisconfiguredError(SourceError):
    """A folder, certificate file or password that is not there, STARTTLS not offered: a person must act."""

    exit = Exit.CONFIG

    @classmethod
    def of(cls, code: str, error: ConfigError) -> Self:
        """A setting's problem, as the mailbox's that cannot be read for it."""
        problem = error.problems[0]
        return cls(code, where=problem.where, what=problem.what, remedy=problem.remedy)


class MessageRefusedError(Exception):
    """The server answers a command about one message, or a few, with NO or BAD; the connection stands."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Source(Protocol):
    """One mailbox's server. Every method may raise SourceError; reading never changes a message's flags."""

    def expand(self, folders: Sequence[str]) -> list[str]:
        """The folders that are meant: for "*" every one where mail to us may lie, as they are just now."""

    def open(self, folder: str) -> FolderState:
        """Connects where needed and makes `folder` the current one; cheap when it already is."""

    def uids_after(self, last_uid: int, since: date | None) -> list[int]:
        """UIDs above `last_uid`, ascending; with `since`, of messages received on that day or later."""

    def describe(self, uids: Sequence[int]) -> list[Listed]:
        """Size and arrival of each message that is still there, ascending."""

    def fetch(self, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """The messages, oldest first; those that have vanished meanwhile are left out."""

    def mark(self, uids: Sequence[int], keyword: str) -> bool:
        """Sets a keyword; False: the folder stores none, nothing was changed."""

    @property
    def can_move(self) -> bool:
        """Whether `move` works; where it does not, messages are copied and deleted."""

    def move(self, uids: Sequence[int], target: str) -> None:
        """Moves messages to the folder `target`, which is made if it is missing; repeating it is harmless."""

    def flags(self, uids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        r"""The flags and keywords of each message that is still there, without \Recent."""

    def append(
        self, folder: str, data: bytes, flags: Sequence[str], received_at: datetime | None
    ) -> int | None:
        """Adds a message with these flags and INTERNALDATE; its UID where the server tells it."""

    def find(self, header: str, value: str, above: int) -> list[int]:
        """UIDs above `above` of messages in whose `header` the value stands, ascending."""

    def uids_between(self, low: int, high: int, since: date | None) -> list[int]:
        """UIDs from `low` to `high`, ascending; with `since`, of messages received on that day or later."""

    def end_of(self, folder: str) -> FolderEnd:
        """Where any folder ends just now; it is made if it is missing."""

    def likenesses(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Of each message that is still there a digest that a copy of it shares, never stored."""

    def copy(self, uids: Sequence[int], target: str) -> None:
        """Copies messages to the folder `target`, which is there; done twice there are two copies."""

    def delete(self, uids: Sequence[int]) -> bool:
        """Deletes these messages and no others; False: the server has no way to, they are flagged only."""

    def purge(self, sizes: Collection[int], wanted: Callable[[RawMessage], bool]) -> None:
        """Where deletions go through a folder of their own, removes for good what was left there and is `wanted`.

        Only messages of one of these sizes are fetched and shown to `wanted`.
        """

    def close(self) -> None:
        """Ends the connection; never raises."""

    def __enter__(self) -> Self:
        """Nothing: connecting is left to `open`."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
