"""Stands between a mail server and its client, and does to their connections what a bad network does; seeded."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_LOOK_S = 0.2
_PATIENCE_S = 5.0  # with a side that takes nothing any more
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: the close is a RST


class Kind(StrEnum):
    """What happens to a connection."""

    REFUSE = "refuse"  # reset as soon as it is made
    CUT = "cut"  # both sides are reset
    STALL = "stall"  # nothing passes any more, nobody is told
    HALF_OPEN = "half_open"  # the server's side is closed, the client's side stays open and mute
    CORRUPT = "corrupt"  # one bit is turned
    SLOW = "slow"  # what comes next comes in crumbs


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, and when it strikes: after so many bytes in one direction of one connection."""

    kind: Kind
    to_client: bool
    after: int


def random_faults(seed: int, count: int) -> list[Fault]:
    """`count` faults, the same ones for the same seed; from the handshake to the middle of large messages."""
    r = random.Random(seed)
    return [
        Fault(
            kind=r.choice(list(Kind)),
            to_client=r.random() < 0.7,
            after=round(10 ** r.uniform(2.3, 5.5)),  # a client says little: most strike there when hurried
        )
        for _ in range(count)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Both ends of a connection, and to which of them something is on its way."""

    client: socket.socket
    server: socket.socket
    target: socket.socket


class FaultProxy:
    """Passes on what is said to `port` of this machine; each connection suffers the next fault that is left."""

    def __init__(self, port: int, faults: Iterable[Fault] = ()) -> None:
        self._target = port
        self._left = deque(faults)
        self._planned = len(self._left)
        self.struck: list[Fault] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port = int(self._listener.getsockname()[1])

    @property
    def left(self) -> int:
        """How many faults have not struck yet."""
        return self._planned - len(self.struck)

    def hurry(self) -> None:
        """Has the fault that a connection waits for strike at the next byte in its direction."""
        self._hurry.set()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type] # a method of ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        fault = self._next()
        if fault is not None and fault.kind is Kind.REFUSE:
            self._strikes(fault)
            _reset(client)
            return
        with contextlib.suppress(OSError), client:
            server = socket.create_connection(("127.0.0.1", self._target), _PATIENCE_S)
            with server:
                fault = self._pass_on(client, server, fault)
        if fault is not None:  # the connection ended before its time: the next one suffers it
            with self._lock:
                self._left.appendleft(fault)

    def _next(self) -> Fault | None:
        with self._lock:
            return self._left.popleft() if self._left else None

    def _strikes(self, fault: Fault) -> None:
        with self._lock:
            self._hurry.clear()
            self.struck.append(fault)

    def _pass_on(self, client: socket.socket, server: socket.socket, fault: Fault | None) -> Fault | None:
        """Until one side hangs up; gives the fault back where it did not strike."""
        client.settimeout(_PATIENCE_S)
        passed = 0
        while not self._stop.is_set():
            ready, _, _ = select.select([client, server], [], [], _LOOK_S)
            for source in ready:
                try:
                    data = source.recv(65536)
                except OSError:
                    return fault
                if not data:
                    return fault
                target = server if source is client else client
                if fault is not None and fault.to_client == (source is server):
                    if passed + len(data) > fault.after or self._hurry.is_set():
                        struck, fault = fault, None
                        self._strikes(struck)
                        line = _Line(client=client, server=server, target=target)
                        if not self._suffers(line, struck, data, struck.after - passed):
                            return None
                        passed, fault = 0, self._next()
                        continue
                    passed += len(data)
                try:
                    target.sendall(data)
                except OSError:
                    return fault
        return fault

    def _suffers(self, line: _Line, fault: Fault, data: bytes, at: int) -> bool:
        """Strikes at the byte `at` of what is on its way; whether the connection goes on."""
        try:
            return self._harm(line, fault, data, max(0, min(at, len(data) - 1)))
        except OSError:  # one side has gone meanwhile: it struck all the same
            return False

    def _harm(self, line: _Line, fault: Fault, data: bytes, at: int) -> bool:
        client, server, target = line.client, line.server, line.target
        target.sendall(data[:at])
        rest = data[at:]
        if fault.kind is Kind.CORRUPT:
            target.sendall(bytes([rest[0] ^ 4]) + rest[1:])
            return True
        if fault.kind is Kind.SLOW:
            step = max(1, len(rest) // 40)
            for start in range(0, len(rest), step):
                self._stop.wait(0.005)
                target.sendall(rest[start : start + step])
            return True
        if fault.kind in {Kind.CUT, Kind.REFUSE}:  # too late to refuse
            _reset(client)
            _reset(server)
            return False
        if fault.kind is Kind.HALF_OPEN:
            server.close()
        while not self._stop.is_set():  # until the client has had enough
            ready, _, _ = select.select([client], [], [], _LOOK_S)
            if ready and not client.recv(65536):
                break
        return False


def _reset(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        side.close()
