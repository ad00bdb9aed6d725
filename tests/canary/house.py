"""A whole installation under one folder, so that everything that is written anywhere can be searched."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from intake.cli.main import main
from intake.demo.place import furnish
from intake.demo.server import Delivered, DemoServer
from intake.engine.engine import prepare_state
from intake.log import configure
from intake.store.store import Store
from tests.canary.plants import Plant
from tests.canary.search import Secret, traces, words

RECEIVED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class House:
    """Runs commands in this process and keeps all that they say."""

    root: Path
    config: Path
    database: Path
    plants: tuple[Plant, ...]
    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]
    said: list[str] = field(default_factory=list)

    def intake(self, *arguments: str) -> tuple[int, str]:
        """One command, as from a shell: exit status and standard output."""
        self.monkeypatch.setattr(sys, "argv", ["intake", "-v", "-c", str(self.config), *arguments])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = self.capfd.readouterr()
        self.said += [out, err]
        return status, out

    @property
    def secrets(self) -> list[Secret]:
        """Everything that was planted."""
        return [secret for plant in self.plants for secret in plant.secrets]

    def leaks(self) -> list[str]:
        """What is found in the files (database, WAL, temporary files) and in what was said; empty is good."""
        found = [
            f"{trace} in {path.name}"
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
            for trace in traces(path.read_bytes(), self.secrets)
        ]
        said = "\n".join(self.said)
        found += [f"{trace} in output" for trace in traces(said.encode("utf-8", "replace"), self.secrets)]
        found += [f"{trace} in output" for trace in words(_without_counts(said), self.secrets)]
        return found + [
            f"{trace} in a column" for text in self.texts() for trace in words(text, self.secrets)
        ]

    def texts(self) -> Iterator[str]:
        """Every text in every column of every table."""
        with closing(sqlite3.connect(self.database)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in names:
                for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - names from the schema itself
                    yield from (value for value in row if isinstance(value, str))


@contextmanager
def house(
    root: Path,
    plants: Iterable[Plant],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[House]:
    """An IMAP server with the plants in one mailbox, an empty database, and a reader that keeps the WAL alive."""
    planted = tuple(plants)
    mails = [Delivered(data=plant.data, internal_date=RECEIVED) for plant in planted]
    for name in ("installed", "t", "home"):  # a socket in "t" has to fit into 107 characters
        (root / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(root / "t"))
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(root / "t"))
    monkeypatch.setenv("HOME", str(root / "home"))
    monkeypatch.chdir(root / "home")
    with DemoServer({"eofferix": mails}) as server:
        place = furnish(
            root / "installed",
            mailboxes=("eofferix",),
            port=server.port,
            password=server.password,
            payments=(),
        )
        configure(form="json")
        Store.open(place.config.database, prepare_state(place.config)).close()
        with closing(sqlite3.connect(place.database_file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            said = "".join(capfd.readouterr())
            yield House(
                root=root,
                config=place.config_file,
                database=place.database_file,
                plants=planted,
                monkeypatch=monkeypatch,
                capfd=capfd,
                said=[said],
            )
    structlog.reset_defaults()  # it writes to this test's captured stderr


def _without_counts(said: str) -> str:
    """Log lines count bytes, milliseconds and UIDs: numbers of ours, which may be any."""
    return "\n".join(line for line in said.splitlines() if not line.startswith('{"ts"'))
