"""Which case a message belongs to, and whether it may change what is known there: the memory of one batch.

The newest known reference decides. Messages count as one thread also where their parent came later, or never:
whatever order they arrive in, they end in one case with the same facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from intake.casework.states import State
from intake.extraction.types import FieldName, Money, Reason
from intake.processed import Fingerprints, Processed
from intake.redaction.text import Redacted
from intake.store.base import AnyRow
from intake.store.known import OpenCase
from intake.store.rows import MAX_REFERENCES
from intake.store.tables import Case, Letter, Message, MessageReference
from intake.store.values import Disposition, Failed
from intake.threads import Trust

_AT_ONCE: Final = 500  # drivers limit the parameters of one statement
_AGAIN_DAYS: Final = 30  # within which a request without a number counts as the same one sent again
_SPEAKING: Final = tuple(trust.value for trust in Trust if trust.speaks)
_COLUMNS: Final = (
    Message.c.message_id,
    Message.c.case_id,
    Message.c.sender,
    Message.c.disposition,
    Message.c.reason,
    Message.c.from_domain_passed,
)
_LETTER: Final = (Letter.c.mail_print, Letter.c.case_id, Letter.c.recipient_print)
_IN_CASES: Final = (Disposition.CASE, Disposition.REPLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A mail that others can refer to."""

    case_id: int
    sender: str | None  # who may speak by it; of our letters: whom it went to
    speaks: bool  # it may itself change its case: a stranger's earlier mail gives a later one no right
    authenticated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a message belongs."""

    case: OpenCase
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that is stored, as far as another one may be the same."""

    case_id: int
    order_number: str | None
    reason: Reason | None
    amount: Decimal | None
    received_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Threads:
    """Cases by what refers to them."""

    cases: dict[int, OpenCase] = field(default_factory=dict)
    anchors: dict[str, list[Anchor]] = field(default_factory=lambda: defaultdict(list))  # by Message-ID
    # by what they refer to
    children: dict[str, list[Anchor]] = field(default_factory=lambda: defaultdict(list))
    requests: dict[str, list[Request]] = field(default_factory=lambda: defaultdict(list))  # by sender
    letters: set[str] = field(default_factory=set)  # Message-IDs of letters of ours

    def of(self, item: Processed) -> Thread | None:
        """The case that a message belongs to; None: it stands alone."""
        prints = item.fingerprints
        if (case := self._alive(prints.token_case)) is not None:
            return Thread(case=case, trust=Trust.TOKEN)
        references = list(reversed(prints.references[-MAX_REFERENCES:]))
        if item.message.sender_check.from_domain_passed and prints.sender is not None:
            own = [prints.message_id] if prints.message_id else []
            found = [anchor for name in references for anchor in reversed(self.anchors.get(name, []))]
            found += [
                anchor
                for name in references + own
                for anchor in self.children.get(name, [])
                if anchor.authenticated
            ]
            for anchor in found:
                if anchor.speaks and anchor.sender == prints.sender and (case := self._alive(anchor.case_id)):
                    return Thread(case=case, trust=Trust.KNOWN_SENDER)
        for name in references:
            ranked = sorted(self.anchors.get(name, []), key=lambda anchor: anchor.sender == prints.sender)
            if ranked and (case := self._alive(ranked[-1].case_id)):
                return Thread(case=case, trust=Trust.FOR_REVIEW)
        return None

    def came_back(self, item: Processed) -> OpenCase | None:
        """The case whose letter a report is about; None: it is about none of ours."""
        prints = item.fingerprints
        if prints.returned is None:
            return None
        found = [
            anchor.case_id
            for name in prints.returned.letters
            if name in self.letters
            for anchor in self.anchors[name]
        ]
        return self._alive(next(iter(found), prints.returned.case))

    def twin(self, item: Processed) -> int | None:
        """The newest case in which the same sender asks for the same; None: there is none."""
        mine = _request(0, item)
        found = self.requests.get(item.fingerprints.sender or "", [])
        return max((other.case_id for other in found if _same(mine, other)), default=None)

    def add(self, item: Processed, case: OpenCase, trust: Trust | None) -> None:
        """A message of this batch that opened a case (no trust) or joined one."""
        prints = item.fingerprints
        anchor = Anchor(
            case_id=case.id,
            sender=prints.sender,
            speaks=trust is None or trust.speaks,
            authenticated=item.message.sender_check.from_domain_passed is True,
        )
        self._refer(anchor, prints)
        self.cases[case.id] = case
        if trust is None and prints.sender is not None:
            self.requests[prints.sender].append(_request(case.id, item))

    def _refer(self, anchor: Anchor, prints: Fingerprints) -> None:
        if prints.message_id is not None:
            self.anchors[prints.message_id].append(anchor)
        for name in prints.references[-MAX_REFERENCES:]:
            self.children[name].append(anchor)

    def _alive(self, case_id: int | None) -> OpenCase | None:
        case = None if case_id is None else self.cases.get(case_id)
        return None if case is None or case.state is State.ERASED else case


