"""Redaction: messages a second, support mail by kind, cost by length, hostile input; beside Presidio in the same run where it is at hand.

    python -m tests.benchmarks.bench_redaction
    python -m tests.benchmarks.bench_redaction --peer PEER/bin/python

The peer lives in an environment of its own, for its dependencies are many:

    python -m venv PEER
    PEER/bin/pip install presidio-analyzer presidio-anonymizer
    PEER/bin/python -m spacy download en_core_web_sm

Without `--peer` its part is left out. Times are processor time of one core; compare ratios of one run only.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from intake.mail.html import html_to_text
from intake.mail.message import ParsedMessage, RawMessage
from intake.mail.parse import parse
from intake.mail.redact import redact_message
from intake.mail.settings import ReadingSettings
from intake.redaction.redactor import Redactor
from intake.redaction.text import Sensitive
from tests.load import load

REDACTOR = Redactor()
SENTENCES = (
    "I bought the Pro plan on 12 June 2026 for 49.00 EUR and was charged twice.",
    "The first charge has the number EO-129870, the second one EO-129871.",
    "Nobody has answered my letter of last Monday, which I find disappointing.",
    "Please give one of them back to the account that it was paid from.",
    "Since the update of Tuesday the export stops after about forty pages.",
    "My colleague in Lyon sees the same on two machines, with and without a cable.",
)
SECRETS = (
    "card <b>4111</b> 1111 <span>1111</span> 1111, exp 09/28, cvv 737",
    "log in as ann, password Mango-Tram-81!",
    "the SMS code was 604 913",
    "IBAN NL91 ABNA 0417 1643 00",
)
PEER = """
import sys, time
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_anonymizer import AnonymizerEngine
texts = sys.stdin.read().split("\\x00")
provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": sys.argv[1]}]})
analyzer, anonymizer = AnalyzerEngine(nlp_engine=provider.create_engine()), AnonymizerEngine()
started = time.process_time()
for text in texts:
    anonymizer.anonymize(text=text, analyzer_results=analyzer.analyze(text=text, language="en"))
