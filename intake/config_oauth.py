"""Settings of a login by token: where tokens come from, and for whom (RFC 6749)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class OAuthConfig(BaseModel):
    """The table `[mailbox.NAME.oauth]`; its secrets come from where passwords come from, never from here."""

    # hide_input: an error never repeats what was typed, for somebody may have typed a secret
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    token_url: Annotated[str, Field(min_length=1)]
    grant: Literal["client_credentials", "refresh_token"]
    mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"
    client_id: Annotated[str, Field(min_length=1)]
    scope: str = ""
    client_secret_env: _Variable | None = None
    client_secret_file: Path | None = None
    refresh_token_env: _Variable | None = None
    refresh_token_file: Path | None = None
    ca_file: Path | None = None
    timeout_s: Annotated[float, Field(ge=1, le=120)] = 20

    @field_validator("token_url")
    @classmethod
    def _private(cls, value: str) -> str:
        """Secrets go there: TLS, unless it is this machine (RFC 6749 §3.2)."""
        try:
            parts = urlsplit(value)
            good = bool(parts.hostname) and parts.username is None and not parts.fragment
            good = good and (
                parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
            )
        except ValueError:
            good = False
        if not good:
            context = {
                "what": "no address that secrets may be sent to",
                "remedy": "write the provider's token endpoint, https://…",
            }
            raise PydanticCustomError("setting", "{what}", context)
        return value
