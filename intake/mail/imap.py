r"""IMAP as a mail source: imapclient's one adapter, typed, and deaf to \Seen (RFC 9051)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from imapclient import IMAPClient

from intake.config_model import MailboxConfig
from intake.mail.imap_change import ImapChanges
from intake.mail.imap_connect import PasswordProvider, connect, drop
from intake.mail.imap_errors import translated
from intake.mail.imap_giant import answer_key, assemble, first_text, header_request, text_request
from intake.mail.message import MessageKey, RawMessage
from intake.mail.source import (
    FolderState,
    Listed,
    MessageRefusedError,
    MisconfiguredError,
    Unfetched,
    UnreachableError,
)

_CHUNK = 500  # ids are sent one by one, comma between: servers cut lines at some 64 kB
_GOODBYE_S = 5.0
_WHOLE = "BODY.PEEK[]"

Answers = Mapping[int, Mapping[bytes, object]]


class ImapSource(ImapChanges):
    """One mailbox on its server; one connection, kept between polls. Not for two threads at once."""

    def __init__(
        self, name: str, box: MailboxConfig, password: PasswordProvider, *, readonly: bool = False
    ) -> None:
        self._name = name
        self._box = box
        self._password = password
        # EXAMINE wherever nothing will be written: then the server itself sees to it (RFC 9051 §6.3.3)
        self._readonly = readonly or (box.after == "keep" and not box.keyword)
        self._where = f"mailbox {name} ({box.host}:{box.effective_port})"
        self._client: IMAPClient | None = None
        self._folder: str | None = None
        self._state: FolderState | None = None
        self._permanent_flags: frozenset[bytes] = frozenset()

    def open(self, folder: str) -> FolderState:
        """See Source; a connection that died while idle is replaced at once and counts as no failure."""
        fresh = self._client is None
        try:
            return self._enter(folder)
        except UnreachableError:
            self._drop()
            if fresh:
                raise
        return self._enter(folder)

    def uids_after(self, last_uid: int, since: date | None) -> list[int]:
        """See Source; `n:*` names the last message even where it is below n (RFC 9051 §9, seq-range)."""
        criteria: list[object] = ["UID", f"{last_uid + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]  # by the server's INTERNALDATE and calendar (RFC 9051 §6.4.4)
        with self._session() as client:
            found = client.search(criteria)
        return sorted({int(uid) for uid in found if int(uid) > last_uid})

    def describe(self, uids: Sequence[int]) -> list[Listed]:
        """See Source."""
        listed = []
        for start in range(0, len(uids), _CHUNK):
            answers = self._fetch(uids[start : start + _CHUNK], ["RFC822.SIZE", "INTERNALDATE"])
            for uid, answer in answers.items():
                size, arrived = answer.get(b"RFC822.SIZE"), answer.get(b"INTERNALDATE")
                if isinstance(size, int):
                    listed.append(Listed(uid=uid, size=size, received_at=_instant(arrived)))
        return sorted(listed, key=lambda message: message.uid)

    def fetch(self, batch: Sequence[Listed]) -> Iterator[RawMessage | Unfetched]:
        """See Source; a refusal for the batch becomes one for the message that caused it."""
        small = [message.uid for message in batch if message.size <= self._box.max_message_bytes]
        try:
            bodies: Answers | None = self._fetch(small, [_WHOLE])
        except MessageRefusedError:
            bodies = None
        for message in batch:
            try:
                got = self._one(message, bodies)
            except MessageRefusedError as error:
                got = Unfetched(uid=message.uid, size=message.size, code=error.code)
            if got is not None:
                yield got

    def mark(self, uids: Sequence[int], keyword: str) -> bool:
        """See Source; a keyword that is not permitted may be dropped silently, so it is not sent (§7.1)."""
        allowed = {b"\\*", keyword.lower().encode()}
        if self._readonly or not self._permanent_flags & allowed:
            return False
        for start in range(0, len(uids), _CHUNK):
            with self._session() as client:
                client.add_flags(list(uids[start : start + _CHUNK]), [keyword], silent=True)
        return True

    def move(self, uids: Sequence[int], target: str) -> None:
        """See Source (RFC 6851)."""
        for start in range(0, len(uids), _CHUNK):
            chunk = list(uids[start : start + _CHUNK])
            try:
                with self._session() as client:
                    client.move(chunk, target)
            except MessageRefusedError as error:
                if error.code not in {"trycreate", "nonexistent"}:
                    raise
                with self._session() as client:
                    client.create_folder(target)
                with self._session() as client:
                    client.move(chunk, target)

    def close(self) -> None:
        """See Source; waits a few seconds at most for the server's goodbye."""
        client, self._client, self._folder = self._client, None, None
        if client is None:
            return
        try:
            with translated(self._where):
                client.socket().settimeout(_GOODBYE_S)
                client.logout()
        except (UnreachableError, MessageRefusedError):
            drop(client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _drop(self) -> None:
        if self._client is not None:
            drop(self._client)
        self._client, self._folder = None, None

    @contextmanager
    def _session(self) -> Iterator[IMAPClient]:
        """The connection for one command; where that fails with more than a NO, it is not used again."""
        if self._client is None:
            raise UnreachableError("connection_lost", where=self._where, what="the connection broke off")
        try:
            with translated(self._where):
                yield self._client
        except UnreachableError:
            self._drop()
            raise

    def _enter(self, folder: str) -> FolderState:
        if self._client is None:
            self._client = connect(self._name, self._box, self._password)
            self._folder = None
        if self._state is not None and self._folder == folder:
            with self._session() as client:
                client.noop()  # notices a dead connection; a SELECT would cost O(folder)
                client._imap.untagged_responses.clear()  # noqa: SLF001 - else EXISTS pile up for ever
            return self._state
        self._folder = None
        try:
            with self._session() as client:
                answer = client.select_folder(folder, readonly=self._readonly)
        except MessageRefusedError:
            raise MisconfiguredError(
                "folder_missing",
                where=self._where,
                what=f"the folder {folder!r} cannot be opened",
                remedy="mend folders; `intake check` lists what there is",
            ) from None
        if not isinstance(answer.get(b"UIDVALIDITY"), int):
            raise UnreachableError("protocol", where=self._where, what="the server gives no UIDVALIDITY")
        self._permanent_flags = frozenset(flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ()))
        self._folder = folder
        self._state = FolderState(
            uidvalidity=answer[b"UIDVALIDITY"],
            uidnext=answer.get(b"UIDNEXT"),
            exists=answer.get(b"EXISTS", 0),
            writable=not self._readonly and b"READ-ONLY" not in answer,
        )
        return self._state

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> Answers:
        if not uids:
            return {}
        with self._session() as client:
            answers: Answers = client.fetch(list(uids), list(items))
        return answers

    def _one(self, message: Listed, bodies: Answers | None) -> RawMessage | Unfetched | None:
        """One message, from the batch's answers where it is there; None: it has vanished."""
        if message.size > self._box.max_message_bytes:
            return self._giant(message)
        answers = self._fetch([message.uid], [_WHOLE]) if bodies is None else bodies
        if message.uid not in answers:
            return None
        data = answers[message.uid].get(answer_key(_WHOLE))
        if not isinstance(data, bytes):
            return Unfetched(uid=message.uid, size=message.size, code="no_body")
        return self._raw(message, data, truncated=False)

    def _giant(self, message: Listed) -> RawMessage | Unfetched | None:
        cap = self._box.max_message_bytes
        wanted = header_request(cap)
        answer = self._fetch([message.uid], ["BODYSTRUCTURE", wanted]).get(message.uid)
        if answer is None:
            return None
        header, part = answer.get(answer_key(wanted)), first_text(answer.get(b"BODYSTRUCTURE"))
        if not isinstance(header, bytes) or len(header) + (part.size if part else 0) > cap:
            return Unfetched(uid=message.uid, size=message.size, code="too_large")
        text = self._fetch([message.uid], text_request(part)).get(message.uid, {}) if part else {}
        return self._raw(message, assemble(header, part, text), truncated=True)

    def _raw(self, message: Listed, data: bytes, *, truncated: bool) -> RawMessage:
        if self._state is None or self._folder is None:
            raise AssertionError("a message is fetched from an open folder")
        key = MessageKey(
            mailbox=self._name, folder=self._folder, uidvalidity=self._state.uidvalidity, uid=message.uid
        )
        return RawMessage(
            data=data, source=self._name, received_at=message.received_at, key=key, truncated=truncated
        )


def _instant(internal_date: object) -> datetime | None:
    """INTERNALDATE in UTC; None where the server gave none that can be read."""
    if isinstance(internal_date, datetime) and internal_date.tzinfo is not None:
        return internal_date.astimezone(UTC)
    return None
