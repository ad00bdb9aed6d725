"""Where a process can be killed: before and after each commit that matters, and round each command to the server.

A command has three moments: before it is sent, sent but not answered, answered. What only reads on the server is
left out but for the fetching of mail: a kill there is a kill at the next step.
"""

from __future__ import annotations

import imaplib
import os
import re
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from intake.store.store import Store

_TELLING = frozenset({"APPEND", "COPY", "MOVE", "STORE", "EXPUNGE", "CREATE"})
_LEASE = re.compile(r"(?i)^\s*(update|insert into)\s+mailbox\b")
_WROTE = "wrote"  # a connection that has written since it was taken from the pool
_WRITES = re.compile(r"(?i)^\s*(update|insert|delete)\b")


class Steps:
    """Counts the steps of this process, and ends it by SIGKILL before the one that was asked for."""

    def __init__(self, last: int | None = None) -> None:
        self.names: list[str] = []
        self._last = last

    def reach(self, name: str) -> None:
        """A step is about to be taken."""
        if self._last is not None and len(self.names) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def watch(self, store: Store) -> None:
        """Has this process' database and server commands count."""
        self._watch_database(store)
        self._watch_server()

    def _watch_database(self, store: Store) -> None:
        engine = store._engine

        def statement(connection: Any, _cursor: Any, text: str, *_: Any) -> None:
            if _WRITES.match(text) and not _LEASE.match(text):
                connection.info[_WROTE] = True

        def commit(connection: Any) -> None:
            if connection.info.get(_WROTE):
                self.reach("before commit")

        def reset(_dbapi_connection: Any, record: Any, *_: Any) -> None:
            # of this connection alone: another thread prolongs the lease while the pass is in its transaction
            if record.info.pop(_WROTE, False):
                self.reach("after commit")

        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
        event.listen(engine.pool, "reset", reset)

    def _watch_server(self) -> None:
        sending, answered = imaplib.IMAP4._command, imaplib.IMAP4._command_complete  # type: ignore[attr-defined] # private, and where every command passes
        sent: dict[Any, str] = {}

        def command(imap: Any, name: str, *args: Any) -> Any:
            if (what := _named(name, args)) in _TELLING:
                self.reach(f"before {what}")
            tag = sending(imap, name, *args)
            sent[tag] = what
            return tag

        def complete(imap: Any, name: str, tag: Any) -> Any:
            what = sent.pop(tag, name)
            if what in _TELLING:
                self.reach(f"{what} sent")
            answer = answered(imap, name, tag)
            if what in _TELLING or what == "FETCH BODY":
                self.reach(f"{what} done")
            return answer

        imaplib.IMAP4._command = command  # type: ignore[attr-defined] # likewise
        imaplib.IMAP4._command_complete = complete  # type: ignore[attr-defined] # likewise


def _named(name: str, args: tuple[Any, ...]) -> str:
    if name != "UID" or not args:
        return name.upper()
    what = str(args[0]).upper()
    return f"{what} BODY" if "BODY.PEEK[]" in str(args[-1:]) + str(args[2:3]) else what


def forked(work: Callable[[], None]) -> int:
    """Does `work` in a child of this process; gives its exit code, negative for a signal."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - a child must never come back into the parent's code
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
