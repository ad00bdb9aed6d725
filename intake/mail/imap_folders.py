r"""Which folder is for what: by the attributes of RFC 6154, else by the names that mail programs give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from imapclient import IMAPClient

from intake.mail import quirks

ALL = "*"
_NO_SELECT = frozenset({"\\NOSELECT", "\\NONEXISTENT"})


class Use(StrEnum):
    r"""What a folder is for; the value is the attribute without its backslash (RFC 6154 §2)."""

    ARCHIVE = "ARCHIVE"
    DRAFTS = "DRAFTS"
    JUNK = "JUNK"
    SENT = "SENT"
    TRASH = "TRASH"


_NEVER_READ = frozenset({Use.DRAFTS, Use.JUNK, Use.SENT, Use.TRASH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One line of LIST."""

    name: str  # as people see it
    separator: str
    attributes: frozenset[str]  # in capitals

    @property
    def last_name(self) -> str:
        """The name within its parent, as it is compared."""
        name = self.name.rpartition(self.separator)[2] if self.separator else self.name
        return name.casefold()


def list_folders(client: IMAPClient) -> list[Folder]:
    """Every folder that can be opened, with its attributes."""
    options = ["RETURN (SPECIAL-USE)"] if client.has_capability("SPECIAL-USE") else []
    # the library's own LIST cannot ask for attributes, and not every server gives them unasked (RFC 6154 §2)
    kind, _ = client._imap._simple_command("LIST", '""', '"*"', *options)  # noqa: SLF001 - there is no public way
    _, lines = client._imap._untagged_response(kind, [None], "LIST")  # noqa: SLF001 - likewise
    client._checkok("LIST", kind, lines)  # noqa: SLF001 - likewise
    found = [
        Folder(
            name=name,
            separator=(separator or b"").decode("ascii", "replace"),
            attributes=frozenset(flag.decode("ascii", "replace").upper() for flag in flags),
        )
        for flags, separator, name in client._proc_folder_list(lines)  # noqa: SLF001 - likewise
    ]
    return [folder for folder in found if not folder.attributes & _NO_SELECT]


def find_use(folders: Sequence[Folder], use: Use) -> str | None:
    """The folder for `use`: by its attribute, else by its name; None: there is none."""
    for folder in folders:
        if f"\\{use}" in folder.attributes:
            return folder.name
    return next((folder.name for folder in folders if folder.last_name in quirks.NAMES[use]), None)


def worth_reading(folders: Sequence[Folder]) -> list[str]:
    """The folders where mail to us may lie: not our own, not thrown away, none that shows others' mail again."""
    others = {name for use in _NEVER_READ if (name := find_use(folders, use)) is not None}
    marked = quirks.VIEWS | {f"\\{use}" for use in _NEVER_READ}
    return [
        folder.name
        for folder in folders
        if folder.name not in others and not folder.attributes & marked and not _inside(folder, others)
    ]


def _inside(folder: Folder, others: set[str]) -> bool:
    """Sub-folders of Trash are thrown away too."""
    return bool(folder.separator) and any(folder.name.startswith(name + folder.separator) for name in others)
