"""Takes in a mailbox of a real Dovecot through a network that fails again and again, and counts the rows.

By hand: python -m tests.faults.run [--messages 2000] [--faults 200] [--after keep|move|redact] [--seed 1]
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import threading
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from intake import log
from intake.config.model import Config
from intake.daemon.job import MailboxJob
from intake.engine.engine import open_engine
from tests.dovecot import PASSWORD, Dovecot, require_dovecot
from tests.faults.proxy import FaultProxy, random_faults
from tests.load import CARDS, load

_PORTION = 10  # messages that come in at once
_QUIET = 3  # passes: what one has put on the server, the next may take in
_PASSES = 60  # without a fault, until all is quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is in the database in the end."""

    delivered: int  # and, where originals are replaced, as many copies, each with a row that says it is ours
    rows: Counter[int]  # by UID: how often it stands in message or quarantine
    quarantined: int
    due: int  # what the server has not been told yet
    struck: Counter[str]  # faults by kind
    failures: int  # passes that ended with an error
    longest_s: float  # that the job would have waited after one
    left: int  # messages that the folder still holds
    cards: int  # of these, with a card number that can be read

    @property
    def lost(self) -> int:
        return self.delivered - len(self.rows)

    @property
    def double(self) -> int:
        return sum(count - 1 for count in self.rows.values())


class _Told:
    """Counts the passes that the job puts off."""

    def __init__(self) -> None:
        self.failures = 0
        self.longest_s = 0.0

    def postpone(self, _name: str, seconds: float) -> None:
        self.failures += seconds > 0
        self.longest_s = max(self.longest_s, seconds)


def run(folder: Path, *, messages: int, faults: int, after: str, seed: int) -> Outcome:
    """Delivers `messages` in portions and polls, as the daemon's job does, until all faults have struck."""
    with Dovecot() as server, FaultProxy(server.tls_port, random_faults(seed, faults)) as proxy:
        config = _config(folder, server, proxy, after)
        stop = threading.Event()
        told = _Told()
        with open_engine(config, stop=stop) as engine:
            job = MailboxJob(engine.pollers[0], postpone=told.postpone)
            waiting = list(load(messages, seed=seed))
            while waiting or proxy.left:
                server.deliver(*waiting[:_PORTION])
                del waiting[:_PORTION]
                before = len(proxy.struck)
                job.run()
                if len(proxy.struck) == before:
                    proxy.hurry()
            quiet = 0
            for _ in range(_PASSES):
                job.run()
                quiet = quiet + 1 if job.healthy else 0
                if quiet == _QUIET:
                    break
        return _counted(folder, server, proxy, messages, told, after)


def _config(folder: Path, server: Dovecot, proxy: FaultProxy, after: str) -> Config:
    password = folder / "pw"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o600)
    box: dict[str, object] = {
        "host": "127.0.0.1",
        "port": proxy.port,
        "tls": "tls",
        "ca_file": server.ca_file,
    }
    box |= {"username": "support", "password_file": password, "policy": "eofferix", "start_from": "all"}
    box |= {
        "connect_timeout_s": 1,
        "io_timeout_s": 1,
        "batch_messages": 7,
        "after": after,
        "idle": False,
        "flood_limit": 0,
    }
    box |= {"move_to": "Taken"} if after == "move" else {}
    return Config.model_validate({"state_dir": folder / "state", "mailbox": {"support": box}})


def _counted(
    folder: Path, server: Dovecot, proxy: FaultProxy, messages: int, told: _Told, after: str
) -> Outcome:
    with closing(sqlite3.connect(folder / "state" / "intake.db")) as database:
        uids = database.execute("SELECT uid FROM message UNION ALL SELECT uid FROM quarantine").fetchall()
        (quarantined,) = database.execute("SELECT count(*) FROM quarantine").fetchone()
        (due,) = database.execute("SELECT count(*) FROM outbox WHERE done = 0").fetchone()
    held = [path.read_bytes() for part in ("new", "cur") for path in (server.maildir() / part).iterdir()]
    return Outcome(
        delivered=2 * messages if after == "redact" else messages,
        rows=Counter(int(uid) for (uid,) in uids),
        quarantined=quarantined,
        due=due,
        struck=Counter(str(fault.kind) for fault in proxy.struck),
        failures=told.failures,
        longest_s=told.longest_s,
        left=len(held),
        cards=sum(_shows_a_card(raw) for raw in held),
    )


def _shows_a_card(raw: bytes) -> bool:
    parts = message_from_bytes(raw).walk()
    text = b"".join(body for part in parts if isinstance(body := part.get_payload(decode=True), bytes))
    return any(number.encode() in text for number in CARDS)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--after", default="move")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    require_dovecot()
    log.configure(level="critical", form="logfmt")
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(
            Path(folder),
            messages=options.messages,
            faults=options.faults,
            after=options.after,
            seed=options.seed,
        )
    print(
        f"{sum(outcome.struck.values())} faults {dict(outcome.struck)}, {outcome.failures} passes failed: "
        f"{outcome.delivered} messages, {outcome.lost} lost, {outcome.double} double, "
        f"{outcome.quarantined} quarantined, {outcome.due} not told, {outcome.left} left in the folder, {outcome.cards} of them with a card"
    )


if __name__ == "__main__":
    main()
