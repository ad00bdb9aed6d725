"""What a mail source promises, on two kinds of server: Dovecot, and pymap, which keeps no keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from imapclient import IMAPClient
from pydantic import SecretStr

from intake.config.model import MailboxConfig
from intake.demo.server import Delivered, DemoServer
from intake.mail.imap import ImapSource
from intake.mail.imap_idle import IdleLine
from intake.mail.message import RawMessage
from intake.mail.source import MisconfiguredError, RefusedError
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.mail_imap.test_reading import mail, read

DAY = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A mailbox somewhere, and somebody else's client at it."""

    port: int
    username: str
    password: str
    keeps_keywords: bool

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.plain_login(self.username, self.password)
        return client

    def put(self, *messages: bytes, folder: str = "INBOX", when: datetime = DAY) -> None:
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in messages:
                client.append(folder, raw, (), when)

    def remove(self, uid: int) -> None:
        with self.client() as client:
            client.select_folder("INBOX")
            client.add_flags([uid], [b"\\Deleted"])
            client.uid_expunge([uid])

    def flags(self, uid: int, folder: str = "INBOX") -> set[bytes]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return set(client.get_flags([uid])[uid]) - {b"\\Recent"}

    def box(self, **others: object) -> MailboxConfig:
        base: dict[str, object] = {"host": "127.0.0.1", "port": self.port, "tls": "none"}
        base |= {"username": self.username, "policy": "pars", "start_from": "all"}
        return MailboxConfig.model_validate(base | others)


