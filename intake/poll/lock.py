"""One poll at a time a mailbox on this host; the lease in the database does the same between hosts."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.errors import Problem, TryAgainError


class BusyError(TryAgainError):
    """Somebody else works on this mailbox just now."""

    def __init__(self, mailbox: str) -> None:
        remedy = "wait until that pass has ended, or stop the other daemon"
        super().__init__(Problem(where=f"mailbox {mailbox}", what="is being polled elsewhere", remedy=remedy))


def owner_name(state_dir: Path) -> str:
    """Names this installation in leases: the same before and after a restart, other hosts have another.

    So a daemon that was killed takes its own lease back at once, with a new epoch, instead of waiting until it
    expires; that no two processes here do so at the same time is what `mailbox_lock` sees to.
    """
    place = hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:8]
    return f"{socket.gethostname()}:{place}"


@contextmanager
def mailbox_lock(state_dir: Path, mailbox: str) -> Iterator[None]:
    """Holds this host's lock on a mailbox; the kernel lets go of it however the process ends.

    Raises:
        BusyError: another process or thread of this host has it.
    """
    descriptor = os.open(state_dir / f"{mailbox}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(mailbox) from None
        yield
    finally:
        os.close(descriptor)
