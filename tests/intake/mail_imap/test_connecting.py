"""Connecting: whom we trust, what we refuse, and that no failure repeats a secret or the server's words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.errors import ConfigError, Exit, Problem
from intake.mail.imap import ImapSource
from intake.mail.source import MisconfiguredError, RefusedError, SourceError, UnreachableError
from tests.dovecot import PASSWORD, Dovecot, free_port, require_dovecot
from tests.intake.mail_imap.conftest import Connect, settings

dovecot = pytest.mark.dovecot


@dovecot
@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_each_kind_of_connection_logs_in(connect: Connect, server: Dovecot, tls: str) -> None:
    port = server.tls_port if tls == "tls" else server.port
    source = connect(tls=tls, port=port, ca_file=None if tls == "none" else server.ca_file)
    assert source.open("INBOX").writable


@dovecot
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_unknown_authority_is_not_trusted(connect: Connect, server: Dovecot, tls: str) -> None:
    source = connect(tls=tls, port=server.tls_port if tls == "tls" else server.port)
    with pytest.raises(UnreachableError) as caught:
        source.open("INBOX")
    assert caught.value.code == "tls_certificate"
    assert "ca_file" in str(caught.value)


@dovecot
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_not_trusted(tls: str) -> None:
    require_dovecot()
    with Dovecot(["u"], wrong_host=True) as other:
        port = other.tls_port if tls == "tls" else other.port
        box = settings(other, "u", tls=tls, port=port, ca_file=other.ca_file)
        with pytest.raises(UnreachableError) as caught:
            ImapSource("box", box, lambda: SecretStr(PASSWORD)).open("INBOX")
    assert caught.value.code == "tls_certificate"


@dovecot
def test_a_wrong_password_is_a_refusal(connect: Connect) -> None:
    with pytest.raises(RefusedError) as caught:
        connect(password="hunter2").open("INBOX")
    assert (caught.value.code, caught.value.exit) == ("login", Exit.NO_PERMISSION)
    assert "hunter2" not in str(caught.value)


def test_a_missing_password_names_its_remedy() -> None:
    def no_password() -> SecretStr:
        raise ConfigError(Problem(where="mailbox.box.password_env", what="not set", remedy="export PW"))

    with pytest.raises(MisconfiguredError, match="export PW") as caught:
        ImapSource("box", at(1), no_password).open("INBOX")
    assert caught.value.code == "no_password"


def test_nobody_listens() -> None:
    assert failure(at(free_port())).code == "connection_refused"


def test_a_file_that_holds_no_certificates(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    error = failure(at(1, tls="tls", ca_file=tmp_path / "ca.pem"))
    assert (error.code, error.exit) == ("ca_file", Exit.CONFIG)


OK = "OK done"
GREETING = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] canary-secret ready"


@pytest.mark.parametrize(
    ("greeting", "answers", "code"),
    [
        ("HTTP/1.1 400 canary-secret", {}, "connection_lost"),
        ("* BYE canary-secret too many connections", {}, "throttled"),
        (GREETING, {"AUTHENTICATE": "NO [UNAVAILABLE] canary-secret"}, "throttled"),
        (GREETING, {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] canary-secret"}, "login"),
        (GREETING, {"AUTHENTICATE": "* BYE canary-secret"}, "connection_lost"),
        (GREETING, {"AUTHENTICATE": OK, "SELECT": "NO [THROTTLED] canary-secret"}, "throttled"),
        (GREETING, {"AUTHENTICATE": OK, "SELECT": "NO canary-secret"}, "folder_missing"),
        (GREETING, {"AUTHENTICATE": OK, "SELECT": OK}, "protocol"),
        (GREETING, {"AUTHENTICATE": OK, "SELECT": "* BYE canary-secret"}, "connection_lost"),
        (GREETING, {"AUTHENTICATE": OK, "SELECT": ""}, "timeout"),
    ],
    ids=[
        "no imap",
        "bye",
        "busy login",
        "refused",
        "bye in the login",
        "throttled",
        "no folder",
        "no uidvalidity",
        "bye later",
        "mute",
    ],
)
def test_what_a_server_does_becomes_a_label(greeting: str, answers: dict[str, str], code: str) -> None:
    with fake_server(greeting, answers) as port:
        error = failure(at(port))
    assert error.code == code
    assert "canary" not in f"{error} {error!r} {error.__cause__!r}"


def test_starttls_that_is_not_offered_ends_before_the_password_is_sent() -> None:
    with fake_server(GREETING, {}) as port:
        error = failure(at(port, tls="starttls"))
    assert (error.code, error.exit) == ("starttls_missing", Exit.CONFIG)


@dovecot
def test_a_connection_that_died_while_idle_is_replaced_without_a_failure(
    connect: Connect, server: Dovecot
) -> None:
    source = connect()
    before = source.open("INBOX")
    assert source._client is not None
    source._client.socket().shutdown(socket.SHUT_RDWR)
    assert source.open("INBOX").uidvalidity == before.uidvalidity


def test_the_command_after_a_lost_connection_says_so() -> None:
    with pytest.raises(UnreachableError):
        ImapSource("box", at(1), lambda: SecretStr("x")).uids_after(0, None)


def at(port: int, **others: object) -> MailboxConfig:
    base: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "username": "u",
        "policy": "pars",
    }
    return MailboxConfig.model_validate(base | {"start_from": "all", "io_timeout_s": 1} | others)


def failure(box: MailboxConfig) -> SourceError:
    with pytest.raises(SourceError) as caught, ImapSource("box", box, lambda: SecretStr("geheim")) as source:
        source.open("INBOX")
    return caught.value


@contextmanager
def fake_server(greeting: str, answers: dict[str, str]) -> Iterator[int]:
    """A server of one connection that greets, then answers each command by `answers`; "" never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw", newline="\r\n") as stream:
            stream.write(greeting + "\r\n")
            stream.flush()
            for line in stream:
                tag, _, command = line.rstrip().partition(" ")
                verb = command.split(" ")[0].upper()
                if verb == "AUTHENTICATE" and " " not in command.partition(" ")[2]:
                    stream.write("+ \r\n")
                    stream.flush()
                    stream.readline()
                answer = answers.get(verb, OK)
                if verb == "CAPABILITY":
                    stream.write("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
                if answer:
                    stream.write(f"{answer}\r\n" if answer.startswith("*") else f"{tag} {answer}\r\n")
                stream.flush()
                if answer.startswith("* BYE"):
                    return
            done.wait(0)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()
        thread.join(5)
