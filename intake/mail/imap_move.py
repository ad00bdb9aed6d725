"""Moving messages with what the server has; never an EXPUNGE that takes other clients' deletions along."""

from __future__ import annotations

from collections.abc import Sequence

from imapclient import IMAPClient

_DELETED = b"\\Deleted"


def move_messages(client: IMAPClient, uids: Sequence[int], target: str) -> None:
    r"""Moves `uids` of the selected folder; those that are gone already are no error.

    Without MOVE (RFC 6851): COPY, then \Deleted, then UID EXPUNGE (RFC 4315). Without UIDPLUS too, the
    originals stay, flagged \Deleted, until somebody expunges the folder. A message that is flagged already
    was copied by an earlier try and is not copied twice.
    """
    if client.has_capability("MOVE"):
        client.move(list(uids), target)
        return
    flags = client.fetch(list(uids), ["FLAGS"])
    fresh = [uid for uid in uids if uid in flags and _DELETED not in flags[uid].get(b"FLAGS", ())]
    if fresh:
        client.copy(fresh, target)
        client.add_flags(fresh, [_DELETED], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(list(uids))
