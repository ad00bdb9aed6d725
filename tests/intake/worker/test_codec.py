"""What crosses the process boundary is the same on the other side, and nothing else can cross."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from intake.assembly import pipeline_for
from intake.extraction.types import FieldName, Kind
from intake.mail.message import MessageKey, RawMessage
from intake.processed import Processed, StageError
from intake.redaction.text import sealed
from intake.worker.codec import packed, raw_head, raw_message, unpacked
from tests.intake.store import make
from tests.load import load

CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "own").rglob("*.eml"))[:40]


def there_and_back(item: Processed) -> Processed:
    back = unpacked(packed(item))
    assert isinstance(back, Processed)
    return back


@pytest.mark.parametrize("kind", Kind)
def test_an_invented_message_comes_back_as_it_was(kind: Kind) -> None:
    item = make.processed(1, kind=kind)
    assert there_and_back(item) == item


def test_real_letters_come_back_as_they_were() -> None:
    pipeline = pipeline_for("eofferix", None)
    letters = [*(path.read_bytes() for path in CORPUS), *load(20, seed=4)]
    for data in letters:
        try:
            item = pipeline.process(RawMessage(data=data, source="test"))
        except StageError:
            continue
        assert there_and_back(item) == item


def test_halves_of_pairs_nul_and_line_separators_survive() -> None:
    text = "\ud83d alone, \x00, \u2028, \x85, 😀, \x1a"
    item = make.processed(1)
    item = replace(item, message=replace(item.message, body=sealed(text)))
    assert there_and_back(item).message.body.text == text


def test_a_stage_s_failure_comes_back_as_one() -> None:
    back = unpacked(packed(StageError(stage="parse", code="unreadable", detail="ValueError at a:b:1")))
    assert isinstance(back, StageError)
    assert (back.stage, back.code, back.detail) == ("parse", "unreadable", "ValueError at a:b:1")


@pytest.mark.parametrize("value", [Decimal("1.0"), date(2026, 6, 1), b"x", sealed("x"), {"a": {1, 2}}])
def test_a_value_that_json_would_change_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        packed(replace(make.processed(1), facts={"claim": {"amount": value}}))


def test_a_field_of_an_undeclared_type_is_refused() -> None:
    item = make.processed(1)
    with pytest.raises(TypeError):
        packed(replace(item, message=replace(item.message, quotes=(object(),))))  # type: ignore[arg-type] # the point
    chosen = item.extraction.fields[FieldName.AMOUNT]
    assert chosen is not None
    wrong = replace(chosen, chosen=replace(chosen.chosen, value="49.00"))  # type: ignore[arg-type] # the point
    with pytest.raises(TypeError):
        packed(replace(item, extraction=replace(item.extraction, fields={FieldName.AMOUNT: wrong})))


def test_what_is_unpickled_is_never_redacted_text() -> None:
    for value in (sealed("x"), make.processed(1)):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(value)


def test_a_raw_message_reaches_the_worker_whole() -> None:
    raw = RawMessage(
        data=b"\x00\xff bytes",
        source="support",
        received_at=datetime(2026, 6, 1, 10, tzinfo=UTC),
        key=MessageKey(mailbox="support", folder="Entwürfe", uidvalidity=7, uid=9),
        truncated=True,
    )
    assert raw_message(raw_head(raw), raw.data) == raw
    assert raw_message(raw_head(RawMessage(data=b"", source="-")), b"") == RawMessage(data=b"", source="-")
