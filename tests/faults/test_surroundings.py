"""Disk, database and folders that fail or change under a running engine: told, waited out, nothing lost."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from imapclient import IMAPClient

from intake.errors import UnavailableError
from intake.mail.source import MisconfiguredError
from intake.poll.values import Counts
from intake.store import engine as store_engine
from tests.dovecot import PASSWORD, Dovecot
from tests.faults.conftest import Take, Taking
from tests.load import load

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """As on a full disk: writing more ends with an error (EFBIG; Python ignores the signal)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_waited_out_and_the_server_is_told_nothing_before_the_rows_are_there(
    take: Take,
) -> None:
    taking = take(after="move", move_to="Taken")
    taking.server.deliver(*load(2))
    assert taking.poll().seen == 2
    taking.server.deliver(*load(6, seed=2))
    with no_file_grows_beyond(1), pytest.raises(UnavailableError):
        taking.poll()
    assert taking.server.count() == 6
    assert taking.rows() == [1, 2]
    assert taking.poll().seen == 6
    assert taking.rows() == list(range(1, 9))
    assert (taking.server.count(), taking.server.count(folder="Taken")) == (0, 8)


def test_a_database_that_somebody_else_holds_locked_is_waited_for(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_engine, "_WAIT_S", 0.2)
    taking = take(after="move", move_to="Taken")
    taking.server.deliver(*load(1))
    taking.poll()
    taking.server.deliver(*load(3, seed=2))
    with closing(sqlite3.connect(taking.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnavailableError):
            taking.poll()
        assert taking.server.count() == 3
        other.execute("ROLLBACK")
    assert taking.poll().seen == 3
    assert taking.rows() == [1, 2, 3, 4]


def test_a_folder_that_is_emptied_and_filled_again_is_read_on(take: Take) -> None:
    taking = take()
    taking.server.deliver(*load(4))
    assert taking.poll().seen == 4
    for message in [*(taking.server.maildir() / "cur").iterdir()]:
        message.unlink()
    assert taking.poll() == Counts()
    taking.server.deliver(*load(3, seed=2))
    assert taking.poll().seen == 3
    assert taking.rows() == list(range(1, 8))


def test_a_folder_that_is_deleted_keeps_no_other_waiting_and_is_read_when_it_is_back(take: Take) -> None:
    taking = take(folders=["Refunds", "INBOX"])
    taking.server.deliver(*load(2), folder="Refunds")
    assert taking.poll().seen == 2
    taking.server.deliver(*load(3, seed=2))
    removed(taking.server, "Refunds")
    with pytest.raises(MisconfiguredError, match="Refunds"):
        taking.poll()
    assert len(taking.rows()) == 5
    taking.server.deliver(*load(1, seed=3), folder="Refunds")  # by the old name, numbered anew
    assert taking.poll().seen == 1
    assert len(taking.rows()) == 6


def test_a_folder_that_is_renamed_doubles_no_case(take: Take) -> None:
    taking = take(folders=["*"])
    taking.server.deliver(*load(4), folder="Refunds")
    taking.server.deliver(*load(2, seed=2), folder="Drafts")
    first = taking.poll()
    assert (first.seen, first.duplicates) == (4, 0)
    with IMAPClient(taking.server.host, taking.server.port, ssl=False) as somebody:
        somebody.plain_login("support", PASSWORD)
        somebody.rename_folder("Refunds", "Requests")
    again = taking.poll()
    assert (again.seen, again.duplicates) == (4, 4)
    assert cases(taking) == first.cases


def test_several_folders_come_in_each_once(take: Take) -> None:
    taking = take(folders=["INBOX", "Rückzahlung", "Пошта"])
    taking.server.deliver(*load(2, seed=1))
    taking.server.deliver(*load(3, seed=2), folder="R&APw-ckzahlung")
    taking.server.deliver(*load(4, seed=3), folder="&BB8EPgRIBEIEMA-")
    assert taking.poll().seen == 9
    assert taking.poll() == Counts()
    taking.server.deliver(*load(1, seed=4), folder="&BB8EPgRIBEIEMA-")
    assert taking.poll().seen == 1


def cases(taking: Taking) -> int:
    with closing(sqlite3.connect(taking.database)) as database:
        (count,) = database.execute("SELECT count(*) FROM case_file").fetchone()
    return int(count)


def removed(server: Dovecot, folder: str) -> None:
    shutil.rmtree(server.maildir(folder=folder))
