"""Logins by token: bought when needed, kept while they last, bought anew when refused; shown nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from intake.config.model import MailboxConfig
from intake.errors import ConfigError
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import login_secret
from intake.mail.oauth import TokenProvider
from intake.mail.source import MisconfiguredError, RefusedError, SourceError, UnreachableError
from tests.dovecot import Dovecot, require_dovecot, version
from tests.intake.mail_imap.token_server import TokenServer


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def box(tokens: TokenServer, folder: Path, **oauth: object) -> MailboxConfig:
    secret = folder / "secret"
    if not secret.exists():
        secret.write_text("client-canary\n")
        secret.chmod(0o600)
    table: dict[str, object] = {"token_url": tokens.url, "grant": "client_credentials", "client_id": "us"}
    table |= {"client_secret_file": secret, "scope": "imap offline"} | oauth
    base: dict[str, object] = {"host": "127.0.0.1", "port": 1, "tls": "none", "username": "support"}
    return MailboxConfig.model_validate(base | {"policy": "pars", "start_from": "all", "oauth": table})


class Clocked:
    """A provider on a clock that the test moves."""

    def __init__(self, settings: MailboxConfig) -> None:
        self.now = 0.0
        made = login_secret("support", settings)
        assert isinstance(made, TokenProvider)
        made._ticks = lambda: self.now
        self.provider = made

    def token(self) -> str:
        return self.provider().get_secret_value()


def test_client_credentials_buy_a_token_that_is_kept_until_shortly_before_its_end(
    tokens: TokenServer, tmp_path: Path
) -> None:
    clocked = Clocked(box(tokens, tmp_path))
    assert [clocked.token(), clocked.token()] == ["token-1"] * 2
    clocked.now = 3479
    assert clocked.token() == "token-1"
    clocked.now = 3481
    assert clocked.token() == "token-2"
    form = {"grant_type": "client_credentials", "client_id": "us", "scope": "imap offline"}
    assert tokens.asked == [form | {"client_secret": "client-canary"}] * 2


@pytest.mark.parametrize(("life", "kept"), [(None, 239), ("600", 479), (10, 7), (-1, 239), ("soon", 239)])
def test_the_life_of_a_token_is_taken_as_it_is_told_or_as_short(
    tokens: TokenServer, tmp_path: Path, life: object, kept: int
) -> None:
    tokens.life = life
    clocked = Clocked(box(tokens, tmp_path))
    clocked.token()
    clocked.now = kept
    assert clocked.token() == "token-1"
    clocked.now = kept + 2
    assert clocked.token() == "token-2"


def test_a_refresh_token_that_is_replaced_is_written_back(tokens: TokenServer, tmp_path: Path) -> None:
    kept = tmp_path / "refresh"
    kept.write_text("refresh-0")
    kept.chmod(0o600)
    tokens.rotate = True
    settings = box(
        tokens, tmp_path, grant="refresh_token", refresh_token_file=kept, client_secret_file=None, scope=""
    )
    with capture_logs() as logs:
        Clocked(settings).token()
        Clocked(settings).token()
    assert [form["refresh_token"] for form in tokens.asked] == ["refresh-0", "refresh-1"]
    assert "client_secret" not in tokens.asked[0]
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("refresh-2\n", 0o600)
    assert [(entry["event"], entry["saved"]) for entry in logs] == [("oauth.rotated", True)] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refresh", "secret"]


def test_one_that_cannot_be_written_back_is_kept_in_mind_and_told_of_once(
    tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFRESH", "refresh-0")
    tokens.rotate, tokens.life = True, 10
    clocked = Clocked(box(tokens, tmp_path, grant="refresh_token", refresh_token_env="REFRESH"))
    with capture_logs() as logs:
        for _ in range(3):
            clocked.token()
            clocked.now += 10
    assert [form["refresh_token"] for form in tokens.asked] == ["refresh-0", "refresh-1", "refresh-2"]
    assert [(entry["log_level"], entry["saved"]) for entry in logs] == [("warning", False)]
    monkeypatch.setenv("REFRESH", "asked-anew")  # a person has mended it: that one counts
    clocked.token()
    assert tokens.asked[-1]["refresh_token"] == "asked-anew"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (
            400,
            '{"error": "invalid_grant", "error_description": "canary"}',
            RefusedError,
            "oauth_invalid_grant",
        ),
        (401, '{"error": "invalid_client"}', RefusedError, "oauth_invalid_client"),
        (400, '{"error": "canary-word"}', UnreachableError, "oauth_protocol"),
        (429, "canary", UnreachableError, "oauth_throttled"),
        (503, "canary", UnreachableError, "oauth_throttled"),
        (302, "", UnreachableError, "oauth_protocol"),
        (200, "canary", UnreachableError, "oauth_protocol"),
        (200, "[" * 9000, UnreachableError, "oauth_protocol"),
        (200, "x" * 70_000, UnreachableError, "oauth_protocol"),
        (200, '{"access_token": "two\\nlines", "token_type": "bearer"}', UnreachableError, "oauth_protocol"),
        (200, '{"access_token": "t", "token_type": "mac"}', UnreachableError, "oauth_protocol"),
    ],
)
def test_what_the_provider_answers_becomes_a_label(
    tokens: TokenServer, tmp_path: Path, status: int, body: str, kind: type[SourceError], code: str
) -> None:
    tokens.answers = [(status, body)]
    with pytest.raises(kind) as caught:
        Clocked(box(tokens, tmp_path)).token()
    assert caught.value.code == code
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_a_provider_that_is_away_or_mute_is_tried_again(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.mute = True
    with pytest.raises(UnreachableError) as caught:
        Clocked(box(tokens, tmp_path, timeout_s=1)).token()
    assert caught.value.code == "oauth_timeout"
    with pytest.raises(UnreachableError) as caught:
        Clocked(box(tokens, tmp_path, token_url="http://127.0.0.1:1/")).token()
    assert caught.value.code == "oauth_unreachable"


def test_what_is_missing_here_is_named_with_its_remedy(tokens: TokenServer, tmp_path: Path) -> None:
    settings = box(tokens, tmp_path, client_secret_file=tmp_path / "none")
    with pytest.raises(ConfigError, match="client secret into it"):
        Clocked(settings).token()
    with pytest.raises(MisconfiguredError) as caught:
        ImapSource("support", settings, login_secret("support", settings)).open("INBOX")
    assert caught.value.code == "no_password"
    with pytest.raises(MisconfiguredError, match=r"oauth: .*no file of certificates"):
        Clocked(box(tokens, tmp_path, ca_file=tmp_path / "secret")).token()


def oauth_settings(url: str, folder: Path) -> str:
    """Dovecot asks our introspection endpoint about each token; 2.3 has a passdb for it, 2.4 settings."""
    common = {"introspection_mode": "post", "introspection_url": url, "username_attribute": "username"}
    if not version().startswith("2.3"):
        lines = "".join(f"oauth2_{key} = {value}\n" for key, value in common.items())
        return f"auth_mechanisms = plain login xoauth2 oauthbearer\n{lines}"
    place = folder / "oauth2.conf.ext"
    place.write_text("".join(f"{key} = {value}\n" for key, value in common.items()))
    place.chmod(0o644)
    passdb = f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {place}\n}}\n"
    return f"auth_mechanisms = plain login xoauth2 oauthbearer\n{passdb}"


@pytest.mark.dovecot
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_real_server_takes_the_token_and_one_that_it_refuses_is_replaced_once(
    tokens: TokenServer, tmp_path: Path, mechanism: str
) -> None:
    require_dovecot()
    introspection = tokens.url.replace("/token", "/introspect")
    with Dovecot(extra=lambda folder: oauth_settings(introspection, folder)) as server:
        settings = box(tokens, tmp_path, mechanism=mechanism).model_copy(update={"port": server.port})
        secret = login_secret("support", settings)
        with ImapSource("support", settings, secret) as source:
            assert source.open("INBOX").uidvalidity
        tokens.good = set()  # withdrawn before its time
        with ImapSource("support", settings, secret) as source:
            assert source.open("INBOX").uidvalidity
        assert len(tokens.asked) == 2
        tokens.user = "somebody-else"
        with ImapSource("support", settings, secret) as source, pytest.raises(RefusedError) as caught:
            source.open("INBOX")
        assert caught.value.code == "login"
        assert "token-" not in str(caught.value)