@pytest.fixture(params=[pytest.param("dovecot", marks=pytest.mark.dovecot), "pymap"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    if request.param == "dovecot":
        server: Dovecot = request.getfixturevalue("server")
        user: str = request.getfixturevalue("user")
        yield Account(port=server.port, username=user, password=PASSWORD, keeps_keywords=True)
        return
    with DemoServer({"ann": [Delivered(data=mail(0), internal_date=DAY)]}) as demo:
        ann = Account(port=demo.port, username="ann", password=demo.password, keeps_keywords=False)
        ann.remove(_first(ann))
        yield ann


def _first(account: Account) -> int:
    with account.client() as client:
        client.select_folder("INBOX", readonly=True)
        return int(client.search("ALL")[0])


Connect = Callable[..., ImapSource]


@pytest.fixture
def source(account: Account) -> Iterator[Connect]:
    with ExitStack() as stack:

        def make(*, password: str | None = None, readonly: bool = False, **others: object) -> ImapSource:
            secret = SecretStr(password or account.password)
            made = ImapSource("box", account.box(**others), lambda: secret, readonly=readonly)
            return stack.enter_context(made)

        yield make


def raws(source: ImapSource, folder: str = "INBOX") -> list[RawMessage]:
    return [got for got in read(source, folder) if isinstance(got, RawMessage)]


def test_messages_come_whole_oldest_first_with_their_day_and_no_flag_changes(
    account: Account, source: Connect
) -> None:
    sent = [mail(number, 3000 * number) for number in range(6)]
    account.put(*sent)
    got = raws(source())
    assert [raw.data for raw in got] == sent
    assert {raw.received_at for raw in got} == {DAY}
    uids = [raw.key.uid for raw in got if raw.key]
    assert uids == sorted(uids)
    assert all(account.flags(uid) == set() for uid in uids)


def test_only_what_came_since_is_listed_however_often_it_is_asked(account: Account, source: Connect) -> None:
    account.put(mail(1), mail(2))
    reader = source()
    reader.open("INBOX")
    *_, last = reader.uids_after(0, None)
    for _ in range(3):
        reader.open("INBOX")
        assert reader.uids_after(last, None) == []
    account.put(mail(3))
    reader.open("INBOX")
    assert len(reader.uids_after(last, None)) == 1
    assert len(reader.uids_after(0, None)) == 3


def test_mail_that_takes_the_place_of_another_is_noticed(account: Account, source: Connect) -> None:
    account.put(mail(1), mail(2))
    reader = source()
    reader.open("INBOX")
    first, last = reader.uids_after(0, None)
    account.remove(first)
    account.put(mail(3))
    reader.open("INBOX")
    (new,) = reader.uids_after(last, None)
    assert new > last


def test_several_folders_share_the_connection_and_none_is_forgotten(
    account: Account, source: Connect
) -> None:
    names = ["INBOX", "Entwürfe & mehr", "Пошта"]
    reader, last = source(folders=names), dict.fromkeys(names, 0)
    for turn in range(4):
        for name in names[: 3 - turn % 2]:
            account.put(mail(turn), folder=name)
        for name in names:
            reader.open(name)
            found = reader.uids_after(last[name], None)
            assert len(found) == (0 if turn % 2 and name == names[2] else 1)
            (got,) = reader.fetch(reader.describe(found)) if found else (None,)
            assert got is None or (isinstance(got, RawMessage) and got.key and got.key.folder == name)
            last[name] = max([last[name], *found])


def test_what_vanished_is_left_out_and_what_is_large_is_cut_down(account: Account, source: Connect) -> None:
    large = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    large += b"Content-Type: text/plain\r\n\r\nrefund\r\n--b\r\n"
    large += b"Content-Type: application/pdf\r\n\r\n" + b"A" * 90_000 + b"\r\n--b--\r\n"
    account.put(mail(1), large, mail(3))
    reader = source(max_message_bytes=65536)
    reader.open("INBOX")
    listed = reader.describe(reader.uids_after(0, None))
    account.remove(listed[0].uid)
    reader.open("INBOX")
    cut, whole = reader.fetch(listed)
    assert isinstance(cut, RawMessage)
    assert isinstance(whole, RawMessage)
    assert (cut.truncated, whole.truncated) == (True, False)
    assert b"refund" in cut.data
    assert len(cut.data) < 1000


def test_mail_before_the_first_day_is_left_out(account: Account, source: Connect) -> None:
    account.put(mail(1), when=DAY - timedelta(days=30))
    account.put(mail(2))
    reader = source()
    reader.open("INBOX")
    everything = reader.uids_after(0, None)
    assert reader.uids_after(0, DAY.date() - timedelta(days=2)) == everything[1:]
    assert reader.uids_after(0, DAY.date() + timedelta(days=2)) == []


def test_a_keyword_is_told_to_be_set_only_where_it_is_kept(account: Account, source: Connect) -> None:
    account.put(mail(1))
    reader = source()
    reader.open("INBOX")
    (uid,) = reader.uids_after(0, None)
    assert reader.mark([uid], "RefundIntake") is account.keeps_keywords
    assert account.flags(uid) == ({b"RefundIntake"} if account.keeps_keywords else set())


@pytest.mark.parametrize("target", ["Taken", "Übernommen/Пошта"])
def test_moving_makes_the_folder_and_may_be_repeated(account: Account, source: Connect, target: str) -> None:
    account.put(mail(1), mail(2), mail(3))
    reader = source()
    reader.open("INBOX")
    first, second, third = reader.uids_after(0, None)
    reader.move([first, second], target)
    reader.move([first, second], target)
    reader.open("INBOX")
    assert reader.uids_after(0, None) == [third]
    assert [raw.data for raw in raws(reader, target)] == [mail(1), mail(2)]


def test_a_dry_run_changes_nothing(account: Account, source: Connect) -> None:
    account.put(mail(1))
    reader = source(readonly=True)
    assert not reader.open("INBOX").writable
    (got,) = raws(reader)
    assert got.key is not None
    assert not reader.mark([got.key.uid], "RefundIntake")
    assert account.flags(got.key.uid) == set()


def test_a_message_is_added_with_its_date_and_its_number_is_told(account: Account, source: Connect) -> None:
    account.put(mail(1), folder="Drafts")
    reader = source()
    reader.open("INBOX")
    uid = reader.append("Drafts", mail(7), ["\\Draft"], DAY)
    added = next(raw for raw in raws(reader, "Drafts") if raw.key and raw.key.uid == uid)
    assert (added.data, added.received_at) == (mail(7), DAY)
    assert b"\\Draft" in account.flags(int(uid or 0), "Drafts")


def test_a_missing_folder_and_a_wrong_password_are_for_a_person(source: Connect) -> None:
    with pytest.raises(MisconfiguredError, match="Nowhere"):
        source().open("Nowhere")
    with pytest.raises(RefusedError):
        source(password="wrong").open("INBOX")


def test_new_mail_is_told_of_while_idle(account: Account) -> None:
    line = IdleLine("box", account.box(), lambda: SecretStr(account.password), rearm_s=0.3)
    try:
        arrivals = line.arrivals("INBOX")
        next(arrivals)
        account.put(mail(1))
        next(arrivals)
    finally:
        line.cut()
