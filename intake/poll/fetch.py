"""What one folder's pass fetches, and what it makes of a connection that breaks over it again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from intake.config.model import MailboxConfig
from intake.mail.message import RawMessage
from intake.mail.source import (
    LINE_CODES,
    FolderState,
    Listed,
    Source,
    SourceError,
    Unfetched,
    UnreachableError,
)
from intake.poll.batches import batches

CHUNK: Final = 500  # messages described at once: sizes are small, bodies are not
_GIVE_UP_AFTER: Final = 3  # times that one and the same message broke the line, before it is quarantined


class Known(Protocol):
    """Which messages are accounted for: the store."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
        """Those of `uids` that are stored, or in quarantine."""


@dataclass(slots=True)
class _Trouble:
    """Where fetching broke the connection: up to there one by one, to find the message that does it."""

    until: int = 0
    uid: int = 0
    times: int = 0  # that it broke off over this one alone, while the server answered before and afterwards
    code: str = ""


class Fetcher:
    """Fetches one mailbox's messages in batches; remembers trouble from pass to pass."""

    def __init__(self, *, name: str, box: MailboxConfig, source: Source, known: Known) -> None:
        self._name = name
        self._box = box
        self._source = source
        self._known = known
        self._trouble: dict[str, _Trouble] = {}

    def unknown(self, folder: str, state: FolderState, uids: Sequence[int]) -> list[int]:
        """Those that are not accounted for: what was taken in by day is so above the cursor too."""
        known = self._known.known_uids(self._name, folder, state.uidvalidity, uids) if uids else set[int]()
        return [uid for uid in uids if uid not in known]

    def batches(self, folder: str, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """What to fetch together: bounded by count and bytes; alone, where fetching broke the connection."""
        for start in range(0, len(uids), CHUNK):
            chunk = uids[start : start + CHUNK]
            self._source.open(folder)
            yield from self._cut(folder, self._source.describe(chunk))

    def chosen(self, folder: str, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """What to fetch together of these messages, accounted for or not."""
        yield from self._cut(folder, self._source.describe(sorted(uids)))

    def _cut(self, folder: str, listed: Sequence[Listed]) -> Iterator[list[Listed]]:
        until = self._trouble[folder].until if folder in self._trouble else 0
        yield from ([message] for message in listed if message.uid <= until)
        rest = [message for message in listed if message.uid > until]
        box = self._box
        yield from batches(rest, count=box.batch_messages, size=box.batch_bytes, weight=self._weight)

    def _weight(self, message: Listed) -> int:
        """Bytes that are fetched of a message, however large it is."""
        return min(message.size, self._box.max_message_bytes)

    def fetch(self, folder: str, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """The batch's messages; remembers where the connection broke, and gives up on a message that does it.

        Raises:
            SourceError: the mail server.
        """
        first, alone = batch[0], len(batch) == 1
        trouble = self._trouble.get(folder, _Trouble())
        if alone and trouble.uid == first.uid and trouble.times >= _GIVE_UP_AFTER:
            self._trouble[folder] = _Trouble(until=trouble.until)  # whoever tries it again starts anew
            yield Unfetched(uid=first.uid, size=first.size, code=trouble.code)
            return
        try:
            yield from self._source.fetch(batch)
        except UnreachableError as error:
            times = trouble.times if trouble.uid == first.uid else 0
            if alone and error.code in LINE_CODES and self._answers(folder, first):
                times += 1
            until = max(trouble.until, batch[-1].uid)
            self._trouble[folder] = _Trouble(until=until, uid=first.uid, times=times, code=error.code)
            raise

    def _answers(self, folder: str, message: Listed) -> bool:
        """Whether the server tells of the message on a new connection: then it was not the line that failed."""
        try:
            self._source.open(folder)
            return bool(self._source.describe([message.uid]))
        except SourceError:
            return False
