"""One batch into the database: one transaction for all, or, where it refuses one of them, one for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.casework.judge import Judge
from intake.config.model import MailboxConfig
from intake.processed import Processed
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.values import After, Failed, Lease, Recorded

Item = Processed | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Records one mailbox's messages."""

    store: Store
    after: After
    flood_limit: int
    judge: Judge | None = None  # decides again on cases that answers changed

    @classmethod
    def polling(cls, box: MailboxConfig, store: Store, judge: Judge | None) -> Recorder:
        """Records what comes from a mailbox's server, which is then told as its settings say."""
        after = After(
            kind=box.after,
            keyword=box.keyword or None if box.after == "keep" else None,
            folder=box.move_to if box.after == "move" else None,
        )
        return cls(store=store, after=after, flood_limit=box.flood_limit, judge=judge)

    def record(
        self, lease: Lease, items: Sequence[Item], last_uid: int | None
    ) -> list[tuple[Item, Recorded]]:
        """Each message with what became of it; `last_uid` is where the cursor goes, None: it stays.

        Raises:
            UnavailableError, LeaseLostError: nothing was recorded, or only the first of them.
        """
        if not items:
            return []
        try:
            done = self._record(lease, items, last_uid)
        except StoreError:
            return [self._alone(lease, item, last_uid) for item in items]
        return list(zip(items, done, strict=True))

    def _record(self, lease: Lease, items: Sequence[Item], last_uid: int | None) -> list[Recorded]:
        return self.store.record(
            lease,
            items,
            after=self.after,
            last_uid=last_uid,
            flood_limit=self.flood_limit,
            judge=self.judge,
        )

    def _alone(self, lease: Lease, item: Item, last_uid: int | None) -> tuple[Item, Recorded]:
        """One message; where the database refuses it, its place in quarantine."""
        uid = None if last_uid is None or item.key is None else item.key.uid
        try:
            return item, self._record(lease, [item], uid)[0]
        except StoreError as error:
            failed = Failed(
                key=item.key,
                stage="store",
                error_code=error.code,
                place="store",
                size=item.size,
                raw_fingerprint=item.fingerprints.raw
                if isinstance(item, Processed)
                else item.raw_fingerprint,
            )
            return failed, self._record(lease, [failed], uid)[0]
