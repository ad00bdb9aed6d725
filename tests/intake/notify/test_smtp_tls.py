"""Letters over TLS, against a server with a certificate of an authority of its own: nothing goes out unproven."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.config.letters import SmtpConfig
from intake.errors import ConfigError, Exit, LoginRefusedError, UnavailableError
from intake.notify.smtp import send
from tests.intake.notify.smtp_server import Mailman, smtp_server

LETTER = b"Subject: x\r\n\r\nHello\r\n"
WAYS = ["starttls", "tls"]
USER, PASSWORD = "support", "correct horse battery"
_NEW = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


def _openssl(folder: Path, line: str) -> None:
    subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, another.pem, and certificates for this machine and for another one."""
    folder = tmp_path_factory.mktemp("authority")
    sign = "x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -extensions"
    (folder / "ext").write_text(
        "[here]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n[elsewhere]\nsubjectAltName=DNS:mail.example.org\n"
    )
    for name in ("ca", "another"):
        _openssl(folder, f"req -x509 {_NEW} -keyout {name}.key -out {name}.pem -days 30 -subj /CN={name}")
    for name, days in (("here", "30"), ("elsewhere", "30"), ("past", "-1")):
        kind = "elsewhere" if name == "elsewhere" else "here"
        _openssl(folder, f"req {_NEW} -keyout {name}.key -out {name}.csr -subj /CN={name}")
        _openssl(folder, f"{sign} {kind} -in {name}.csr -out {name}.pem -days {days}")
    return folder


def context(authority: Path, name: str = "here") -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    return made


@pytest.fixture
def post(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setenv("SMTP_PW", PASSWORD)

    def go(mailman: Mailman, **settings: Any) -> None:
        made: dict[str, Any] = {"host": "127.0.0.1", "port": mailman.port, "tls": mailman.tls, "timeout_s": 5}
        made |= {"ca_file": authority / "ca.pem", "username": USER, "password_env": "SMTP_PW"}
        send(SmtpConfig(**(made | settings)), LETTER, "support@example.com", "ann@example.org")

    return go


@pytest.mark.parametrize("tls", WAYS)
def test_a_letter_arrives_and_neither_it_nor_the_password_can_be_read_on_the_way(
    authority: Path, post: Callable[..., None], tls: str
) -> None:
    with smtp_server(tls=tls, context=context(authority), login=(USER, PASSWORD)) as mailman:
        post(mailman)
    assert [data for _, _, data in mailman.letters] == [LETTER]
    assert [line.split()[0] for line in mailman.clear] == (["ehlo", "STARTTLS"] if tls == "starttls" else [])


@pytest.mark.parametrize("tls", WAYS)
@pytest.mark.parametrize(
    ("name", "trusted"),
    [("here", "another.pem"), ("here", None), ("elsewhere", "ca.pem"), ("past", "ca.pem")],
    ids=["another authority", "the system's authorities", "another host", "run out"],
)
def test_a_certificate_that_proves_nothing_ends_it(
    authority: Path, post: Callable[..., None], tls: str, name: str, trusted: str | None
) -> None:
    with (
        smtp_server(tls=tls, context=context(authority, name), login=(USER, PASSWORD)) as mailman,
        pytest.raises(ConfigError, match="certificate is not trusted") as caught,
    ):
        post(mailman, ca_file=authority / trusted if trusted else None)
    assert caught.value.exit is Exit.CONFIG
    assert mailman.letters == []
    assert not any(word in line for line in mailman.clear for word in (mailman.proof, "ann@", "AUTH"))


@pytest.mark.parametrize("tls", WAYS)
def test_a_refused_login_sends_nothing(authority: Path, post: Callable[..., None], tls: str) -> None:
    with (
        smtp_server(tls=tls, context=context(authority), login=(USER, "another one")) as mailman,
        pytest.raises(LoginRefusedError, match="refused") as caught,
    ):
        post(mailman)
    assert (caught.value.exit, mailman.letters) == (Exit.NO_PERMISSION, [])
    assert PASSWORD not in str(caught.value)


def test_who_takes_starttls_away_gets_nothing(authority: Path, post: Callable[..., None]) -> None:
    with smtp_server(login=(USER, PASSWORD)) as mailman, pytest.raises(ConfigError, match="no STARTTLS"):
        post(mailman, tls="starttls")
    assert [line.split()[0].lower() for line in mailman.clear] == ["ehlo", "quit"]


def test_a_server_of_the_other_kind_is_told_apart(authority: Path, post: Callable[..., None]) -> None:
    with (
        smtp_server(tls="starttls", context=context(authority)) as mailman,
        pytest.raises(UnavailableError, match="cannot be reached"),
    ):
        post(mailman, tls="tls")  # it talks plainly where a handshake belongs
