"""`intake redact`: text, messages and JSON lines."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from intake.cli import redact
from intake.errors import BadDataError, NoInputError
from intake.redaction.redactor import RedactionError, Redactor
from intake.redaction.text import Sensitive


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    redact.register(made)
    made.command("other")(lambda: None)  # a lone command would take the place of the group
    return made


def run(app: typer.Typer, *arguments: str, given: str = "", status: int = 0) -> str:
    result = CliRunner().invoke(app, ["redact", *arguments], input=given)
    assert result.exit_code == status, result.exception
    return result.stdout


def test_text_on_standard_input(app: typer.Typer) -> None:
    assert run(app, given="card 4111 1111 1111 1111\n") == "card [card •••• 1111]\n"
    assert run(app, given="cvv 737") == "cvv [cvv removed]\n"


def test_json(app: typer.Typer) -> None:
    shown = json.loads(run(app, "--json", given="pin 4021, order EO-120001"))
    assert shown == {
        "text": "pin [pin removed], order EO-120001",
        "redactions": [{"type": "pin", "count": 1, "shown": "[pin]"}],
    }


def test_lines_keep_their_order_and_bad_ones_their_place(app: typer.Typer) -> None:
    lines = [
        json.dumps({"id": 1, "text": "cvv 737"}),
        json.dumps({"id": "two", "html": "<table><td>CVV<td>737</table><!-- pin 4021 -->"}),
        "",
        "{",
        "[1]",
        json.dumps({"id": 3}),
        json.dumps({"id": 4, "text": 5}),
        json.dumps({"id": 5, "text": "lone \ud83d and plain"}),
    ]
    shown = [json.loads(line) for line in run(app, "--lines", given="\n".join(lines), status=65).splitlines()]
    assert [line["id"] for line in shown] == [1, "two", None, None, 3, 4, 5]
    assert shown[0]["text"] == "cvv [cvv removed]"
    assert shown[1] == {
        "id": "two",
        "text": "CVV\t[cvv removed]\n\npin [pin removed]",
        "redactions": [
            {"type": "cvv", "count": 1, "shown": "[cvv]"},
            {"type": "pin", "count": 1, "shown": "[pin]"},
        ],
    }
    assert [line["error"]["key"] for line in shown[2:6]] == [None, None, "text", "text"]
    assert shown[6]["text"] == "lone ? and plain"


def test_good_lines_end_well(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": 1, "text": "hello"}\n')
    assert json.loads(run(app, "--lines", str(file))) == {"id": 1, "text": "hello", "redactions": []}


@pytest.fixture
def message() -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ann 4111111111111111 <ann@example.org>"
    made["To"] = "support@example.com"
    made["Subject"] = "card 5555 5555 5555 4444"
    made["Date"] = "Wed, 10 Jun 2026 09:12:00 +0300"
    made["Message-ID"] = "<1@example.org>"
    made.set_content("my pin is 4021, order EO-120001")
    made.add_alternative("<p>my pin is 4021, order EO-120001</p><!-- cvv 737 -->", subtype="html")
    made.add_attachment("card;cvv\n4242424242424242;118\n", subtype="csv", filename="cards.csv")
    made.add_attachment(
        b"\x89PNG\r\n\x1a\n123", maintype="image", subtype="png", filename="scan_4012888888881881.png"
    )
    return made


@pytest.mark.parametrize("as_file", [True, False])
def test_a_message_with_headers_bodies_and_attachments(
    app: typer.Typer, message: EmailMessage, tmp_path: Path, *, as_file: bool
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(message.as_bytes())
    shown = json.loads(run(app, "--json", *([str(file)] if as_file else []), given=message.as_string()))
    text = shown["text"]
    for secret in (
        "4111111111111111",
        "5555 5555",
        "4021",
        "737",
        "4242424242424242",
        "118",
        "4012888888881881",
    ):
        assert secret not in text
    assert text.startswith(
        "From: Ann [card •••• 1111] <ann@example.org>\nTo: <support@example.com>\nSubject: card [card •••• 4444]\nDate: 2026-06-10T09:12:00+03:00\n\n"
    )
    assert "order EO-120001" in text
    assert "not read)" in text
    assert {entry["type"] for entry in shown["redactions"]} == {"pan", "pin", "cvv"}


def test_html_files(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<p>cvv <b>737</b></p>")
    assert run(app, str(file)) == "cvv [cvv removed]\n"


def test_a_missing_file(app: typer.Typer) -> None:
    with pytest.raises(NoInputError):
        CliRunner().invoke(app, ["redact", "nowhere.txt"], catch_exceptions=False)


def test_where_redaction_fails_nothing_is_shown(app: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Redactor, text: Sensitive, part: str = "body") -> None:
        raise RedactionError

    monkeypatch.setattr(Redactor, "redact", fail)
    with pytest.raises(BadDataError, match="nothing is shown"):
        CliRunner().invoke(app, ["redact"], input="cvv 737", catch_exceptions=False)
    shown = json.loads(run(app, "--lines", given='{"id": 1, "text": "cvv 737"}', status=65))
    assert shown == {"id": 1, "error": {"key": "text", "detail": "redaction failed"}}
