"""`after = "redact"` on a real server: what was there is there again, without what must not be."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from imapclient import IMAPClient

from intake.checks import Level, _server
from intake.config.model import Config
from intake.mail import quirks
from intake.mail.imap import ImapSource
from intake.poll.values import Counts
from intake.store.store import Store
from tests.crash.world import MAILBOX, is_unredacted, letter, letters, on_disk, settings
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.poll.replace.conftest import Make

pytestmark = pytest.mark.dovecot


def client(server: Dovecot, user: str) -> IMAPClient:
    made = IMAPClient(server.host, server.port, ssl=False)
    made.plain_login(user, PASSWORD)
    made.normalise_times = False
    made.select_folder("INBOX")
    return made


def test_every_original_is_replaced_and_no_copy_comes_in_as_mail(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    server.deliver(*letters(), user=user)
    poller = make()
    counts = poller.poll()
    assert (counts.seen, counts.cases, counts.duplicates) == (5, 2, 1)
    assert not any(map(is_unredacted, on_disk(server, user)))
    assert len(on_disk(server, user)) == 5
    again = poller.poll()
    assert again.to_dict() == Counts(seen=5, ignored=5).to_dict()
    assert poller.poll() == Counts()
    assert store.pending_actions(MAILBOX) == 0
    assert store.counts(MAILBOX)["ignored"] == 6  # the five copies and the out-of-office reply
    assert len(store.cases()) == 2


def test_the_copy_keeps_thread_date_and_flags_and_names_what_was_removed(
    make: Make, server: Dovecot, user: str
) -> None:
    chain = "<first@example.com> <second@example.com>"
    server.deliver(
        letter(2, attach=True, In_Reply_To="<second@example.com>", References=chain), user=user, seen=True
    )
    with client(server, user) as eyes:
        eyes.add_flags([1], ["\\Flagged", "Urgent"])
        before = eyes.fetch([1], ["INTERNALDATE"])[1][b"INTERNALDATE"]
    make().poll()
    with client(server, user) as eyes:
        (uid,) = eyes.search()
        answer = eyes.fetch([uid], ["INTERNALDATE", "FLAGS", "BODY.PEEK[]"])[uid]
    assert answer[b"INTERNALDATE"] == before
    assert {b"\\Seen", b"\\Flagged", b"Urgent", b"RefundIntake"} <= set(answer[b"FLAGS"])
    copy = message_from_bytes(answer[b"BODY[]"], policy=policy.default)
    assert copy["Message-ID"] == "<letter2@mail.example.org>"
    assert copy["In-Reply-To"] == "<second@example.com>"
    assert copy["References"].split() == chain.split()
    assert copy["From"] == "Änne Example <ann2@example.org>"
    assert copy["Subject"] == "Refund for order A-70002"
    assert copy.get_content_type() == "text/plain"
    text = copy.get_content()
    assert "[card •••• 1111]" in text
    assert "card.csv (text/csv" in text
    assert not is_unredacted(answer[b"BODY[]"])


def test_copies_stay_ours_after_the_server_has_numbered_anew(
    make: Make, server: Dovecot, user: str, store: Store
) -> None:
    server.deliver(letter(1), letter(2), user=user)
    make().poll()
    make().poll()
    server.stop()
    server.renumber(user)
    server.start()
    counts = make().poll()
    assert (counts.seen, counts.ignored) == (2, 2)
    assert len(on_disk(server, user)) == 2
    assert store.pending_actions(MAILBOX) == 0


def test_without_uidplus_others_deletions_stay_and_it_is_said_and_tried_again(
    make: Make, server: Dovecot, user: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(1), letter(2), user=user)
    with client(server, user) as eyes:
        eyes.add_flags([2], ["\\Deleted"])  # somebody else's, not expunged yet
    has = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name != "UIDPLUS" and has(self, name)
    )
    make().poll()
    assert len(on_disk(server, user)) == 4  # nothing was expunged: two originals, two copies
    assert store.pending_actions(MAILBOX) == 2
    monkeypatch.undo()
    _due_again(store)
    make().poll()
    assert len(on_disk(server, user)) == 2
    assert not any(map(is_unredacted, on_disk(server, user)))


def test_check_says_what_a_server_cannot_do(
    server: Dovecot, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", PASSWORD)
    box = settings(server, user, "redact", password_env="TEST_PASSWORD")
    config = Config.model_validate({"state_dir": tmp_path, "mailbox": {"support": box.model_dump()}})

    def failures() -> list[str]:
        return [found.detail for found in _server(config, "support") if found.level is Level.FAIL]

    assert failures() == []
    has = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name != "UIDPLUS" and has(self, name)
    )
    (told,) = failures()
    assert "UIDPLUS" in told


def test_an_original_that_somebody_deletes_first_leaves_no_copy(
    make: Make, server: Dovecot, user: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(1), user=user)
    poller = make()
    tell = poller._tell_server

    def deleted_first(lease: object) -> None:
        with client(server, user) as eyes:
            eyes.delete_messages([1])
            eyes.expunge()
        tell(lease)  # type: ignore[arg-type] # the lease it was given

    monkeypatch.setattr(poller, "_tell_server", deleted_first)
    poller.poll()
    assert on_disk(server, user) == []
    assert store.pending_actions(MAILBOX) == 0


def test_no_copy_is_taken_for_right_before_it_was_read_back(
    make: Make, server: Dovecot, user: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(letter(1), user=user)
    poller = make()
    append = poller.source.append

    def spoilt(folder: str, data: bytes, *rest: object) -> int | None:
        return append(folder, data.replace(b"refund 49", b"refund 94"), *rest)  # type: ignore[arg-type] # as given

    monkeypatch.setattr(poller.source, "append", spoilt)
    poller.poll()
    assert [is_unredacted(raw) for raw in on_disk(server, user)] == [True]  # the original, and it alone
    assert store.pending_actions(MAILBOX) == 1


def _due_again(store: Store) -> None:
    from sqlalchemy import update

    from intake.store.tables import Outbox

    with store._engine.begin() as connection:
        connection.execute(update(Outbox).values(next_try=0))


class Killed(BaseException):
    """What stands for SIGKILL between two commands to the server."""


def test_a_kill_between_trash_and_expunge_leaves_no_original_there(
    make: Make, server: Dovecot, user: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quirks, "TRASH_ONLY", "UIDPLUS")  # as if this server had but one way to delete
    server.deliver(letter(9), user=user, folder="Trash")  # what somebody threw away
    server.deliver(letter(1), letter(2), user=user)
    expunge = ImapSource._expunge

    def killed(*_: object) -> bool:
        raise Killed

    monkeypatch.setattr(ImapSource, "_expunge", killed)
    with pytest.raises(Killed):
        make().poll()
    assert server.count(user, "Trash") == 3
    monkeypatch.setattr(ImapSource, "_expunge", expunge)
    make().poll()
    assert store.pending_actions(MAILBOX) == 0
    assert on_disk(server, user, "Trash") == [letter(9)]
    assert not any(map(is_unredacted, on_disk(server, user)))
    assert server.count(user) == 2
