"""Tells systemd how the daemon does: sd_notify(3) by a datagram, nothing where nobody listens."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

_MICROSECONDS: Final = 1_000_000


class ServiceManager:
    """Whoever started the daemon; of a terminal nothing is heard."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        env = os.environ if environ is None else environ
        self._address = env.get("NOTIFY_SOCKET", "")
        own = env.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watches = bool(self._address) and own and env.get("WATCHDOG_USEC", "0") != "0"

    def ready(self, status: str) -> None:
        """Schema and policies stand; whether mail comes in is another matter."""
        self._tell("READY=1", f"STATUS={status}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def alive(self) -> None:
        """Not for a timer: only where work was seen to go on."""
        if self.watches:
            self._tell("WATCHDOG=1")

    def starting(self, status: str, seconds: float) -> None:
        """Still starting, and for so long at most: what waits for a database must not be killed for it."""
        self._tell(f"STATUS={status}", f"EXTEND_TIMEOUT_USEC={round(seconds * _MICROSECONDS)}")

    def reloading(self) -> None:
        """Begins to read its config again; `ready` ends it."""
        self._tell("RELOADING=1", "STATUS=reading the config again")

    def stopping(self) -> None:
        """The message in hand is being finished."""
        self._tell("STOPPING=1", "STATUS=finishing the message in hand")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(address)  # a manager that is gone is no reason to end
            line.sendall("\n".join(lines).encode())
