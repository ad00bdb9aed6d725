"""The development corpus: what is automatic, unread or unverified is told as a person labelled it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intake.mail.redact import redact_message
from intake.mail.settings import ReadingSettings
from tests.intake.mail.samples import CORPUS, REDACTOR, parsed

GOLD = {
    gold["id"]: gold
    for gold in map(json.loads, (CORPUS[0].parent / "gold.jsonl").read_text("utf-8").splitlines())
}
SETTINGS = {
    "eofferix": ReadingSettings(
        support_addresses=frozenset({"support@eofferix.com"}), authserv_ids=frozenset({"mx.eofferix.com"})
    ),
    "pars": ReadingSettings(
        support_addresses=frozenset({"support@pars.example"}), authserv_ids=frozenset({"mx.pars.example"})
    ),
}


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_labels(path: Path) -> None:
    gold = GOLD[path.stem]
    message = redact_message(parsed(path.read_bytes()), REDACTOR, SETTINGS[gold["policy"]])
    assert (message.automatic is not None) == (gold["kind"] == "automatic")
    assert message.unread == ("attachment_unread" in gold["flags"])
    assert (message.sender_check.from_domain_passed is False) == ("sender_unverified" in gold["flags"])
