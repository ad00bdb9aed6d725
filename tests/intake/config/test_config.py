"""The config: every problem at once, in words; no password in it, none shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from intake.config.letters import WebhookConfig
from intake.config.load import Config, MailboxConfig, load_config
from intake.config.model import PLAINTEXT_CONSENT
from intake.config.oauth import OAuthConfig
from intake.config.section import is_loopback
from intake.errors import ConfigError

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config.example.toml"
BOX = 'host = "imap.example.org"\nusername = "u"\npolicy = "pars"\nstart_from = "all"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "intake.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), environ=environ or {})
    return [str(problem) for problem in caught.value.problems]


def test_the_example_is_valid_as_it_stands() -> None:
    config = load_config(EXAMPLE, environ={})
    assert list(config.mailbox) == ["support"]
    assert config.mailbox["support"].start_from == date(2026, 1, 1)
    assert config.database == "sqlite:////var/lib/intake/intake.db"


def test_the_example_names_every_setting_with_its_default() -> None:
    text = re.sub(r"(?m)^#(?=\w+ = |\[)", "", EXAMPLE.read_text(encoding="utf-8"))
    shown = tomllib.loads(text)
    box = shown.pop("mailbox")["support"]
    assert [WebhookConfig.model_validate(one).name for one in shown.pop("webhooks")] == ["erp"]
    tables = {
        name: kind
        for name, field in Config.model_fields.items()
        if name not in {"mailbox", "webhooks"}
        for kind in (field.annotation, *get_args(field.annotation))
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    }
    sections: list[tuple[type[Any], dict[str, Any], set[str]]] = [
        *((model, shown.pop(name), set()) for name, model in tables.items()),
        (Config, shown, {"path", "mailbox", "webhooks", *tables}),
        (MailboxConfig, box, {"oauth"}),
    ]
    for model, table, elsewhere in sections:
        assert set(table) == set(model.model_fields) - elsewhere
        for name, field in model.model_fields.items():
            default = field.get_default(call_default_factory=True)
            if name in table and not field.is_required() and default is not None:
                value = tuple(table[name]) if isinstance(default, tuple) else table[name]
                assert value == (str(default) if isinstance(default, Path) else default), name


def test_the_example_names_every_setting_of_a_login_by_token() -> None:
    shown = re.findall(r"(?m)^#oauth\.(\w+) = (.*)$", EXAMPLE.read_text(encoding="utf-8"))
    assert {name for name, _ in shown} == set(OAuthConfig.model_fields)
    microsoft, google = (dict(part) for part in (shown[:5], shown[5:]))
    for provider in (microsoft, google):
        OAuthConfig.model_validate(
            {name: tomllib.loads(f"x = {value}")["x"] for name, value in provider.items()}
        )


@pytest.mark.parametrize(
    "url",
    ["http://login.example.org/token", "https://u:p@login.example.org/", "login.example.org", "https://["],
)
def test_secrets_go_to_an_address_with_tls_alone(url: str) -> None:
    with pytest.raises(ValueError, match="no address that secrets"):
        OAuthConfig(token_url=url, grant="client_credentials", client_id="c")
    OAuthConfig(token_url="http://127.0.0.1:1/token", grant="client_credentials", client_id="c")


def test_all_problems_come_at_once_with_key_and_remedy(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
        state_dirr = "x"
        [log]
        level = "loud"
        [mailbox.one]
        hots = "imap.example.org"
        username = "u"
        policy = "pars"
        poll_interval_s = "often"
        password = "hunter2"
        [mailbox.two]
        host = "imap.example.org"
        username = "u"
        policy = "pars"
        start_from = "yesterday"
        after = "move"
        [smtp]
        hots = "mail.example.org"
        [[webhooks]]
        ulr = "https://hooks.example.org"
        """,
    )
    text = "\n".join(found)
    assert "state_dirr: no such setting -> did you mean state_dir?" in text
    assert "log.level:" in text
    assert "mailbox.one.hots: no such setting -> did you mean host?" in text
    assert "smtp.hots: no such setting -> did you mean host?" in text
    assert "webhooks.0.ulr: no such setting -> did you mean url?" in text
    assert "mailbox.one.host: is required" in text
    assert "mailbox.one.start_from: is required -> add start_from = 2" in text
    assert "mailbox.one.poll_interval_s:" in text
    assert "mailbox.one.password: passwords are never written here" in text
    assert "mailbox.two.start_from: neither a date nor" in text
    assert 'mailbox.two.move_to: after = "move" needs a folder' in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "line",
    ['password = "hunter2"', "password = 12345678", 'password = ["hunter2"]'],
    ids=["text", "number", "list"],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    (found,) = problems(tmp_path, f"[mailbox.a]\n{BOX}{line}\n")
    assert "password_file" in found
    assert "hunter2" not in found
    assert "12345678" not in found


def test_a_password_in_the_database_url_is_refused_in_the_file_but_not_in_the_environment(
    tmp_path: Path,
) -> None:
    url = "postgresql://intake:hunter2@db.example.org/intake"
    (found,) = problems(tmp_path, f'database_url = "{url}"\n')
    assert "INTAKE_DATABASE_URL" in found
    assert "hunter2" not in found
    config = load_config(write(tmp_path, ""), environ={"INTAKE_DATABASE_URL": url})
    assert config.database == url
    assert "hunter2" not in repr(config)


