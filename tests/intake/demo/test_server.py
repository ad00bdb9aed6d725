"""The embedded server: real IMAP on loopback, the bytes as given, and plain words where it cannot start."""

from __future__ import annotations

import imaplib
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from intake.demo.server import HOST, Delivered, DemoServer
from intake.errors import UnavailableError

HOSTILE = b"From: a@example.org\r\nSubject: \xff\xfe raw\r\n\r\n8-bit \xe9\x00 and no end"
WHEN = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)


def _fetch(server: DemoServer, user: str) -> list[Any]:
    client = imaplib.IMAP4(HOST, server.port)
    try:
        client.login(user, server.password)
        client.select("INBOX", readonly=True)
        return client.uid("FETCH", "1:*", "(INTERNALDATE BODY.PEEK[])")[1]
    finally:
        client.logout()


def test_bytes_and_arrival_come_back_as_they_were() -> None:
    with DemoServer({"one": [Delivered(data=HOSTILE, internal_date=WHEN)], "two": []}) as server:
        answer, *_ = _fetch(server, "one")
        assert answer[1] == HOSTILE
        assert b"03-Nov-2026 07:30:00 +0000" in answer[0]
        assert _fetch(server, "two") == [None]


def test_nobody_gets_in_without_the_password_of_this_run() -> None:
    with DemoServer({"one": []}) as server:
        client = imaplib.IMAP4(HOST, server.port)
        for user, password in (("one", "demopass"), ("demouser", "demopass")):
            with pytest.raises(imaplib.IMAP4.error):
                client.login(user, password)
        client.logout()


def test_without_pymap_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymap.imap", None)
    with pytest.raises(UnavailableError, match=r"pip install 'refund-intake\[demo\]'"), DemoServer({}):
        pass
