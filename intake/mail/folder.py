"""Messages from files: one `.eml`, an mbox, a Maildir, a folder of `.eml`, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from intake.errors import NoInputError, Problem
from intake.mail.message import RawMessage

_LINE: Final = 1024 * 1024  # of a line without an end no more is in memory at once
_SUFFIXES = frozenset({".eml", ".msg.txt", ".email", ".mime"})


def read_path(path: str | Path, *, limit: int | None = None) -> Iterator[RawMessage]:
    """The messages at a path, one after the other: never a whole mbox in memory.

    `source` is the file's name ("17.eml"), with the number of the message in an mbox ("box.mbox:3"). Of a
    message above `limit` bytes only so many are read, its headers and what stands first, and it is `truncated`.

    Raises:
        NoInputError: there is nothing to read at the path.
    """
    if str(path) == "-":
        yield _read(sys.stdin.buffer, "-", limit)
        return
    path = Path(path)
    try:
        if path.is_dir():
            for file in _folder(path):
                yield _file(file, limit)
        elif _is_mbox(path):
            yield from _mbox(path, limit)
        else:
            yield _file(path, limit)
    except OSError as error:
        raise NoInputError(
            Problem(
                where=str(path), what=f"cannot be read ({error.strerror})", remedy="name a file or a folder"
            )
        ) from None


def size_of(path: str | Path) -> int | None:
    """Bytes of all messages at a path; None: nobody knows before they are read."""
    path = Path(path)
    try:
        if path.is_dir():
            return sum(file.stat().st_size for file in _folder(path))
        return path.stat().st_size if path.is_file() else None
    except OSError:  # `read_path` will say so
        return None


def _file(path: Path, limit: int | None) -> RawMessage:
    with path.open("rb") as file:
        return _read(file, path.name, limit)


def _read(file: BinaryIO, source: str, limit: int | None) -> RawMessage:
    data = file.read(-1 if limit is None else limit + 1)
    large = limit is not None and len(data) > limit
    return RawMessage(data=data[:limit] if large else data, source=source, truncated=large)


def _folder(path: Path) -> Iterable[Path]:
    """A Maildir by its two folders, else every message file below."""
    if (path / "cur").is_dir() or (path / "new").is_dir():
        return [*_files(path / "cur"), *_files(path / "new")]
    return [file for file in _files(path) if file.suffix.lower() in _SUFFIXES]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))


def _is_mbox(path: Path) -> bool:
    """An mbox begins with a From_ line (RFC 4155), or is empty; a file named as one message is none."""
    with path.open("rb") as file:
        if file.read(5) not in {b"From ", b""}:
            return False
    return path.suffix.lower() not in _SUFFIXES


def _mbox(path: Path, limit: int | None) -> Iterator[RawMessage]:
    """Split at From_ lines after a blank line; ">From " (and ">>From ", mboxrd) loses one mark.

    The stdlib's mailbox first scans the whole file, splits inside bodies and takes no account of mboxrd.
    """
    gathered = _Gathered(limit=limit)
    number = 0
    blank = whole = True  # the line before was empty, and had an end: a long line comes in pieces
    with path.open("rb") as file:
        while line := file.readline(_LINE):
            if whole and blank and line.startswith(b"From "):
                if gathered.lines:
                    number += 1
                    yield gathered.message(f"{path.name}:{number}")
                gathered = _Gathered(limit=limit)
            elif whole and line.startswith(b">") and line.lstrip(b">").startswith(b"From "):
                gathered.add(line[1:])
            else:
                gathered.add(line)
            blank, whole = whole and not line.strip(), line.endswith(b"\n")
    if gathered.lines:
        yield gathered.message(f"{path.name}:{number + 1}")


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """The lines of one message of an mbox, as far as the limit goes."""

    limit: int | None
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    large: bool = False

    def add(self, line: bytes) -> None:
        self.large = self.large or (self.limit is not None and self.size + len(line) > self.limit)
        if not self.large:
            self.lines.append(line)
            self.size += len(line)

    def message(self, source: str) -> RawMessage:
        last = self.lines[-1].strip()
        lines = self.lines if last or self.large else self.lines[:-1]  # the blank line before the next From_
        return RawMessage(data=b"".join(lines), source=source, truncated=self.large)
