"""`after = "move"` on a server without MOVE: one copy of each, whatever was cut off, others' deletions left alone."""

from __future__ import annotations

import pytest
from imapclient import IMAPClient

from intake.mail.source import UnreachableError
from intake.store.store import Store
from tests.crash.world import MAILBOX, TARGET_ON_DISK, letter, on_disk
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.poll.replace.conftest import Make

pytestmark = pytest.mark.dovecot


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Capabilities that the server is to be without."""
    lacks = {"MOVE"}
    has = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name not in lacks and has(self, name)
    )
    return lacks


def test_it_is_copied_once_and_deleted(
    make: Make, server: Dovecot, user: str, store: Store, lacking: set[str]
) -> None:
    server.deliver(letter(1), letter(2), letter(1), user=user)
    make("move").poll()
    assert (len(on_disk(server, user)), len(on_disk(server, user, TARGET_ON_DISK))) == (0, 3)
    assert store.pending_actions(MAILBOX) == 0


@pytest.mark.parametrize("copied", [0, 1, 2])
def test_cut_off_while_copying_what_was_copied_is_not_copied_twice(
    make: Make,
    server: Dovecot,
    user: str,
    store: Store,
    lacking: set[str],
    monkeypatch: pytest.MonkeyPatch,
    copied: int,
) -> None:
    server.deliver(letter(1), letter(1), letter(2), user=user)  # two of them the same to the last byte
    poller = make("move", batch_messages=10)
    copy = poller.source.copy

    def breaks(uids: list[int], target: str) -> None:
        copy(uids[:copied], target)
        raise UnreachableError("connection_lost", where="mailbox support", what="broke off")

    monkeypatch.setattr(poller.source, "copy", breaks)
    with pytest.raises(UnreachableError):
        poller.poll()
    assert len(on_disk(server, user, TARGET_ON_DISK)) == copied
    monkeypatch.setattr(poller.source, "copy", copy)
    poller.poll()
    assert (len(on_disk(server, user)), len(on_disk(server, user, TARGET_ON_DISK))) == (0, 3)


def test_without_uidplus_others_deletions_stay(
    make: Make, server: Dovecot, user: str, store: Store, lacking: set[str]
) -> None:
    lacking.add("UIDPLUS")
    server.deliver(letter(1), letter(2), user=user)
    poller = make("move", start_from="2026-06-01")
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.plain_login(user, PASSWORD)
        client.append("INBOX", letter(3), ["\\Deleted"])  # somebody else's deletion, not expunged yet
    poller.poll()
    assert len(on_disk(server, user)) == 3  # nothing was expunged
    assert len(on_disk(server, user, TARGET_ON_DISK)) == 3
    assert store.pending_actions(MAILBOX) == 0


def test_a_folder_that_is_gone_keeps_nothing_else_waiting(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.plain_login(user, PASSWORD)
        client.create_folder("Second")
    server.deliver(letter(1), user=user, folder="Second")
    poller = make("keep", folders=["Second"])
    poller._tell_server = lambda _lease: None  # type: ignore[method-assign] # the server is not told yet
    poller.poll()
    poller.source.close()
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.plain_login(user, PASSWORD)
        client.delete_folder("Second")
    server.deliver(letter(2), user=user)
    assert make("keep").poll().cases == 1
    # of the folder that is gone; tried again, with growing patience
    assert store.pending_actions(MAILBOX) == 1
