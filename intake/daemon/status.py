"""How the daemon does, for `intake status` and `systemctl status`: one small file, written anew every few seconds.

It holds names from the config, error codes and times; no mail, no address.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

_FILE: Final = "status.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatus:
    """One mailbox as its polling job sees it."""

    mailbox: str
    ok: bool  # the last pass went through, or the first is still to come
    running: bool
    error_code: str | None  # of the last pass; None: it went through
    failures: int  # in a row
    last_good_s: int | None  # seconds since the last pass that went through; None: there was none
    next_s: int  # seconds until the next pass; 0: now


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStatus:
    """The daemon at one moment."""

    pid: int
    version: str
    started_at: datetime
    written_at: datetime
    mailboxes: tuple[MailboxStatus, ...]

    @property
    def ok(self) -> bool:
        """Whether every mailbox is being read."""
        return all(box.ok for box in self.mailboxes)

    @property
    def line(self) -> str:
        """In one line."""
        return summary(self.mailboxes)

    def write(self, state_dir: Path) -> None:
        """Puts the file in place of the last one; a full disk is told of by what the daemon is there for."""
        data = asdict(self) | {
            "started_at": self.started_at.isoformat(),
            "written_at": self.written_at.isoformat(),
        }
        aside = state_dir / f".{_FILE}.{os.getpid()}"
        with suppress(OSError):
            aside.write_text(json.dumps(data), encoding="utf-8")
            aside.chmod(0o600)
            aside.replace(state_dir / _FILE)

    @classmethod
    def read(cls, state_dir: Path) -> Self | None:
        """What the daemon wrote last; None: it never did, or went in good order.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            data = json.loads((state_dir / _FILE).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return cls(
            pid=data["pid"],
            version=data["version"],
            started_at=datetime.fromisoformat(data["started_at"]),
            written_at=datetime.fromisoformat(data["written_at"]),
            mailboxes=tuple(MailboxStatus(**box) for box in data["mailboxes"]),
        )


def forget(state_dir: Path) -> None:
    """The daemon has ended."""
    with suppress(OSError):
        (state_dir / _FILE).unlink(missing_ok=True)


def summary(mailboxes: Sequence[MailboxStatus]) -> str:
    """Mailboxes in one line: how many are read, and what is wrong with the others."""
    wrong = [f"{box.mailbox}: {box.error_code or 'stalled'}" for box in mailboxes if not box.ok]
    count = f"{len(mailboxes)} mailbox{'es' if len(mailboxes) != 1 else ''}"
    return f"{count}, all well" if not wrong else f"{count}, {len(wrong)} not read ({', '.join(wrong)})"
