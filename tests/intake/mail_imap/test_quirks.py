"""Each quirk of the table, by a server that has it; and that each says where it is written down."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from intake.daemon.job import MailboxJob
from intake.mail import quirks
from intake.mail.imap import ImapSource
from intake.mail.imap_folders import Use
from intake.mail.source import MessageRefusedError, MisconfiguredError, SourceError, UnreachableError
from intake.poll.values import Counts
from tests.intake.mail_imap.scripted import CAPABILITIES, MUTE, Scripted


@pytest.fixture
def stack() -> Any:
    with ExitStack() as opened:
        yield opened


def source(stack: ExitStack, server: Scripted, **others: object) -> ImapSource:
    box = stack.enter_context(server).box(**others)
    return stack.enter_context(ImapSource("box", box, lambda: SecretStr("geheim")))


def failure(stack: ExitStack, server: Scripted) -> SourceError:
    reader = source(stack, server)
    with pytest.raises(SourceError) as caught:
        reader.open("INBOX")
    return caught.value


def test_every_quirk_says_where_it_is_written_and_what_we_do() -> None:
    for quirk in quirks.QUIRKS:
        assert quirk.words
        assert quirk.we
        assert "RFC" in quirk.source or "https://" in quirk.source


@pytest.mark.parametrize(
    "said",
    [
        "NO [UNAVAILABLE] down",
        "NO [INUSE] locked",
        "NO [LIMIT] too many",
        "NO [THROTTLED] slow",
        "NO Temporary problem, please try again later",
        "NO Server Unavailable. 15",
        "BAD User is authenticated but not connected.",
        "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
    ],
)
@pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT"])
def test_a_server_that_asks_for_patience_gets_it(stack: ExitStack, said: str, command: str) -> None:
    server = Scripted(**{command: said})  # type: ignore[arg-type] # no keyword of its own
    error = failure(stack, server)
    assert (type(error), error.code) == (UnreachableError, "throttled")
    assert server.count("SELECT") == (command == "SELECT")  # not tried again at once


def test_patience_is_asked_for_in_the_middle_too(stack: ExitStack) -> None:
    server = Scripted(NOOP="NO [UNAVAILABLE] later", FETCH="NO [LIMIT] enough for today")
    reader = source(stack, server)
    reader.open("INBOX")
    with pytest.raises(UnreachableError):
        reader.describe([1])
    reader.open("INBOX")
    with pytest.raises(UnreachableError) as caught:
        reader.open("INBOX")
    assert (caught.value.code, server.count("SELECT")) == ("throttled", 2)


def test_a_quota_that_is_full_is_not_waited_out(stack: ExitStack) -> None:
    server = Scripted(APPEND="NO [OVERQUOTA] mailbox is full", MOVE="NO [OVERQUOTA] mailbox is full")
    reader = source(stack, server)
    reader.open("INBOX")
    with pytest.raises(MessageRefusedError) as caught:
        reader.move([1], "Taken")
    assert caught.value.code == "overquota"


@pytest.mark.parametrize(("told", "waited"), [("299961", 299.961), ("9999999", 900), ("5", 1)])
def test_a_suggested_time_is_waited_for(stack: ExitStack, told: str, waited: float) -> None:
    reader = source(
        stack, Scripted(SELECT=f"NO Request is throttled. Suggested Backoff Time: {told} milliseconds")
    )
    waits: list[float] = []

    class Pass:
        name = "box"
        box = reader._box

        def poll(self) -> Counts:
            reader.open("INBOX")
            return Counts()

    with capture_logs():
        MailboxJob(Pass(), postpone=lambda _name, wait: waits.append(wait), chance=lambda: 0.0).run()
    assert waits == [waited]


def test_we_name_ourselves_wherever_that_is_offered(stack: ExitStack) -> None:
    named: list[str] = []

    def select(_folder: str) -> list[str]:
        good = ["* 0 EXISTS", "* OK [UIDVALIDITY 7] .", "OK [READ-WRITE] done"]
        return good if named else ["NO SELECT Unsafe Login. Please contact kefu@188.com for help"]

    def identify(words: str) -> list[str]:
        named.append(words)
        return ["OK done"]  # nothing in return: that is no error

    source(stack, Scripted(f"{CAPABILITIES} ID", SELECT=select, ID=identify)).open("INBOX")
    assert named[0].startswith('("name" "refund-intake" "version" "')
    assert "u@" not in named[0]
    silent = Scripted()
    source(stack, silent).open("INBOX")
    assert silent.count("ID") == 0


def test_a_server_that_looks_at_so_many_messages_at_once_is_asked_in_steps(stack: ExitStack) -> None:
    def search(words: str) -> list[str]:
        first, _, last = words.split(" ")[1].partition(":")
        end = 2500 if last == "*" else int(last)
        found = [uid for uid in range(int(first), end + 1) if uid <= 2500][-1000:]
        return ["* SEARCH " + " ".join(map(str, found)), "OK [MESSAGELIMIT 1000 1501] done"]

    select = "* 2500 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 2501] .\nOK done"
    server = Scripted(f"{CAPABILITIES} MESSAGELIMIT=1000", SELECT=select, SEARCH=search)
    reader = source(stack, server)
    reader.open("INBOX")
    assert reader.uids_after(0, None) == list(range(1, 2501))
    reader.open("INBOX")
    assert reader.uids_after(2500, None) == []
    assert server.count("UID SEARCH") == 3


GMAIL = r"""* LIST (\HasNoChildren) "/" "INBOX"
* LIST (\HasChildren \Noselect) "/" "[Gmail]"
* LIST (\All \HasNoChildren) "/" "[Gmail]/All Mail"
* LIST (\Drafts) "/" "[Gmail]/Entw&APw-rfe"
* LIST (\Flagged) "/" "[Gmail]/Starred"
* LIST (\Important) "/" "[Gmail]/Important"
* LIST (\Junk) "/" "[Gmail]/Spam"
* LIST (\Sent) "/" "[Gmail]/Sent Mail"
* LIST (\Trash) "/" "[Gmail]/Trash"
* LIST (\HasNoChildren) "/" "Refunds &- more"
OK done"""
NAMES = r"""* LIST (\Marked) "." "INBOX"
* LIST () "." "INBOX.Drafts"
* LIST () "." "INBOX.Sent Items"
* LIST () "." "INBOX.Trash"
* LIST () "." "INBOX.Trash.old"
* LIST () "." "INBOX.Refunds"
* LIST () "." "INBOX.2026"
* LIST (\Archive) "." "INBOX.Ablage"
OK done"""


def test_of_all_folders_those_with_others_mail_are_read_once(stack: ExitStack) -> None:
    server = Scripted(f"{CAPABILITIES} SPECIAL-USE LIST-EXTENDED", LIST=GMAIL)
    reader = source(stack, server, folders=("*",))
    assert reader.expand(("*",)) == ["INBOX", "Refunds & more"]
    assert reader.expand(("[Gmail]/All Mail",)) == ["[Gmail]/All Mail"]  # by name whatever is wanted
    assert reader.special_folder(Use.DRAFTS) == "[Gmail]/Entwürfe"
    assert 'LIST "" "*" RETURN (SPECIAL-USE)' in server.said


def test_without_attributes_folders_go_by_their_names(stack: ExitStack) -> None:
    reader = source(stack, Scripted(LIST=NAMES), after="move", move_to="INBOX.Refunds")
    assert reader.expand(("*",)) == ["INBOX", "INBOX.2026", "INBOX.Ablage"]
    assert reader.special_folder(Use.SENT) == "INBOX.Sent Items"
    assert reader.special_folder(Use.ARCHIVE) == "INBOX.Ablage"
    assert reader.special_folder(Use.JUNK) is None


def test_a_server_that_keeps_silent_is_given_up_in_time(stack: ExitStack) -> None:
    for answers in ({"SELECT": MUTE}, {"AUTHENTICATE": MUTE}, {"CAPABILITY": MUTE}):
        assert failure(stack, Scripted(**answers)).code == "timeout"  # type: ignore[arg-type] # no keyword of its own


def test_folders_that_come_and_go_are_seen_at_the_next_pass(stack: ExitStack) -> None:
    reader = source(stack, Scripted(LIST=[NAMES, GMAIL]), folders=("*",))
    assert "INBOX.2026" in reader.expand(("*",))
    assert "INBOX.2026" not in reader.expand(("*",))


def test_a_folder_that_was_deleted_is_for_a_person_and_its_return_is_seen(stack: ExitStack) -> None:
    good = "* 0 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 1] .\nOK done"
    server = Scripted(SELECT=[good, good, "NO gone", good], STATUS="NO gone")
    reader = source(stack, server)
    reader.open("A")
    reader.open("B")
    with pytest.raises(MisconfiguredError):
        reader.open("A")
    assert reader.open("A").uidvalidity == 7


@pytest.mark.parametrize(
    ("namespace", "target", "code"),
    [
        ('(("INBOX." "."))', "Taken", "folder_prefix"),
        ('(("INBOX." "."))', "INBOX.Taken", "server_refused"),
        ('(("" "/"))', "Taken", "server_refused"),
        ("NIL", "Taken", "server_refused"),
    ],
)
def test_a_folder_that_may_not_be_made_for_lack_of_a_prefix_is_told_as_such(
    stack: ExitStack, namespace: str, target: str, code: str
) -> None:
    server = Scripted(
        f"{CAPABILITIES} NAMESPACE",
        MOVE="NO [TRYCREATE] no such folder",
        CREATE="NO Invalid mailbox name.",
        NAMESPACE=f"* NAMESPACE {namespace} NIL NIL\nOK done",
    )
    reader = source(stack, server, after="move", move_to=target)
    reader.open("INBOX")
    with pytest.raises(MessageRefusedError) as caught:
        reader.move([1], target)
    assert caught.value.code == code
