"""Users: who may make them, passwords, and the OS user as the actor."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from intake.cli.acting import os_login
from intake.keys import Keys
from intake.people import NAME, Actor, Role, hash_password, may_manage, password_fits
from intake.store import people
from intake.store.store import Store

Run = Callable[..., Result]
PASSWORD = "correct horse battery"


def stored(place: Path, name: str) -> str | None:
    with (
        Store.open(f"sqlite:///{place / 'intake.db'}", Keys.load(place / "secret-key")) as store,
        store.reading() as connection,
    ):
        return people.password_hash(connection, name)


def test_a_lead_adds_a_user_with_a_password(run: Run, place: Path) -> None:
    done = run(
        "may",
        "user",
        "add",
        "zoe",
        "--role",
        "agent",
        "--os-user",
        "os-zoe",
        "--password-stdin",
        stdin=PASSWORD + "\n",
    )
    assert done.exit_code == 0
    found = stored(place, "zoe")
    assert found is not None
    assert found.startswith("$argon2id$")
    assert password_fits(found, PASSWORD)
    assert not password_fits(found, PASSWORD + "!")
    assert PASSWORD not in (place / "intake.db").read_bytes().decode("latin-1")
    assert run("zoe", "queue", "claim", "R-1001").exit_code == 0


@pytest.mark.parametrize("who", ["ana", "eve"])
def test_nobody_else_does(run: Run, who: str) -> None:
    assert run(who, "user", "add", "zoe", "--role", "lead").exit_code == 77
    assert run(who, "user", "disable", "may").exit_code == 77


def test_while_there_is_no_lead_whoever_reads_the_key_makes_the_first() -> None:
    assert may_manage(None, leads=0)
    assert not may_manage(None, leads=1)
    assert not may_manage(Actor(name="ana", role=Role.AGENT), leads=1)
    assert may_manage(Actor(name="otto", role=Role.OPERATOR), leads=1)


def test_a_disabled_user_does_nothing_and_the_last_lead_stays(run: Run) -> None:
    assert run("may", "user", "disable", "ana").exit_code == 0
    assert run("ana", "queue", "claim", "R-1001").exit_code == 77
    assert run("may", "user", "disable", "may").exit_code == 65
    users = {user["name"]: user for user in json.loads(run("may", "user", "list", "--json").stdout)}
    assert users["ana"]["disabled"]
    assert "password" in users["may"]
    assert "may" in run("may", "user", "list").stdout


def test_a_password_is_one_s_own_to_change(run: Run, place: Path) -> None:
    line = PASSWORD + "\n"
    assert run("ana", "user", "passwd", "ana", "--password-stdin", stdin=line).exit_code == 0
    assert run("ana", "user", "passwd", "lee", "--password-stdin", stdin=line).exit_code == 77
    assert run("may", "user", "passwd", "lee", "--password-stdin", stdin=line).exit_code == 0
    assert run("may", "user", "passwd", "nobody", "--password-stdin", stdin=line).exit_code == 66
    assert run("ana", "user", "passwd", "ana", "--password-stdin", stdin="short\n").exit_code == 65
    assert run("ana", "user", "passwd", "ana").exit_code == 65  # nobody to ask
    assert password_fits(stored(place, "lee"), PASSWORD)


@pytest.mark.parametrize(
    "words", [["ana", "--role", "agent"], ["zoe", "--role", "agent", "--os-user", "os-ana"]], ids=str
)
def test_names_and_logins_are_one_person_s(run: Run, words: list[str]) -> None:
    assert run("may", "user", "add", *words).exit_code == 65


@pytest.mark.parametrize(
    "words", [["zoe", "--role", "king"], ["Zoe X", "--role", "agent"], ["zoe", "--role", "system"]]
)
def test_what_is_no_user_is_a_usage_error(run: Run, words: list[str]) -> None:
    assert run("may", "user", "add", *words).exit_code == 2


def test_the_actor_is_the_os_user() -> None:
    assert os_login() == pwd.getpwuid(os.geteuid()).pw_name


def test_where_there_is_no_user_no_password_fits() -> None:
    assert not password_fits(None, "anything")
    assert not password_fits("$argon2id$broken", "anything")
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


@given(st.text(max_size=50))
def test_a_name_never_holds_what_a_history_could_not_tell_apart(text: str) -> None:
    if NAME.fullmatch(text):
        assert text.isascii()
        assert text == text.lower().strip()
