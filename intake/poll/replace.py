"""`after = "redact"`: each original is replaced by a redacted copy, whatever kills us between two steps.

fingerprint of the copy in the database → append → verify → remove the original. The fingerprint comes first, so
that no copy ever comes in as mail. A try that is repeated looks for the copy of an earlier one by its token,
above the UID where that one began; an original is removed only when its copy was read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from intake.config.model import MailboxConfig
from intake.fingerprints import fingerprints
from intake.keys import Keys
from intake.mail.copy import COPY_HEADER, copy_token, redacted_copy
from intake.mail.limits import ParseLimits, UnreadableError
from intake.mail.message import MessageKey, RawMessage
from intake.mail.parse import parse
from intake.mail.source import Listed, Source
from intake.poll.batches import batches
from intake.poll.hold import LEASE_S
from intake.redaction.redactor import RedactionError, Redactor
from intake.store import outbox
from intake.store.store import Store
from intake.store.values import CopyPrints, Lease, Progress, ServerAction

_AT_ONCE: Final = 20  # originals in memory, bounded by bytes too; each costs the server an APPEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A redacted copy that is not on the server yet, or may be."""

    data: bytes
    token: str
    prints: CopyPrints


@dataclass(frozen=True, slots=True, kw_only=True)
class Copier:
    """Makes redacted copies, always the same one of the same original, and knows them again."""

    redactor: Redactor
    limits: ParseLimits
    keys: Keys

    def make(self, raw: RawMessage, action: ServerAction) -> Copy:
        """The copy that takes the place of `raw`.

        Raises:
            UnreadableError, RedactionError: there can be none.
        """
        token = self._token(action.key)
        data = redacted_copy(raw, self.redactor, self.limits, token=token)
        prints = CopyPrints(
            message=action.message, raw=self.keys.fingerprint(data), content=self._content(data)
        )
        return Copy(data=data, token=token, prints=prints)

    def is_same(self, raw: RawMessage, copy: Copy) -> bool:
        """Whether `raw` is the copy as it was appended; servers may add headers, but no words."""
        if self.keys.fingerprint(raw.data) == copy.prints.raw:
            return True
        return copy_token(raw.data) == copy.token and self._content(raw.data) == copy.prints.content

    def _content(self, data: bytes) -> str:
        return fingerprints(parse(RawMessage(data=data, source="copy"), self.limits), self.keys).content

    def _token(self, key: MessageKey) -> str:
        """Of the original's place and not of its bytes: the same mail twice in a folder has two copies."""
        place = f"copy\0{key.mailbox}\0{key.folder}\0{key.uidvalidity}\0{key.uid}"
        return self.keys.fingerprint(place.encode())


