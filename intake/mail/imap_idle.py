"""IDLE (RFC 2177): a connection that does nothing but say when mail has come in.

Spoken by hand over the socket of a connection that the library has opened and logged in: the library's own
IDLE swallows a connection that ends, and waits without end for half a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from imapclient import IMAPClient, imap_utf7

from intake.clock import Ticks, monotonic
from intake.config.model import MailboxConfig
from intake.mail.imap_connect import PasswordProvider, connect, drop
from intake.mail.imap_errors import translated
from intake.mail.source import MisconfiguredError, UnreachableError

REARM_S = 90.0  # far below the 29 minutes of RFC 2177, for DONE is how a dead link is noticed
ANSWER_S = 20.0  # until the server has answered anything: with the above, within two minutes
_MAX_LINE = 1024 * 1024
_COUNTED = re.compile(rb"\* (\d+) (EXISTS|EXPUNGE)\b", re.IGNORECASE)


class IdleLine:
    """One connection for one folder. Not for two threads at once, but for `cut`."""

    def __init__(  # noqa: PLR0913 - the two times are for tests
        self,
        name: str,
        box: MailboxConfig,
        secret: PasswordProvider,
        *,
        rearm_s: float = REARM_S,
        answer_s: float = ANSWER_S,
        ticks: Ticks = monotonic,
    ) -> None:
        self._where = f"mailbox {name} ({box.host}:{box.effective_port})"
        self._rearm_s = rearm_s
        self._answer_s = min(answer_s, box.io_timeout_s)
        self._ticks = ticks
        self._client: IMAPClient = connect(name, box, secret)
        with ExitStack() as undo:
            undo.callback(self.cut)
            with translated(self._where):
                self.supported = bool(self._client.has_capability("IDLE"))
                self._socket = self._client.socket()
            undo.pop_all()
        self._waiting = b""  # received, not yet a whole line
        self._tags = 0
        self._count = 0  # messages in the folder

    def arrivals(self, folder: str) -> Iterator[None]:
        """Comes round at once, then each time that the folder has grown; never ends but by an error.

        At once, because mail may have come in between the last poll and the first IDLE.

        Raises:
            UnreachableError: the connection is gone, mute, or refuses to idle.
            MisconfiguredError: the folder cannot be opened.
        """
        with translated(self._where):
            self._examine(folder)
            yield
            while True:
                tag = self._send(b"IDLE")
                grown = self._until(b"+", tag)
                end = self._ticks() + self._rearm_s
                if grown:
                    yield
                while (line := self._line(end)) is not None:
                    if self._grows(line):
                        yield
                self._put(b"DONE\r\n")
                if self._until(tag, tag):
                    yield

    def cut(self) -> None:
        """Breaks the connection off, from any thread: whoever waits on it stops waiting."""
        drop(self._client)

    def _examine(self, folder: str) -> None:
        name = imap_utf7.encode(folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        tag = self._send(b'EXAMINE "%s"' % name)
        try:
            self._until(tag, tag)
        except _NoError:
            raise MisconfiguredError(
                "folder_missing", where=self._where, what=f"the folder {folder!r} cannot be opened"
            ) from None

    def _until(self, start: bytes, tag: bytes) -> bool:
        """Reads up to the line that begins with `start`; whether the folder has grown meanwhile."""
        grown = False
        end = self._ticks() + self._answer_s
        while (line := self._line(end)) is not None:
            if line.startswith(tag):
                if not line[len(tag) :].upper().startswith(b" OK"):
                    raise _NoError(where=self._where)
                if start != tag:
                    raise UnreachableError("protocol", where=self._where, what="the answer is not IMAP")
                return grown
            if line.startswith(start):
                return grown
            grown = self._grows(line) or grown
        raise UnreachableError("timeout", where=self._where, what="no answer in time")

    def _grows(self, line: bytes) -> bool:
        if line[:5].upper() == b"* BYE":
            raise UnreachableError("connection_lost", where=self._where, what="the server hangs up")
        counted = _COUNTED.match(line)
        if counted is None:
            return False
        before = self._count
        self._count = int(counted[1]) if counted[2].upper() == b"EXISTS" else before - 1
        return self._count > before

    def _send(self, command: bytes) -> bytes:
        self._tags += 1
        tag = b"W%d" % self._tags
        self._put(b"%s %s\r\n" % (tag, command))
        return tag

    def _put(self, data: bytes) -> None:
        self._socket.settimeout(self._answer_s)
        self._socket.sendall(data)

    def _line(self, end: float) -> bytes | None:
        """The next line, without its end; None: not before `end`."""
        while (at := self._waiting.find(b"\n")) < 0:
            left = end - self._ticks()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            with suppress(TimeoutError):
                data = self._socket.recv(65536)
                if not data:
                    raise UnreachableError(
                        "connection_lost", where=self._where, what="the connection broke off"
                    )
                self._waiting += data
            if len(self._waiting) > _MAX_LINE:
                raise UnreachableError("protocol", where=self._where, what="the answer is not IMAP")
        line, self._waiting = self._waiting[:at], self._waiting[at + 1 :]
        return line.rstrip(b"\r")


class _NoError(UnreachableError):
    """The server said NO or BAD."""

    def __init__(self, *, where: str) -> None:
        super().__init__("idle_refused", where=where, what="the server refuses to idle")
