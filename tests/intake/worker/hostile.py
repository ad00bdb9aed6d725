"""Runs inside a worker process: a pipeline that does what the worst of messages may make of a real one."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, MutableSequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker import main as worker_main
from tests.intake.store import make

EAT_MIB = 400


class HostilePipeline:
    """Obeys the message's first word."""

    def process(self, raw: RawMessage, stages: Callable[[str], None]) -> Processed:
        stages("parse")
        word, _, rest = raw.data.partition(b" ")
        stages("redact")
        if word == b"hang":
            # in C and with the interpreter's lock: no signal handler would ever run
            ctypes.PyDLL(None).pause()
        if word == b"crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if word == b"crash-once" and not (flag := Path(os.fsdecode(rest))).exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if word == b"eat":
            try:
                bytearray(EAT_MIB * 1024 * 1024)
            except MemoryError:
                raise StageError(stage="redact", code="over_budget", detail="memory") from None
        if word == b"pid":
            return replace(make.processed(1), size=os.getpid())
        if word == b"talk":
            os.write(2, b"a customer's words")
            raise KeyError(rest)
        return replace(make.processed(1), size=len(raw.data))


def serve(task: worker_main.Task, link: Connection, stage: MutableSequence[int]) -> None:
    """The real loop round the hostile pipeline."""
    worker_main._pipeline = lambda *_: HostilePipeline()  # type: ignore[assignment,return-value] # in this process alone
    worker_main.serve(task, link, stage)
