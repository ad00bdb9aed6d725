"""Memory of the whole daemon over a backlog, with a message of 25 MB in it: flat, however many there are.

By hand: `python -m tests.benchmarks.bench_memory [MESSAGES] [--large MB] [--workers N]`. Runs `intake poll --once` on a
Dovecot and adds up PSS (shared pages counted once) of all its processes, every half second. At the end, for each kind
of process, the most that one had: RSS, its share (PSS), and what is its own alone (USS).
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.dovecot import PASSWORD, Dovecot
from tests.load import load

_EVERY_S = 0.5


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        try:
            threads = [path / "children" for path in Path(f"/proc/{parent}/task").iterdir()]
            found += [int(child) for path in (threads or [children]) for child in path.read_text().split()]
        except OSError:
            continue
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One process's, in MiB."""

    kind: str
    rss: float
    pss: float
    uss: float


def memory(pids: list[int]) -> list[Memory]:
    """Of each of a family that is still there, eldest first."""
    found: list[Memory] = []
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        size = {
            name: int(value.split()[0]) / 1024 for name, _, value in (line.partition(":") for line in lines)
        }
        kind = "daemon"
        if b"resource_tracker" in command:
            kind = "tracker"
        elif b"forkserver" in command:
            kind = "worker" if any(one.kind == "fork server" for one in found) else "fork server"
        own = size.get("Private_Clean", 0) + size.get("Private_Dirty", 0)
        found.append(Memory(kind=kind, rss=size.get("Rss", 0), pss=size.get("Pss", 0), uss=own))
    return found


def giant(size_mb: int) -> bytes:
    """One letter with an attachment that makes it so large."""
    data = base64.encodebytes(random.Random(1).randbytes(size_mb * 730_000))
    head = (
        b"From: ann@example.org\nSubject: refund\nMessage-ID: <giant@example.org>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        b"Please refund order A-77120.\n--b\nContent-Type: application/octet-stream; name=x.bin\n"
        b"Content-Transfer-Encoding: base64\n\n"
    )
    return head + data + b"\n--b--\n"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("messages", type=int, nargs="?", default=20_000)
    ap.add_argument("--large", type=int, default=24)
    ap.add_argument("--workers", type=int, default=1)
    options = ap.parse_args()
    most: dict[str, Memory] = {}
    samples: list[float] = []
    with Dovecot() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        messages = list(load(min(options.messages, 2000)))
        for start in range(0, options.messages, len(messages)):
            again = (b"X-Round: %d\n" % start + message for message in messages)
            server.deliver(*list(again)[: options.messages - start])
            if start == 0 and options.large:
                server.deliver(giant(options.large))
        config = folder / "intake.toml"
        config.write_text(
            f'state_dir = "state"\n[mailbox.support]\nhost = "{server.host}"\nport = {server.port}\ntls = "none"\n'
            'username = "support"\npassword_env = "BENCH_PASSWORD"\npolicy = "eofferix"\nstart_from = "all"\n'
            f"flood_limit = 0\n[work]\nworkers = {options.workers}\n"
        )
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "intake", "-q", "-c", str(config), "poll", "--once", "--json"],
                stderr=log,
                env=os.environ | {"BENCH_PASSWORD": PASSWORD},
            )
            begun = time.monotonic()
            while process.poll() is None:
                now = memory(family(process.pid))
                samples.append(sum(one.pss for one in now))
                for one in now:
                    most[one.kind] = max(one, most.get(one.kind, one), key=lambda each: each.rss)
                if len(samples) % 60 == 0:
                    print(f"  {time.monotonic() - begun:.0f} s: {samples[-1]:.0f} MiB", flush=True)
                time.sleep(_EVERY_S)
        took = time.monotonic() - begun
    if process.returncode:
        raise RuntimeError("the pass did not go through")
    settled = samples[len(samples) // 10 :]
    thirds = [settled[len(settled) * part // 3 : len(settled) * (part + 1) // 3] for part in range(3)]
    shown = ", ".join(f"{sorted(third)[len(third) // 2]:.0f}" for third in thirds if third)
    print(
        f"{options.messages} messages in {took:.0f} s; MiB, median of each third: {shown}; peak {max(samples):.0f}"
    )
    for one in most.values():
        print(f"  {one.kind:<12} RSS {one.rss:4.0f}  PSS {one.pss:4.0f}  USS {one.uss:4.0f} MiB")


if __name__ == "__main__":
    main()
