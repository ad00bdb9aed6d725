"""Run as a process: two daemons on one PostgreSQL share a mailbox; one falls asleep, then one is killed.

    python -m tests.crash.two_hosts [--messages N] [--lease SECONDS] [--after keep|move|redact]

Whoever works on the mailbox at a quarter of the messages is stopped (SIGSTOP) until the other has taken over, and
wakes up again; whoever works on it at half of them is killed with everything that it started. After each blow
more mail comes, so that there is something to take over however fast the host was. Prints what was seen; ends
with 1 unless every message has exactly one row.

    python -m tests.crash.two_hosts --freezes N

Another story: at N moments by chance whoever works on the mailbox is stopped until the other has taken over.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from intake.poll.lock import owner_name
from intake.store.sessions import SILENT_S
from tests.crash.matrix import databases_of, folder_of_state
from tests.crash.world import SECRET, TARGET, TARGET_ON_DISK
from tests.dovecot import PASSWORD, Dovecot
from tests.load import load

_ROWS = "SELECT count(*) FROM (SELECT uid FROM message WHERE reason IS DISTINCT FROM 'own_copy' UNION ALL SELECT uid FROM quarantine) AS rows"

_ROUND = 25  # messages that come in between two freezes
_SESSIONS = """
    SELECT concat_ws(' ', pid, state, wait_event, backend_xid, 'waits for', pg_blocking_pids(pid)::text,
                     clock_timestamp() - state_change, left(query, 60))
    FROM pg_stat_activity WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What the hosts share, and how they are set."""

    url: str
    lease: int
    patience: int = SILENT_S  # with sessions that froze
    after: str


class Host:
    """One machine: a state directory, a config, a daemon with all that it starts."""

    def __init__(self, top: Path, name: str, settings: dict[str, object], how: How) -> None:
        self.state = top / name
        self.state.mkdir(mode=0o700)
        self.owner = owner_name(self.state)
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        self.config = top / f"{name}.toml"
        head = f'state_dir = "{self.state}"\nsecret_key_file = "{top / "secret-key"}"\n'
        self.config.write_text(f"{head}[mailbox.support]\n{lines}", encoding="utf-8")
        self._log = (top / f"{name}.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.host", str(self.config), str(how.lease), str(how.patience)],
            stderr=self._log,
            env={**os.environ, "NO_COLOR": "1", "INTAKE_DATABASE_URL": how.url},
            start_new_session=True,
        )

    def signal(self, number: int) -> None:
        os.killpg(self.process.pid, number)

    def end(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
        self.process.wait()
        self._log.close()

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = Path(self._log.name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if f'"{name}"' in line]

    def last_lines(self) -> list[str]:
        return Path(self._log.name).read_text(encoding="utf-8").splitlines()[-20:]


class Look:
    """What the database says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def one(self, query: str) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(text(query)).scalar()

    def all(self, query: str) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    def rows(self) -> int:
        return int(self.one(_ROWS))

    def waits_for_more_than(self, rows: int, seconds: float) -> float:
        return until(lambda: self.rows() > rows, seconds)

    def owner(self) -> str | None:
        owner: str | None = self.one("SELECT owner FROM mailbox WHERE name = 'support'")
        return owner


