"""`intake reconcile` and `intake quarantine` as commands: what they print, and how they end."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.cli.acting import os_login
from intake.keys import Keys
from intake.people import Role
from intake.store import people
from intake.store.store import Store
from tests.acceptance.conftest import Installation
from tests.crash.world import letter
from tests.dovecot import Dovecot, require_dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


def test_a_lost_row_and_a_message_that_cannot_be_read(tmp_path: Path) -> None:
    require_dovecot()
    with Dovecot() as server:
        house = Installation(tmp_path, server)
        house.mailbox()
        server.deliver(letter(1, "Hello, when do you open?\n", subject="Hours"), b"no header at all\n")
        house.poll()
        (told,) = [json.loads(line) for line in house.run("reconcile", "--json").splitlines()]
        assert (told["server"], told["rows"], told["missing"]) == (2, 2, 0)
        with closing(sqlite3.connect(tmp_path / "state" / "intake.db")) as database:
            for table in ("outbox", "field", "finding", "message_part", "message"):
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of tables
            database.commit()
        (told,) = [json.loads(line) for line in house.run("reconcile", "--json", status=1).splitlines()]
        assert (told["missing"], told["fetched"]) == (1, 1)

        (row,) = json.loads(house.run("quarantine", "list", "--json"))
        assert (row["uid"], row["stage"], row["error"], row["attempts"]) == (2, "parse", "unreadable", 1)
        ident = str(row["id"])
        assert "unreadable" in house.run("quarantine", "show", ident)
        assert json.loads(house.run("quarantine", "retry", "--all", "--json", status=1))["failed"] == 1
        (row,) = json.loads(house.run("quarantine", "list", "--json"))
        assert row["attempts"] == 2
        house.run("quarantine", "show", "99", status=66)
        house.run("quarantine", "drop", ident, status=77)  # nobody here is known yet
        employ(tmp_path)
        assert "1 given up" in house.run("quarantine", "drop", ident)
        house.run("quarantine", "drop", ident, status=66)
        assert len(house.events("quarantine.dropped")) == 1  # once, by whoever did it
        assert json.loads(house.run("quarantine", "list", "--json")) == []
        (row,) = json.loads(house.run("quarantine", "list", "--dropped", "--json"))
        assert row["dropped_by"] == "person:ana"
        (aside,) = json.loads(house.run("queue", "list", "--set-aside", "--json"))
        assert house.run("queue", "make-case", aside["message"]).strip() == "R-1001"
        assert [row["case"] for row in house.queue()] == ["R-1001"]
        assert "0 missing" in house.run("reconcile")


def test_of_what_came_from_a_file_a_retry_says_to_import_it_again(tmp_path: Path) -> None:
    require_dovecot()
    with Dovecot() as server:
        house = Installation(tmp_path, server)
        house.mailbox()
        file = tmp_path / "bad.eml"
        file.write_bytes(b"no header at all\n")
        house.run("import", str(file), "--mailbox", "support")
        house.run("quarantine", "retry", "--all", status=1)
        assert "quarantine 1: came from a file" in house.log.read_text()


def employ(folder: Path) -> None:
    """Makes whoever runs the tests a user."""
    keys = Keys.load(folder / "state" / "secret-key")
    with Store.open(f"sqlite:///{folder}/state/intake.db", keys) as store, store.writing() as connection:
        people.add(
            connection,
            name="ana",
            role=Role.LEAD,
            os_user=os_login(),
            password=None,
            at=datetime(2026, 6, 1, tzinfo=UTC),
            by="person:ana",
        )
