"""What a message that joined means for its case: history, reopening, a new decision, a person's eye."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from intake.case_label import label
from intake.casework.states import Action, State
from intake.log import Event, Label
from intake.people import SYSTEM
from intake.processed import Returned
from intake.store import letters
from intake.store.changes import CaseChange

if TYPE_CHECKING:
    from intake.casework.judge import Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A message that joined a case in this transaction."""

    case_id: int
    told: Mapping[str, object]  # for the history: typed values
    speaks: bool  # its claims are stated already
    asks: bool  # it asks for something, or adds to what was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A report about a letter of a case."""

    case_id: int
    message: int  # the report
    report: Returned


def settle(
    connection: Connection,
    joined: Iterable[Joined],
    came_back: Iterable[CameBack],
    judge: Judge | None,
    *,
    key: bytes,
) -> list[tuple[Event, dict[str, Label]]]:
    """Brings every case that grew to where it belongs; gives what is to be logged once the transaction stands.

    Args:
        connection: of the transaction that wrote the messages.
        joined: the messages, in the order in which they were taken.
        came_back: reports about letters, likewise.
        judge: decides again; None: nothing is decided.
        key: of the audit.
    """
    by_case: dict[int, list[Joined]] = defaultdict(list)
    for one in joined:
        by_case[one.case_id].append(one)
    reports: dict[int, list[CameBack]] = defaultdict(list)
    for report in came_back:
        reports[report.case_id].append(report)
    events: list[tuple[Event, dict[str, Label]]] = []
    for case_id in sorted(by_case.keys() | reports.keys()):
        change = CaseChange.begin(connection, label(case_id), key=key, grown=case_id in by_case)
        if case_id in by_case:
            _grow(change, by_case[case_id], judge)
        for report in reports[case_id]:
            _note(change, report)
        change.finish()
        events += change.events
    return events


def _note(change: CaseChange, found: CameBack) -> None:
    """Nobody got our question: a person finds another way, and no silence counts."""
    report, bounced = found.report, found.report.action == "failed"
    letter = letters.came_back(change.connection, change.row["id"], report.letters)
    told = {"message": found.message, "status": report.status, "letter": letter.kind if letter else None}
    if not bounced:
        change.note(f"letter.{report.action}", SYSTEM, None, told)
        return
    change.note("letter.bounced", SYSTEM, None, told)
    if letter is not None:
        letters.settle(change.connection, letter.own_id, "bounced")
    change.log(Event.LETTER_BOUNCED, kind=letter.kind.value if letter else None, status=report.status)
    if change.state is State.NEEDS_INFORMATION:
        change.act(Action.JOIN, SYSTEM, state=State.READY)


def _grow(change: CaseChange, found: list[Joined], judge: Judge | None) -> None:
    for one in found:
        waits = change.state is State.NEEDS_INFORMATION and not one.speaks
        change.act(Action.JOIN, SYSTEM, told=one.told, state=State.READY if waits else change.state)
    if change.state is State.CLOSED and any(one.asks for one in found):
        change.act(Action.REOPEN, SYSTEM)  # the customer writes again
    asked = change.row["missing"]
    decided = judge is not None and _decided(change, judge)
    # a person has to look at what may not speak, and where nothing that was asked for could be read
    answered = decided and change.row["missing"] != asked
    if change.state is State.NEEDS_INFORMATION and not answered:
        change.act(Action.JOIN, SYSTEM, state=State.READY)


def _decided(change: CaseChange, judge: Judge) -> bool:
    from rules.facts import FactErrors  # and so the rules: who has no judge does without

    try:
        change.decide_again(judge)
    except FactErrors:  # mail and records cannot be true together: the old decision stands, a person looks
        return False
    return True
