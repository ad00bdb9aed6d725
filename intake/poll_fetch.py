"""What one folder's pass fetches, and what it makes of a connection that breaks over it again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from intake.config_model import MailboxConfig
from intake.mail.message import RawMessage
from intake.mail.source import FolderState, Listed, Source, Unfetched, UnreachableError
from intake.poll_values import batches

CHUNK: Final = 500  # messages described at once: sizes are small, bodies are not
_GIVE_UP_AFTER: Final = 3  # broken connections over one and the same message, before it is quarantined


class Known(Protocol):
    """Which messages are accounted for: the store."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
        """Those of `uids` that are stored, or in quarantine."""


@dataclass(slots=True)
class _Trouble:
    """Where fetching broke the connection: from there on one by one, to find the message that does it."""

    until: int = 0
    uid: int = 0
    times: int = 0
    code: str = ""


class Fetcher:
    """Fetches one mailbox's messages in batches; remembers trouble from pass to pass."""

    def __init__(self, *, name: str, box: MailboxConfig, source: Source, known: Known) -> None:
        self._name = name
        self._box = box
        self._source = source
        self._known = known
        self._trouble: dict[str, _Trouble] = {}

    def batches(self, folder: str, state: FolderState, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """What to fetch together: bounded by count and bytes; alone, where fetching broke the connection.

        Messages that are accounted for already are left out.
        """
        box = self._box
        for start in range(0, len(uids), CHUNK):
            chunk = uids[start : start + CHUNK]
            known = self._known.known_uids(self._name, folder, state.uidvalidity, chunk)
            self._source.open(folder)
            listed = self._source.describe([uid for uid in chunk if uid not in known])
            until = self._trouble[folder].until if folder in self._trouble else 0
            yield from ([message] for message in listed if message.uid <= until)
            rest = [message for message in listed if message.uid > until]
            yield from batches(
                rest, messages=box.batch_messages, size=box.batch_bytes, cap=box.max_message_bytes
            )

    def chosen(self, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """What to fetch together of these messages, accounted for or not."""
        box = self._box
        listed = self._source.describe(sorted(uids))
        yield from batches(
            listed, messages=box.batch_messages, size=box.batch_bytes, cap=box.max_message_bytes
        )

    def fetch(self, folder: str, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """The batch's messages; remembers where the connection broke, and gives up on a message that does it.

        Raises:
            SourceError: the mail server.
        """
        first, alone = batch[0], len(batch) == 1
        trouble = self._trouble.get(folder, _Trouble())
        if alone and trouble.uid == first.uid and trouble.times >= _GIVE_UP_AFTER:
            yield Unfetched(uid=first.uid, size=first.size, code=trouble.code)
            return
        try:
            yield from self._source.fetch(batch)
        except UnreachableError as error:
            again = trouble.times if trouble.uid == first.uid else 0
            until = max(trouble.until, batch[-1].uid)
            times = again + 1 if alone else 0
            self._trouble[folder] = _Trouble(until=until, uid=first.uid, times=times, code=error.code)
            raise
