"""SIGTERM and SIGINT ask politely: the message in hand is finished. The second one is not waited for.

SIGHUP asks a daemon to read its config again.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Heard:
    """Which signal asked us to end; None: none did."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.name: str | None = None
        self._again = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """The handler: notes the name, gives the signal back its default, and sets `stop`."""
        self.name = signal.Signals(number).name
        signal.signal(number, signal.SIG_DFL)
        self._stop.set()

    def again(self, _number: int, _frame: FrameType | None) -> None:
        """The handler of SIGHUP: what runs is finished, to begin anew."""
        self._again = True
        self._stop.set()

    def begins_anew(self) -> bool:
        """Whether it was only SIGHUP that set `stop`; then `stop` is clear again."""
        if not self._again:
            return False
        self._again = False
        self._stop.clear()
        if self.name is not None:  # both came: the end wins
            self._stop.set()
        return self.name is None


@contextmanager
def heeding_signals(stop: threading.Event, *, reloads: bool = False) -> Iterator[Heard]:
    """Sets `stop` at SIGTERM or SIGINT inside, where Python allows it: on the main thread.

    With `reloads` at SIGHUP too, which otherwise ends the process, as it does with every program.
    """
    heard = Heard(stop)
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
    if reloads:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, heard.again)
    try:
        yield heard
    finally:
        for number, old in before.items():
            signal.signal(number, old)
