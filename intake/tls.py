"""Whom we trust when we call a server ourselves: mail, tokens, webhooks, records."""

from __future__ import annotations

import ssl
from pathlib import Path

from intake.errors import ConfigError, Problem


def trusting(ca_file: Path | None, *, where: str) -> ssl.SSLContext:
    """The system's trust, or the private authority alone; host names are checked either way.

    Raises:
        ConfigError: `ca_file` is not there, cannot be read, or holds no certificates (PEM); `where` is what it is a
            setting of.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except FileNotFoundError:
        what, remedy = f"there is no file {ca_file}", "set ca_file to the certificate of the authority (PEM)"
    except ssl.SSLError:  # an OSError too
        what, remedy = f"{ca_file} is no file of certificates", "put the authority's there (PEM)"
    except OSError as error:
        what, remedy = f"{ca_file} cannot be read ({type(error).__name__})", "let this user read it"
    raise ConfigError(Problem(where=where, what=what, remedy=remedy))
