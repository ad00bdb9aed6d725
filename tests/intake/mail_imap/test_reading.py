"""Reading a folder of a real server: complete, oldest first, and without a trace on the messages."""

from __future__ import annotations

import io
import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from intake import log
from intake.mail.imap import ImapSource
from intake.mail.message import RawMessage
from intake.mail.source import MisconfiguredError, Unfetched
from tests.dovecot import Dovecot
from tests.intake.mail_imap.conftest import Connect

pytestmark = pytest.mark.dovecot


def mail(number: int, size: int = 0) -> bytes:
    head = (
        f"From: ann{number}@example.org\r\nSubject: no {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\n"
    )
    return head.encode() + b"x" * size + b"\r\n"


def read(source: ImapSource, folder: str = "INBOX", last_uid: int = 0) -> list[RawMessage | Unfetched]:
    source.open(folder)
    return list(source.fetch(source.describe(source.uids_after(last_uid, None))))


def test_messages_come_whole_in_order_with_their_keys(connect: Connect, server: Dovecot, user: str) -> None:
    sent = [mail(number) for number in range(5)]
    server.deliver(*sent, user=user)
    source = connect()
    state = source.open("INBOX")
    got = read(source)
    assert all(isinstance(message, RawMessage) for message in got)
    raws = [message for message in got if isinstance(message, RawMessage)]
    assert [raw.data for raw in raws] == sent
    assert [raw.key.uid for raw in raws if raw.key] == [1, 2, 3, 4, 5]
    assert {(raw.key.mailbox, raw.key.folder, raw.key.uidvalidity) for raw in raws if raw.key} == {
        ("box", "INBOX", state.uidvalidity)
    }
    arrived = raws[0].received_at
    assert arrived is not None
    assert abs(datetime.now(UTC) - arrived) < timedelta(minutes=10)
    assert arrived.tzinfo is UTC


def test_reading_sets_no_flag(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(mail(1), user=user)
    read(connect())
    # Maildir keeps flags in the name: no S(een) after the colon
    assert [path.name.partition(":2,")[2] for path in (server.maildir(user) / "cur").iterdir()] == [""]


def test_only_what_is_above_the_cursor_is_listed(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(*(mail(number) for number in range(3)), user=user)
    source = connect()
    source.open("INBOX")
    assert source.uids_after(1, None) == [2, 3]
    assert source.uids_after(3, None) == []  # n:* names the last message all the same
    server.deliver(mail(9), user=user)
    source.open("INBOX")
    assert source.uids_after(3, None) == [4]


def test_mail_before_the_first_day_is_left_out(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(mail(1), user=user)
    source = connect()
    source.open("INBOX")
    today = datetime.now(UTC).date()
    assert source.uids_after(0, today - timedelta(days=1)) == [1]
    assert source.uids_after(0, date(today.year + 2, 1, 1)) == []


def test_a_vanished_message_is_left_out(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(mail(1), mail(2), user=user)
    source = connect()
    source.open("INBOX")
    listed = source.describe([1, 2])
    connect().open("INBOX")
    (server.maildir(user) / "cur").joinpath(
        next(path.name for path in (server.maildir(user) / "cur").iterdir() if "M" in path.name)
    ).unlink()
    source.close()
    assert len([*read(source)]) == 1
    assert len(listed) == 2


def test_many_ids_are_asked_for_in_chunks(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(*(mail(number) for number in range(1100)), user=user)
    source = connect()
    source.open("INBOX")
    assert len(source.describe(source.uids_after(0, None))) == 1100


def test_a_folder_by_the_name_that_people_see(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(mail(1), user=user, folder="Entw&APw-rfe")
    assert len(read(connect(), "Entwürfe")) == 1


def test_a_missing_folder_is_told_by_name(connect: Connect) -> None:
    with pytest.raises(MisconfiguredError, match="Nowhere") as caught:
        connect().open("Nowhere")
    assert caught.value.code == "folder_missing"


def test_a_giant_is_read_by_headers_and_first_text(connect: Connect, server: Dovecot, user: str) -> None:
    head = b"From: ann@example.org\r\nSubject: much\r\nMIME-Version: 1.0\r\n"
    text = b"Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=F7=C5 refund"
    page = b"Content-Type: text/html\r\n\r\n<p>refund</p>"
    blob = b"Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n" + b"A" * 300_000
    inner = (
        b'Content-Type: multipart/alternative; boundary="i"\r\n\r\n--i\r\n'
        + page
        + b"\r\n--i\r\n"
        + text
        + b"\r\n--i--"
    )
    outer = (
        b'Content-Type: multipart/mixed;\r\n\tboundary="o"\r\n\r\n--o\r\n'
        + inner
        + b"\r\n--o\r\n"
        + blob
        + b"\r\n--o--\r\n"
    )
    server.deliver(head + outer, mail(2), user=user)
    giant, small = read(connect(max_message_bytes=65536))
    assert isinstance(giant, RawMessage)
    assert giant.truncated
    assert giant.data == head + text
    assert isinstance(small, RawMessage)
    assert not small.truncated


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (mail(1, 200_000), None),
        (
            b"Subject: x\r\nContent-Type: application/zip\r\n\r\n" + b"A" * 99_000,
            b"Content-Type: application/zip",
        ),
        (b"X: " + b"y" * 66_000 + b"\r\n\r\ntext\r\n", None),
    ],
    ids=["one huge text", "no text at all", "huge headers"],
)
def test_a_giant_without_a_small_text_is_said_to_be_one(
    connect: Connect, server: Dovecot, user: str, raw: bytes, kept: bytes | None
) -> None:
    server.deliver(raw, user=user)
    (got,) = read(connect(max_message_bytes=65536))
    if kept is None:
        assert isinstance(got, Unfetched)
        assert (got.code, got.uid) == ("too_large", 1)
    else:
        assert isinstance(got, RawMessage)
        assert kept in got.data


def test_no_byte_of_a_message_reaches_a_logger(connect: Connect, server: Dovecot, user: str) -> None:
    seen = io.StringIO()
    handler = logging.StreamHandler(seen)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    log.silence_libraries()
    try:
        server.deliver(mail(1) + b"canary-4111", user=user)
        read(connect())
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(logging.WARNING)
    assert "canary" not in seen.getvalue()
    assert "ann1" not in seen.getvalue()


def test_the_library_formats_no_answers(connect: Connect) -> None:
    source = connect()
    source.open("INBOX")
    assert source._client is not None
    assert source._client._imap.debug == 0
