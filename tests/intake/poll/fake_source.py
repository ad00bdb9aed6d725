"""A mail server in memory, as the poller sees it, whose failures can be arranged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Self

from intake.extraction.types import Kind
from intake.mail.message import MessageKey, RawMessage
from intake.mail.source import FolderState, Listed, MessageRefusedError, Unfetched, UnreachableError
from intake.processed import Processed, StageError
from tests.intake.store import make

MAILBOX = "support"


class FakeSource:
    """One folder by name, each a list of message sizes by UID."""

    def __init__(self, **folders: dict[int, int]) -> None:
        self.folders = folders or {"INBOX": {}}
        self.uidvalidity = 7
        self.current = ""
        self.down = False
        self.breaks_at: set[int] = set()
        self.on_break: Callable[[], None] = lambda: None
        self.refuses: set[str] = set()
        self.fetched: list[list[int]] = []
        self.told: list[tuple[str, tuple[int, ...], str]] = []
        self.on_fetch: Callable[[int], None] = lambda _uid: None
        self.since: date | None = None

    def fill(self, uids: Sequence[int], size: int = 1000, folder: str = "INBOX") -> Self:
        self.folders[folder] |= dict.fromkeys(uids, size)
        return self

    def expand(self, folders: Sequence[str]) -> list[str]:
        return list(folders)

    def open(self, folder: str) -> FolderState:
        if self.down:
            raise UnreachableError("timeout", where="mailbox support", what="no answer in time")
        self.current = folder
        uids = self.folders[folder]
        return FolderState(
            uidvalidity=self.uidvalidity, uidnext=max(uids, default=0) + 1, exists=len(uids), writable=True
        )

    def uids_after(self, last_uid: int, since: date | None) -> list[int]:
        self.since = since
        return [uid for uid in sorted(self.folders[self.current]) if uid > last_uid]

    def describe(self, uids: Sequence[int]) -> list[Listed]:
        sizes = self.folders[self.current]
        return [Listed(uid=uid, size=sizes[uid], received_at=None) for uid in uids if uid in sizes]

    def fetch(self, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        self.fetched.append([message.uid for message in batch])
        if self.breaks_at & set(self.fetched[-1]):
            self.on_break()
            raise UnreachableError("connection_lost", where="mailbox support", what="broke off")
        for message in batch:
            self.on_fetch(message.uid)
            if message.uid not in self.folders[self.current]:
                continue
            if message.size > 10_000_000:
                yield Unfetched(uid=message.uid, size=message.size, code="too_large")
                continue
            key = MessageKey(
                mailbox=MAILBOX, folder=self.current, uidvalidity=self.uidvalidity, uid=message.uid
            )
            yield RawMessage(data=b"m%d" % message.uid, source=MAILBOX, key=key)

    can_move = True

    def mark(self, uids: Sequence[int], keyword: str) -> bool:
        return self._tell("mark", uids, keyword)

    def move(self, uids: Sequence[int], target: str) -> None:
        self._tell("move", uids, target)
        for uid in uids:
            self.folders[self.current].pop(uid, None)

    def _tell(self, what: str, uids: Sequence[int], target: str) -> bool:
        if what in self.refuses:
            raise MessageRefusedError("noperm")
        self.told.append((what, tuple(uids), target))
        return True

    def close(self) -> None:
        self.current = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FakePipeline:
    """Makes a request of every message, but for those that it is told to fail or to read otherwise."""

    def __init__(self) -> None:
        self.fails: set[int] = set()
        self.unstorable: set[int] = set()
        self.kinds: dict[int, Kind] = {}
        self.doubtful: set[int] = set()

    def submit(self, raw: RawMessage) -> Future[Processed]:
        future: Future[Processed] = Future()
        try:
            future.set_result(self.process(raw))
        except StageError as error:
            future.set_exception(error)
        return future

    def process(self, raw: RawMessage) -> Processed:
        assert raw.key is not None
        uid = raw.key.uid
        if uid in self.fails:
            raise StageError(stage="parse", code="unreadable", detail="ValueError at x:y:1")
        item = make.processed(uid, seed=raw.data.decode(), kind=self.kinds.get(uid, Kind.REFUND_REQUEST))
        if uid in self.doubtful:
            item = replace(item, extraction=replace(item.extraction, doubtful=True), decision=make.decision())
        if uid in self.unstorable:  # no column takes such a fact
            item = replace(item, facts={"claim": {"reason": object()}})
        return replace(item, key=raw.key, size=len(raw.data))
