r"""IMAP as a mail source: imapclient's one adapter, typed, and deaf to \Seen (RFC 9051)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from intake.mail.imap_change import ImapChanges
from intake.mail.imap_connect import connect
from intake.mail.imap_folders import ALL, Folder, Use, find_use, list_folders, worth_reading
from intake.mail.imap_giant import answer_key, assemble, first_text, header_request, text_request
from intake.mail.imap_line import ImapLine
from intake.mail.message import MessageKey, RawMessage
from intake.mail.source import Listed, MessageRefusedError, Unfetched

_CHUNK = 500  # ids are sent one by one, comma between: servers cut lines at some 64 kB
_WHOLE = "BODY.PEEK[]"

Answers = Mapping[int, Mapping[bytes, object]]


class ImapSource(ImapLine, ImapChanges):
    """One mailbox on its server; one connection, kept between polls. Not for two threads at once."""

    def expand(self, folders: Sequence[str]) -> list[str]:
        """See Source; what was moved by us is not read again."""
        if ALL not in folders:
            return list(folders)
        found = [name for name in worth_reading(self._list()) if name != self._box.move_to]
        return list(dict.fromkeys([*(folder for folder in folders if folder != ALL), *found]))

    def special_folder(self, use: Use) -> str | None:
        """The folder that the server (RFC 6154), or else its name, says is for `use`; None: there is none."""
        return find_use(self._list(), use)

    def uids_after(self, last_uid: int, since: date | None) -> list[int]:
        """See Source; `n:*` names the last message even where it is below n (RFC 9051 §9, seq-range)."""
        folder = self._open_folder
        if self._has_grown():
            folder.quiet = None
        if folder.quiet is not None and last_uid >= folder.quiet[0] and folder.quiet[1] in {None, since}:
            return []  # it was empty above that, and the server has told of nothing since
        found: set[int] = set()
        for wanted in self._ranges(last_uid):
            criteria: list[object] = ["UID", wanted]
            if since is not None:
                criteria += ["SINCE", since]  # by the server's INTERNALDATE and calendar (RFC 9051 §6.4.4)
            with self._session() as client:
                found |= {int(uid) for uid in client.search(criteria)}
        if not self._has_grown():
            self._open_folder.quiet = (max(found | {last_uid}), since)
        return sorted(uid for uid in found if uid > last_uid)

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
                self._create(target)
                with self._session() as client:
                    client.move(chunk, target)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _list(self) -> list[Folder]:
        if self._client is None:
            self._client = connect(self._name, self._box, self._password)
        with self._connected() as client:
            return list_folders(client)

    def _ranges(self, last_uid: int) -> list[str]:
        """What to search above `last_uid`: all at once, or in steps where a command looks at so many at most."""
        step, end = self._window, self._open_folder.state.uidnext
        if step is None or end is None:
            return [f"{last_uid + 1}:*"]
        starts = range(last_uid + 1, max(end, last_uid + 2), step)
        return [f"{start}:{start + step - 1}" for start in starts[:-1]] + [f"{starts[-1]}:*"]

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> Answers:
        if not uids:
            return {}
        with self._session() as client:
            answers: Answers = client.fetch(list(uids), list(items))
        left_out = [uid for uid in uids if uid not in answers]
        if left_out and len(uids) > 1:  # vanished, or the server did not get to them: asked once more
            with self._session() as client:
                answers = {**answers, **client.fetch(left_out, list(items))}
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
        validity = self._open_folder.state.uidvalidity
        key = MessageKey(mailbox=self._name, folder=str(self._folder), uidvalidity=validity, uid=message.uid)
        return RawMessage(
            data=data, source=self._name, received_at=message.received_at, key=key, truncated=truncated
        )


def _instant(internal_date: object) -> datetime | None:
    """INTERNALDATE in UTC; None where the server gave none that can be read."""
    if isinstance(internal_date, datetime) and internal_date.tzinfo is not None:
        return internal_date.astimezone(UTC)
    return None
