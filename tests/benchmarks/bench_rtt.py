"""A mail server that is far away: messages a second with a delay on the line, as a share of those without one.

By hand: `python -m tests.benchmarks.bench_rtt [MESSAGES] [--rtt MS] [--rounds N] [--workers N]`. A process of its own
stands between and keeps what passes for half of the round trip, each way, whatever comes meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from intake.log import configure
from tests.benchmarks.bench_engine import installation
from tests.dovecot import Dovecot
from tests.load import load


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is spoken to."""

    host: str
    port: int


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """One direction of one connection, to its end."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def send() -> None:
        while True:
            due, piece = await waiting.get()
            await asyncio.sleep(due - loop.time())
            if not piece:
                writer.close()
                return
            writer.write(piece)

    sender = loop.create_task(send())
    try:
        while piece := await reader.read(1 << 18):
            waiting.put_nowait((loop.time() + delay, piece))
    except ConnectionError:
        pass  # ends like one that was closed
    waiting.put_nowait((loop.time() + delay, b""))
    await sender


def stand_between(port: int, delay: float, tell: Connection) -> None:
    """Listens, tells on which port, and passes on what is said; a process's main."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_passed_on(reader, back, delay), _passed_on(there, writer, delay))

    async def listen() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


def rate(place: Place, workers: int) -> float:
    """Messages a second, from the server to committed rows in a fresh database."""
    with tempfile.TemporaryDirectory() as name, installation(place, Path(name), workers) as (poller, _, _):
        begun = time.perf_counter()
        return poller.poll().seen / (time.perf_counter() - begun)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("messages", type=int, nargs="?", default=2000)
    ap.add_argument("--rtt", type=float, default=20, help="milliseconds")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--workers", type=int, default=1)
    options = ap.parse_args()
    configure(form="json", stream=io.StringIO())
    here, there = multiprocessing.Pipe()
    with Dovecot() as server:
        server.deliver(*load(options.messages))
        between = multiprocessing.Process(
            target=stand_between, args=(server.port, options.rtt / 2000, there), daemon=True
        )
        between.start()
        near, far = Place(server.host, server.port), Place(server.host, here.recv())
        rate(near, options.workers)  # the server reads its mailbox for the first time
        shares = []
        for _ in range(options.rounds):
            close, distant = rate(near, options.workers), rate(far, options.workers)
            shares.append(distant / close)
            print(f"{close:.0f}/s near, {distant:.0f}/s at {options.rtt:g} ms: {shares[-1]:.0%}")
        between.terminate()
    print(f"median {sorted(shares)[len(shares) // 2]:.0%} with {options.workers} workers")


if __name__ == "__main__":
    main()
