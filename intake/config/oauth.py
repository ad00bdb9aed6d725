"""Settings of a login by token: where tokens come from, and for whom (RFC 6749)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from intake.config.section import Section, Variable, is_private_url, wrong


class OAuthConfig(Section):
    """The table `[mailbox.NAME.oauth]`; its secrets come from where passwords come from, never from here."""

    token_url: Annotated[str, Field(min_length=1)]
    grant: Literal["client_credentials", "refresh_token"]
    mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"
    client_id: Annotated[str, Field(min_length=1)]
    scope: str = ""
    client_secret_env: Variable | None = None
    client_secret_file: Path | None = None
    refresh_token_env: Variable | None = None
    refresh_token_file: Path | None = None
    ca_file: Path | None = None
    timeout_s: Annotated[float, Field(ge=1, le=120)] = 20

    @field_validator("token_url")
    @classmethod
    def _private(cls, value: str) -> str:
        """Secrets go there: TLS, unless it is this machine (RFC 6749 §3.2)."""
        if not is_private_url(value):
            raise wrong(
                "no address that secrets may be sent to", "write the provider's token endpoint, https://…"
            )
        return value
