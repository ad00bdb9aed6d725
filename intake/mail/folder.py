"""Messages from files: one `.eml`, an mbox, a Maildir, a folder of `.eml`, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from intake.errors import NoInputError, Problem
from intake.mail.message import RawMessage

_SUFFIXES = frozenset({".eml", ".msg.txt", ".email", ".mime"})


def read_path(path: str | Path) -> Iterator[RawMessage]:
    """The messages at a path, one after the other: never a whole mbox in memory.

    `source` is the file's name ("17.eml"), with the number of the message in an mbox ("box.mbox:3").

    Raises:
        NoInputError: there is nothing to read at the path.
    """
    if str(path) == "-":
        yield RawMessage(data=sys.stdin.buffer.read(), source="-")
        return
    path = Path(path)
    try:
        if path.is_dir():
            yield from _folder(path)
        elif _is_mbox(path):
            yield from _mbox(path)
        else:
            yield RawMessage(data=path.read_bytes(), source=path.name)
    except OSError as error:
        raise NoInputError(
            Problem(
                where=str(path), what=f"cannot be read ({error.strerror})", remedy="name a file or a folder"
            )
        ) from None


def _folder(path: Path) -> Iterator[RawMessage]:
    """A Maildir by its three folders, else every message file below."""
    if (path / "cur").is_dir() or (path / "new").is_dir():
        files: Iterable[Path] = [*_files(path / "cur"), *_files(path / "new")]
    else:
        files = (file for file in _files(path) if file.suffix.lower() in _SUFFIXES)
    for file in files:
        yield RawMessage(data=file.read_bytes(), source=file.name)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))


def _is_mbox(path: Path) -> bool:
    """An mbox begins with a From_ line (RFC 4155), and holds more than one or is named so."""
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            return False
    return path.suffix.lower() not in _SUFFIXES


def _mbox(path: Path) -> Iterator[RawMessage]:
    """Split at From_ lines after a blank line; ">From " (and ">>From ", mboxrd) loses one mark.

    The stdlib's mailbox first scans the whole file, splits inside bodies and takes no account of mboxrd.
    """
    lines: list[bytes] = []
    number = 0
    blank = True
    with path.open("rb") as file:
        for line in file:
            if blank and line.startswith(b"From "):
                if lines:
                    number += 1
                    yield _message(path, lines, number)
                    lines = []
            elif line.lstrip(b">").startswith(b"From ") and line.startswith(b">"):
                lines.append(line[1:])
            else:
                lines.append(line)
            blank = not line.strip()
    if lines:
        yield _message(path, lines, number + 1)


def _message(path: Path, lines: list[bytes], number: int) -> RawMessage:
    if not lines[-1].strip():
        lines = lines[:-1]  # the blank line before the next From_
    return RawMessage(data=b"".join(lines), source=f"{path.name}:{number}")
