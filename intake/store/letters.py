"""Letters as rows: what they are made from, and that none leaves twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from intake.case_label import case_id_of, label
from intake.casework.states import State
from intake.errors import Exit, IntakeError, Problem, no_such_case
from intake.letters.basis import Basis, Made, Ruled
from intake.letters.kinds import Standing
from intake.redaction.text import Redacted, restored
from intake.store.base import AnyRow
from intake.store.decisions import decision_of, major_units, newest_decision
from intake.store.tables import Case, Letter, Message, Verdict
from intake.store.values import Disposition
from intake.threads import Trust

_SPEAKING: Final = tuple(trust.value for trust in Trust if trust.speaks)
_DECIDED: Final = (State.DECIDED, State.CLOSED)


class LetterTwiceError(IntakeError):
    """There is a letter of this kind on this day (1)."""

    exit = Exit.PROBLEM


def basis(connection: Connection, name: str, *, settled_before: datetime) -> Basis:
    """What the letters of a case are made from.

    Args:
        connection: of a transaction.
        name: the case's label.
        settled_before: a person's decision that was made by then can be told.

    Raises:
        NoInputError: there is no such case.
    """
    ident = case_id_of(name)
    found = connection.execute(select(*Case.c).where(Case.c.id == ident)).one_or_none()
    if found is None or found.state is State.ERASED:
        raise no_such_case(name)
    decided = newest_decision(connection, found.id)
    opener = connection.execute(
        select(*Message.c)
        .where(Message.c.case_id == ident, Message.c.disposition == Disposition.CASE)
        .order_by(Message.c.id)
        .limit(1)
    ).one()
    facts = decided.facts.value
    return Basis(
        label=label(found.id),
        case_id=found.id,
        version=found.version,
        mailbox=found.mailbox,
        policy=found.policy,
        state=found.state,
        owner=found.owner,
        language=found.language,
        identity=found.identity,
        flags=found.flags,
        decision=decision_of(decided),
        facts=facts,
        account=_account(facts),
        sender=opener.sender_email,
        thread=_thread(connection, found.id, opener.sender),
        ruled=_ruled(connection, found, settled_before),
        letters=tuple(made(connection, found.id)),
    )


def made(connection: Connection, case_id: int) -> Iterable[Made]:
    """The letters of a case, oldest first."""
    names = tuple(Made.__dataclass_fields__)
    query = select(*(Letter.c[name] for name in names)).where(Letter.c.case_id == case_id)
    for row in connection.execute(query.order_by(Letter.c.made_at, Letter.c.id)):
        yield Made(**{name: getattr(row, name) for name in names})


def begin(connection: Connection, row: dict[str, Any]) -> str:
    """Writes a letter down before it leaves; gives its Message-ID: that of an earlier try, if there was one.

    Raises:
        LetterTwiceError: there is one of this kind for this case on this day.
    """
    here = (
        Letter.c.case_id == row["case_id"],
        Letter.c.kind == row["kind"],
        Letter.c.day == row["day"],
    )
    before = connection.execute(select(*Letter.c).where(*here)).one_or_none()
    if before is None:
        connection.execute(insert(Letter), [row])
        return str(row["own_id"])
    if before.standing != "failed":
        raise LetterTwiceError(_twice(before))
    # the same letter once more: with the same Message-ID, by which a draft or a receiver knows it again
    kept = {name: value for name, value in row.items() if name not in {"own_id", "mail_print"}}
    connection.execute(update(Letter).where(*here).values(**kept))
    return str(before.own_id)


def settle(connection: Connection, own_id: str, standing: Standing) -> None:
    """What became of a letter: `done`, `bounced`, or `failed` where it surely did not leave."""
    connection.execute(update(Letter).where(Letter.c.own_id == own_id).values(standing=standing))


def came_back(connection: Connection, case_id: int, prints: Collection[str]) -> Made | None:
    """The letter of a case that a report is about: by its Message-ID, else the newest that left; None: none did.

    A draft that a person sent bears the Message-ID of that person's program, which nobody told us.
    """
    left = [one for one in made(connection, case_id) if one.standing in {"begun", "done", "bounced"}]
    query = select(Letter.c.own_id).where(
        Letter.c.case_id == case_id, Letter.c.mail_print.in_(sorted(prints))
    )
    known = set(connection.scalars(query))
    return next(iter([one for one in left if one.own_id in known] or left[::-1]), None)


def _twice(before: AnyRow) -> Problem:
    done = {"draft": "saved as a draft", "send": "sent"}[before.way]
    what = f"a letter of the kind {before.kind.value} was {done} on {before.day.isoformat()}"
    if before.standing == "begun":
        what = f"a letter of the kind {before.kind.value} may have left on {before.day.isoformat()}"
    remedy = f"read it: intake letter show {label(before.case_id)} --made"
    return Problem(where=f"case {label(before.case_id)}", what=what, remedy=remedy)


def _account(facts: dict[str, Any]) -> Redacted | None:
    """The account's address as the records have it, else as it was claimed."""
    for group in ("order", "claim"):
        found = (facts.get(group) or {}).get("account_email")
        if found:
            return restored(found)
    return None


def _thread(connection: Connection, case_id: int, sender: str | None) -> tuple[str, ...]:
    """Message-IDs of what the opener wrote and of what we wrote to them, oldest first."""
    mails = select(Message.c.redacted_id, Message.c.received_at, Message.c.stored_at).where(
        Message.c.case_id == case_id,
        Message.c.sender == sender,
        (Message.c.disposition == Disposition.CASE) | Message.c.reason.in_(_SPEAKING),
    )
    found = [
        (row.received_at or row.stored_at, row.redacted_id.text)
        for row in connection.execute(mails)
        if row.redacted_id is not None
    ]
    letters = select(Letter.c.own_id, Letter.c.made_at).where(
        Letter.c.case_id == case_id, Letter.c.recipient_print == sender, Letter.c.standing == "done"
    )
    found += [(row.made_at, f"<{row.own_id}>") for row in connection.execute(letters)]
    return tuple(text for _, text in sorted(found))


def _ruled(connection: Connection, case: AnyRow, settled_before: datetime) -> Ruled | None:
    if case.state not in _DECIDED:
        return None
    query = select(*Verdict.c).where(Verdict.c.case_id == case.id, Verdict.c.standing == "final")
    found = connection.execute(query.order_by(Verdict.c.id.desc()).limit(1)).one_or_none()
    if found is None or (found.second_at or found.decided_at) > settled_before:
        return None
    return Ruled(
        word=found.word,
        amount=major_units(found.amount_minor, found.amount_places),
        currency=found.currency,
        at=found.decided_at,
    )


def settled_before(now: datetime, undo_s: int) -> datetime:
    """Decisions made by then cannot be taken back any more."""
    return now - timedelta(seconds=undo_s)
