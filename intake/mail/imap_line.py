"""One connection to a mail server and the folder that is meant on it; kept between polls, replaced when it dies.

A poll with nothing new has to cost the same whatever the folder holds, so a folder is selected once a connection.
After that NOOP says whether it has grown (the server must tell, RFC 9051 §5.2), or, where several folders share the
connection, STATUS does. The modification sequences of CONDSTORE and QRESYNC (RFC 7162) would tell of flags as well:
flags mean nothing to us, so they would save nothing here and have the server keep count for every message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from imapclient import IMAPClient

from intake.config.model import MailboxConfig
from intake.mail import quirks
from intake.mail.imap_connect import PasswordProvider, connect, drop
from intake.mail.imap_errors import translated
from intake.mail.source import FolderState, MessageRefusedError, MisconfiguredError, UnreachableError

_GOODBYE_S = 5.0
_NOOP_S = 25.0  # no server works on a NOOP: with a poll a minute a dead link is noticed within two
_STATUS = ("UIDVALIDITY", "UIDNEXT", "MESSAGES")
_AGAIN_AT_ONCE = frozenset({"connection_lost", "timeout"})  # of a line that stood idle; anything else waits


@dataclass(slots=True)
class _Folder:
    """What is known of one folder since it was last selected on this connection."""

    state: FolderState
    permanent_flags: frozenset[bytes]
    status: tuple[object, ...] | None = None  # as STATUS last told it
    quiet: tuple[int, date | None] | None = None  # above this UID nothing was there, of mail since this day


class ImapLine:
    """The part of `ImapSource` that connects and knows where it is. Not for two threads at once."""

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
        self._folder: str | None = None  # the one that is meant
        self._selected: str | None = None  # the one that the server has open
        self._known: dict[str, _Folder] = {}

    def open(self, folder: str) -> FolderState:
        """See Source; a connection that died while idle is replaced at once and counts as no failure."""
        fresh = self._client is None
        try:
            return self._enter(folder)
        except UnreachableError as error:
            self._drop()
            if fresh or error.code not in _AGAIN_AT_ONCE:
                raise
        return self._enter(folder)

    def close(self) -> None:
        """See Source; waits a few seconds at most for the server's goodbye."""
        client, self._client = self._client, None
        self._forget()
        if client is None:
            return
        try:
            with translated(self._where):
                client.socket().settimeout(_GOODBYE_S)
                client.logout()
        except (UnreachableError, MessageRefusedError):
            drop(client)

    @property
    def _permanent_flags(self) -> frozenset[bytes]:
        """The flags that the open folder keeps, in lower case (RFC 9051 §7.1)."""
        return self._open_folder.permanent_flags

    @property
    def _open_folder(self) -> _Folder:
        if self._folder is None or self._folder not in self._known:
            raise UnreachableError("connection_lost", where=self._where, what="the connection broke off")
        return self._known[self._folder]

    @property
    def _window(self) -> int | None:
        with self._connected() as client:
            return quirks.window(client.capabilities())

    @contextmanager
    def _session(self) -> Iterator[IMAPClient]:
        """The connection for one command in the open folder, which is selected where another one is."""
        if self._client is not None and self._folder not in {None, self._selected}:
            before = self._open_folder.state.uidvalidity
            if self._select(str(self._folder)).uidvalidity != before:
                self._drop()
                what = "the folder was numbered anew"
                raise UnreachableError("uidvalidity_changed", where=self._where, what=what)
        with self._connected() as client:
            yield client

    @contextmanager
    def _connected(self) -> Iterator[IMAPClient]:
        """The connection for one command; where that fails with more than a NO, it is not used again."""
        if self._client is None:
            raise UnreachableError("connection_lost", where=self._where, what="the connection broke off")
        try:
            with translated(self._where):
                yield self._client
        except UnreachableError:
            self._drop()
            raise

    def _has_grown(self) -> bool:
        """Whether the server has said since this was last asked that messages came in."""
        with self._connected() as client:
            heard = client._imap.untagged_responses  # noqa: SLF001 - the library shows EXISTS nowhere else
            grown = any(kind.upper() == "EXISTS" for kind in heard)
            heard.clear()  # else they pile up for ever
        return grown

    def _drop(self) -> None:
        if self._client is not None:
            drop(self._client)
        self._client = None
        self._forget()

    def _forget(self) -> None:
        self._folder = self._selected = None
        self._known = {}

    def _enter(self, folder: str) -> FolderState:
        if self._client is None:
            self._client = connect(self._name, self._box, self._password)
        self._folder = folder
        if folder not in self._known:
            return self._select(folder)
        known = self._known[folder]
        if self._selected == folder:
            self._noop(known)
        elif not self._status(folder, known):
            return self._select(folder)
        return known.state

    def _noop(self, known: _Folder) -> None:
        with self._connected() as client:
            client.socket().settimeout(min(_NOOP_S, self._box.io_timeout_s))
            client.noop()
            client.socket().settimeout(self._box.io_timeout_s)
        if self._has_grown():
            known.quiet = None

    def _status(self, folder: str, known: _Folder) -> bool:
        """Looks at a folder that is not selected; False: that did not do, or it was numbered anew."""
        try:
            with self._connected() as client:
                told = client.folder_status(folder, _STATUS)
        except MessageRefusedError:
            return False
        status = tuple(told.get(item.encode()) for item in _STATUS)
        if None in status or status[0] != known.state.uidvalidity:
            return False
        if status != known.status:
            known.quiet = None  # the number that STATUS tells is not believed, only that it has changed
        known.status = status
        return True

    def _select(self, folder: str) -> FolderState:
        self._selected = None
        try:
            with self._connected() as client:
                answer = client.select_folder(folder, readonly=self._readonly)
                client._imap.untagged_responses.clear()  # noqa: SLF001 - its EXISTS is no growth
        except MessageRefusedError:
            self._known.pop(folder, None)
            raise MisconfiguredError(
                "folder_missing",
                where=self._where,
                what=f"the folder {folder!r} cannot be opened",
                remedy="mend folders; `intake check` lists what there is",
            ) from None
        if not isinstance(answer.get(b"UIDVALIDITY"), int):
            raise UnreachableError("protocol", where=self._where, what="the server gives no UIDVALIDITY")
        state = FolderState(
            uidvalidity=answer[b"UIDVALIDITY"],
            uidnext=answer.get(b"UIDNEXT"),
            exists=answer.get(b"EXISTS", 0),
            writable=not self._readonly and b"READ-ONLY" not in answer,
        )
        flags = frozenset(flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ()))
        before = self._known.get(folder)
        self._known[folder] = _Folder(state, flags, status=before.status if before else None)
        self._selected = folder
        return state