print((time.process_time() - started) / len(texts))
"""


def messages(count: int, share: float) -> list[str]:
    """HTML mails of 2 kB, of which this share holds a secret."""
    rng = random.Random(1)
    made = []
    for number in range(count):
        parts = [f"<p>{rng.choice(SENTENCES)}</p>" for _ in range(9)]
        if number < share * count:
            parts.insert(4, f"<p>{SECRETS[number % len(SECRETS)]}</p>")
        table = "<table><tr><td>Amount</td><td>49.00&nbsp;EUR</td></tr><tr><td>Date</td><td>12.06.2026</td></tr></table>"
        quote = f"<blockquote><div>On Mon, 15 Jun 2026 at 22:41, Support wrote:</div><p>{SENTENCES[2]}</p></blockquote>"
        page = (
            f"<html><body><div style='font-family:Arial'>{''.join(parts)}{table}{quote}</div></body></html>"
        )
        made.append(page + " " * max(0, 2000 - len(page)))
    return made


def redact_html(markup: str) -> int:
    read = html_to_text(markup)
    found = (
        REDACTOR.redact(Sensitive(read.visible)).findings + REDACTOR.redact(Sensitive(read.hidden)).findings
    )
    return len(found)


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def rates(peer: Path | None, model: str) -> None:
    mails: list[str] = []
    for share in (0.0, 0.2, 1.0):
        mails = messages(400, share)
        ours = seconds(lambda mails=mails: [redact_html(mail) for mail in mails]) / len(mails)  # type: ignore[misc]  # mypy: lambda's default
        print(f"2 kB of HTML, {share:4.0%} with a secret: {1 / ours:7.0f} messages a second")
    if peer is None:
        print("presidio: left out (--peer)")
        return
    texts = [html_to_text(mail).visible for mail in mails[:100]]
    plain = seconds(lambda: [REDACTOR.redact(Sensitive(text)) for text in texts]) / len(texts)
    done = subprocess.run(
        [peer, "-c", PEER, model], input="\x00".join(texts), capture_output=True, text=True, check=True
    )
    theirs = float(done.stdout.split()[-1])
    print(
        f"presidio, text of the same mails: {1 / theirs:.0f} a second; ours {1 / plain:.0f}: {theirs / plain:.0f} times as fast"
    )


def kind_of(data: bytes) -> str:
    """Which of its four kinds a message of the load is."""
    for mark, kind in (
        (b"octet-stream", "with attachment"),
        (b"multipart/alternative", "HTML"),
        (b"In-Reply-To", "quoted chain"),
    ):
        if mark in data[:8000]:
            return kind
    return "plain"


def support_mail(count: int) -> None:
    """What `redact_message` takes of the load's kinds, and how much of that is the redactor's own."""
    texts: dict[str, list[Sensitive]] = defaultdict(list)
    kinds: dict[str, list[ParsedMessage]] = defaultdict(list)
    for data in load(count):
        message = parse(RawMessage(data=data, source="load"))
        kinds[kind_of(data)].append(message)
        texts[kind_of(data)] += texts_of(message)
    for kind, messages in kinds.items():
        whole = seconds(lambda: [redact_message(one, REDACTOR, ReadingSettings()) for one in messages])  # noqa: B023 - called at once
        own = seconds(lambda: [REDACTOR.redact(text) for text in texts[kind]])  # noqa: B023 - called at once
        print(
            f"{kind:15} {whole / len(messages) * 1e3:6.3f} ms a message, the redactor on its parts {own / len(messages) * 1e3:6.3f} ms"
        )


def texts_of(message: ParsedMessage) -> list[Sensitive]:
    """The parts of a message that are redacted; what is quoted is redacted with the body, and once more by itself."""
    people = [one for one in (message.sender, message.reply_to, *message.recipients) if one]
    return [
        message.subject,
        message.body,
        message.structured,
        *message.other_bodies,
        *(part for one in people for part in (one.name, one.email)),
    ]


def lengths() -> None:
    rng = random.Random(2)
    for size in (1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        text = " ".join(rng.choice(SENTENCES + SECRETS) for _ in range(size // 60))[:size]
        taken = seconds(lambda text=text: REDACTOR.redact(Sensitive(text)), 1 if size > 100_000 else 3)  # type: ignore[misc]  # mypy: lambda's default
        print(f"{size:>10} characters: {taken:8.4f} s, {taken / size * 1e9:6.0f} ns a character")


def hostile() -> None:
    rng = random.Random(3)
    million = 1_000_000
    texts = {
        "random digits and blanks": "".join(rng.choice("0123456789  ") for _ in range(million)),
        "4 4 4 …": "4 " * (million // 2),
        "4111 4111 …": "4111 " * (million // 5),
        "blanks": " " * million,
        "one number": "4" * million,
        "labels": "password cvv code sms " * (million // 22),
        "entities": "&#52;" * (million // 5),
        "brackets": "[" * million,
    }
    for name, text in texts.items():
        print(f"1 MB of {name}: {seconds(lambda text=text: REDACTOR.redact(Sensitive(text)), 1):.2f} s")  # type: ignore[misc]  # mypy: lambda's default
    for name, markup in {
        "<div> in <div>": "<div>" * 100_000,
        "<": "<" * million,
        "comments": "<!--x-->" * 100_000,
    }.items():
        print(f"markup, {name}: {seconds(lambda markup=markup: html_to_text(markup), 1):.2f} s")  # type: ignore[misc]  # mypy: lambda's default


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer", type=Path, help="python of an environment that has Presidio")
    parser.add_argument("--model", default="en_core_web_sm", help="its spaCy model")
    given = parser.parse_args()
    rates(given.peer, given.model)
    support_mail(500)
    hostile()
    lengths()
