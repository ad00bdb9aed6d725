"""What the rules said, as columns of a case and as the row of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, select

from intake.casework.identity import relation
from intake.extraction.types import Flag, Reason
from intake.mail.redacted import SenderCheck
from intake.redaction.text import Redacted
from intake.store import clocks
from intake.store.base import AnyRow
from intake.store.decisions import decision_columns
from intake.store.engine import moment
from intake.store.facts import known_document
from intake.store.tables import Message
from intake.store.values import Disposition

if TYPE_CHECKING:
    from intake.casework.judge import Judged

Row = dict[str, Any]
_TOLD: Final = (
    Flag.THIRD_PARTY,
    Flag.LOST_EMAIL_ACCESS,
    Flag.SENDER_DIFFERS,
    Flag.DECLINES_WAITING,
    Flag.DECLINES_ALTERNATIVE,
    Flag.SEVERAL_REQUESTS,
)
"""Flags that are facts: they follow what is known now."""


def case_columns(connection: Connection, row: Mapping[str, Any], judged: Judged) -> Row:
    """The columns of a case that follow from what is known, `state` aside."""
    known, decision = judged.known, judged.decision
    reason = known.get("claim.reason")
    columns: Row = {
        name: known.get(f"claim.{name}") for name in ("account_email", "order_number", "amount", "currency")
    }
    return columns | {
        "reason": Reason(reason) if isinstance(reason, str) else None,
        "policy_version": decision.policy_version,
        "outcome": decision.outcome,
        "missing": decision.missing,
        "flags": _flags(row["flags"], known),
        "due": _due(connection, row, judged),
        "identity": _identity(connection, row, known),
    }


def _due(connection: Connection, row: Mapping[str, Any], judged: Judged) -> object:
    from intake.casework.clocks import due_day, pauses  # and so the rules: who only reads does without

    waits = pauses(clocks.states(connection, row["id"]))
    return due_day(judged, row, waits, moment(connection))


def _flags(stored: tuple[str, ...], known: Mapping[str, object]) -> tuple[str, ...]:
    told = {flag.value: known.get(f"claim.{flag.value}") for flag in _TOLD}
    return tuple(
        flag.value
        for flag in Flag
        if (told[flag.value] is True if flag.value in told else flag.value in stored)
    )


def _identity(connection: Connection, row: Mapping[str, Any], known: Mapping[str, object]) -> object:
    columns = (
        Message.c.sender_email,
        Message.c.reply_to,
        Message.c.spf,
        Message.c.dkim,
        Message.c.dmarc,
        Message.c.from_domain_passed,
    )
    opener = (Message.c.case_id == row["id"], Message.c.disposition == Disposition.CASE)
    query = select(*columns).where(*opener).order_by(Message.c.id).limit(1)
    first = connection.execute(query).one_or_none()
    if first is None:
        return row["identity"]
    account = known.get("claim.account_email")
    return relation(
        sender=_text(first.sender_email),
        reply_to=_text(first.reply_to),
        account=_text(account),
        check=SenderCheck(
            spf=first.spf, dkim=first.dkim, dmarc=first.dmarc, from_domain_passed=first.from_domain_passed
        ),
        third_party=known.get("claim.third_party") is True,
        lost_email_access=known.get("claim.lost_email_access") is True,
    )


def _text(value: object) -> str | None:
    return value.text if isinstance(value, Redacted) else None


def decision_row(case_id: int, version: int, judged: Judged, before: AnyRow, at: datetime) -> Row:
    """The decision with the facts that it rests on; what read the mail stays as it was."""
    facts = known_document(judged.known)
    return {
        "case_id": case_id,
        "version": version,
        "made_at": at,
        "reader_version": before.reader_version,
        **decision_columns(judged.decision, facts),
    }


def unchanged(stored: AnyRow, judged: Judged) -> bool:
    """Whether the newest decision is this one, from these facts, by this policy."""
    columns = decision_columns(judged.decision, known_document(judged.known))
    return all(getattr(stored, name) == value for name, value in columns.items() if name != "facts") and (
        stored.facts.value == columns["facts"].value
    )
