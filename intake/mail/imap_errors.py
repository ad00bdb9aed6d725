"""What a mail server's failures mean: labels of ours, never the server's own text, which may repeat anything."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from intake.mail.quirks import is_busy, wait_s
from intake.mail.source import MessageRefusedError, RefusedError, SourceError, UnreachableError

_NETWORK: tuple[tuple[type[OSError], str, str], ...] = (  # the first that fits; subclasses stand first
    (ssl.SSLCertVerificationError, "tls_certificate", "set ca_file, or use the host name of the certificate"),
    (ssl.SSLError, "tls", 'check port and tls ("tls" is 993, "starttls" is 143)'),
    (TimeoutError, "timeout", "check network and firewall"),
    (socket.gaierror, "dns", "check the host name"),
    (ConnectionRefusedError, "connection_refused", "check port, and that the server runs"),
    (OSError, "connection_lost", "check network and server"),
)
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What imaplib and imapclient raise on answers that are no IMAP; ours are not among the calls that this wraps."""


@contextmanager
def translated(where: str, *, login: bool = False) -> Iterator[None]:
    """Turns whatever the library raises inside into one of our three kinds.

    Raises:
        UnreachableError: the connection is gone or must not be used any more.
        RefusedError: with `login`, the server said no to name and password.
        MessageRefusedError: the server said NO or BAD to one command; the connection stands.
    """
    try:
        yield
    except OSError as error:
        for kind, code, remedy in _NETWORK:
            if isinstance(error, kind):
                raise UnreachableError(code, where=where, what=_words(code), remedy=remedy) from None
        raise
    except IMAPClientAbortError as error:
        code = "throttled" if is_busy(_said(error)) else "connection_lost"
        raise UnreachableError(
            code,
            where=where,
            what=_words(code),
            remedy="none: it is tried again",
            wait_s=wait_s(_said(error)),
        ) from None
    except ProtocolError:
        raise UnreachableError("protocol", where=where, what=_words("protocol")) from None
    except IMAPClientError as error:
        raise _judged(error, where, login=login) from None
    except _BROKEN:
        raise UnreachableError("protocol", where=where, what=_words("protocol")) from None


def _judged(error: IMAPClientError, where: str, *, login: bool) -> SourceError | MessageRefusedError:
    """What a NO or BAD amounts to, or what the library makes of one."""
    if is_busy(_said(error)):
        wait = wait_s(_said(error))
        return UnreachableError("throttled", where=where, what=_words("throttled"), wait_s=wait)
    if isinstance(error.__context__, IMAPClientAbortError):
        # the library makes a refusal of a line that breaks off in the middle of a login
        return UnreachableError("connection_lost", where=where, what=_words("connection_lost"))
    if login or isinstance(error, LoginError):
        remedy = "check username and password, and that IMAP is allowed for this account"
        return RefusedError("login", where=where, what="the login was refused", remedy=remedy)
    return MessageRefusedError(_refusal(error))


def _said(error: Exception) -> str:
    """The server's words, in capitals; they go nowhere from here."""
    return str(error).upper()


def _refusal(error: Exception) -> str:
    """A label for a NO: the response codes that we act on (RFC 9051 §7.1)."""
    text = _said(error)
    for code in ("TRYCREATE", "NONEXISTENT", "NOPERM", "OVERQUOTA"):
        if f"[{code}]" in text:
            return code.lower()
    return "server_refused"


def _words(code: str) -> str:
    return {
        "tls_certificate": "its certificate is not to be trusted",
        "tls": "no TLS connection comes about",
        "timeout": "no answer in time",
        "dns": "the name is not known",
        "connection_refused": "nobody listens there",
        "connection_lost": "the connection broke off",
        "throttled": "the server asks for patience",
        "protocol": "the answer is not IMAP",
    }[code]
