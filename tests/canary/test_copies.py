"""Secrets in every place that mail has: none is left in the redacted copy that takes an original's place."""

from __future__ import annotations

import pytest

from intake.mail.copy import redacted_copy
from intake.mail.limits import DEFAULT_LIMITS
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from intake.redaction.redactor import Redactor
from tests.canary.plants import Plant, plants
from tests.canary.search import traces, words


@pytest.mark.parametrize("plant", plants(), ids=lambda plant: plant.place)
def test_no_secret_is_in_the_copy(plant: Plant) -> None:
    copy = redacted_copy(
        RawMessage(data=plant.data, source="x"), Redactor(), DEFAULT_LIMITS, token="c0ffee" * 10 + "abcd"
    )
    read = parse(RawMessage(data=copy, source="x"))
    text = f"{read.subject.reveal()}\n{read.body.reveal()}"
    assert traces(copy + b"\x01" + text.encode(), plant.secrets) == []
    assert words(text, plant.secrets) == []
    assert copy.isascii()
    assert max(map(len, copy.split(b"\r\n"))) <= 998  # RFC 5322 §2.1.1
