"""What a poll with nothing new costs, by the size of the folder: the aim is the same whatever the size.

By hand: `python -m tests.benchmarks.bench_idle [--sizes 100 10000 100000] [--polls N]`. Dovecot, one small message
so many times; the poller has taken all of it in, as far as its cursor knows.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from pathlib import Path

from intake.log import configure
from tests.benchmarks.bench_engine import installation
from tests.dovecot import Dovecot

_SMALL = b"From: a@example.org\nSubject: refund %d\nMessage-ID: <%d@example.org>\n\nPlease.\n"


def idle_ms(size: int, polls: int) -> tuple[float, float]:
    """Median milliseconds of an idle poll: by the clock, and of this process's processor."""
    wall, own = [], []
    with Dovecot() as server, tempfile.TemporaryDirectory() as name:
        server.deliver(*(_SMALL % (number, number) for number in range(size)))
        with installation(server, Path(name), workers=0) as (poller, store, source):
            state = source.open("INBOX")
            lease = store.take_lease("support", "benchmark", 600)
            if lease is None:
                raise RuntimeError("a fresh database leases to nobody else")
            store.set_progress(lease, "INBOX", state.uidvalidity, (state.uidnext or 1) - 1)
            store.release(lease)
            for number in range(polls + 3):
                begun, used = time.perf_counter(), time.process_time()
                if poller.poll().seen:
                    raise RuntimeError("there was nothing new")
                if number >= 3:
                    wall.append((time.perf_counter() - begun) * 1000)
                    own.append((time.process_time() - used) * 1000)
    return statistics.median(wall), statistics.median(own)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000])
    ap.add_argument("--polls", type=int, default=30)
    options = ap.parse_args()
    configure(form="json", stream=io.StringIO())
    first: tuple[float, float] | None = None
    for size in options.sizes:
        found = idle_ms(size, options.polls)
        first = first or found
        ratio, own = found[0] / first[0], found[1] / first[1]
        print(
            f"{size:>7} messages: {found[0]:.2f} ms a poll ({found[1]:.2f} of processor), {ratio:.2f}x and"
            f" {own:.2f}x the first",
            flush=True,
        )


if __name__ == "__main__":
    main()
