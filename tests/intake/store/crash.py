"""Run as a process: records one batch again and again, each time killed one SQL statement later.

After each death the database must hold nothing of the batch, or all of it. Prints the number of deaths.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event

from intake.extraction.types import Kind
from intake.store.store import Store
from intake.store.values import Disposition, Failed, Lease
from tests.intake.store import make

NOTHING = dict.fromkeys((disposition.value for disposition in Disposition), 0)
ALL = {"case": 2, "reply": 1, "ignored": 1, "set_aside": 1, "duplicate": 1, "quarantined": 1}
LAST_UID = 7


def batch() -> list[object]:
    failed = Failed(
        key=make.key(7), stage="parse", error_code="X", place="a:b:1", size=1, raw_fingerprint=None
    )
    return [
        make.processed(1),
        make.processed(2),
        make.reply(3, "mail1"),
        make.processed(4, kind=Kind.AUTOMATIC),
        make.processed(5, kind=Kind.OTHER),
        make.processed(6, seed="mail2"),
        failed,
    ]


def die_at(store: Store, statement: int, *, after_commit: bool) -> None:
    """Kills this process before its n-th statement from now on; a commit counts as one."""
    left = [statement]

    def count(*_: object, **__: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store._engine, "before_cursor_execute", count)
    event.listen(store._engine, "commit", count)
    if after_commit:
        event.listen(store._engine.pool, "reset", lambda *_: os.kill(os.getpid(), signal.SIGKILL))


def record(store: Store, lease: Lease) -> None:
    store.record(lease, batch(), after=make.KEEP, last_uid=LAST_UID)  # type: ignore[arg-type] # both kinds


def child(url: str, statement: int, *, after_commit: bool) -> int:
    pid = os.fork()
    if pid == 0:
        with Store.open(url, make.KEYS) as store:
            lease = store.take_lease("support", "host:1", 60)
            assert lease is not None
            die_at(store, statement, after_commit=after_commit)
            record(store, lease)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def whole(store: Store) -> bool:
    """Whether the batch is there in full; anything between that and nothing ends the process."""
    counts = store.counts("support")
    progress = store.progress("support", "INBOX")
    if counts == NOTHING:
        assert progress is None
        assert store.cases() == []
        assert store.due_actions("support", 99) == []
        return False
    assert counts == ALL
    assert progress is not None
    assert progress.last_uid == LAST_UID
    assert [row.label for row in store.cases()] == ["R-1001", "R-1002"]
    assert len(store.due_actions("support", 99)) == 6
    case = store.case("R-1001")
    assert case is not None
    assert (len(case.messages), case.row.version, len(case.history)) == (2, 2, 2)
    assert store.broken_audit() == []
    return True


def main(url: str) -> None:
    Store.open(url, make.KEYS).close()
    deaths = 0
    while child(url, deaths, after_commit=False) == -signal.SIGKILL:
        deaths += 1
        with Store.open(url, make.KEYS) as store:
            assert not whole(store)
    # the batch is there: whoever dies now, or tries again, changes nothing
    for after_commit in (True, False):
        assert child(url, 10**6, after_commit=after_commit) == (-signal.SIGKILL if after_commit else 0)
        with Store.open(url, make.KEYS) as store:
            assert whole(store)
    sys.stdout.write(f"{deaths}\n")


if __name__ == "__main__":
    main(sys.argv[1])