def until(condition: Callable[[], bool], seconds: float) -> float:
    """Looks again and again; gives the seconds that it took."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)
    return time.monotonic() - begun


@contextmanager
def hosts(top: Path, server: Dovecot, look: Look, how: How) -> Iterator[list[Host]]:
    """Two of them, on the same secret and the same database."""
    password = top / "pw"
    for path, secret in ((password, PASSWORD), (top / "secret-key", SECRET.hex())):
        path.write_text(secret, encoding="utf-8")
        path.chmod(0o600)
    base: dict[str, object] = {"host": server.host, "port": server.port, "tls": "none", "username": "support"}
    base |= {"password_file": str(password), "policy": "eofferix", "start_from": "all", "poll_interval_s": 2}
    base |= {"jitter_s": 0, "batch_messages": 5, "after": how.after} | (
        {"move_to": TARGET} if how.after == "move" else {}
    )
    with ExitStack() as stack:
        made = [Host(top, name, base, how) for name in ("one", "two")]
        for host in made:
            stack.callback(host.end)
        try:
            yield made
        except TimeoutError:
            logs = [line for host in made for line in (f"-- {host.owner}", *host.last_lines())]
            told = [f"the mailbox is {look.owner()}'s", *look.all(_SESSIONS), *logs]
            sys.stdout.write("\n".join(told) + "\n")
            raise


def holder(look: Look, made: list[Host]) -> Host:
    """Whoever works on the mailbox just now."""
    found: list[Host] = []

    def known() -> bool:
        owner = look.owner()
        found[:] = [host for host in made if host.owner == owner]
        return bool(found)

    until(known, 60)
    return found[0]


def play(server: Dovecot, top: Path, count: int, how: How) -> list[str]:
    """The story; gives what was wrong."""
    mails = list(load(count, seed=9))
    step = count // 3
    server.deliver(*mails[:step])
    look = Look(create_engine(how.url))
    with hosts(top, server, look, how) as made:
        until(lambda: bool(look.one("SELECT to_regclass('quarantine') IS NOT NULL")), 60)
        until(lambda: look.rows() >= count // 4, 600)
        sleeper = holder(look, made)
        sleeper.signal(signal.SIGSTOP)
        server.deliver(*mails[step : 2 * step])
        stood = look.rows()
        woken = look.waits_for_more_than(stood, 120)
        sleeper.signal(signal.SIGCONT)
        until(lambda: look.rows() >= count // 2, 600)
        killed = holder(look, made)
        killed.signal(signal.SIGKILL)
        server.deliver(*mails[2 * step :])
        stood = look.rows()
        taken = look.waits_for_more_than(stood, 120)
        until(lambda: look.rows() >= count, 900)
        until(lambda: look.one("SELECT count(*) FROM outbox WHERE NOT done") == 0, 300)
        slept = len(sleeper.events("lease.lost"))
    leases = look.one("SELECT epoch FROM mailbox")
    sys.stdout.write(
        f"{count} messages, lease {how.lease} s, {how.after}: a sleeper's mailbox taken over after {woken:.1f} s, "
        f"a killed one's after {taken:.1f} s; the sleeper lost its lease {slept} times; "
        f"{leases} leases\n"
    )
    return wrong(server, look, count, how.after)


def freeze(server: Dovecot, top: Path, freezes: int, how: How) -> list[str]:
    """The other story; gives what was wrong."""
    chance = random.Random(freezes)
    mails = list(load(_ROUND * (freezes + 1), seed=9))
    look = Look(create_engine(how.url))
    took = []
    with hosts(top, server, look, how) as made:
        server.deliver(*mails[:_ROUND])
        for come in range(2 * _ROUND, len(mails) + 1, _ROUND):
            look.waits_for_more_than(come - 2 * _ROUND, 60)
            time.sleep(chance.random() * 0.1)
            sleeper = holder(look, made)
            sleeper.signal(signal.SIGSTOP)
            server.deliver(*mails[come - _ROUND : come])
            stood = look.rows()
            took.append(look.waits_for_more_than(stood, 60))
            sleeper.signal(signal.SIGCONT)
        until(lambda: look.rows() >= len(mails), 60)
        until(lambda: look.one("SELECT count(*) FROM outbox WHERE NOT done") == 0, 60)
    sys.stdout.write(f"{freezes} freezes, each taken over, after {max(took):.1f} s at most\n")
    return wrong(server, look, len(mails), how.after)


def wrong(server: Dovecot, look: Look, count: int, after: str) -> list[str]:
    """What does not hold at the end."""
    first = "SELECT uid FROM message WHERE reason IS DISTINCT FROM 'own_copy' UNION ALL SELECT uid FROM quarantine ORDER BY uid"
    found = []
    if look.all(first) != list(range(1, count + 1)):
        found.append("rows are missing or double")
    doubled = "SELECT count(*) FROM (SELECT raw_fingerprint FROM message WHERE disposition <> 'duplicate' GROUP BY raw_fingerprint HAVING count(*) > 1) AS twice"
    if look.one(doubled):
        found.append("a mail was taken in twice")
    moved = count if after == "move" else 0
    here, there = server.count(), server.count(folder=TARGET_ON_DISK)
    if (here, there) != (count - moved, moved):
        found.append(f"{here} in the inbox, {there} moved")
    return found


def main() -> int:
    """Plays it once."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--messages", type=int, default=5000)
    ask.add_argument("--lease", type=int, default=30)
    ask.add_argument("--after", choices=["keep", "move", "redact"], default="move")
    ask.add_argument("--freezes", type=int, default=0)
    wanted = ask.parse_args()
    with Dovecot() as server, databases_of("postgresql") as urls, folder_of_state() as top:
        how = How(url=next(urls), lease=wanted.lease, after=wanted.after)
        if wanted.freezes:
            found = freeze(server, top, wanted.freezes, replace(how, lease=2, patience=2))
        else:
            found = play(server, top, wanted.messages, how)
    for problem in found:
        sys.stdout.write(f"WRONG: {problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
