"""Sends a letter by SMTP: verified TLS, a login where the server wants one, every step with a time-out."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from intake.config.letters import SmtpConfig
from intake.credentials import SecretPlace
from intake.errors import ConfigError, Exit, IntakeError, LoginRefusedError, Problem, UnavailableError
from intake.letters.mail import UncertainError
from intake.tls import trusting

_NAME: Final = "[127.0.0.1]"  # a literal tells a server nothing about us (RFC 5321 §4.1.3)


class RefusedMailError(IntakeError):
    """The server does not take this letter (1)."""

    exit = Exit.PROBLEM


def smtp_place(config: SmtpConfig) -> SecretPlace:
    """Where the password lies."""
    return SecretPlace(
        where="smtp",
        key="password",
        env=config.password_env,
        file=config.password_file,
        credential=config.password_credential,
    )


def send(config: SmtpConfig, data: bytes, sender: str, recipient: str) -> None:
    """Sends one message to one address.

    Raises:
        ConfigError: no server is configured, or the password or certificate file cannot be read.
        UnavailableError: the server cannot be reached, or fails for now: the letter did not leave.
        LoginRefusedError: name and password.
        RefusedMailError: it does not take sender, recipient or letter.
        UncertainError: the line broke after the letter was handed over.
    """
    if config.host is None:
        remedy = 'add host = "smtp.example.org"'
        raise ConfigError(Problem(where="smtp", what="no server is configured", remedy=remedy))
    secret = smtp_place(config).read() if config.username is not None else None
    with _session(config) as server:
        with _errors(config):
            if config.tls == "starttls":
                server.starttls(
                    context=trusting(config.ca_file, where="smtp")
                )  # raises where it is not offered
            server.ehlo_or_helo_if_needed()
            if secret is not None and config.username is not None:
                server.login(config.username, secret.get_secret_value())
            taken, _ = server.mail(sender)
            known = taken
            if taken == 250:
                known, _ = server.rcpt(recipient)
        if taken != 250:
            raise _refused(config, f"does not take our address ({taken})", taken)
        if known not in {250, 251}:
            raise _refused(config, f"does not take the recipient ({known})", known)
        _data(config, server, data)


@contextmanager
def _session(config: SmtpConfig) -> Iterator[smtplib.SMTP]:
    host, port, wait = config.host or "", config.effective_port, config.timeout_s
    with _errors(config):
        server = (
            smtplib.SMTP_SSL(
                host, port, local_hostname=_NAME, timeout=wait, context=trusting(config.ca_file, where="smtp")
            )
            if config.tls == "tls"
            else smtplib.SMTP(host, port, local_hostname=_NAME, timeout=wait)
        )
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _data(config: SmtpConfig, server: smtplib.SMTP, data: bytes) -> None:
    try:
        code, _ = server.data(data)
    except smtplib.SMTPDataError as error:
        raise _refused(config, f"does not take the letter ({error.smtp_code})", error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        what = f"the line broke while the letter was handed over ({type(error).__name__})"
        remedy = "look whether it arrived; it is not sent again today"
        raise UncertainError(Problem(where=_where(config), what=what, remedy=remedy)) from None
    if code != 250:
        raise _refused(config, f"does not take the letter ({code})", code)


@contextmanager
def _errors(config: SmtpConfig) -> Iterator[None]:
    """Our own errors for the library's: what a server says may repeat addresses, so only its number goes on."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        what = f"name and password were refused ({error.smtp_code})"
        raise LoginRefusedError(
            Problem(where=_where(config), what=what, remedy="mend smtp.username or the password")
        ) from None
    except smtplib.SMTPNotSupportedError:
        what = "the server offers no STARTTLS or no login that we know"
        raise ConfigError(Problem(where=_where(config), what=what, remedy='use tls = "tls"')) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(config, f"refuses ({error.smtp_code})", error.smtp_code) from None
    except ssl.SSLCertVerificationError:
        what, remedy = "its certificate is not trusted", "set smtp.ca_file, or mend the certificate"
        raise ConfigError(Problem(where=_where(config), what=what, remedy=remedy)) from None
    except (smtplib.SMTPException, OSError) as error:
        what = f"cannot be reached ({type(error).__name__})"
        raise UnavailableError(Problem(where=_where(config), what=what, remedy="try again")) from None


def _refused(config: SmtpConfig, what: str, code: int) -> IntakeError:
    if 400 <= code < 500:  # for now (RFC 5321 §4.2.1)
        return UnavailableError(Problem(where=_where(config), what=what, remedy="try again"))
    return RefusedMailError(Problem(where=_where(config), what=what, remedy="ask who runs the server"))


def _where(config: SmtpConfig) -> str:
    return f"smtp ({config.host}:{config.effective_port})"