def test_plain_text_leaves_this_machine_only_with_the_sentence(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f'[mailbox.a]\n{BOX}tls = "none"\n')
    assert PLAINTEXT_CONSENT in found
    consent = f'allow_plaintext = "{PLAINTEXT_CONSENT}"\n'
    assert load_config(write(tmp_path, f'[mailbox.a]\n{BOX}tls = "none"\n{consent}'), environ={})
    (found,) = problems(tmp_path, f'[mailbox.a]\n{BOX}tls = "none"\nallow_plaintext = "yes"\n')
    assert "allow_plaintext" in found
    local = BOX.replace("imap.example.org", "127.0.0.1")
    assert load_config(write(tmp_path, f'[mailbox.a]\n{local}tls = "none"\n'), environ={})


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.5", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_what_is_written_as_loopback(host: str, *, local: bool) -> None:
    assert is_loopback(host) is local


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, f'[log]\nlevel = "info"\n[mailbox.my-box]\n{BOX}')
    config = load_config(
        path,
        environ={
            "INTAKE_LOG__LEVEL": "debug",
            "INTAKE_MAILBOX__MY_BOX__PORT": "1143",
            "INTAKE_MAILBOX__MY_BOX__FOLDERS": "INBOX, Refunds",
            "INTAKE_MAILBOX__MY_BOX__START_FROM": "2026-02-01",
            "INTAKE_SERVICE_HOST": "somebody else's",
        },
    )
    box = config.mailbox["my-box"]
    assert (config.log.level, box.port, box.folders) == ("debug", 1143, ("INBOX", "Refunds"))
    assert box.start_from == date(2026, 2, 1)


def test_the_environment_reaches_tables_that_may_be_left_out(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, f"[mailbox.my-box]\n{BOX}"),
        environ={
            "INTAKE_ORDERS__SOURCE": "csv",
            "INTAKE_ORDERS__CSV_FILE": "payments.csv",
            "INTAKE_MAILBOX__MY_BOX__OAUTH__TOKEN_URL": "https://login.example.org/token",
            "INTAKE_MAILBOX__MY_BOX__OAUTH__GRANT": "client_credentials",
            "INTAKE_MAILBOX__MY_BOX__OAUTH__CLIENT_ID": "intake",
        },
    )
    oauth = config.mailbox["my-box"].oauth
    assert config.orders is not None
    assert config.orders.csv_file == tmp_path / "payments.csv"
    assert oauth is not None
    assert (oauth.grant, oauth.client_id) == ("client_credentials", "intake")


def test_a_list_of_tables_has_no_variable(tmp_path: Path) -> None:
    found = problems(tmp_path, "", {"INTAKE_WEBHOOKS__URL": "https://hooks.example.org"})
    assert [line.split(":")[1].strip() for line in found] == ["INTAKE_WEBHOOKS__URL"]


def test_a_problem_from_the_environment_names_the_variable(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        f"[mailbox.a]\n{BOX}",
        {"INTAKE_MAILBOX__A__PORT": "many", "INTAKE_MAILBOX__A__HOTS": "x", "INTAKE_LOG__FROM": "json"},
    )
    assert len(found) == 3
    assert any(line.startswith("environment: INTAKE_MAILBOX__A__PORT:") for line in found)
    assert any(line.startswith("environment: INTAKE_MAILBOX__A__HOTS: no such setting") for line in found)


def test_paths_are_meant_beside_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path, f'state_dir = "state"\n[mailbox.a]\n{BOX}password_file = "pw"\nca_file = "/ca.pem"\n'
    )
    config = load_config(path, environ={})
    assert config.state_dir == tmp_path / "state"
    assert config.mailbox["a"].password_file == tmp_path / "pw"
    assert config.mailbox["a"].ca_file == Path("/ca.pem")
    assert config.secret_key == tmp_path / "state" / "secret-key"


def test_systemd_gives_the_state_directory(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""), environ={"STATE_DIRECTORY": "/var/lib/private/intake"})
    assert config.state_dir == Path("/var/lib/private/intake")


@pytest.mark.parametrize(
    "text", ["[mailbox", "a = 1\na = 2", "x = \udcff"], ids=["unfinished", "twice", "no text"]
)
def test_what_is_no_toml_is_told_as_such(tmp_path: Path, text: str) -> None:
    path = tmp_path / "intake.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    assert str(path) in str(caught.value)


def test_a_missing_file_names_intake_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="intake init"):
        load_config(tmp_path / "none.toml", environ={})
    with pytest.raises(ConfigError, match=r"other\.toml"):
        load_config(environ={"INTAKE_CONFIG": str(tmp_path / "other.toml")})


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ('password_env = "A"\npassword_file = "b"', "two sources"),
        ('keyword = "two words"', "not an IMAP keyword"),
        ('move_to = "X"', "has no effect"),
        ('after = "move"\nmove_to = "INBOX"', "come in again"),
        ('username = "a\\nb"', "username"),
        ("folders = []", "folders"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(tmp_path: Path, extra: str, word: str) -> None:
    box = BOX.replace('username = "u"\n', "") if "username" in extra else BOX
    (found,) = problems(tmp_path, f"[mailbox.a]\n{box}{extra}\n")
    assert word in found


def test_a_template_that_keeps_cards_is_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, '[redaction]\nkeep_patterns = ["9999999999999999"]\n')
    assert "redaction.keep_patterns" in found


def test_a_mailbox_name_is_a_label(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f'[mailbox."Ann Smith"]\n{BOX}')
    assert "lower-case" in found


def test_the_interval_of_the_command_line_holds_for_every_mailbox(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, f"[mailbox.a]\n{BOX}[mailbox.b]\n{BOX}"), environ={}
    ).with_poll_interval(4)
    assert [(box.poll_interval_s, box.jitter_s) for box in config.mailbox.values()] == [(4, 2), (4, 2)]
