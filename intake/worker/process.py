"""One worker process as its owner sees it: started, fed, waited for no longer than a budget allows, killed."""

from __future__ import annotations

import multiprocessing
import os
import select
from typing import Final

from intake.errors import Problem, UnavailableError
from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker.codec import raw_head, unpacked
from intake.worker.main import READY, STAGES, Task, serve

_START_S: Final = 120.0  # a machine that is busy starting everything at once
_END_S: Final = 2.0
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerError(UnavailableError):
    """A worker process does not start: no message's fault, tried again later."""

    def __init__(self, what: str, remedy: str = "look at the limits of memory and processes") -> None:
        super().__init__(Problem(where="worker process", what=what, remedy=remedy))


class GoneError(Exception):
    """The worker ended over a message, or was ended.

    Attributes:
        stage: the pipeline's stage that it was in.
        cause: `time` where it exceeded its budget; `signal N` or `exit N` where it ended by itself.
    """

    def __init__(self, stage: str, cause: str) -> None:
        super().__init__(cause)
        self.stage = stage
        self.cause = cause


class WorkerProcess:
    """A running worker. For one thread.

    Raises:
        WorkerError: it does not come up.
    """

    def __init__(self, task: Task) -> None:
        for name in _ONE_THREAD:  # a library for matrices would start as many as there are cores
            os.environ.setdefault(name, "1")
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["intake.worker.preload"])
        self._stage = context.RawArray("b", 1)
        self._link, there = context.Pipe()
        self._answers = select.poll()  # Connection.poll makes a selector anew for every message
        self._answers.register(self._link, select.POLLIN)
        self._process = context.Process(
            target=serve, args=(task, there, self._stage), name="intake-worker", daemon=True
        )
        try:
            self._process.start()
            there.close()
            if not self._link.poll(_START_S) or self._link.recv_bytes() != READY:
                raise WorkerError("does not answer")
        except (OSError, EOFError) as error:
            self.end()
            # of the fork server's socket: Python's own words, without an errno
            if "path too long" in str(error):
                raise WorkerError("does not start", "set TMPDIR to a directory with a short path") from None
            raise WorkerError(f"does not start ({type(error).__name__})") from None

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def send(self, raw: RawMessage) -> None:
        """Hands a message over; blocks while the worker does not read and its pipe is full.

        Raises:
            GoneError: the worker has ended.
        """
        try:
            self._link.send_bytes(raw_head(raw))
            self._link.send_bytes(raw.data)
        except OSError:
            raise self._gone() from None

    def receive(self, seconds: float) -> Processed | StageError:
        """The answer to the oldest message that was sent.

        Raises:
            GoneError: there was none in `seconds`, or the worker has ended.
        """
        try:
            if not self._answers.poll(seconds * 1000):
                raise GoneError(STAGES[self._stage[0]], "time")
            return unpacked(self._link.recv_bytes())
        except (OSError, EOFError):
            raise self._gone() from None

    def end(self, *, wait_s: float = 0) -> None:
        """Ends the process: it goes by itself when its pipe is closed, and by force after `wait_s`."""
        self._link.close()
        if self._process.pid is None:
            return
        self._process.join(wait_s)
        self._process.kill()
        self._process.join()
        self._process.close()

    def _gone(self) -> GoneError:
        self._process.join(_END_S)
        code = self._process.exitcode
        ended = "?" if code is None else f"signal {-code}" if code < 0 else f"exit {code}"
        return GoneError(STAGES[self._stage[0]], ended)
