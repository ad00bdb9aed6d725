"""Dovecot to committed rows: messages a second with 0, 1 and 2 worker processes, and the floor in the same run.

By hand: `python -m tests.benchmarks.bench_engine [MESSAGES] [--rounds N] [--workers 0 1 2]`. The floor is what
fetching and parsing alone cost with the same libraries (imapclient in batches of 50, mail-parser on the bytes),
so its ratio to the whole says what everything else adds; single figures of a shared machine say little. With 0
workers everything runs in this process, and the share of each stage is told.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import mailparser
from pydantic import SecretStr

from intake.assembly import mailbox_pipeline
from intake.config.model import Config, MailboxConfig
from intake.keys import Keys
from intake.log import configure
from intake.mail.imap import ImapSource
from intake.mail.limits import DEFAULT_LIMITS
from intake.mail.message import MessageKey, RawMessage
from intake.poll.hold import Holder
from intake.poll.poller import Poller
from intake.poll.replace import Copier
from intake.poll.values import Processor
from intake.poll.work import Workshop
from intake.redaction.redactor import Redactor
from intake.store.store import Store
from intake.worker.tasks import mailbox_workers
from tests.dovecot import PASSWORD, Dovecot
from tests.load import load

_STAGES = ("parse", "fingerprints", "redact_message", "extract", "claim_facts", "check_facts", "decide")

_PLACE = MessageKey(mailbox="support", folder="INBOX", uidvalidity=1, uid=1)


class Server(Protocol):
    """Where mail is fetched from."""

    @property
    def host(self) -> str:
        """Its name or address."""

    @property
    def port(self) -> int:
        """Where it listens in plain text."""


class Stopwatch:
    """Seconds by stage, gathered by wrapping the functions that are called."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[name] += time.perf_counter() - begun

        return wrapped

    def table(self, took: float, count: int) -> None:
        for name, seconds in self.seconds.most_common():
            print(f"    {name:<16} {seconds / took:>5.1%} {seconds * 1000 / count:>7.2f} ms/message")
        rest = took - sum(self.seconds.values())
        print(f"    {'the rest':<16} {rest / took:>5.1%} {rest * 1000 / count:>7.2f} ms/message")


def settings(server: Server) -> MailboxConfig:
    return MailboxConfig(
        host=server.host,
        port=server.port,
        tls="none",
        username="support",
        policy="eofferix",
        start_from="all",
        flood_limit=0,
    )


def floor(server: Dovecot) -> int:
    """Fetches and parses alone; gives how many."""
    with ImapSource("support", settings(server), partial(SecretStr, PASSWORD)) as source:
        source.open("INBOX")
        listed = source.describe(source.uids_after(0, None))
        for start in range(0, len(listed), 50):
            for raw in source.fetch(listed[start : start + 50]):
                if isinstance(raw, RawMessage):
                    parsed = mailparser.parse_from_bytes(raw.data)
                    _ = parsed.text_plain, parsed.text_html, parsed.attachments
    return len(listed)


@contextmanager
def installation(server: Server, folder: Path, workers: int) -> Iterator[tuple[Poller, Store, ImapSource]]:
    """A poller with everything on and a fresh database; its workers are warm."""
    box = settings(server)
    config = Config.model_validate(
        {"state_dir": folder, "mailbox": {"support": box}, "work": {"workers": max(1, workers)}}
    )
    keys = Keys.create(folder / "secret-key")
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(config.database, keys))
        source = stack.enter_context(ImapSource("support", box, partial(SecretStr, PASSWORD)))
        processor: Processor
        if workers:
            processor = stack.enter_context(mailbox_workers(config))
            warm = [_warm_up(processor) for _ in range(8 * workers)]
            assert all(warm)
        else:
            processor = mailbox_pipeline(config, "support", keys)
            _warm_up(processor)
        poller = Poller(
            name="support",
            box=box,
            source=source,
            store=store,
            holder=Holder(store=store, state_dir=folder, owner="benchmark"),
            workshop=Workshop(processor=processor, fingerprint=keys.fingerprint, stop=threading.Event()),
            copier=Copier(redactor=Redactor(), limits=DEFAULT_LIMITS, keys=keys),
        )
        yield poller, store, source


