r"""`after = "move"` on a server without MOVE: COPY, \Deleted, UID EXPUNGE, and no second copy after a kill.

A copy has no token: it is the original. So the place where the target folder ended is written down before, and a
try that is repeated looks above it for what has the header and size of the original.
"""

from __future__ import annotations

from collections.abc import Sequence

from intake.mail.source import FolderEnd, Source
from intake.poll.hold import LEASE_S
from intake.store.store import Store
from intake.store.values import Lease, Progress, ServerAction


def move_by_copy(store: Store, source: Source, lease: Lease, actions: Sequence[ServerAction]) -> None:
    r"""Moves messages of the open folder; those that are gone already were moved, or somebody deleted them.

    Without UIDPLUS the originals stay, flagged \Deleted, until somebody expunges the folder.

    Raises:
        SourceError, MessageRefusedError: the server.
        LeaseLostError: somebody else has the mailbox.
    """
    folder, target = actions[0].key.folder, actions[0].target
    here = source.likenesses([action.key.uid for action in actions])
    left = [action for action in actions if action.key.uid in here]
    if not left:
        return
    end = source.end_of(target)
    fresh = [action for action in left if action.begun is None]
    begun = [action for action in left if action.begun is not None]
    again = _not_copied(source, begun, here, end) if begun else []
    source.open(folder)
    if todo := [*fresh, *again]:
        above = Progress(uidvalidity=end.uidvalidity, last_uid=end.last_uid)
        store.begin_actions(lease, [action.id for action in fresh], above=above)
        source.copy([action.key.uid for action in todo], target)
    store.renew(lease, LEASE_S)  # fencing: whoever lost the lease must not delete anything any more
    source.delete([action.key.uid for action in left])


def _not_copied(
    source: Source, begun: Sequence[ServerAction], here: dict[int, bytes], end: FolderEnd
) -> list[ServerAction]:
    """Those that an earlier try did not come to; each copy that is found stands for one original alone."""
    source.open(begun[0].target)
    starts = {action.id: _start(action, end) for action in begun}
    there = source.likenesses(source.uids_after(min(starts.values()), None))
    missing = []
    for action in sorted(begun, key=lambda action: (-starts[action.id], action.key.uid)):
        likeness = here[action.key.uid]
        found = [uid for uid, other in there.items() if other == likeness and uid > starts[action.id]]
        if found:
            del there[min(found)]
        else:
            missing.append(action)
    return missing


def _start(action: ServerAction, end: FolderEnd) -> int:
    """Where to look from; the whole folder, where the server has numbered it anew meanwhile."""
    begun = action.begun
    return begun.last_uid if begun and begun.uidvalidity == end.uidvalidity else 0
