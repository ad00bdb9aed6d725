"""Reading on one core: parse, redact, extract and decide, by kind of message; what commands cost to start; memory.

    python -m tests.benchmarks.bench_extraction [MESSAGES] [--rounds N]

By hand. Every message goes through all four stages in turn, so a busy machine slows them alike: trust the shares and
the ratio to parsing, not the milliseconds (processor time of this process). Each start is set beside an interpreter
that does nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from intake.assembly import pipeline_for
from intake.calendars import days_off
from intake.extraction.extract import extract
from intake.extraction.facts import claim_facts
from intake.extraction.types import Kind
from intake.fingerprints import fingerprints
from intake.keys import Keys
from intake.mail.message import MessageKey, RawMessage
from intake.mail.parse import parse
from intake.mail.redact import redact_message
from intake.pipeline import Pipeline
from rules.decide import decide
from rules.facts import check_facts
from tests.load import load

STAGES = ("parse", "redact", "extract", "decide")
_ASKING = {Kind.REFUND_REQUEST, Kind.REPLY}


def shape(data: bytes) -> str:
    """Which of the four kinds of the load a message is."""
    if b"Content-Disposition: attachment" in data:
        return "attach"
    if b"multipart/alternative" in data:
        return "html"
    return "chain" if b"In-Reply-To:" in data else "plain"


def stages(line: Pipeline, raw: RawMessage) -> tuple[float, ...]:
    """Processor seconds that one message takes in each stage."""
    clock = time.process_time
    marks = [clock()]
    parsed = parse(raw, line.limits)
    fingerprints(parsed, line.keys)
    marks.append(clock())
    message = redact_message(parsed, line.redactor, line.reading)
    marks.append(clock())
    extraction = extract(message, line.reading)
    marks.append(clock())
    if extraction.kind in _ASKING:
        facts = check_facts(claim_facts(message, extraction, line.reading))
        version = line.policies.chosen(line.policy, facts.requested_on)
        decide(facts, version.policy, days_off(version.policy), note=version.note)
    marks.append(clock())
    return tuple(after - before for before, after in pairwise(marks))


def reading(count: int, rounds: int) -> None:
    line = pipeline_for("eofferix", None)
    mails = [
        RawMessage(
            data=data, source="load", key=MessageKey(mailbox="m", folder="INBOX", uidvalidity=1, uid=uid)
        )
        for uid, data in enumerate(load(count), 1)
    ]
    for raw in mails[:50]:
        stages(line, raw)  # what is loaded once
    kinds = Counter(shape(raw.data) for raw in mails)
    found = [measured(line, mails) for _ in range(rounds)]
    whole = [[sum(column) for column in zip(*taken.values(), strict=True)] for taken in found]
    best = min(range(rounds), key=lambda index: sum(whole[index]))
    print(f"{'':8}{'messages':>9}" + "".join(f"{stage:>9}" for stage in STAGES) + "    ms a message")
    for kind, seconds in sorted((found[best] | {"all": whole[best]}).items()):
        number = kinds[kind] or count
        print(f"{kind:8}{number:>9}" + "".join(f"{one / number * 1e3:9.2f}" for one in seconds))
    ratio = statistics.median(seconds[2] / seconds[0] for seconds in whole)
    print(f"extract takes {ratio:.2f} of what parse takes (median of {rounds} rounds)")
    rate = statistics.median(count / sum(seconds) for seconds in whole)
    print(f"all four: {rate:.0f} messages a second of processor time")


def measured(line: Pipeline, mails: list[RawMessage]) -> dict[str, list[float]]:
    """Processor seconds of each stage, by kind of message."""
    taken: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(STAGES))
    for raw in mails:
        for index, seconds in enumerate(stages(line, raw)):
            taken[shape(raw.data)][index] += seconds
    return dict(taken)


def started(*arguments: str) -> float:
    """Processor seconds, user and system, of a Python process; the least of five."""
    found = []
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{arguments} ended with {status}")
        found.append(usage.ru_utime + usage.ru_stime)
    return min(found)


def starts() -> None:
    nothing = started("-c", "pass")
    print(f"an interpreter that does nothing: {nothing:.2f} s")
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "intake.toml"
        config.write_text(f'state_dir = "{name}"\n', encoding="utf-8")
        Keys.create(Path(name) / "secret-key")
        intake = ("-m", "intake", "--config", str(config))
        started(*intake, "db", "upgrade")
        for words in (("--help",), ("queue", "list"), ("queue", "--help")):
            taken = started(*intake, *words)
            print(f"intake {' '.join(words)}: {taken:.2f} s, {taken / nothing:.0f} times that")


def main() -> None:
    ap = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ap.add_argument("messages", type=int, nargs="?", default=1000)
    ap.add_argument("--rounds", type=int, default=3)
    given = ap.parse_args()
    starts()
    reading(given.messages, given.rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory of this process, its {given.messages} messages held: {peak} MiB")


if __name__ == "__main__":
    main()
