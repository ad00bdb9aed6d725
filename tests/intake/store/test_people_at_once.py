"""Two people on one case at one moment, each in a process of their own, on either database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.keys import Keys
from intake.people import Role
from intake.store.errors import StoreError
from intake.store.people_admin import add_user
from intake.store.store import Store
from intake.store.tables import Verdict
from intake.store.values import Lease
from tests.intake.casework import stories
from tests.intake.store import make

AS = (  # the program, started by another login of this machine
    "import sys\nfrom intake.cli import acting\nlogin = sys.argv.pop(1)\nacting.os_login = lambda: login\n"
    "from intake.cli.main import main\nmain()\n"
)
REASONS = {"ana": "paid back in May already", "lee": "the bank has returned it"}


@pytest.fixture
def place(store: Store, lease: Lease, url: str, tmp_path: Path) -> Path:
    (tmp_path / "intake.toml").write_text(f'state_dir = "{tmp_path}"\n')
    key = tmp_path / "secret-key"
    key.touch(mode=0o600)
    key.write_text(bytes(range(32)).hex())
    for name in ("ana", "lee"):
        add_user(store, name=name, role=Role.AGENT, os_user=name, password=None, login="root")
    store.record(
        lease, [stories.mail(uid, order_number=f"A-{uid}") for uid in (1, 2)], after=make.KEEP, last_uid=2
    )
    return tmp_path


def start(place: Path, url: str, who: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", AS, who, "-q", "-c", str(place / "intake.toml"), "queue", *words]
    env = os.environ | {"INTAKE_DATABASE_URL": url}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def test_one_wins_and_the_other_is_told_and_loses_no_word(place: Path, url: str, store: Store) -> None:
    started = {
        who: start(place, url, who, "decide", "R-1001", "--deny", "--reason", words, "--if-version", "1")
        for who, words in REASONS.items()
    }
    told = {who: process.communicate(timeout=120) for who, process in started.items()}
    codes = {who: process.returncode for who, process in started.items()}
    assert sorted(codes.values()) == [0, 75], told
    winner, loser = sorted(codes, key=lambda who: codes[who])
    error = told[loser][1]
    assert f"state: ready -> decided (by person:{winner})" in error
    assert REASONS[loser] in error
    assert "Traceback" not in error
    with store.reading() as connection:
        assert list(connection.scalars(select(Verdict.c.decider))) == [winner]
    assert store.broken_audit() == []


def test_next_never_hands_out_one_case_twice(place: Path, url: str, store: Store) -> None:
    started = [start(place, url, who, "next") for who in ("ana", "lee")]
    found = [process.communicate(timeout=120)[0].strip() for process in started]
    assert sorted(found) == ["R-1001", "R-1002"]
    assert {row.owner for row in store.cases()} == {"ana", "lee"}


def test_the_second_person_is_another_one_by_the_database_s_own_word(
    store: Store, place: Path, keys: Keys
) -> None:
    row = {
        "case_id": 1, "version": 2, "word": "deny", "amount_minor": None, "amount_places": None, "currency": None,
        "reason_code": "other", "reason": None, "overridden": (), "order_print": None, "payment_print": None, "decider": "ana",
        "decided_at": make.RECEIVED, "needs_second": True, "lead_only": False, "second": None, "second_at": None,
        "comment": None, "standing": "final", "reference": None,
    }  # fmt: skip
    for changes in ({}, {"second": "ana"}, {"second": "eve"}):
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(Verdict.insert(), [row | changes])  # type: ignore[attr-defined] # a Table
    with store.writing() as connection:
        connection.execute(Verdict.insert(), [row | {"second": "lee"}])  # type: ignore[attr-defined] # a Table