def load(connection: Connection, items: Sequence[Processed | Failed]) -> Threads:
    """What the database knows of these messages' threads; the cases are locked."""
    threads = Threads()
    done = [item for item in items if isinstance(item, Processed)]
    own = {item.fingerprints.message_id for item in done if item.fingerprints.message_id is not None}
    wanted = {name for item in done for name in item.fingerprints.references[-MAX_REFERENCES:]}
    wanted |= {name for item in done for name in _returned(item)}
    for chunk in _chunks(wanted):
        for row in _messages(connection, Message.c.message_id.in_(chunk)):
            threads.anchors[row.message_id].append(_anchor(row))
    for chunk in _chunks(wanted | own):
        for row in _children(connection, chunk):
            threads.children[row.reference].append(_anchor(row))
        for letter in connection.execute(select(*_LETTER).where(Letter.c.mail_print.in_(chunk))):
            threads.anchors[letter.mail_print].append(
                Anchor(case_id=letter.case_id, sender=letter.recipient_print, speaks=True, authenticated=True)
            )
            threads.letters.add(letter.mail_print)
    _load_requests(connection, threads, {item.fingerprints.sender for item in done})
    tokens = {item.fingerprints.token_case for item in done if item.fingerprints.token_case is not None}
    tokens |= {one.case for item in done if (one := item.fingerprints.returned) and one.case is not None}
    found = {
        anchor.case_id for by in (threads.anchors, threads.children) for row in by.values() for anchor in row
    }
    _load_cases(connection, threads, sorted(found | tokens))
    return threads


def _returned(item: Processed) -> tuple[str, ...]:
    return item.fingerprints.returned.letters if item.fingerprints.returned else ()


def _load_cases(connection: Connection, threads: Threads, cases: Sequence[int]) -> None:
    columns = (Case.c.id, Case.c.version, Case.c.messages, Case.c.state, Case.c.order_number)
    # locked in one order, so that two daemons never wait for each other; an agent's change waits for ours
    query = select(*columns).where(Case.c.id.in_(cases)).order_by(Case.c.id).with_for_update()
    for row in connection.execute(query) if cases else ():
        threads.cases[row.id] = OpenCase(
            id=row.id,
            version=row.version,
            stored_version=row.version,
            messages=row.messages,
            state=row.state,
            order_number=row.order_number,
        )


def _load_requests(connection: Connection, threads: Threads, senders: set[str | None]) -> None:
    columns = (
        Message.c.sender,
        Case.c.id,
        Case.c.order_number,
        Case.c.reason,
        Case.c.amount,
        Case.c.received_at,
    )
    for chunk in _chunks(senders):
        query = (
            select(*columns)
            .select_from(Message)
            .join(Case, Case.c.id == Message.c.case_id)
            .where(
                Message.c.sender.in_(chunk),
                Message.c.disposition == Disposition.CASE,
                Case.c.state != State.ERASED,
            )
        )
        for row in connection.execute(query):
            threads.requests[row.sender].append(
                Request(
                    case_id=row.id,
                    order_number=_plain(row.order_number),
                    reason=row.reason,
                    amount=row.amount,
                    received_at=row.received_at,
                )
            )


def _same(mine: Request, other: Request) -> bool:
    """Whether two requests of one sender ask for the same money."""
    if mine.order_number and other.order_number:
        return mine.order_number == other.order_number
    if mine.received_at is None or other.received_at is None:
        return False
    near = abs(mine.received_at - other.received_at) <= timedelta(days=_AGAIN_DAYS)
    sums = mine.amount is None or other.amount is None or mine.amount == other.amount
    return near and sums and mine.reason is not None and mine.reason == other.reason


def _request(case_id: int, item: Processed) -> Request:
    best = {name: found.chosen.value for name, found in item.extraction.fields.items() if found}
    money, reason = best.get(FieldName.AMOUNT), best.get(FieldName.REASON)
    return Request(
        case_id=case_id,
        order_number=_plain(best.get(FieldName.ORDER_NUMBER)),
        reason=reason if isinstance(reason, Reason) else None,
        amount=money.amount if isinstance(money, Money) else None,
        received_at=item.message.received_at,
    )


def _plain(value: object) -> str | None:
    return value.text.casefold() if isinstance(value, Redacted) else None


def _messages(connection: Connection, condition: ColumnElement[bool]) -> Iterable[AnyRow]:
    query = select(*_COLUMNS).where(condition, Message.c.disposition.in_(_IN_CASES)).order_by(Message.c.id)
    return connection.execute(query)


def _children(connection: Connection, names: Sequence[str]) -> Iterable[AnyRow]:
    query = (
        select(MessageReference.c.message_id.label("reference"), *_COLUMNS[1:])
        .select_from(MessageReference)
        .join(Message, Message.c.id == MessageReference.c.message)
        .where(MessageReference.c.message_id.in_(names), Message.c.disposition.in_(_IN_CASES))
        .order_by(Message.c.id)
    )
    return connection.execute(query)


def _anchor(row: AnyRow) -> Anchor:
    return Anchor(
        case_id=row.case_id,
        sender=row.sender,
        speaks=row.disposition is Disposition.CASE or row.reason in _SPEAKING,
        authenticated=row.from_domain_passed is True,
    )


def _chunks(names: Iterable[str | None]) -> Iterable[list[str]]:
    found = sorted(name for name in names if name is not None)
    return (found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE))
