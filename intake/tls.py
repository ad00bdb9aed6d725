"""Whom we trust when we call a server ourselves: mail, tokens, webhooks, records."""

from __future__ import annotations

import ssl
from pathlib import Path

from intake.errors import ConfigError, Problem


def trusting(ca_file: Path | None, *, where: str) -> ssl.SSLContext:
    """The system's trust, or the private authority alone; host names are checked either way.

    Raises:
        ConfigError: `ca_file` holds no certificates (PEM); `where` is what it is a setting of.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError:  # ssl.SSLError is one
        what = f"{ca_file} is no file of certificates"
        raise ConfigError(Problem(where=where, what=what, remedy="mend ca_file (PEM)")) from None
