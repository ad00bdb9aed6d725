"""The tables. Every column has one of the checked types: see `types.py` for what each refuses.

Instants are UTC, days are days; a claimed amount is a decimal text with a currency that may be unknown, a
refund an integer of minor units. No index stands over free text: PostgreSQL would repeat it in its errors.
Ids of cases and messages come from the counters in `meta`, under one lock that also keeps two mailboxes from
taking in the same mail twice at one moment.
"""

from __future__ import annotations

from intake.store.base import METADATA
from intake.store.case_tables import (
    Audit,
    AuditValue,
    Case,
    Decision,
    Delivery,
    Fact,
    Field,
    Hook,
    Notification,
)
from intake.store.letter_tables import CaseLink, Letter, Reminder
from intake.store.mail_tables import (
    Attachment,
    Finding,
    Folder,
    Mailbox,
    Message,
    MessagePart,
    MessageReference,
    Meta,
    Outbox,
    OwnCopy,
    Quarantine,
)
from intake.store.order_tables import OrderLookup
from intake.store.people_tables import Person, Verdict

__all__ = [
    "METADATA",
    "Attachment",
    "Audit",
    "AuditValue",
    "Case",
    "CaseLink",
    "Decision",
    "Delivery",
    "Fact",
    "Field",
    "Finding",
    "Folder",
    "Hook",
    "Letter",
    "Mailbox",
    "Message",
    "MessagePart",
    "MessageReference",
    "Meta",
    "Notification",
    "OrderLookup",
    "Outbox",
    "OwnCopy",
    "Person",
    "Quarantine",
    "Reminder",
    "Verdict",
]
