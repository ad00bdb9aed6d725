"""The runner seen by a view of its own, and the screen on a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from intake.cli.main import main
from intake.demo import runner
from intake.demo.runner import Options, Result, run_demo
from intake.errors import UnavailableError
from intake.store.values import Disposition


class Recorder:
    """A view that keeps what it is told."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.steps: list[int] = []
        self.results: list[Result] = []

    def begin(self, messages: int) -> None:
        self.begun.append(messages)

    def recorded(self, done: int) -> None:
        self.steps.append(done)

    def finished(self, result: Result) -> None:
        self.results.append(result)


@pytest.fixture(autouse=True)
def _logs_go_nowhere_afterwards() -> Iterator[None]:
    yield
    structlog.reset_defaults()  # it writes to this test's captured stderr


def test_each_message_is_told_once_and_the_counts_add_up(tmp_path: Path) -> None:
    view = Recorder()
    run_demo(Options(messages=9, once=True, keep=tmp_path / "kept"), view)
    assert view.begun == [9]
    assert view.steps == list(range(1, 10))
    (result,) = view.results
    assert sum(result.counts.values()) == result.messages == 9
    assert result.counts[Disposition.CASE] == len(result.rows)
    assert result.counts[Disposition.REPLY] == 1
    assert result.place.log_file.read_text("utf-8").count('"event": "service.stopped"') == 1
    assert result.place.database_file.stat().st_mode & 0o777 == 0o600


def test_a_daemon_that_gets_nowhere_is_reported_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def idle(_config: object, *, stop: threading.Event, observer: object) -> None:
        stop.wait()

    monkeypatch.setattr(runner, "run_daemon", idle)
    monkeypatch.setattr(runner, "STALLED_S", 0.1)
    view = Recorder()
    with pytest.raises(UnavailableError, match="the log says why"):
        run_demo(Options(messages=2, keep=tmp_path / "kept"), view)
    assert view.results == []


def test_on_a_terminal_a_bar_shows_the_progress_and_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "argv", ["intake", "demo", "--once", "--messages", "4"])
    main_ends_well()
    out, err = capsys.readouterr()
    assert "R-1001" in out
    assert "4 messages → " in out
    assert "\x1b" not in out
    assert "messages" in err


def test_without_a_terminal_nothing_but_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setattr(
        sys, "argv", ["intake", "demo", "--once", "--messages", "4", "--json", "--keep", str(kept)]
    )
    main_ends_well()
    out, err = capsys.readouterr()
    assert out.startswith("[")
    assert "intake demo: 4 of 4" in err
    assert str(kept / "intake.toml") in err
    assert "\x1b" not in out + err


def main_ends_well() -> None:
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in {0, None}
