"""What a poll with nothing new costs, by the size of the folder: by hand, python -m tests.benchmarks.bench_poll.

Beside ours, in the same run, what others do at each poll: SELECT the folder anew, and SEARCH ALL or UNSEEN.
Round trips are counted, the server's processor time and system calls are measured; wall time is a median.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from intake.mail.imap import ImapSource
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.mail_imap.conftest import settings

_SIZES = (100, 10_000, 100_000)
_POLLS = 200
_TRACED = 50


def ours(source: ImapSource, last: int) -> None:
    source.open("INBOX")
    assert source.uids_after(last, None) == []


def selecting(source: ImapSource, last: int) -> None:
    assert source._client is not None
    source._client.select_folder("INBOX")
    source._client.search(["UID", f"{last + 1}:*"])


def searching(source: ImapSource, _last: int) -> None:
    assert source._client is not None
    source._client.noop()
    source._client.search("ALL")


def server_pid(server: Dovecot) -> int:
    """The process that serves our one connection: Dovecot gives each its own."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name = re.match(r"\d+ \((.*)\) ", stat.read_text())[1]  # type: ignore[index] # proc(5)
            if name == "imap" and _is_ours(stat.parent, server):
                return int(stat.parent.name)
    raise RuntimeError("no imap process")


def _is_ours(process: Path, server: Dovecot) -> bool:
    parent = re.search(r"PPid:\s+(\d+)", (process / "status").read_text())
    return bool(parent and server._process and int(parent[1]) == server._process.pid)


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def system_calls(pid: int, work: Callable[[], None]) -> float | None:
    """Of the server, a poll; None: there is no strace here."""
    if (strace := shutil.which("strace")) is None:
        return None
    tracer = subprocess.Popen([strace, "-c", "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    for _ in range(_TRACED):
        work()
    tracer.send_signal(2)
    _, table = tracer.communicate(timeout=20)
    total = re.search(r"([\d]+)\s+\d*\s*total", table)
    return int(total[1]) / _TRACED if total else None


def measure(size: int) -> None:
    with Dovecot() as server:
        server.deliver(b"From: ann@example.org\nSubject: x\n\nrefund\n")
        (first,) = (server.maildir() / "new").iterdir()
        for number in range(size - 1):  # files by many names: quicker than many files
            if number % 30_000 == 29_999:  # more names than one file may have
                first = Path(shutil.copy2(first, first.with_name(f"{first.name}{number}")))
            os.link(first, server.maildir() / "cur" / f"{1_800_000_000 + number}.M{number:06d}.test:2,S")
        source = ImapSource("box", settings(server, "support", io_timeout_s=120), lambda: SecretStr(PASSWORD))
        with source:
            source.open("INBOX")
            last = source.uids_after(0, None)[-1]
            assert source._client is not None
            sent: list[object] = []
            send = source._client._imap.send
            source._client._imap.send = lambda data: (sent.append(data), send(data))[1]  # type: ignore[func-returns-value] # counted
            pid = server_pid(server)
            for name, poll in (("ours", ours), ("SELECT", selecting), ("SEARCH ALL", searching)):
                polls = _POLLS if poll is ours else 10
                poll(source, last)
                sent.clear()
                took, busy = [], processor_s(pid)
                for _ in range(polls):
                    start = time.perf_counter()
                    poll(source, last)
                    took.append(time.perf_counter() - start)
                busy = (processor_s(pid) - busy) / polls
                commands = sum(bytes(data).endswith(b"\r\n") for data in sent) / polls  # type: ignore[call-overload] # bytes
                calls = system_calls(pid, lambda poll=poll: poll(source, last)) if poll is ours else None  # type: ignore[misc] # bound now
                print(
                    f"{size:>7,} {name:<10} {1000 * statistics.median(took):8.2f} ms  {commands:.0f} round trips  "
                    f"server {1e6 * busy:9.0f} us" + (f"  {calls:.0f} system calls" if calls else "")
                )


def main() -> None:
    for size in map(int, sys.argv[1:] or map(str, _SIZES)):
        measure(size)


if __name__ == "__main__":
    main()
