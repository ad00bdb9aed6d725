"""One batch of messages, one transaction: message, case, fields, decision, audit, outbox and cursor, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from intake.case_label import label
from intake.casework.states import State
from intake.extraction.types import FieldName, Kind, Money
from intake.mail.message import MessageKey
from intake.processed import Processed
from intake.redaction.text import Redacted
from intake.store import rows
from intake.store.facts import claims
from intake.store.floods import Floods
from intake.store.growth import CameBack, Joined
from intake.store.known import Known, OpenCase, Seen
from intake.store.ledger import Ledger
from intake.store.threads import Thread, Threads
from intake.store.values import After, Disposition, Failed, Recorded

if TYPE_CHECKING:
    from rules.types import Decision

ACTOR: Final = "system:intake"
OWN_COPY: Final = "own_copy"  # why a redacted copy of ours is ignored
_NO_REFUND: Final = (Disposition.SET_ASIDE, "no_refund_asked")


class Recording:
    """Takes messages in turn and decides what becomes of each; the ledger writes it all at the end."""

    def __init__(  # noqa: PLR0913 - what is known, and where it is written, each by its name
        self,
        *,
        known: Known,
        threads: Threads,
        floods: Floods,
        ledger: Ledger,
        after: After,
        at: datetime,
        decides: bool,
    ) -> None:
        """`decides`: somebody decides again afterwards; else no message changes what is known of a case."""
        self._decides = decides
        # what is left to be done to cases, once all is written: those that grew, those whose letter came back
        self.joined: list[Joined] = []
        self.came_back: list[CameBack] = []
        self._known = known
        self._threads = threads
        self._floods = floods
        self._ledger = ledger
        self._after = after
        self._at = at

    def take(self, item: Processed | Failed) -> Recorded:
        """What becomes of one message: the first of these that fits.

        Raises:
            ValueError: it has no place on a server, so it could not be accounted for.
        """
        if item.key is None:
            raise ValueError("a message without a place cannot be recorded")
        if stored := self._known.places.get(item.key):
            return _as_stored(stored)
        if isinstance(item, Failed):
            return self._quarantine(item, item.key)
        if item.key in self._known.quarantined:
            self._ledger.leave_quarantine(item.key)
        return self._sort(item)

    def _sort(self, item: Processed) -> Recorded:
        """What becomes of a message that is new at its place."""
        ours = self._is_ours(item)
        if not ours and (original := self._same_mail(item)):
            return self._duplicate(item, original)
        fate = (Disposition.IGNORED, OWN_COPY) if ours else self._no_request(item)
        thread = self._threads.of(item) if fate in {None, _NO_REFUND} else None
        if thread and _belongs(item, thread):
            return self._join(item, thread)
        if fate and fate[0] is Disposition.IGNORED and (case := self._threads.came_back(item)):
            return self._report(item, fate[1], case)
        if fate or item.decision is None:
            return self._no_case(item, *(fate or _NO_REFUND))
        return self._open(item, item.decision, thread)

    def _is_ours(self, item: Processed) -> bool:
        """Whether it is a redacted copy that we made, or a letter of ours that lies in a folder which is read."""
        prints = item.fingerprints
        return prints.message_id in self._threads.letters or not self._known.own.isdisjoint(
            {prints.raw, prints.content}
        )

    def _no_request(self, item: Processed) -> tuple[Disposition, str] | None:
        """Why a message makes no case; None: it makes one, or joins one."""
        if item.extraction.kind is Kind.AUTOMATIC:
            reason = item.message.automatic.value if item.message.automatic else "automatic"
            return Disposition.IGNORED, reason
        flood = self._floods.take(item)  # counts what asks for no refund, too
        if item.decision is None:
            return _NO_REFUND
        return (Disposition.SET_ASIDE, "flood") if flood else None

    def _same_mail(self, item: Processed) -> Seen | None:
        """The stored mail that this one is: the same bytes, or the same content by another way.

        Without Message-ID and Date nothing tells the same mail from the same words sent once more to the
        same mailbox: then only another mailbox makes it a double.
        """
        prints = item.fingerprints
        if found := self._known.raw.get(prints.raw):
            return found
        found = self._known.content.get(prints.content)
        dated = prints.message_id is not None or item.message.date is not None
        elsewhere = found is not None and item.key is not None and found.key.mailbox != item.key.mailbox
        return found if dated or elsewhere else None

    def _open(self, item: Processed, decision: Decision, thread: Thread | None) -> Recorded:
        """A case of its own; `thread`: it belongs to another one's thread, but is about another order."""
        case_id = self._ledger.next_case()
        facts = rows.facts_of(item)
        seen = self._message(item, Disposition.CASE, {"case_id": case_id, "facts": facts})
        row = rows.case_row(item, decision, ident=case_id, at=self._at)
        case = OpenCase(
            id=case_id,
            version=1,
            stored_version=0,
            messages=1,
            state=row["state"],
            order_number=row["order_number"],
        )
        first = rows.decision_row(item, decision, case_id=case_id, at=self._at, facts=facts)
        self._ledger.open_case(case, row, first)
        self._ledger.fields(rows.field_rows(item, seen.id, case_id=case_id, chosen=True, actor=ACTOR))
        self._ledger.state_facts(case_id, claims(item, seen.id, self._at))
        self._ledger.audit(
            case,
            action="case.created",
            before=None,
            after={
                "state": row["state"],
                "outcome": row["outcome"],
                "message": seen.id,
                "fields": _values(item),
            },
            actor=ACTOR,
        )
        if thread and _another_order(item, thread.case):
            self._link(case, thread.case.id, "same_thread")
        elif (twin := self._threads.twin(item)) is not None:
            self._link(case, twin, "same_request")
        self._threads.add(item, case, None)
        return Recorded(key=seen.key, disposition=Disposition.CASE, case_id=label(case_id), version=1)

    def _link(self, case: OpenCase, older: int, kind: str) -> None:
        self._ledger.link(older, case.id, kind)
        told = {"case": label(older), "kind": kind}
        self._ledger.audit(case, action="case.linked", before=None, after=told, actor=ACTOR)

    def _join(self, item: Processed, thread: Thread) -> Recorded:
        """Puts a message into its case; only one that is trusted may change what is known there.

        What it means for the case is worked out once the batch is written: see `growth`.
        """
        case, trust = thread.case, thread.trust
        asks = item.extraction.asks
        speaks = self._decides and trust.speaks and asks
        fate = {"case_id": case.id, "reason": trust.value, "facts": rows.facts_of(item)}
        seen = self._message(item, Disposition.REPLY, fate)
        self._ledger.fields(rows.field_rows(item, seen.id, case_id=case.id, chosen=speaks, actor=ACTOR))
        if speaks:
            said = claims(item, seen.id, self._at)
            self._ledger.state_facts(case.id, (one for one in said if not _own_label(one.value, case)))
            case.order_number = case.order_number or _order_number(item)
        case.version += 1
        case.messages += 1
        self._ledger.change_case(case)
        self._threads.add(item, case, trust)
        told = {"message": seen.id, "trust": trust.value, "fields": _values(item)}
        self.joined.append(Joined(case_id=case.id, told=told, speaks=speaks, asks=asks))
        return Recorded(
            key=seen.key, disposition=Disposition.REPLY, case_id=label(case.id), version=case.version
        )

    def _report(self, item: Processed, reason: str, case: OpenCase) -> Recorded:
        """A letter of ours was returned or delayed: noted in its case, and no mail of it."""
        told = item.fingerprints.returned
        assert told is not None  # noqa: S101 - it named the case
        seen = self._message(item, Disposition.IGNORED, {"reason": reason, "case_id": case.id})
        self.came_back.append(CameBack(case_id=case.id, message=seen.id, report=told))
        return Recorded(key=seen.key, disposition=Disposition.IGNORED, reason=reason)

    def _no_case(self, item: Processed, disposition: Disposition, reason: str) -> Recorded:
        aside = disposition is Disposition.SET_ASIDE
        seen = self._message(
            item, disposition, {"reason": reason, "facts": rows.facts_of(item) if aside else None}
        )
        if aside:  # it may be made a case by a person
            self._ledger.fields(rows.field_rows(item, seen.id, case_id=None, chosen=False, actor=ACTOR))
        return Recorded(key=seen.key, disposition=disposition, reason=reason)

    def _duplicate(self, item: Processed, original: Seen) -> Recorded:
        reason = "same_bytes" if item.fingerprints.raw in self._known.raw else "same_content"
        root = original.original_id or original.id
        fate = {"reason": reason, "case_id": original.case_id, "original_id": root}
        seen = self._message(item, Disposition.DUPLICATE, fate)
        of_case = label(original.case_id) if original.case_id else None
        return Recorded(key=seen.key, disposition=Disposition.DUPLICATE, of_case=of_case, reason=reason)

    def _quarantine(self, item: Failed, key: MessageKey) -> Recorded:
        attempts = self._known.quarantined.get(key, 0)
        self._known.quarantined[key] = attempts + 1
        self._ledger.quarantine(item, key, attempts=attempts + 1)
        return Recorded(key=key, disposition=Disposition.QUARANTINED, reason=item.stage, fresh=attempts == 0)

    def _message(self, item: Processed, disposition: Disposition, fate: rows.Row) -> Seen:
        """Writes the message down; `fate`: its case, reason, original, facts, as far as it has them."""
        row = rows.message_row(item, disposition=disposition, stored_at=self._at) | fate
        # nothing is done to a copy of ours: it would be replaced for ever
        after = After(kind="keep") if row["reason"] == OWN_COPY else self._after
        ident = self._ledger.message(item, row, after)
        assert item.key is not None  # noqa: S101 - `take` saw to it
        seen = Seen(
            id=ident,
            key=item.key,
            disposition=disposition,
            reason=row["reason"],
            case_id=row["case_id"],
            original_id=row["original_id"],
        )
        self._known.add(seen, item.fingerprints)
        return seen


