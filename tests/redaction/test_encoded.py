"""Base64 is no protection: what can be read in it goes, what says nothing secret stays."""

from __future__ import annotations

from base64 import b64encode, encodebytes, urlsafe_b64encode
from random import Random

import pytest

from intake.redaction.encoded import _decoded
from intake.redaction.redactor import Redactor
from intake.redaction.text import Sensitive

CARD = "card 4111 1111 1111 1111"
LONG = f"My {CARD} was charged twice, and nobody has answered my letter of last Monday."
REDACTOR = Redactor()


def redacted(text: str) -> str:
    return REDACTOR.redact(Sensitive(text)).text.text


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "code",
    [
        b64(CARD),
        b64("4111111111111111"),
        b64(b64(CARD)),
        b64(f"Моя карта {CARD}"),
        urlsafe_b64encode(f"{CARD}???>>>".encode()).decode(),
        encodebytes(LONG.encode()).decode().strip(),
        encodebytes(LONG.encode()).decode().strip().replace("\n", "\n> "),
    ],
)
def test_a_card_in_base64_goes(code: str) -> None:
    assert redacted(f"Raw: {code}") == "Raw: [card •••• 1111]"


def test_an_encoded_word_goes() -> None:
    assert (
        redacted(f"Subject: =?utf-8?b?{b64(CARD)}?= of today")
        == "Subject: =?utf-8?b?[card •••• 1111]?= of today"
    )


@pytest.mark.parametrize(
    "data",
    [
        "Numéro de carte 4111 1111 1111 1111".encode("latin-1"),
        "Моя карта 4111 1111 1111 1111".encode("cp1251"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR my card 4111 1111 1111 1111",
        b"my bank card\x004111\x001111\x001111\x001111",
        b"card 4111 1111 1111 1111, cut within a letter: \xd0",
    ],
)
def test_a_card_behind_what_is_no_utf8_goes(data: bytes) -> None:
    assert redacted(f"Raw: {b64encode(data).decode()}") == "Raw: [card •••• 1111]"


def test_a_password_of_another_charset_goes() -> None:
    code = b64encode("contraseña: Mango-Tram-81!".encode("cp1252")).decode()
    assert redacted(code) == "[password removed]"


def test_of_binary_data_only_its_words_are_read() -> None:
    data = Random(5).randbytes(300_000)
    assert len(_decoded(b64encode(data).decode())) < len(data) // 20
    found = REDACTOR.redact(Sensitive(encodebytes(data[:30_000]).decode())).findings
    assert "encoded" not in {finding.rule for finding in found}


def test_a_password_in_base64_goes() -> None:
    assert redacted(b64("my password: Mango-Tram-81!")) == "[password removed]"


@pytest.mark.parametrize(
    "text",
    [
        b64("Please refund order 20931 of 3 June 2026"),
        "https://shop.example/orders/aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ",
        "Zahlungsbestaetigungsschreiben",
        f"{'A' * 45}\n{'B' * 45}",
        f"x.{b64('a few words to read')}.{b64('and a few more words')}",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert redacted(text) == text
