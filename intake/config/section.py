"""What every table of the config has in common: it is frozen, knows no other key, and never repeats what was typed."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable."""

Credential = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
"""The name of a systemd credential."""

Host = Annotated[str, Field(pattern=r"^[^\s/@:]+$|^[0-9a-fA-F:]+$")]
"""A host's name or address, without a port."""

Port = Annotated[int, Field(ge=1, le=65535)]
UserName = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Section(BaseModel):
    """A table of the config."""

    # hide_input: an error never repeats what was typed, for somebody may have typed a password
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)


def wrong(what: str, remedy: str) -> PydanticCustomError:
    """A problem that `intake.config.load` shows with its remedy; braces would be read as a template."""
    return PydanticCustomError("setting", "{what}", {"what": what, "remedy": remedy})


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its own writing; names are not looked up, for a resolver may lie."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private_url(url: str) -> bool:
    """Whether nobody on the way reads what is sent there: https, or http to this machine (RFC 6749 §3.2).

    Without a user name, a password or a fragment.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port  # ValueError: a port that is none
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
