"""A poll with nothing new: one round trip a folder, whatever the folder holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.mail import imap_line
from intake.mail.imap import ImapSource
from intake.mail.source import UnreachableError
from tests.intake.mail_imap.scripted import CUT, MUTE, Scripted

SELECT = "* 90000 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 90001] .\n* OK [HIGHESTMODSEQ 5] .\nOK done"
STATUS = '* STATUS "{}" (UIDVALIDITY 7 UIDNEXT {} MESSAGES {})\nOK done'


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def source(stack: ExitStack, server: Scripted) -> ImapSource:
    box = stack.enter_context(server).box()
    return stack.enter_context(ImapSource("box", box, lambda: SecretStr("geheim")))


def poll(
    reader: ImapSource, folder: str = "INBOX", last: int = 90_000, since: date | None = None
) -> list[int]:
    reader.open(folder)
    return reader.uids_after(last, since)


def test_it_is_one_round_trip(stack: ExitStack) -> None:
    server = Scripted(SELECT=SELECT, SEARCH="* SEARCH 90000\nOK done")
    reader = source(stack, server)
    assert poll(reader) == []  # n:* names the last message all the same
    server.said.clear()
    for _ in range(5):
        assert poll(reader) == []
    assert server.said == ["NOOP"] * 5


def test_growth_is_searched_for_and_found_once(stack: ExitStack) -> None:
    server = Scripted(
        SELECT=SELECT,
        SEARCH=["* SEARCH 90000\nOK done", "* SEARCH 90001\nOK done"],
        NOOP=["* 90001 EXISTS\n* 1 RECENT\nOK done", "OK done"],
    )
    reader = source(stack, server)
    assert poll(reader) == []
    assert poll(reader) == [90_001]
    assert poll(reader, last=90_001) == []
    assert server.count("UID SEARCH") == 2


def test_what_comes_in_the_middle_of_a_search_is_looked_for_again(stack: ExitStack) -> None:
    server = Scripted(SELECT=SELECT, SEARCH=["* SEARCH\n* 90001 EXISTS\nOK done", "* SEARCH 90001\nOK done"])
    reader = source(stack, server)
    assert poll(reader) == []
    assert poll(reader) == [90_001]


def test_a_cursor_that_was_set_back_is_searched_from(stack: ExitStack) -> None:
    server = Scripted(SELECT=SELECT, SEARCH=["* SEARCH 90000\nOK done", "* SEARCH 5 90000\nOK done"])
    reader = source(stack, server)
    assert poll(reader) == []
    assert poll(reader, last=4) == [5, 90_000]
    reader.open("INBOX")
    assert reader.uids_after(90_000, date(2026, 1, 1)) == []
    assert server.count("UID SEARCH") == 2


def test_several_folders_are_looked_at_by_status(stack: ExitStack) -> None:
    quiet = STATUS.format("x", 90_001, 90_000)
    server = Scripted(SELECT=SELECT, SEARCH="* SEARCH 90000\nOK done", STATUS=quiet)
    reader = source(stack, server)
    for _ in range(3):
        for folder in ("A", "B"):
            assert poll(reader, folder) == []
    server.said.clear()
    for _ in range(3):
        for folder in ("A", "B"):
            assert poll(reader, folder) == []
    assert server.count("STATUS") == 6 - server.count("NOOP")
    assert (server.count("SELECT"), server.count("UID SEARCH")) == (0, 0)
    server.answers["STATUS"] = STATUS.format("x", 90_002, 90_001)
    server.answers["SEARCH"] = "* SEARCH 90001\nOK done"
    assert poll(reader, "A") == [90_001]


@pytest.mark.parametrize(
    "status", ["NO not now", '* STATUS "A" (MESSAGES 5)\nOK done', STATUS.format("A", 1, 1).replace("7", "8")]
)
def test_a_status_that_will_not_do_is_made_good_by_a_select(stack: ExitStack, status: str) -> None:
    server = Scripted(SELECT=SELECT, STATUS=status)
    reader = source(stack, server)
    for folder in ("A", "B", "A"):
        assert poll(reader, folder) == []
    assert server.count("SELECT") == 3


def test_a_folder_that_is_numbered_anew_between_two_looks_is_not_read_by_old_numbers(
    stack: ExitStack,
) -> None:
    server = Scripted(
        SELECT=[SELECT, SELECT, SELECT.replace("7", "8")], STATUS=STATUS.format("A", 90_001, 90_000)
    )
    reader = source(stack, server)
    poll(reader, "A")
    poll(reader, "B")
    reader.open("A")
    with pytest.raises(UnreachableError) as caught:
        reader.describe([5])
    assert caught.value.code == "uidvalidity_changed"


@pytest.mark.parametrize(("answer", "selects"), [(MUTE, 2), (CUT, 2), ("* BYE idle for too long", 2)])
def test_a_line_that_died_between_two_polls_is_replaced_at_once(
    stack: ExitStack, answer: str, selects: int
) -> None:
    server = Scripted(SELECT=SELECT, NOOP=[answer, "OK done"])
    reader = source(stack, server)
    assert poll(reader) == poll(reader) == []
    assert server.count("SELECT") == selects


def test_what_a_server_leaves_out_of_a_batch_is_asked_for_once_more(stack: ExitStack) -> None:
    def fetch(words: str) -> list[str]:
        uids = [int(uid) for uid in words.split(" ", maxsplit=1)[0].split(",")][:2]
        return [f"* {uid} FETCH (UID {uid} RFC822.SIZE {uid})" for uid in uids] + ["OK done"]

    reader = source(stack, Scripted(SELECT=SELECT, FETCH=fetch))
    reader.open("INBOX")
    assert [listed.uid for listed in reader.describe([1, 2, 3, 4])] == [1, 2, 3, 4]


def test_a_black_hole_is_noticed_within_two_minutes_by_the_poller_too() -> None:
    box = MailboxConfig(host="imap.example.org", username="u", policy="pars", start_from="all")
    until_the_next_poll = box.poll_interval_s + box.jitter_s
    assert until_the_next_poll + imap_line._NOOP_S < 120
    assert box.io_timeout_s < 120
    assert box.connect_timeout_s < 120
