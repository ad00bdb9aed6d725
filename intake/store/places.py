"""What is accounted for in a folder, by UID: what reconciliation compares with the server."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from intake.mail.message import MessageKey
from intake.store.tables import Message, Quarantine

FILES_FOLDER: Final = "import"
FILES_UIDVALIDITY: Final = 0
"""Where messages from files lie: no server numbers a folder so (RFC 9051 §9, nz-number)."""


def uids_between(connection: Connection, first: MessageKey, last_uid: int) -> set[int]:
    """The UIDs from `first` to `last_uid` of its folder that have a row, in quarantine or given up too."""
    found = set[int]()
    for table in (Message, Quarantine):
        query = select(table.c.uid).where(
            table.c.mailbox == first.mailbox,
            table.c.folder == first.folder,
            table.c.uidvalidity == first.uidvalidity,
            table.c.uid.between(first.uid, last_uid),
        )
        found.update(connection.scalars(query))
    return found
