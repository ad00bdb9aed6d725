"""Dovecot to committed rows: messages a second, the share of each stage, and the floor in the same run.

By hand: `python -m tests.benchmarks.bench_engine [MESSAGES] [--rounds N]`. The floor is what fetching and parsing
alone cost with the same libraries (imapclient in batches of 50, mail-parser on the bytes), so its ratio to the
whole says what everything else adds; single figures of a shared machine say little.
"""

from __future__ import annotations

import argparse
import io
import resource
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import mailparser
from pydantic import SecretStr

from intake import pipeline as stages
from intake.assembly import mailbox_pipeline
from intake.config_model import Config, MailboxConfig
from intake.keys import Keys
from intake.log import configure
from intake.mail.imap import ImapSource
from intake.mail.message import RawMessage
from intake.poll import Poller
from intake.store.store import Store
from tests.dovecot import PASSWORD, Dovecot
from tests.load import load

_STAGES = ("parse", "fingerprints", "redact_message", "extract", "claim_facts", "check_facts", "decide")


class Stopwatch:
    """Seconds by stage, gathered by wrapping the functions that the pipeline calls."""

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


def settings(server: Dovecot) -> MailboxConfig:
    return MailboxConfig(
        host=server.host,
        port=server.port,
        tls="none",
        username="support",
        policy="eofferix",
        start_from="all",
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


def whole(server: Dovecot, folder: Path, watch: Stopwatch) -> int:
    """The poller with everything on, into a fresh database; gives how many."""
    box = settings(server)
    config = Config(state_dir=folder, mailbox={"support": box})
    keys = Keys.create(folder / "secret-key")
    with (
        Store.open(config.database, keys) as store,
        ImapSource("support", box, partial(SecretStr, PASSWORD)) as source,
    ):
        fetch = source._fetch
        source._fetch = watch.timed("fetch", fetch)  # type: ignore[method-assign] # measured
        for name in ("record", "known_uids", "due_actions", "actions_done", "renew"):
            setattr(store, name, watch.timed("store", getattr(store, name)))
        for name in ("mark", "open"):
            setattr(source, name, watch.timed("tell", getattr(source, name)))
        poller = Poller(
            name="support",
            box=box,
            source=source,
            processor=mailbox_pipeline(config, box, keys),
            fingerprint=keys.fingerprint,
            store=store,
            state_dir=folder,
            owner="benchmark",
            stop=threading.Event(),
        )
        counts = poller.poll()
    print(f"  {counts.to_dict()}")
    return counts.seen


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("messages", type=int, nargs="?", default=2000)
    ap.add_argument("--rounds", type=int, default=3)
    options = ap.parse_args()
    configure(form="json", stream=io.StringIO())
    watch = Stopwatch()
    for name in _STAGES:
        setattr(stages, name, watch.timed(name, getattr(stages, name)))
    with Dovecot() as server:
        server.deliver(*load(options.messages))
        floor(server)  # the server reads its mailbox for the first time
        ratios = []
        for _ in range(options.rounds):
            begun = time.perf_counter()
            count = floor(server)
            low = count / (time.perf_counter() - begun)
            watch.seconds.clear()
            with tempfile.TemporaryDirectory() as folder:
                begun = time.perf_counter()
                count = whole(server, Path(folder), watch)
                took = time.perf_counter() - begun
            ratios.append(count / took / low)
            print(f"floor {low:.0f}/s, whole {count / took:.0f}/s = {ratios[-1]:.0%} of it")
            for name, seconds in watch.seconds.most_common():
                print(f"  {name:<16} {seconds / took:>5.1%} {seconds * 1000 / count:>7.2f} ms/message")
            rest = took - sum(watch.seconds.values())
            print(f"  {'the rest':<16} {rest / took:>5.1%} {rest * 1000 / count:>7.2f} ms/message")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"median ratio {sorted(ratios)[len(ratios) // 2]:.0%}; peak memory {peak} MiB")


if __name__ == "__main__":
    main()
