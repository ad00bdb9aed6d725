"""What others are told of a case: the object of `queue list --json`, written with the change itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from intake.case_label import label
from intake.store.documents import document

_NAMES: Final = (
    "mailbox",
    "policy",
    "kind",
    "language",
    "account_email",
    "order_number",
    "amount",
    "currency",
    "reason",
    "outcome",
    "state",
    "missing",
    "flags",
    "due",
    "received_at",
    "messages",
    "version",
)


def notification_row(
    row: Mapping[str, Any],
    event: str,
    *,
    at: datetime,
    hold_s: int = 0,
    more: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """A row of `notification`.

    Args:
        row: the case's columns as they are then.
        event: one of `case_tables.NOTIFIED`.
        at: now, by the database's clock.
        hold_s: seconds during which it can be taken back.
        more: what belongs to the event beside the queue's object; typed values.
    """
    body = {"case": label(row["id"]), **{name: row[name] for name in _NAMES}, **(more or {})}
    return {
        "id": secrets.token_hex(16),
        "case_id": row["id"],
        "event": event,
        "version": row["version"],
        "created_at": at,
        "body": document(body),
        "not_before": round(at.timestamp() * 1000) + hold_s * 1000,
    }