def _warm_up(processor: Processor) -> bool:
    return all(
        processor.submit(RawMessage(data=data, source="support", key=_PLACE)).exception() is None
        for data in load(2, seed=99)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What all worker processes have had since they began, in seconds."""

    ran: float  # on a processor
    ready: float  # the same, and the time that they waited for one while others ran

    @classmethod
    def now(cls) -> Spent:
        ran = ready = 0.0
        for process in multiprocessing.active_children():
            on, waiting, _ = Path(f"/proc/{process.pid}/schedstat").read_text().split()
            ran, ready = ran + int(on) / 1e9, ready + (int(on) + int(waiting)) / 1e9
        return cls(ran=ran, ready=ready)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One pass over the mailbox with everything on."""

    count: int
    took: float  # seconds
    own: float  # of this process's processor time
    ran: float  # of the workers'
    asleep: float  # share of the time in which a worker had nothing to do

    def __str__(self) -> str:
        workers = (
            f", {self.ran * 1000 / self.count:.2f} in the workers, who slept {self.asleep:.0%} of the time"
        )
        return f"{self.own * 1000 / self.count:.2f} ms a message in this process" + workers * bool(self.ran)


def whole(server: Dovecot, workers: int) -> Measured:
    """Everything on, into a fresh database."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as name, installation(server, Path(name), workers) as opened:
        poller, store, source = opened
        with ExitStack() as stack:
            if not workers:
                _measured(watch, store, source, stack)
            before, begun, own = Spent.now(), time.perf_counter(), time.process_time()
            count = poller.poll().seen
            took, own, after = time.perf_counter() - begun, time.process_time() - own, Spent.now()
    if not workers:
        watch.table(took, count)
    ready = (after.ready - before.ready) / took / max(1, workers)
    return Measured(count=count, took=took, own=own, ran=after.ran - before.ran, asleep=1 - ready)


def _measured(watch: Stopwatch, store: Store, source: ImapSource, stack: ExitStack) -> None:
    from intake import pipeline as stages

    source._fetch = watch.timed("fetch", source._fetch)  # type: ignore[method-assign] # measured
    for name in ("record", "known_uids", "due_actions", "actions_done", "renew"):
        setattr(store, name, watch.timed("store", getattr(store, name)))
    for name in ("mark", "open"):
        setattr(source, name, watch.timed("tell", getattr(source, name)))
    for name in _STAGES:
        real = getattr(stages, name)
        setattr(stages, name, watch.timed(name, real))
        stack.callback(setattr, stages, name, real)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("messages", type=int, nargs="?", default=2000)
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    options = ap.parse_args()
    configure(form="json", stream=io.StringIO())
    ratios: defaultdict[int, list[float]] = defaultdict(list)
    with Dovecot() as server:
        server.deliver(*load(options.messages))
        floor(server)  # the server reads its mailbox for the first time
        for _ in range(options.rounds):
            for workers in options.workers:
                begun, own = time.perf_counter(), time.process_time()
                low = floor(server) / (time.perf_counter() - begun)
                low_own = (time.process_time() - own) * 1000 / options.messages
                done = whole(server, workers)
                rate = done.count / done.took
                ratios[workers].append(rate / low)
                print(
                    f"{workers} workers: {rate:.0f}/s, floor {low:.0f}/s ({low_own:.2f} ms of processor):"
                    f" {ratios[workers][-1]:.0%} of it; {done}"
                )
    for workers, found in ratios.items():
        print(f"{workers} workers: median {sorted(found)[len(found) // 2]:.0%} of the floor")
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
