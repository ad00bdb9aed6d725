"""Access tokens for a mailbox (RFC 6749 §4.4, §6): bought when they are needed, kept in memory, shown never."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from intake.clock import Ticks, monotonic
from intake.config.oauth import OAuthConfig
from intake.credentials import SecretPlace
from intake.errors import ConfigError
from intake.log import Event, emit
from intake.mail.source import MisconfiguredError, RefusedError, UnreachableError
from intake.tls import trusting

_MARGIN_S = 120.0  # a token is not used any more when this little of its life is left, or a fifth of it
_UNSAID_S = 300.0  # how long a token is kept whose life the provider does not tell
_MAX_BYTES = 65536
_REFUSALS = frozenset(  # RFC 6749 §5.2; any other word of the provider is not repeated
    [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ]
)
_TOO_MANY = 429  # RFC 6585 §4


@dataclass(frozen=True, slots=True)
class _Token:
    value: SecretStr
    until: float  # by the clock that never jumps


class TokenProvider:
    """Gives the access token of one mailbox; for several threads at once."""

    def __init__(
        self, name: str, config: OAuthConfig, places: Mapping[str, SecretPlace], *, ticks: Ticks = monotonic
    ) -> None:
        self._name = name
        self._config = config
        self._places = places
        self._ticks = ticks
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._given_before = False
        self._rotated: tuple[SecretStr, SecretStr] | None = None  # what we read, and what replaces it
        self._where = f"mailbox {name} ({config.token_url})"

    def __call__(self) -> SecretStr:
        """The token to log in with, a new one where none is left.

        Raises:
            RefusedError: the provider says no to the client, its secret, or the refresh token.
            UnreachableError: no answer, or one that asks for patience.
            ConfigError, MisconfiguredError: a secret or ca_file that is not there.
        """
        with self._lock:
            self._given_before = self._token is not None and self._ticks() < self._token.until
            if self._token is None or not self._given_before:
                self._token = self._buy()
            return self._token.value

    def forget(self) -> bool:
        """A mail server refused the token; True: it was not fresh, and another one may well do."""
        with self._lock:
            self._token = None
            return self._given_before

    def _buy(self) -> _Token:
        answer = self._ask(self._form())
        value, kind, life = answer.get("access_token"), answer.get("token_type"), answer.get("expires_in")
        good = isinstance(value, str) and value.isascii() and value.isprintable() and value
        if not good or not isinstance(kind, str) or kind.lower() != "bearer":
            raise self._unreachable("oauth_protocol", "the answer is no bearer token")
        seconds = _seconds(life)
        following = answer.get("refresh_token")
        if self._config.grant == "refresh_token" and isinstance(following, str) and following.isprintable():
            self._keep(SecretStr(following))
        until = self._ticks() + seconds - min(_MARGIN_S, seconds / 5)
        return _Token(SecretStr(str(value)), until)

    def _form(self) -> dict[str, str]:
        """What the token endpoint is sent, fresh from where secrets lie."""
        config = self._config
        form = {"grant_type": config.grant, "client_id": config.client_id}
        form |= {"scope": config.scope} if config.scope else {}
        for key, place in self._places.items():
            form[key] = place.read().get_secret_value()
        if self._rotated is not None and form.get("refresh_token") == self._rotated[0].get_secret_value():
            form["refresh_token"] = self._rotated[1].get_secret_value()  # it could not be written back
        return form

    def _ask(self, form: Mapping[str, str]) -> dict[str, object]:
        """One POST; no redirect is followed, for it would carry the secrets along."""
        config = self._config
        try:
            context = trusting(config.ca_file, where=f"{self._where}: oauth")
        except ConfigError as error:
            raise MisconfiguredError.of("ca_file", error) from None
        try:
            with (
                httpx.Client(verify=context, timeout=config.timeout_s, follow_redirects=False) as client,
                client.stream(
                    "POST", config.token_url, data=form, headers={"Accept": "application/json"}
                ) as reply,
            ):
                body = b""
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES:
                        raise self._unreachable("oauth_protocol", "the answer is no token")
                status = reply.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            code = "oauth_timeout" if isinstance(error, httpx.TimeoutException) else "oauth_unreachable"
            raise self._unreachable(code, "the token endpoint does not answer") from None
        return self._judged(status, _object(body))

    def _judged(self, status: int, answer: dict[str, object]) -> dict[str, object]:
        if status == httpx.codes.OK:
            return answer
        said = answer.get("error")
        if status == _TOO_MANY or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._unreachable("oauth_throttled", "the token endpoint asks for patience")
        if isinstance(said, str) and said in _REFUSALS:
            raise RefusedError(
                f"oauth_{said}",
                where=self._where,
                what=f"the token endpoint refuses ({said})",
                remedy="check client_id, grant, scope and the secrets; a refresh token may have to be asked for anew",
            )
        raise self._unreachable("oauth_protocol", "the answer is no token")

    def _keep(self, following: SecretStr) -> None:
        """Puts a refresh token in the place of the one that it replaces (RFC 6749 §6), or else keeps it in mind."""
        place = self._places["refresh_token"]
        present = place.read()
        if present.get_secret_value() == following.get_secret_value():
            return
        if place.env is None and place.file is not None and _write(place.file, following):
            self._rotated = None
            emit(Event.OAUTH_ROTATED, mailbox=self._name, saved=True)
            return
        first = self._rotated is None or self._rotated[0].get_secret_value() != present.get_secret_value()
        self._rotated = (present, following)
        if first:  # the first one is told of: after a restart the old one may not do
            emit(Event.OAUTH_UNSAVED, mailbox=self._name, saved=False)

    def _unreachable(self, code: str, what: str) -> UnreachableError:
        return UnreachableError(code, where=self._where, what=what, remedy="none: it is tried again")


def _seconds(life: object) -> float:
    """`expires_in`, of which some providers make a string."""
    if isinstance(life, str) and life.isdecimal():
        life = int(life)
    return float(min(life, 86400)) if isinstance(life, int) and life > 0 else _UNSAID_S


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, secret: SecretStr) -> bool:
    """Replaces a file in one step, readable by its owner alone; False: it cannot be written."""
    name = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(secret.get_secret_value() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError:
        if name is not None:
            with suppress(OSError):
                Path(name).unlink()
        return False
    return True
