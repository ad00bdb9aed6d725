"""Messages from files: eml, mbox, Maildir, folders, standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from intake.errors import NoInputError
from intake.mail.folder import read_path
from tests.intake.mail.samples import mail


def read(path: Path | str) -> list[tuple[str, bytes]]:
    return [(message.source, message.data) for message in read_path(path)]


def test_one_message(tmp_path: Path) -> None:
    file = tmp_path / "17.eml"
    file.write_bytes(mail("hello"))
    assert read(file) == [("17.eml", mail("hello"))]


def test_a_message_that_keeps_its_from_line(tmp_path: Path) -> None:
    file = tmp_path / "17.eml"
    file.write_bytes(b"From ann@example.org Mon Jun  1 09:12:00 2026\n" + mail("hello"))
    assert len(read(file)) == 1


def test_mbox(tmp_path: Path) -> None:
    file = tmp_path / "box.mbox"
    line = b"From ann@example.org Mon Jun  1 09:12:00 2026\n"
    file.write_bytes(
        line
        + mail("one\n>From here\n>>From there\nFrom me\n")
        + b"\n"
        + line
        + mail("two\n")
        + b"\n"
        + line
        + mail("three")
    )
    first, second, third = read(file)
    assert first == ("box.mbox:1", mail("one\nFrom here\n>From there\nFrom me\n"))
    assert second == ("box.mbox:2", mail("two\n"))
    assert third == ("box.mbox:3", mail("three"))


def test_an_empty_mbox_holds_no_message_an_empty_eml_is_a_broken_one(tmp_path: Path) -> None:
    for name in ("box.mbox", "Inbox", "17.eml"):
        (tmp_path / name).touch()
    assert read(tmp_path / "box.mbox") == read(tmp_path / "Inbox") == []
    assert read(tmp_path / "17.eml") == [("17.eml", b"")]


def test_maildir(tmp_path: Path) -> None:
    for name in ("cur/2:2,S", "new/1", "tmp/3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(mail(name))
    assert [source for source, _ in read(tmp_path)] == ["2:2,S", "1"]


def test_a_folder_of_messages(tmp_path: Path) -> None:
    for name in ("2.eml", "1.EML", "gold.jsonl", ".hidden.eml"):
        (tmp_path / name).write_bytes(mail("hello"))
    assert [source for source, _ in read(tmp_path)] == ["1.EML", "2.eml"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail("hello"))))
    assert read("-") == [("-", mail("hello"))]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(NoInputError) as error:
        read(tmp_path / "none.eml")
    assert "none.eml" in str(error.value)
