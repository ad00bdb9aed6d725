"""A Message-ID that looks like a card's number is cut before it is stored, and its answers still find their case."""

from __future__ import annotations

import random
from collections.abc import Iterator
from email.utils import make_msgid
from pathlib import Path

import pytest

from intake.assembly import pipeline_for
from intake.mail.message import RawMessage
from intake.pipeline import Pipeline
from intake.redaction.text import Sensitive
from intake.store.store import Store
from intake.store.values import Disposition, Recorded
from tests.intake.store import make

_AS_DRAWN, _CUT = 150, 25  # ids as they come; and of those that are cut, one in sixty
_PANS = ("4111111111111111", "378282246310005", "4000000000000000006", "6304000000000000")
_MAIL = """\
From: Customer {number} <customer{number}@example.org>
To: billing@example.com
Subject: {subject}
Date: Tue, 2 Jun 2026 09:30:00 +0000
Authentication-Results: mx.eofferix.com; dmarc=pass header.from=example.org
Message-ID: {ident}
{answers}
{text}
"""


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return pipeline_for("eofferix", config=None)


def cut(pipeline: Pipeline, ident: str) -> bool:
    return bool(pipeline.redactor.redact(Sensitive(ident), "message_id").findings)


def drawn(pipeline: Pipeline) -> Iterator[str]:
    """What the standard library makes: the time, the process, a random number of up to twenty digits."""
    random.seed(11)
    yield from (make_msgid(domain="mail.example.org") for _ in range(_AS_DRAWN))
    found = 0
    while found < _CUT:
        ident = make_msgid(domain="mail.example.org")
        if cut(pipeline, ident):
            found += 1
            yield ident


def planted() -> Iterator[str]:
    for pan in _PANS:
        yield f"<{pan}@mail.example.org>"
        yield f"<178039260012.4711.{pan}@mail.example.org>"  # made to look like one of those


def joined(pipeline: Pipeline, folder: Path, idents: list[str]) -> list[tuple[Recorded, Recorded]]:
    """A request with each of these ids, and an answer that names it, through the pipeline into a database."""
    store = Store.open(f"sqlite:///{folder}/intake.db", make.KEYS)
    lease = store.take_lease("support", "host:1", 60)
    assert lease is not None
    mails: list[tuple[int, str]] = []
    for number, ident in enumerate(idents, 1):
        request = {"subject": "Charged twice", "text": f"Please refund 49.00 EUR for order EO-{number:06}."}
        answer = {"subject": "Re: Charged twice", "text": "I have not heard from you, please answer me."}
        header = ("In-Reply-To", "References")[number % 2]
        both = [
            _MAIL.format(number=number, ident=ident, answers="", **request),
            _MAIL.format(
                number=number, ident=f"<a{number}@example.org>", answers=f"{header}: {ident}\n", **answer
            ),
        ]
        mails += enumerate(both, 2 * number)
    batch = [
        pipeline.process(RawMessage(data=mail.encode(), source="test", key=make.key(uid)))
        for uid, mail in mails
    ]
    done = store.record(lease, batch, after=make.KEEP, last_uid=None)
    store.close()
    return list(zip(done[::2], done[1::2], strict=True))


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_every_answer_finds_its_case_and_no_id_that_is_cut_is_stored(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    idents = list(drawn(pipeline))
    pairs = joined(pipeline, tmp_path, idents)
    assert {answer.disposition for _, answer in pairs} == {Disposition.REPLY}
    assert [answer.case_id for _, answer in pairs] == [request.case_id for request, _ in pairs]
    assert len({request.case_id for request, _ in pairs}) == len(idents)
    everything = stored(tmp_path)
    for ident in idents:
        number = ident.partition("@")[0].rpartition(".")[2]
        assert (number.encode() in everything) is not cut(pipeline, ident)


def test_a_card_in_an_id_is_cut_whatever_the_id_looks_like(pipeline: Pipeline, tmp_path: Path) -> None:
    pairs = joined(pipeline, tmp_path, list(planted()))
    assert [answer.case_id for _, answer in pairs] == [request.case_id for request, _ in pairs]
    everything = stored(tmp_path)
    assert b"mail.example.org" in everything
    assert not [pan for pan in _PANS if pan.encode() in everything]
