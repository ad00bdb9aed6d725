"""Opens a connection: verified TLS unless the config says otherwise, time-outs on every operation, login."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version

from imapclient import IMAPClient, SocketTimeout
from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.credentials import read_password, secret_places
from intake.errors import ConfigError
from intake.log import Event, emit
from intake.mail import quirks
from intake.mail.imap_errors import translated
from intake.mail.oauth import TokenProvider
from intake.mail.source import MisconfiguredError, RefusedError
from intake.tls import trusting

PasswordProvider = Callable[[], SecretStr]
"""Called at each connect: a password that was changed, or a token that expired, needs no restart."""


def login_secret(name: str, box: MailboxConfig) -> PasswordProvider:
    """What all connections to the mailbox `name` log in with: its password, or a token that renews itself."""
    if box.oauth is not None:
        return TokenProvider(name, box.oauth, secret_places(name, box))
    return partial(read_password, name, box)


def connect(name: str, box: MailboxConfig, password: PasswordProvider) -> IMAPClient:
    """A connection that is logged in; a token that was refused because it is old is replaced once.

    Raises:
        SourceError: of the kind that says what to do about it.
    """
    try:
        return _connect(name, box, password)
    except RefusedError:
        if not isinstance(password, TokenProvider) or not password.forget():
            raise
    return _connect(name, box, password)


def _connect(name: str, box: MailboxConfig, password: PasswordProvider) -> IMAPClient:
    where = f"mailbox {name} ({box.host}:{box.effective_port})"
    try:
        secret = password()
    except ConfigError as error:
        raise MisconfiguredError.of("no_password", error) from None
    context = None if box.tls == "none" else _context(box, where)
    with translated(where):
        client = IMAPClient(
            box.host,
            port=box.effective_port,
            ssl=box.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=box.connect_timeout_s, read=box.io_timeout_s),
        )
    with ExitStack() as undo:
        undo.callback(drop, client)
        _prepare(client, box, context, where)
        with translated(where, login=True):
            _login(client, box, secret.get_secret_value())
        with translated(where):
            _introduce(client)
        undo.pop_all()
    emit(Event.IMAP_CONNECTED, mailbox=name, host=box.host, port=box.effective_port, tls=box.tls)
    return client


def drop(client: IMAPClient) -> None:
    """Closes the socket without a word to the server, whatever state it is in."""
    try:
        client.shutdown()
    except (OSError, client.Error):
        return


def _context(box: MailboxConfig, where: str) -> ssl.SSLContext:
    try:
        return trusting(box.ca_file, where=where)
    except ConfigError as error:
        raise MisconfiguredError.of("ca_file", error) from None


def _prepare(client: IMAPClient, box: MailboxConfig, context: ssl.SSLContext | None, where: str) -> None:
    # imapclient formats every answer, whole bodies included, even with logging off: four times slower, and
    # with debug logging on, card numbers go to a logger
    client._imap.debug = 0  # noqa: SLF001 - there is no public way
    # commands are small writes, one after the other: Nagle's algorithm would wait 40 ms with each (RFC 896)
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.normalise_times = False  # INTERNALDATE stays aware; by default it becomes naive local time
    if box.tls != "starttls":
        return
    with translated(where):
        offered = client.has_capability("STARTTLS")
        if offered:
            client.starttls(ssl_context=context)
    if not offered:
        # going on in plain text would hand the password to whoever removed the offer (RFC 9051 §11.1)
        raise MisconfiguredError(
            "starttls_missing", where=where, what="the server offers no STARTTLS", remedy='use tls = "tls"'
        )


def _introduce(client: IMAPClient) -> None:
    """Says which program this is (RFC 2971); some servers open no folder before, and a NO to it means nothing."""
    if client.has_capability(quirks.IDENTIFY):
        # the library's own call fails where a server has nothing to say in return
        told = f'("name" "refund-intake" "version" "{version("refund-intake")}")'
        client._imap.xatom("ID", told)  # noqa: SLF001 - there is no public way


def _login(client: IMAPClient, box: MailboxConfig, secret: str) -> None:
    if box.oauth is not None:
        client.sasl_login(box.oauth.mechanism.upper(), _token_words(box, box.oauth.mechanism, secret))
        return
    if client.has_capability("AUTH=PLAIN"):  # takes UTF-8 (RFC 4616 §2), which LOGIN does not
        client.sasl_login("PLAIN", lambda _challenge: f"\0{box.username}\0{secret}".encode())
        return
    client.login(box.username, secret)


def _token_words(box: MailboxConfig, mechanism: str, token: str) -> Callable[[bytes], bytes]:
    """What we say at each challenge: the token, then, to a refusal with reasons, what ends the exchange.

    XOAUTH2 is Google's and Microsoft's own; OAUTHBEARER is RFC 7628 §3.1, its end §3.2.3.
    """
    if mechanism == "oauthbearer":
        name = box.username.replace("=", "=3D").replace(",", "=2C")
        place = f"\1host={box.host}\1port={box.effective_port}"
        words = iter([f"n,a={name},{place}\1auth=Bearer {token}\1\1".encode()])
        return lambda _challenge: next(words, b"\1")
    words = iter([f"user={box.username}\1auth=Bearer {token}\1\1".encode()])
    return lambda _challenge: next(words, b"")
