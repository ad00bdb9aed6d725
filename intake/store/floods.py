"""Floods: more messages of one sender in an hour than a person writes. Counted, set aside, never dropped."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from intake.processed import Processed
from intake.store.tables import Message
from intake.store.values import Disposition, Failed

_HOUR: Final = timedelta(hours=1)
_COUNTED: Final = (Disposition.CASE, Disposition.REPLY, Disposition.SET_ASIDE)


class Floods:
    """When the senders of a batch wrote, by the receiving server's clock; the hour slides."""

    def __init__(self, limit: int, times: dict[str, list[datetime]] | None = None) -> None:
        self._limit = limit  # messages of one sender within an hour; 0: no limit
        self._times: dict[str, list[datetime]] = defaultdict(list, times or {})

    def take(self, item: Processed) -> bool:
        """Counts a message; True where its sender has reached the limit within the hour before it.

        Of a message without a sender or a date of arrival nothing can be said.
        """
        sender, at = item.fingerprints.sender, item.message.received_at
        if not self._limit or sender is None or at is None:
            return False
        times = self._times[sender]
        within = bisect_right(times, at) - bisect_right(times, at - _HOUR)
        insort(times, at)
        return within >= self._limit


def load(connection: Connection, items: Sequence[Processed | Failed], limit: int) -> Floods:
    """What is known of the senders of a batch: one query, and a second where somebody comes near the limit."""
    wrote = [
        (item.fingerprints.sender, item.message.received_at)
        for item in items
        if isinstance(item, Processed) and item.fingerprints.sender and item.message.received_at
    ]
    if not limit or not wrote:
        return Floods(limit)
    now = Counter[str | None](sender for sender, _ in wrote)
    first, last = min(at for _, at in wrote), max(at for _, at in wrote)
    recent = (
        Message.c.sender.in_(list(now)),
        Message.c.received_at > first - _HOUR,
        Message.c.received_at <= last,
        Message.c.disposition.in_(_COUNTED),
    )
    counts = select(Message.c.sender, func.count()).where(*recent).group_by(Message.c.sender)
    near = [sender for sender, count in connection.execute(counts) if count + now[sender] > limit]
    times: dict[str, list[datetime]] = defaultdict(list)
    if near:
        query = select(Message.c.sender, Message.c.received_at).where(*recent, Message.c.sender.in_(near))
        for sender, at in connection.execute(query.order_by(Message.c.received_at)):
            if sender and at:  # as the condition says
                times[sender].append(at)
    return Floods(limit, times)
