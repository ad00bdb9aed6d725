"""What the server is told: a keyword where it keeps keywords, a move by whatever means it has."""

from __future__ import annotations

import pytest
from imapclient import IMAPClient

from tests.dovecot import PASSWORD, Dovecot
from tests.intake.mail_imap.conftest import Connect
from tests.intake.mail_imap.test_reading import mail, read

pytestmark = pytest.mark.dovecot


def flags(server: Dovecot, user: str, uid: int) -> tuple[bytes, ...]:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(user, PASSWORD.encode().decode()) if PASSWORD.isascii() else client.plain_login(
            user, PASSWORD
        )
        client.select_folder("INBOX", readonly=True)
        return tuple(client.get_flags([uid])[uid])


def test_a_keyword_is_set_and_nothing_else(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(mail(1), user=user)
    source = connect()
    source.open("INBOX")
    assert source.mark([1], "RefundIntake")
    assert source.mark([1], "RefundIntake")
    assert b"RefundIntake" in flags(server, user, 1)
    assert b"\\Seen" not in flags(server, user, 1)


@pytest.mark.parametrize("others", [{"keyword": ""}, {"readonly": True}], ids=["no keyword", "dry run"])
def test_a_folder_that_is_only_examined_is_not_changed(
    connect: Connect, server: Dovecot, user: str, others: dict[str, object]
) -> None:
    server.deliver(mail(1), user=user)
    source = connect(**others)
    assert not source.open("INBOX").writable
    assert not source.mark([1], "RefundIntake")
    assert b"RefundIntake" not in flags(server, user, 1)


def test_a_move_makes_the_folder_and_may_be_repeated(connect: Connect, server: Dovecot, user: str) -> None:
    server.deliver(*(mail(number) for number in range(3)), user=user)
    source = connect(after="move", move_to="Taken/ün")
    source.open("INBOX")
    source.move([1, 2], "Taken/ün")
    source.move([1, 2], "Taken/ün")
    assert source.uids_after(0, None) == [3]
    assert len(read(source, "Taken/ün")) == 2


def test_an_archive_that_may_not_be_made_is_an_error_of_these_messages(
    connect: Connect, server: Dovecot, user: str
) -> None:
    from intake.mail.source import MessageRefusedError

    server.deliver(mail(1), user=user)
    source = connect()
    source.open("INBOX")
    with pytest.raises(MessageRefusedError):
        source.move([1], "a/../b")
    assert source.uids_after(0, None) == [1]


def test_where_expunged_mail_lives_on_it_is_deleted_through_the_trash(
    connect: Connect, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(*(mail(number) for number in range(3)), user=user)
    server.deliver(mail(8), user=user, folder="Trash")
    source = connect()
    source.open("INBOX")
    client = source._client
    assert client is not None
    has = client.has_capability
    monkeypatch.setattr(client, "has_capability", lambda name: name == "X-GM-EXT-1" or has(name))
    moved: list[object] = []
    move = client.move
    monkeypatch.setattr(client, "move", lambda uids, folder: (moved.append(folder), move(uids, folder)))
    assert source.delete([1, 2])
    assert moved == ["Trash"]
    assert source.uids_after(0, None) == [3]  # and INBOX is open again
    assert server.count(user) == 1
    assert server.count(user, "Trash") == 1  # what somebody else has thrown away stays
    assert source.delete([2, 1])  # once more is harmless
    assert source.uids_after(0, None) == [3]
