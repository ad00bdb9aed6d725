"""What runs inside a worker process: bytes in, a processed message out, within a limit of memory.

Started by a fork server that has loaded this module, and with it spaCy and all data, once: a worker that had
to be killed is replaced in a few milliseconds. It opens no file but policy data, no database and no socket.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import MutableSequence
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from intake.assembly import mailbox_pipeline, pipeline_for
from intake.config.model import Config
from intake.hardening import harden_process
from intake.keys import Keys
from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker.codec import packed, raw_message

if TYPE_CHECKING:
    from intake.pipeline import Pipeline

STAGES = ("start", "parse", "redact", "extract", "decide", "answer")
READY = b"ready"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# by so much a message may leave a worker larger, before the allocator is asked to give it back
_GROWN_MIB = 48
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker needs to know before its first message; it goes over a pipe, never on a command line."""

    config: str | None  # of the daemon, as JSON without its database
    key_file: Path | None  # where the secret-key lies
    secret: bytes | None = field(repr=False)  # or a random one for this run
    policy: str | None  # for files: the one policy that all are judged by
    memory_mib: int
    policy_dir: Path | None = None  # for files: where it may lie, else the config's


def serve(task: Task, link: Connection, stage: MutableSequence[int]) -> None:
    """Answers each message on `link` until the other side is gone."""
    _close_up()
    pipelines: dict[str, Pipeline] = {}
    limit_memory(task.memory_mib)
    held = _resident()
    link.send_bytes(READY)
    while True:
        try:
            head, data = link.recv_bytes(), link.recv_bytes()
        except EOFError:
            return
        answer = packed(_processed(task, pipelines, raw_message(head, data), stage))
        del data
        stage[0] = STAGES.index("answer")
        link.send_bytes(answer)
        held = _tidied(held)


def _processed(
    task: Task, pipelines: dict[str, Pipeline], raw: RawMessage, stage: MutableSequence[int]
) -> Processed | StageError:
    def stages(name: str) -> None:
        stage[0] = STAGES.index(name)

    mailbox = raw.key.mailbox if raw.key and task.policy is None else ""
    if mailbox not in pipelines:
        stages("start")
        pipelines[mailbox] = _pipeline(task, mailbox)
    try:
        return pipelines[mailbox].process(raw, stages)
    except StageError as error:
        return error


def _pipeline(task: Task, mailbox: str) -> Pipeline:
    config = None if task.config is None else Config.model_validate_json(task.config)
    keys = Keys(task.secret) if task.secret else Keys.load(task.key_file) if task.key_file else None
    if config is not None and keys is not None and task.policy is None:
        return mailbox_pipeline(config, mailbox, keys)
    return pipeline_for(task.policy or "", config, keys, task.policy_dir)


def _close_up() -> None:
    """No output (a traceback may repeat mail), no dumps, no signals of the terminal, no life after the daemon."""
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    harden_process()
    _let_go_of_fork_server()
    # the fork server ends with the daemon, and this process with the fork server: even out of an endless loop
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _let_go_of_fork_server() -> None:
    """Closes the pipe whose end tells the fork server that nobody needs it: a worker that hangs would keep it alive.

    multiprocessing hands the pipe to each process that it forks, so that those can fork as well; ours do not.
    """
    server = forkserver._forkserver  # noqa: SLF001 - there is no public way to it
    name = "_forkserver_alive_fd"
    if isinstance(descriptor := getattr(server, name, None), int):
        os.close(descriptor)
        setattr(server, name, None)


def limit_memory(mib: int) -> None:
    """Lets this process grow by so much beyond what it holds now; further allocations fail (setrlimit(2))."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _tidied(held: int) -> int:
    """Gives memory back to the system after a large message: the allocator alone would keep it for good.

    Args:
        held: bytes that the worker held for good before the message; what it holds now is given.
    """
    if _resident() <= held + _GROWN_MIB * _MIB:
        return held  # asking costs a twentieth of a message
    trim_memory()
    return max(held, _resident())


def _resident() -> int:
    """Bytes of this process that are in memory (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def trim_memory() -> None:
    """Has the allocator give back to the system what nobody uses."""
    ctypes.CDLL(None).malloc_trim(0)