def _as_stored(seen: Seen) -> Recorded:
    name = label(seen.case_id) if seen.case_id else None
    double = seen.disposition is Disposition.DUPLICATE
    return Recorded(
        key=seen.key,
        disposition=seen.disposition,
        case_id=None if double else name,
        of_case=name if double else None,
        reason=seen.reason,
        fresh=False,
    )


def _belongs(item: Processed, thread: Thread) -> bool:
    """Whether a message joins the case of its thread.

    A request that stands by itself does so only where it surely comes from the customer; what asks for nothing
    is put before a person while the case is open; another order number is another matter.
    """
    if item.extraction.kind is Kind.OTHER and thread.case.state is State.CLOSED:
        return False
    whole = item.extraction.kind is Kind.REPLY
    return (whole or thread.trust.speaks) and not _another_order(item, thread.case)


def _another_order(item: Processed, case: OpenCase) -> bool:
    value = _order_number(item)
    if value is None or case.order_number is None or _own_label(value, case):
        return False
    return value.text.casefold() != case.order_number.text.casefold()


def _order_number(item: Processed) -> Redacted | None:
    field = item.extraction.fields.get(FieldName.ORDER_NUMBER)
    value = field.chosen.value if field else None
    return value if isinstance(value, Redacted) else None


def _own_label(value: object, case: OpenCase) -> bool:
    """Whether this names the case itself, as customers do who have had a letter: it is no order number."""
    return isinstance(value, Redacted) and value.text.casefold() == label(case.id).casefold()


def _values(item: Processed) -> dict[str, object]:
    """The best reading of each field, for the history."""
    found = {name.value: field.chosen.value for name, field in item.extraction.fields.items() if field}
    return {
        name: [value.amount, value.currency] if isinstance(value, Money) else value
        for name, value in found.items()
    }