class Replacer:
    """Replaces the originals of one mailbox; the folder meant is the open one."""

    def __init__(self, *, store: Store, source: Source, copier: Copier, box: MailboxConfig) -> None:
        self._store = store
        self._source = source
        self._copier = copier
        self._box = box

    def replace(self, lease: Lease, actions: Sequence[ServerAction]) -> dict[int, str]:
        """Replaces what is still there; gives, by the action's id, why an original could not be replaced yet.

        An original that is gone was replaced by an earlier try, or somebody deleted it: nothing is left to do.

        Raises:
            SourceError, MessageRefusedError: the server.
            LeaseLostError: somebody else has the mailbox.
        """
        failed: dict[int, str] = {}
        wanted = {action.key.uid: action for action in actions}
        there = self._source.describe(sorted(wanted))
        left = {message.uid for message in there}
        self._finish_deleting(lease, [action for uid, action in wanted.items() if uid not in left])
        for batch in batches(there, count=_AT_ONCE, size=self._box.batch_bytes, weight=self._weight):
            failed |= self._batch(lease, batch, wanted)
        return failed

    def _weight(self, message: Listed) -> int:
        """Bytes that are fetched of a message, however large it is."""
        return min(message.size, self._box.max_message_bytes)

    def _finish_deleting(self, lease: Lease, gone: Sequence[ServerAction]) -> None:
        """Removes originals for good that an earlier try had moved to the trash when it was killed."""
        begun = [action.message for action in gone if action.begun is not None]
        if not begun:
            return
        with self._store.reading() as connection:
            sizes = outbox.originals(connection, begun)
        self._store.renew(lease, LEASE_S)  # fencing, as before every deletion
        keys = self._copier.keys
        self._source.purge(set(sizes.values()), lambda raw: keys.fingerprint(raw.data) in sizes)

    def _batch(
        self, lease: Lease, batch: Sequence[Listed], wanted: Mapping[int, ServerAction]
    ) -> dict[int, str]:
        copies = self._copies(batch, wanted)
        failed = {wanted[message.uid].id: "no_copy" for message in batch if message.uid not in copies}
        if not copies:
            return failed
        folder = wanted[batch[0].uid].key.folder
        state = self._source.open(folder)
        above = Progress(uidvalidity=state.uidvalidity, last_uid=(state.uidnext or 1) - 1)
        ids = [wanted[uid].id for uid in copies]
        self._store.begin_actions(lease, ids, above=above, copies=[copy.prints for copy in copies.values()])
        placed = self._place(lease, [message for message in batch if message.uid in copies], copies, wanted)
        good = self._verified(placed, copies)
        failed |= {wanted[uid].id: "copy_differs" for uid in copies if uid not in good}
        right = {found[0] for found in good.values()}
        # a copy that a server spoilt, or that an older version made, must not come in as mail; nor one too many
        wrong = [uid for found in placed.values() for uid in found if uid not in right]
        self._store.renew(lease, LEASE_S)
        if (gone := [*good, *wrong]) and not self._source.delete(gone):
            failed |= {wanted[uid].id: "no_uidplus" for uid in good}
        return failed

    def _copies(self, batch: Sequence[Listed], wanted: Mapping[int, ServerAction]) -> dict[int, Copy]:
        copies = {}
        for got in self._source.fetch(batch):
            if isinstance(got, RawMessage) and got.key is not None:
                try:
                    copies[got.key.uid] = self._copier.make(got, wanted[got.key.uid])
                except (UnreadableError, RedactionError):
                    continue  # it went through the pipeline once: another version did that
        return copies

    def _place(
        self,
        lease: Lease,
        batch: Iterable[Listed],
        copies: Mapping[int, Copy],
        wanted: Mapping[int, ServerAction],
    ) -> dict[int, list[int]]:
        """Sees that each copy is in the folder; gives its UIDs by the original's."""
        flags = self._source.flags(list(copies))
        placed: dict[int, list[int]] = {}
        for message in batch:
            action, copy = wanted[message.uid], copies[message.uid]
            above = action.begun.last_uid if action.begun else message.uid
            placed[message.uid] = found = (
                self._source.find(COPY_HEADER, copy.token, above) if action.begun else []
            )
            if found or message.uid not in flags:
                continue
            self._store.renew(lease, LEASE_S)  # fencing: whoever lost the lease must not add anything
            marks = [*flags[message.uid], *([self._box.keyword] if self._box.keyword else [])]
            uid = self._source.append(action.target, copy.data, marks, message.received_at)
            found += [uid] if uid is not None else self._source.find(COPY_HEADER, copy.token, above)
        return placed

    def _verified(
        self, placed: Mapping[int, Sequence[int]], copies: Mapping[int, Copy]
    ) -> dict[int, list[int]]:
        """The originals whose copies were read back and are right, with the UIDs of those."""
        owners = {uid: original for original, uids in placed.items() for uid in uids}
        good: dict[int, list[int]] = {}
        for got in self._source.fetch(self._source.describe(sorted(owners))):
            if isinstance(got, RawMessage) and got.key is not None:
                original = owners[got.key.uid]
                if self._copier.is_same(got, copies[original]):
                    good.setdefault(original, []).append(got.key.uid)
        return good
