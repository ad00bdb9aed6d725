"""Letters, webhooks and exports made from mail full of secrets: none of it goes out, none is left behind."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest

from intake.cli.acting import os_login
from intake.letters.kinds import LetterKind
from tests.canary.house import House
from tests.canary.search import traces, words
from tests.intake.notify.smtp_server import smtp_server
from tests.intake.notify.test_webhook import http_server

OUTGOING = """
[letters]
plus_address = true
senders = {{ eofferix = "Eofferix <support@eofferix.com>" }}
[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
[webhook]
url = "{url}"
secret_env = "CANARY_HOOK"
"""


def _leaks_in(data: bytes, house: House) -> list[str]:
    return traces(data, house.secrets) + words(data.decode("utf-8", "replace"), house.secrets)


def _configure(house: House, tables: str) -> None:
    """Gives the house these tables, the demo's own letters aside."""
    config = house.config.read_text(encoding="utf-8")
    house.config.write_text(config.replace("[letters]\ndrafts = true\n", "") + tables, encoding="utf-8")


@pytest.mark.slow
def test_letters_webhooks_and_exports_carry_none_of_them(
    planted_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_HOOK", "whsec_" + b64encode(bytes(range(32))).decode())
    house = planted_house
    with smtp_server() as mailman, http_server(204) as (url, told):
        _configure(house, OUTGOING.format(port=mailman.port, url=url))
        assert house.intake("poll", "--once")[0] == 0
        assert (
            house.intake("--no-input", "user", "add", "lena", "--role", "lead", "--os-user", os_login())[0]
            == 0
        )
        cases = [row["case"] for row in json.loads(house.intake("queue", "list", "--json")[1])]
        shown = 0
        for case in cases[::4]:
            for kind in (LetterKind.ASK, LetterKind.PROOF, LetterKind.NO_CARDS):
                shown += house.intake("letter", "show", case, "--kind", kind.value, "--json")[0] == 0
        for case in cases:
            house.intake("letter", "send", case)
        for case in cases[::4]:
            house.intake("letter", "show", case, "--made")
        assert house.intake("letter", "tick")[0] == 0
        for form in ("csv", "jsonl"):
            out = house.root / f"cases.{form}"
            assert house.intake("queue", "export", "--format", form, "--out", str(out))[0] == 0
            assert out.stat().st_size > 0
    assert shown > 10
    assert len(mailman.letters) > 10
    assert len(told) > 10
    assert [leak for *_, data in mailman.letters for leak in _leaks_in(data, house)] == []
    assert [leak for body in told for leak in _leaks_in(body, house)] == []
    assert house.leaks() == []


def test_a_company_that_puts_a_card_into_its_template_sends_none(small_house: House, tmp_path: Path) -> None:
    folder = small_house.root.with_name(f"{small_house.root.name}-letters")
    folder.mkdir()
    card = next(secret for secret in small_house.secrets if secret.kind == "pan").text
    (folder / "en.toml").write_text(
        f'[received]\nsubject = "{card}"\ntext = "Card {card}"\n', encoding="utf-8"
    )
    _configure(small_house, f'[letters]\ndir = "{folder}"\nsenders = {{ eofferix = "a@eofferix.com" }}\n')
    small_house.intake("poll", "--once")
    cases = [row["case"] for row in json.loads(small_house.intake("queue", "list", "--json")[1])]
    for case in cases:
        small_house.intake("letter", "show", case, "--kind", "received", "--language", "en")
    assert small_house.leaks() == []
