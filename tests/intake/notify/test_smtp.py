"""SMTP: what is sent arrives as it is; what failed says whether it may have left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake.config.letters import SmtpConfig
from intake.errors import ConfigError, IntakeError, LoginRefusedError, UnavailableError
from intake.letters.mail import UncertainError
from intake.notify.smtp import RefusedMailError, send
from tests.intake.notify.smtp_server import smtp_server

LETTER = b"Subject: x\r\n\r\nHello\r\n.dot\r\n"


def config(port: int, **settings: Any) -> SmtpConfig:
    return SmtpConfig(host="127.0.0.1", port=port, **({"tls": "none", "timeout_s": 2} | settings))


def test_a_letter_arrives_as_it_is() -> None:
    with smtp_server() as mailman:
        send(config(mailman.port), LETTER, "support@example.com", "ann@example.org")
    ((sender, recipient, data),) = mailman.letters
    assert "support@example.com" in sender
    assert "ann@example.org" in recipient
    # doubled on the line, undone by the server (RFC 5321 §4.5.2)
    assert data == LETTER.replace(b"\r\n.", b"\r\n..")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 ann@example.org unknown"}, RefusedMailError),
        ({"RCPT": "450 ann@example.org later"}, UnavailableError),
        ({"MAIL": "553 no"}, RefusedMailError),
        ({"DATA": "554 no"}, RefusedMailError),
        ({"END": "552 too large"}, RefusedMailError),
        ({"END": "451 later"}, UnavailableError),
        ({"EHLO": "500 what", "HELO": "421 busy"}, UnavailableError),
    ],
)
def test_a_refusal_is_told_without_the_servers_words(
    answers: dict[str, str], error: type[IntakeError]
) -> None:
    with smtp_server(answers=answers) as mailman, pytest.raises(error) as caught:
        send(config(mailman.port), LETTER, "support@example.com", "ann@example.org")
    assert "@" not in str(caught.value)


def test_a_line_that_breaks_after_the_letter_leaves_it_uncertain() -> None:
    with smtp_server(drop_after_data=True) as mailman, pytest.raises(UncertainError):
        send(config(mailman.port), LETTER, "support@example.com", "ann@example.org")


def test_without_starttls_nothing_is_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PW", "correct horse")
    settings = {"tls": "starttls", "username": "u", "password_env": "SMTP_PW"}
    with smtp_server() as mailman, pytest.raises(ConfigError, match="STARTTLS"):
        send(config(mailman.port, **settings), LETTER, "a@example.com", "b@example.org")
    assert mailman.letters == []


def test_a_refused_login_says_so_and_keeps_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PW", "correct horse")
    answers = {"EHLO": "250-mail\r\n250 AUTH PLAIN", "AUTH": "535 bad correct horse"}
    with smtp_server(answers=answers) as mailman, pytest.raises(LoginRefusedError) as caught:
        send(
            config(mailman.port, username="u", password_env="SMTP_PW"),
            LETTER,
            "a@example.com",
            "b@example.org",
        )
    assert "horse" not in str(caught.value)


def test_nobody_there_no_host_no_certificates(tmp_path: Path) -> None:
    with smtp_server() as mailman:
        pass
    with pytest.raises(UnavailableError):
        send(config(mailman.port), LETTER, "a@example.com", "b@example.org")
    with pytest.raises(ConfigError, match="no server"):
        send(SmtpConfig(), LETTER, "a@example.com", "b@example.org")
    pem = tmp_path / "ca.pem"
    pem.write_text("none", encoding="utf-8")
    with pytest.raises(ConfigError, match="no file of certificates"):
        send(config(1, tls="tls", ca_file=pem), LETTER, "a@example.com", "b@example.org")


def test_plain_text_stays_on_this_machine() -> None:
    with pytest.raises(ValueError, match="plain text"):
        SmtpConfig(host="smtp.example.org", tls="none")
    assert SmtpConfig(host="smtp.example.org", tls="tls").effective_port == 465
