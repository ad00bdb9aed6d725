"""SIGTERM and SIGINT ask politely: the message in hand is finished. The second one is not waited for."""

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

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """The handler: notes the name, gives the signal back its default, and sets `stop`."""
        self.name = signal.Signals(number).name
        signal.signal(number, signal.SIG_DFL)
        self._stop.set()


@contextmanager
def heeding_signals(stop: threading.Event) -> Iterator[Heard]:
    """Sets `stop` at SIGTERM or SIGINT inside, where Python allows it: on the main thread."""
    heard = Heard(stop)
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield heard
    finally:
        for number, old in before.items():
            signal.signal(number, old)
