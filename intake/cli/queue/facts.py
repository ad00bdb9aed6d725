"""Of a case: what is known and who says so, how the sender stands, what people decided, the history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from rich.table import Table
from rich.text import Text

from intake.casework.identity import Relation
from intake.casework.states import State
from intake.cli.queue.table import printable
from intake.store.verdicts import StoredVerdict
from intake.store.views import CaseDetail, HistoryRow, KnownFact

_MANY = 60  # characters of a value in a table
_RELATIONS = {
    Relation.MATCH: ("✔ sent from the account's address, authenticated", "may be decided normally"),
    Relation.MATCH_UNAUTHENTICATED: (
        "⚠ the address matches, but could be forged",
        "ask the account's address",
    ),
    Relation.DIFFERENT_ADDRESS: (
        "⚠ the account's address is not the sender's",
        "no approval until verified.identity, or by a lead",
    ),
    Relation.THIRD_PARTY: (
        "⚠ written for somebody else",
        "no approval until verified.authority, or by a lead",
    ),
    Relation.LOST_EMAIL_ACCESS: (
        "⛔ says the account's mailbox is lost",
        "needs a second person, who is a lead",
    ),
    Relation.SUSPICIOUS: (
        "⛔ the domain's policy refuses it, answers go elsewhere, or letters look alike",
        "a lead decides",
    ),
}


def identity_lines(case: CaseDetail) -> Iterator[str]:
    """How the sender stands to the account, and what that means."""
    if case.row.identity is not None:
        said, means = _RELATIONS[Relation(case.row.identity)]
        yield f"identity: {said}; {means}"
    if case.messages:
        check = case.messages[0].sender_check
        yield f"SPF {check.spf.value}  DKIM {check.dkim.value}  DMARC {check.dmarc.value}"


def standing(case: CaseDetail) -> str:
    """In whose hands it is: one line, empty where nobody's."""
    row = case.row
    held = f"reviewed by {row.owner}" if row.owner else ""
    return f"closed as {row.resolution}" if row.state is State.CLOSED and row.resolution else held


def facts_table(known: tuple[KnownFact, ...]) -> Table:
    """Facts that the rules go by, who says so, and below each whoever says otherwise.

    What the mail alone says stands with its evidence in the table of fields: here it is left out.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("fact", "value", "by", "when"):
        table.add_column(heading, overflow="fold")
    for fact in known:
        table.add_row(*_cells(fact.key, fact.value, _by(fact), fact.at.isoformat(" ", "minutes")))
        for value, actor, at in fact.others:
            table.add_row(*_cells("  otherwise", value, actor, at.isoformat(" ", "minutes")), style="yellow")
    return table


def worth_telling(case: CaseDetail, *, trace: bool) -> tuple[KnownFact, ...]:
    """Facts that somebody else than the mail states, or that somebody contradicts; with `trace` all."""
    return tuple(fact for fact in case.known if trace or fact.others or fact.source != "claim")


def _by(fact: KnownFact) -> str:
    return "assumed from the sender" if fact.source == "assumed" else fact.actor


def _cells(*values: object) -> list[Text]:
    return [Text(printable(_shown(value))) for value in values]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(f"{row['item']} {row['amount']}" for row in value) or "none"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _MANY else f"{text[:_MANY]}…"


def verdict_lines(verdicts: tuple[StoredVerdict, ...]) -> Iterator[str]:
    """What people decided, why, and whose second word it has."""
    for one in verdicts:
        amount = f" {one.amount} {one.currency}" if one.amount else ""
        yield f"{one.decided_at.isoformat(' ', 'minutes')}  {one.word}{amount} by {one.decider}: {one.standing}"
        if one.reason is not None:
            yield f"  {one.reason_code}: {one.reason.text}"
        if one.overridden:
            yield f"  against clauses {', '.join(one.overridden)}"
        if one.second is not None:
            yield f"  confirmed by {one.second}"
        if one.comment is not None:
            yield f"  sent back: {one.comment.text}"
        if one.reference is not None:
            yield f"  paid: {one.reference.text}"


def history_lines(entry: HistoryRow, *, values: bool) -> Iterator[str]:
    """One entry; with `values` what it was before and after, as far as it is not erased."""
    states = [side.get("state") for side in (entry.before, entry.after) if side and side.get("state")]
    change = " → ".join(dict.fromkeys(map(str, states)))
    at = entry.at.isoformat(" ", "seconds")
    yield f"{at}  v{entry.version}  {entry.actor}  {entry.action}  {change}".rstrip()
    if values:
        before, after = entry.before or {}, entry.after or {}
        for name in dict.fromkeys([*before, *after]):
            yield f"    {name}: {_side(before, name)} → {_side(after, name)}"


def _side(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return (
        "-" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )
