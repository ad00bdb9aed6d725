"""Mail from files: the same rows as from a server, and nothing twice, however often it is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.mail.folder import read_path
from intake.poll.hold import Holder
from intake.poll.importing import Importer
from intake.poll.values import Counts
from intake.poll.work import Workshop
from intake.store import quarantine
from intake.store.store import Store
from tests.crash.world import KEYS, MAILBOX, letter, letters, pipeline, settings
from tests.dovecot import Dovecot

FROM = b"From ann@example.org Mon Jun  1 09:12:00 2026\n"
BOX = {"host": "127.0.0.1", "tls": "none", "username": "u", "policy": "eofferix", "start_from": "all"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/intake.db", KEYS) as opened:
        yield opened


class Unused(Dovecot):
    """A server's place in the settings; nothing is started."""

    def __init__(self) -> None:
        self.port = 143


def importer(store: Store, folder: Path, **others: object) -> Importer:
    box = settings(Unused(), "u", "keep", **others)
    return Importer(
        name=MAILBOX,
        box=box,
        store=store,
        holder=Holder(store=store, state_dir=folder, owner="here"),
        workshop=Workshop(processor=pipeline(), fingerprint=KEYS.fingerprint, stop=threading.Event()),
    )


def test_an_mbox_is_taken_in_once_however_often_it_is_imported(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "old.mbox"
    file.write_bytes(b"".join(FROM + message + b"\n" for message in letters()))
    seen: list[int] = []
    first = importer(store, tmp_path).take(read_path(file), seen.append)
    assert first == Counts(seen=5, cases=2, ignored=1, set_aside=1, duplicates=1)
    assert len(seen) == 3  # batches of two
    again = importer(store, tmp_path).take(read_path(file), seen.append)
    assert again == Counts(seen=5, duplicates=5)
    assert len(store.cases()) == 2
    assert sum(store.counts(MAILBOX).values()) == 4  # the same bytes twice are one row: a file has no UIDs
    assert store.pending_actions(MAILBOX) == 0


def test_one_that_was_cut_off_goes_on_where_it_was(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(1, 7):
        (folder / f"{number}.eml").write_bytes(letter(number))
    cut = importer(store, tmp_path)
    counts = cut.take(read_path(folder), lambda _size: cut.workshop.stop.set())
    assert counts.cases == 2
    assert importer(store, tmp_path).take(read_path(folder), lambda _size: None) == Counts(
        seen=6, cases=4, duplicates=2
    )


def test_a_maildir_and_one_file_of_it_are_the_same_mail(tmp_path: Path, store: Store) -> None:
    for part, number in (("new", 1), ("cur", 2)):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
        (tmp_path / "Maildir" / part / f"{number}.host:2,S").write_bytes(letter(number))
    assert importer(store, tmp_path).take(read_path(tmp_path / "Maildir"), print).cases == 2
    one = tmp_path / "Maildir" / "new" / "1.host:2,S"
    assert importer(store, tmp_path).take(read_path(one), print) == Counts(seen=1, duplicates=1)


def test_what_cannot_be_read_is_in_quarantine_until_a_later_import_can(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "bad.eml"
    file.write_bytes(b"no header at all")
    for _ in range(2):
        counts = importer(store, tmp_path).take(read_path(file), print)
        assert counts == Counts(seen=1, quarantined=1)
    with store.reading() as connection:
        (row,) = quarantine.rows(connection)
    assert (row.attempts, row.key.folder, row.key.uidvalidity) == (2, "import", 0)


def test_of_a_giant_the_head_is_read(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "giant.eml"
    file.write_bytes(letter(1) + b"x" * 200_000)
    box = tmp_path / "giant.mbox"
    box.write_bytes(FROM + letter(2) + b"x" * 200_000 + b"\n\n" + FROM + letter(3) + b"\n")
    limit = 64 * 1024
    found = [*read_path(file, limit=limit), *read_path(box, limit=limit)]
    assert [message.truncated for message in found] == [True, True, False]
    assert all(len(message.data) <= limit for message in found)
    assert importer(store, tmp_path).take(found, print).cases == 3


def test_the_command_counts_and_ends_well(tmp_path: Path) -> None:
    config = tmp_path / "intake.toml"
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in BOX.items())
    config.write_text('state_dir = "state"\n[mailbox.support]\n' + "".join(lines))
    file = tmp_path / "old.mbox"
    file.write_bytes(b"".join(FROM + message + b"\n" for message in letters()))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "intake", "-c", str(config), "-q", *words]
        env = {**os.environ, "NO_COLOR": "1"}
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env)

    done = run("import", str(file), "--mailbox", "support", "--json")
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts.pop("mailbox") == "support"
    assert counts.pop("seen") == sum(counts.values()) == 5
    (aside,) = json.loads(run("queue", "list", "--set-aside", "--json").stdout)
    assert (aside["subject"], aside["reason"]) == ("Opening hours", "no_refund_asked")
    assert run("queue", "make-case", aside["message"]).returncode == 77  # nobody here is known yet
    assert run("import", str(tmp_path / "none.eml"), "--mailbox", "support").returncode == 66
    assert run("import", str(file), "--mailbox", "sales").returncode == 78
