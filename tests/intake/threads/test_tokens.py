"""Tokens of ours: true ones are known, false ones are not, and none is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.fingerprints import fingerprints
from intake.keys import Keys
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from intake.mail.redact import redact_message
from intake.mail.settings import ReadingSettings
from intake.redaction.redactor import Redactor
from intake.redaction.settings import RedactionSettings
from intake.threads import named_case, plus_address, token_of, without_tokens
from tests.intake.store.make import KEYS

READING = ReadingSettings(
    account_default="sender",
    support_addresses=frozenset({"support@example.com"}),
    authserv_ids=frozenset(),
    zone="UTC",
)


@given(st.integers(1, 10**9), st.text(max_size=30), st.text(max_size=30))
def test_a_true_token_is_known_whatever_stands_round_it(case: int, before: str, after: str) -> None:
    assert named_case([f"{before} [{token_of(KEYS, case)}] {after}"], KEYS) == case
    assert named_case([token_of(KEYS, case).upper()], KEYS) == case


@given(st.integers(1, 10**9), st.integers(0, 15), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_false_token_is_not(case: int, place: int, letter: str) -> None:
    token = token_of(KEYS, case)
    spoilt = token[: -16 + place] + letter + token[len(token) - 15 + place :]
    assert (named_case([spoilt], KEYS) == case) is (spoilt == token)
    assert named_case([token_of(Keys(bytes(32)), case)], KEYS) is None
    assert named_case([token.replace(f"{1000 + case}", f"{1001 + case}")], KEYS) is None


@given(st.text(max_size=200))
def test_nothing_but_tokens_is_cut(text: str) -> None:
    token = token_of(KEYS, 7)
    assert without_tokens(text + " " + token).count(token) == 0
    if "-" not in text:
        assert without_tokens(text) == text


@pytest.mark.parametrize("where", ["subject", "to", "delivered-to"])
def test_a_mail_is_known_by_its_token_and_keeps_none(where: str) -> None:
    token = token_of(KEYS, 42)
    address = plus_address("support@example.com", token)
    subject = f"Re: Charged twice [{token}]" if where == "subject" else "Re: Charged twice"
    to = address if where == "to" else "support@example.com"
    delivered = f"Delivered-To: {address}\r\n" if where == "delivered-to" else ""
    data = (
        f"{delivered}From: Ann <ann@example.org>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n"
        f"By card.\r\n\r\n> Subject: Your refund request [{token}]\r\n> To: {address}\r\n"
    ).encode()
    parsed = parse(RawMessage(data=data, source="x"))
    assert fingerprints(parsed, KEYS).token_case == 42
    message = redact_message(parsed, Redactor(RedactionSettings()), READING)
    kept = [message.subject, message.body, *(quote.text for quote in message.quotes), *message.recipients]
    assert all(token[-16:] not in text.text.lower() for text in kept)
    assert "R-1042" not in message.subject.text  # or it would be read as an order number
    assert message.subject.text.startswith("Re: Charged twice")


def test_a_token_in_the_words_alone_proves_nothing() -> None:
    data = f"From: a@example.org\r\nSubject: x\r\n\r\nForwarded: [{token_of(KEYS, 42)}]\r\n".encode()
    assert fingerprints(parse(RawMessage(data=data, source="x")), KEYS).token_case is None
