"""One message that hangs, eats or crashes a worker is set aside alone; all others come back, in their places."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from intake.errors import Exit
from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker import process as worker_process
from intake.worker.main import Task
from intake.worker.pool import Workers
from intake.worker.process import WorkerError
from tests.intake.worker import hostile

Make = Callable[..., Workers]
TASK = Task(config=None, key_file=None, secret=bytes(32), policy="eofferix", memory_mib=200)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(worker_process, "serve", hostile.serve)
    made: list[Workers] = []

    def make(*, count: int = 1, seconds: float = 60) -> Workers:
        made.append(Workers(TASK, count=count, seconds=seconds))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def raw(text: str, pad: int = 0) -> RawMessage:
    return RawMessage(data=text.encode() + b" " * pad, source="test")


def error(future: Future[Processed]) -> StageError:
    found = future.exception(60)
    assert isinstance(found, StageError)
    return found


@pytest.mark.parametrize("count", [1, 2])
def test_every_message_gets_its_own_answer_large_and_small(workers: Make, count: int) -> None:
    pool = workers(count=count)
    sizes = [1, 70_000, 3, 2_000_000, 5, 6, 7, 64_000, 9] * 5
    futures = [pool.submit(raw("", pad=size)) for size in sizes]
    assert [future.result(60).size for future in futures] == sizes


def test_one_that_hangs_is_set_aside_with_its_stage_and_its_neighbours_are_not(workers: Make) -> None:
    pool = workers(seconds=1)
    with capture_logs() as logs:
        futures = [pool.submit(raw(text)) for text in ("a", "hang", "b", "hang", "c")]
        found = error(futures[1])
        assert [futures[place].result(60).size for place in (0, 2, 4)] == [1, 1, 1]
    assert (found.stage, found.code, found.detail) == ("redact", "over_budget", "time")
    assert error(futures[3]).code == "over_budget"
    assert [entry["event"] for entry in logs] == ["worker.restarted"] * 2


def test_one_that_crashes_every_worker_is_set_aside_at_the_second(workers: Make) -> None:
    pool = workers()
    with capture_logs() as logs:
        futures = [pool.submit(raw(text)) for text in ("a", "crash", "b")]
        found = error(futures[1])
        assert [futures[place].result(60).size for place in (0, 2)] == [1, 1]
    assert (found.stage, found.code, found.detail) == ("redact", "over_budget", "signal 11")
    assert len(logs) == 2


def test_a_worker_that_somebody_else_kills_costs_no_message(workers: Make, tmp_path: Path) -> None:
    pool = workers()
    futures = [pool.submit(raw(text)) for text in ("a", f"crash-once {tmp_path / 'flag'}", "b")]
    assert all(future.result(60) for future in futures)
    pid = pool.submit(raw("pid ")).result(60).size
    os.kill(pid, signal.SIGKILL)  # an idle one
    assert pool.submit(raw("a")).result(60).size == 1


def test_memory_beyond_the_budget_is_refused_and_the_worker_replaced(workers: Make) -> None:
    pool = workers()
    before = pool.submit(raw("pid ")).result(60).size
    assert error(pool.submit(raw("eat "))).detail == "memory"
    assert pool.submit(raw("pid ")).result(60).size != before


def test_a_bug_in_a_worker_says_nothing_where_somebody_could_read_it(
    workers: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    found = error(workers().submit(raw("talk order A-77120")))
    assert "A-77120" not in str(found)
    out = capfd.readouterr()
    assert "customer" not in out.err + out.out
    assert "A-77120" not in out.err + out.out


def test_closing_cancels_what_waits_and_finishes_what_is_in_hand(workers: Make) -> None:
    pool = workers()
    first = pool.submit(raw("a"))
    assert first.result(60).size == 1
    futures = [pool.submit(raw("", pad=100_000)) for _ in range(50)]
    pool.close()
    done = [future for future in futures if not future.cancelled()]
    assert all(future.result(0).size == 100_000 for future in done)
    assert futures[: len(done)] == done
    for future in futures[len(done) :]:
        with pytest.raises(CancelledError):
            future.result(0)


def test_a_worker_that_does_not_start_is_no_message_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "serve", os._exit)
    with Workers(TASK, count=1, seconds=60) as pool:
        assert isinstance(pool.submit(raw("a")).exception(60), WorkerError)


def test_the_real_pipeline_refuses_what_exceeds_its_memory() -> None:
    letter = b"From: a@example.org\nSubject: refund\n\n" + b"refund please, order A-1\n" * 1_900_000
    with Workers(TASK, count=1, seconds=120) as pool:
        big = pool.submit(RawMessage(data=letter, source="test"))
        small = pool.submit(RawMessage(data=letter[:200], source="test"))
        assert small.result(120).size == 200
        assert error(big).code == "over_budget"


def test_the_daemon_itself_loads_neither_spacy_nor_the_language_model() -> None:
    code = "import intake.daemon.run, intake.cli.process, sys; print({'spacy', 'numpy', 'py3langid'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


def test_the_fork_server_loads_what_every_worker_needs() -> None:
    code = "import intake.worker.preload, sys; print(sorted({'spacy', 'py3langid'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "['py3langid', 'spacy']\n"


def test_a_message_that_is_taken_back_before_its_turn_keeps_the_next_ones_from_nothing(workers: Make) -> None:
    pool = workers(seconds=0.5)
    pool.submit(raw("a")).exception(60)
    with pool._changed:  # the worker looks only when all is as it was while the line broke off
        assert pool.submit(raw("b")).cancel()
    pool._threads[0].join(1.5)  # longer than a message may take
    assert pool._threads[0].is_alive()
    pool.submit(raw("c")).exception(60)


def test_a_temporary_directory_with_too_long_a_path_is_named(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    letter = tmp_path / "letter.eml"
    letter.write_bytes(b"From: a@example.org\n\nRefund please.\n")
    command = [sys.executable, "-m", "intake", "process", str(letter), "--policy", "eofferix"]
    told = subprocess.run(
        command,
        env=os.environ | {"TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == Exit.UNAVAILABLE
    assert "TMPDIR" in told.stderr
