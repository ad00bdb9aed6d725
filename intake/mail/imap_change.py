r"""What goes beyond reading on: looking things up in a folder, adding to it, removing exactly what is ours."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from imapclient import IMAPClient

from intake.mail import quirks
from intake.mail.imap_folders import Use, find_use, list_folders
from intake.mail.imap_giant import answer_key
from intake.mail.message import RawMessage
from intake.mail.source import (
    FolderEnd,
    FolderState,
    Listed,
    MessageRefusedError,
    Unfetched,
    UnreachableError,
)

_CHUNK = 500  # ids are sent one by one, comma between: servers cut lines at some 64 kB
_DELETED = b"\\Deleted"
_RECENT = b"\\recent"  # the server's own, never set by a client (RFC 9051 §2.3.2)
_HEADER = "BODY.PEEK[HEADER]"
_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)


class ImapChanges(ABC):
    """The part of `ImapSource` that adds and removes messages; the folder meant is the open one."""

    _where: str
    _folder: str | None

    @abstractmethod
    def open(self, folder: str) -> FolderState:
        """See Source."""

    @abstractmethod
    def uids_after(self, last_uid: int, since: date | None) -> list[int]:
        """See Source."""

    @abstractmethod
    def describe(self, uids: Sequence[int]) -> list[Listed]:
        """See Source."""

    @abstractmethod
    def fetch(self, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """See Source."""

    @property
    @abstractmethod
    def _permanent_flags(self) -> frozenset[bytes]:
        """The flags that the open folder keeps, in lower case."""

    @abstractmethod
    def _session(self) -> AbstractContextManager[IMAPClient]:
        """The connection for one command."""

    @property
    def can_move(self) -> bool:
        """See Source (RFC 6851)."""
        with self._session() as client:
            return bool(client.has_capability("MOVE"))

    @property
    def can_remove(self) -> bool:
        """Whether `delete` removes exactly what it is told to (RFC 4315)."""
        with self._session() as client:
            return bool(client.has_capability("UIDPLUS"))

    def flags(self, uids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """See Source."""
        found: dict[int, tuple[str, ...]] = {}
        for chunk in _chunks(uids):
            with self._session() as client:
                answers = client.fetch(chunk, ["FLAGS"])
            for uid, answer in answers.items():
                kept = (flag for flag in answer.get(b"FLAGS", ()) if flag.lower() != _RECENT)
                found[uid] = tuple(flag.decode("ascii", "replace") for flag in kept)
        return found

    def append(
        self, folder: str, data: bytes, flags: Sequence[str], received_at: datetime | None
    ) -> int | None:
        """See Source (RFC 9051 §6.3.12; RFC 4315 §3 for the UID)."""
        with self._session() as client:
            answer = client.append(folder, data, self._kept(flags), received_at)
        told = _APPENDUID.search(answer) if isinstance(answer, bytes) else None
        return int(told[2]) if told else None

    def find(self, header: str, value: str, above: int) -> list[int]:
        """See Source; `n:*` names the last message even where it is below n (RFC 9051 §9, seq-range)."""
        with self._session() as client:
            found = client.search(["UID", f"{above + 1}:*", "HEADER", header, value])
        return sorted(int(uid) for uid in found if int(uid) > above)

    def uids_between(self, low: int, high: int, since: date | None) -> list[int]:
        """See Source."""
        criteria: list[object] = ["UID", f"{low}:{high}"]
        if since is not None:
            criteria += ["SINCE", since]
        with self._session() as client:
            return sorted(int(uid) for uid in client.search(criteria))

    def end_of(self, folder: str) -> FolderEnd:
        """See Source."""
        try:
            with self._session() as client:
                status = client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        except MessageRefusedError:  # no such folder, mostly; where creating it fails too, that is the error
            self._create(folder)
            with self._session() as client:
                status = client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        validity, following = status.get(b"UIDVALIDITY"), status.get(b"UIDNEXT")
        if not isinstance(validity, int) or not isinstance(following, int):
            raise UnreachableError("protocol", where=self._where, what="STATUS tells no UIDNEXT")
        return FolderEnd(uidvalidity=validity, last_uid=following - 1)

    def _create(self, folder: str) -> None:
        """Makes a folder; where the name lacks what every folder there begins with, the refusal says so."""
        try:
            with self._session() as client:
                client.create_folder(folder)
        except MessageRefusedError:
            with self._session() as client:
                spaces = client.namespace().personal if client.has_capability(quirks.PREFIX) else None
            prefix = spaces[0][0] if spaces else ""
            if prefix and not folder.startswith(prefix):
                raise MessageRefusedError("folder_prefix") from None
            raise

    def likenesses(self, uids: Sequence[int]) -> dict[int, bytes]:
        """See Source; header and size, for no server changes either when it copies (RFC 9051 §6.4.7)."""
        found: dict[int, bytes] = {}
        for chunk in _chunks(uids):
            with self._session() as client:
                answers = client.fetch(chunk, ["RFC822.SIZE", _HEADER])
            for uid, answer in answers.items():
                header, size = answer.get(answer_key(_HEADER)), answer.get(b"RFC822.SIZE")
                if isinstance(header, bytes):
                    found[uid] = hashlib.sha256(b"%r:" % size + header).digest()
        return found

    def copy(self, uids: Sequence[int], target: str) -> None:
        """See Source."""
        for chunk in _chunks(uids):
            with self._session() as client:
                client.copy(chunk, target)

    def delete(self, uids: Sequence[int]) -> bool:
        r"""See Source; where an expunged message lives on in a view of all mail, through the folder \Trash."""
        trash = self._trash()
        return self._expunge(uids) if trash is None else self._throw_away(uids, trash)

    def purge(self, sizes: Collection[int], wanted: Callable[[RawMessage], bool]) -> None:
        """See Source."""
        folder, trash = self._folder, self._trash()
        if folder is None or trash is None or folder == trash:
            return
        self.open(trash)
        for message in self.describe(self.uids_after(0, None)):
            if message.size in sizes:
                found = [got for got in self.fetch([message]) if isinstance(got, RawMessage) and wanted(got)]
                self._expunge([message.uid for _ in found])
        self.open(folder)

    def _trash(self) -> str | None:
        """The folder that deletions have to go through; None: they need not."""
        with self._session() as client:
            if not client.has_capability(quirks.TRASH_ONLY):
                return None
            return find_use(list_folders(client), Use.TRASH)

    def _throw_away(self, uids: Sequence[int], trash: str) -> bool:
        """Moves there, then expunges what is recognised as moved; the open folder is open again afterwards."""
        folder, likenesses = self._folder, set(self.likenesses(uids).values())
        if folder is None or folder == trash or not likenesses:
            return self._expunge(uids)
        start = self.end_of(trash).last_uid
        for chunk in _chunks(uids):
            with self._session() as client:
                client.move(chunk, trash)
        self.open(trash)
        moved = self.likenesses(self.uids_after(start, None))
        done = self._expunge([uid for uid, likeness in moved.items() if likeness in likenesses])
        self.open(folder)
        return done

    def _expunge(self, uids: Sequence[int]) -> bool:
        r"""\Deleted and UID EXPUNGE (RFC 4315 §2.1); False: there is only the one that takes others' along."""
        for chunk in _chunks(uids):
            with self._session() as client:
                client.add_flags(chunk, [_DELETED], silent=True)
            if self.can_remove:  # else an EXPUNGE would take other clients' deletions along
                with self._session() as client:
                    client.uid_expunge(chunk)
        return self.can_remove

    def _kept(self, flags: Sequence[str]) -> list[str]:
        """The flags that the open folder keeps: some servers refuse an APPEND over one that they do not."""
        every = b"\\*" in self._permanent_flags
        return [
            flag
            for flag in dict.fromkeys(flags)
            if flag.startswith("\\") or every or flag.lower().encode() in self._permanent_flags
        ]


def _chunks(uids: Sequence[int]) -> list[list[int]]:
    return [list(uids[start : start + _CHUNK]) for start in range(0, len(uids), _CHUNK)]
