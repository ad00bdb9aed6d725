"""What one pass over a mailbox did, who works for it, and who wants to hear of it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Protocol

from intake.mail.message import RawMessage
from intake.processed import Processed
from intake.store.values import Disposition, Recorded


@dataclass(slots=True, kw_only=True)
class Counts:
    """The counts of one pass, as `poll --json` prints them; the others sum up to `seen`."""

    seen: int = 0
    cases: int = 0
    replies: int = 0
    ignored: int = 0
    set_aside: int = 0
    duplicates: int = 0
    quarantined: int = 0
    pending: int = 0  # seen, but left for the next pass

    def add(self, disposition: Disposition) -> None:
        """Counts one message that is recorded."""
        self.seen += 1
        name = _COUNTED[disposition]
        setattr(self, name, getattr(self, name) + 1)

    def leave(self, messages: int) -> None:
        """Counts messages that were found and not worked on."""
        self.seen += messages
        self.pending += messages

    def to_dict(self) -> dict[str, int]:
        """The counts by name, in the order of the JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


_COUNTED = {
    Disposition.CASE: "cases",
    Disposition.REPLY: "replies",
    Disposition.IGNORED: "ignored",
    Disposition.SET_ASIDE: "set_aside",
    Disposition.DUPLICATE: "duplicates",
    Disposition.QUARANTINED: "quarantined",
}


class Processor(Protocol):
    """What turns a fetched message into what is stored: worker processes, or a pipeline in this one."""

    def submit(self, raw: RawMessage) -> Future[Processed]:
        """Begins with one message; its result raises StageError where it cannot be processed."""


class Observer(Protocol):
    """Hears of each step as it is committed: progress bars, tests. Called on the polling thread."""

    def message_recorded(self, mailbox: str, recorded: Recorded) -> None:
        """A message was committed."""

    def pass_finished(self, mailbox: str, counts: Counts) -> None:
        """A pass over the whole mailbox ended without an error; with `pending` 0 it is worked off."""


class Deaf:
    """The observer that does nothing."""

    def message_recorded(self, mailbox: str, recorded: Recorded) -> None:
        """Nothing."""

    def pass_finished(self, mailbox: str, counts: Counts) -> None:
        """Nothing."""
