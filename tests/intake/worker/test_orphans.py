"""A daemon that is killed leaves nothing running, not even a worker in an endless loop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_OWNER = """
import time
from intake.worker import process as worker_process
from intake.mail.message import RawMessage
from intake.worker.pool import Workers
from intake.worker.main import Task
from tests.intake.worker import hostile

if __name__ == "__main__":
    worker_process.serve = hostile.serve
    pool = Workers(
        Task(config=None, key_file=None, secret=bytes(32), policy="pars", memory_mib=200), count=1, seconds=600
    )
    pid = pool.submit(RawMessage(data=b"pid ", source="test")).result().size
    pool.submit(RawMessage(data=b"hang", source="test"))
    print(pid, flush=True)
    time.sleep(600)
"""


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_killed_daemon_takes_its_workers_along(tmp_path: Path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(_OWNER)
    owner = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert owner.stdout is not None
    with owner, owner.stdout:
        pid = int(owner.stdout.readline())
        assert _runs(pid)
        owner.kill()
    deadline = time.monotonic() + 60
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)
