"""Mail from files into a mailbox's queue: the same pipeline, rows and guarantees as from a server.

A file has no UID, so a message's place is taken from its bytes: whatever is imported twice, or was cut off in the
middle, finds itself again. Servers have no UIDVALIDITY 0 (RFC 9051 §2.3.1.1), so no place is taken twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final

from intake.casework.judge import Judge
from intake.config.model import MailboxConfig
from intake.mail.message import MessageKey, RawMessage
from intake.poll.batches import batches
from intake.poll.hold import Holder
from intake.poll.lock import BusyError
from intake.poll.record import Recorder
from intake.poll.tell import tell_recorded
from intake.poll.values import Counts
from intake.poll.work import Batch, Workshop
from intake.store.places import FILES_FOLDER, FILES_UIDVALIDITY
from intake.store.store import Store
from intake.store.values import After, Disposition, Lease

_BUSY_S: Final = 0.5  # between two tries, while the daemon works on the same mailbox
_PATIENCE: Final = 600  # of them, before it is said
_AS_IT_IS: Final = After(kind="keep")  # nothing is done to a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Takes messages from files into one mailbox."""

    name: str
    box: MailboxConfig
    store: Store
    holder: Holder
    workshop: Workshop
    judge: Judge | None = None  # decides again on cases that answers change

    def take(self, messages: Iterable[RawMessage], done: Callable[[int], None]) -> Counts:
        """Takes messages in, batch by batch; what was imported before counts as a duplicate.

        Args:
            messages: in any order; a reply finds its case only if that comes first.
            done: told after each commit how many bytes of mail it covers.

        Raises:
            UnavailableError, StoreError: the database; what was recorded before stays recorded.
            BusyError: another process works on this mailbox, and does not end.
        """
        counts = Counts()
        box, workshop = self.box, self.workshop
        recorder = Recorder(store=self.store, after=_AS_IT_IS, flood_limit=box.flood_limit, judge=self.judge)
        for some in batches(messages, count=box.batch_messages, size=box.batch_bytes, weight=_weight):
            batch = Batch(last_uid=0)
            for raw in some:
                key = self._place(raw)
                workshop.begin(batch, key, replace(raw, key=key))
            items = [item for _, item in workshop.results(batch, lambda: None)]
            with self._held() as lease:
                recorded = recorder.record(lease, items, None)
            for item, one in recorded:
                failed = one.disposition is Disposition.QUARANTINED
                counts.add(one.disposition if one.fresh or failed else Disposition.DUPLICATE)
                if one.fresh or failed:
                    tell_recorded(item, one)
            done(sum(map(_weight, some)))
            if workshop.stop.is_set():
                counts.leave(len(some) - len(items))
                break
        return counts

    def _place(self, raw: RawMessage) -> MessageKey:
        """Where a message lies that lies nowhere: a number of 60 bits out of its keyed fingerprint."""
        number = int(self.workshop.fingerprint(raw.data)[:15], 16)
        return MessageKey(mailbox=self.name, folder=FILES_FOLDER, uidvalidity=FILES_UIDVALIDITY, uid=number)

    @contextmanager
    def _held(self) -> Iterator[Lease]:
        """The mailbox for one commit: the daemon goes on polling between two of them."""
        with ExitStack() as stack:
            yield self._hold(stack)

    def _hold(self, stack: ExitStack) -> Lease:
        for _ in range(_PATIENCE):
            with suppress(BusyError):
                return stack.enter_context(self.holder.holding(self.name))
            if self.workshop.stop.wait(_BUSY_S):
                break
        raise BusyError(self.name)


def _weight(raw: RawMessage) -> int:
    return len(raw.data)
