"""Holding a mailbox: the lock on this host, the lease between hosts, and whoever renews it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from intake.errors import IntakeError
from intake.poll.lock import BusyError, mailbox_lock
from intake.store.errors import LeaseLostError
from intake.store.store import Store
from intake.store.values import Lease

LEASE_S: Final = 30  # a killed host's mailboxes are free for others after this time; renewed each third of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """This installation, as one that holds mailboxes.

    Attributes:
        store: where the leases are.
        state_dir: where this host's locks are.
        owner: its name in leases, as `lock.owner_name` gives it.
    """

    store: Store
    state_dir: Path
    owner: str

    @contextmanager
    def holding(self, mailbox: str) -> Iterator[Lease]:
        """The lease on a mailbox for as long as this process lives and works on it, however slow the mail server is.

        A thread renews it. A process that slept longer than the lease, or was cut off from the database, may find
        it taken: then nothing of it is renewed, and every commit and every action that changes something fails.

        Raises:
            BusyError: somebody else works on the mailbox, on this host or another.
            UnavailableError: the database.
        """
        with mailbox_lock(self.state_dir, mailbox):
            lease = self.store.take_lease(mailbox, self.owner, LEASE_S)
            if lease is None:
                raise BusyError(mailbox)
            ended = threading.Event()
            keeper = threading.Thread(
                target=_keep, args=(self.store, lease, ended), name=f"lease-{mailbox}", daemon=True
            )
            keeper.start()
            try:
                yield lease
            finally:
                ended.set()
                keeper.join()
                with suppress(IntakeError):  # a lease that cannot be given back expires
                    self.store.release(lease)


def _keep(store: Store, lease: Lease, ended: threading.Event) -> None:
    while not ended.wait(LEASE_S / 3):
        try:
            store.renew(lease, LEASE_S)
        except LeaseLostError:
            return  # whoever works on will find out at the next commit
        except IntakeError:
            continue  # the database is away: it expires, or is renewed once that is back
