"""The two clocks, as parameters: wall time for what is stored, monotonic time for what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""

Ticks = Callable[[], float]
"""Gives seconds since an arbitrary start; never jumps, whatever the administrator does to the wall clock."""

monotonic: Ticks = time.monotonic


def utc_now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)
