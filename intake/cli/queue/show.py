"""One case for a person at a terminal: what was written, what was read, what the policy says, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.cli.queue import facts
from intake.cli.queue.table import money, printable
from intake.letters.basis import Made
from intake.orders.match import Result
from intake.store.lookups import Lookup
from intake.store.views import CaseDetail, StoredMessage
from intake.threads import Trust
from rules.explain import explain_decision
from rules.types import Decision, Policy, Rule

_EVIDENCE = "black on yellow"
_WEAK = 0.2  # losing readings below this are for `--trace`
_RESULTS = {
    Result.FOUND: "the payment is known: its facts are verified",
    Result.CANDIDATES: "several payments fit; say which: intake queue set CASE order_number …",
    Result.NOT_FOUND: "no such payment is known",
    Result.NOTHING_TO_ASK: "not asked: neither an order nor a payment is named",
    Result.UNREACHABLE: "could not be asked",
    Result.CONTRADICTORY: "the payment is known, but contradicts what a person set",
}
_TRUST = {
    Trust.TOKEN: ", bears our mark",
    Trust.KNOWN_SENDER: ", from the customer, authenticated",
    Trust.FOR_REVIEW: ", FOR REVIEW ONLY: may be somebody else's, changed nothing",
}
_EXCERPT = 60  # characters of an evidence in the table of fields; the mail above shows it whole


def print_case(case: CaseDetail, policy: Policy | None, *, trace: bool = False, audit: bool = False) -> None:
    """The case, top to bottom.

    Args:
        case: what the store has of it; words of the mail are shown as `Text`, never as markup.
        policy: the version that judged, where it is at hand.
        trace: also every weak reading, the rule behind each, and every clause with what it hangs on.
        audit: also what each entry of the history changed.
    """
    console = Console(highlight=False)
    row = case.row
    console.rule(Text(f"{row.label}  {row.state.value}  version {row.version}"), align="left")
    due = row.due.isoformat() if row.due else "-"
    if row.due and policy is not None:
        due += f" ({policy.timezone})"
    console.print(Text(f"{row.policy} {row.policy_version}   due {due}   {money(row) or ''}   {row.mailbox}"))
    _lines(console, filter(None, (facts.standing(case), *facts.identity_lines(case))))
    if row.flags:
        console.print(Text("flags: " + ", ".join(row.flags)))
    for other, kind in case.links:
        console.print(Text(f"belongs together with {other}: {kind.replace('_', ' ')}"))
    for message in case.messages:
        _message(console, message, trace=trace)
    if case.lookup is not None:
        _lines(console, _records(case.lookup), under="the company's records")
    if known := facts.worth_telling(case, trace=trace):
        console.rule("what is known", align="left", style="dim")
        console.print(facts.facts_table(known))
    _lines(console, _decision(case.decision, policy, trace=trace), under="preliminary decision")
    if case.letters:
        _lines(console, map(_letter, case.letters), under="letters")
    if case.verdicts:
        _lines(console, facts.verdict_lines(case.verdicts), under="decided by people")
    told = (line for entry in case.history for line in facts.history_lines(entry, values=audit))
    _lines(console, told, under="history")


def _lines(console: Console, lines: Iterable[str], *, under: str = "") -> None:
    if under:
        console.rule(under, align="left", style="dim")
    for line in lines:
        console.print(Text(printable(line)))


def _records(lookup: Lookup) -> Iterator[str]:
    """What they said last, and the payments to choose from where it was not clear."""
    code = f" ({lookup.error_code}), asked again by itself" if lookup.error_code else ""
    yield f"{_RESULTS[lookup.result]}{code}   {lookup.at.isoformat(' ', 'minutes')}"
    for one in lookup.candidates:
        names = ("order_number", "paid_on", "amount", "currency", "product", "status")
        yield "  " + "  ".join(str(one[name]) for name in names if name in one)


def _letter(one: Made) -> str:
    done = {"done": "left", "begun": "may have left", "failed": "did not leave", "bounced": "⚠ CAME BACK"}
    return f"{one.day.isoformat()}  {one.kind.value}  {one.way}  {done[one.standing]}  by {one.actor}"


def _message(console: Console, message: StoredMessage, *, trace: bool) -> None:
    trust = None if message.trust is None else Trust(message.trust)
    told = f"{message.disposition.value}{_TRUST[trust] if trust else ''}"
    console.rule(told, align="left", style="yellow" if trust is Trust.FOR_REVIEW else "dim")
    sender = message.sender.text if message.sender else "(no sender)"
    received = message.received_at.isoformat(" ", "minutes") if message.received_at else "(no date)"
    console.print(Text(printable(f"{sender}   {received}   {message.language}")))
    for name in ("subject", "body"):
        if name in message.parts:
            console.print(_marked(message, name))
    others = sorted(message.parts.keys() - {"subject", "body"})
    if others:
        console.print(Text("further parts: " + ", ".join(others), style="dim"))
    for attachment in message.attachments:
        unread = "" if attachment.readable else "  not checked"
        console.print(
            Text(
                printable(
                    f"attached: {attachment.name.text}  {attachment.content_type}  {attachment.size} bytes{unread}"
                )
            )
        )
    if message.secrets:
        console.print(Text("cut out: " + ", ".join(sorted(secret.type.value for secret in message.secrets))))
    console.print(_fields(message, trace=trace))


def _marked(message: StoredMessage, part: str) -> Text:
    shown = Text(printable(message.parts[part].text), style="bold" if part == "subject" else "")
    for found in message.fields:
        if found.part == part and found.chosen and len(found.evidence) < 200:
            shown.stylize(_EVIDENCE, found.start, found.end)
    return shown


def _fields(message: StoredMessage, *, trace: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("field", "value", "sure", "where", "evidence", *(("by",) if trace else ())):
        table.add_column(heading, overflow="fold")
    for found in message.fields:
        if not found.chosen and found.confidence < _WEAK and not trace:
            continue
        value = found.value if found.name.value != "amount" else f"{found.value} {found.currency or '?'}"
        value, evidence = _excerpt(value), _excerpt(found.evidence.text)
        table.add_row(
            Text(found.name.value if found.chosen else f"  {found.name.value}?"),
            Text(printable(value)),
            Text(f"{found.confidence:.2f}"),
            Text(found.part),
            Text(printable(f"“{evidence}”")),
            *((Text(found.rule),) if trace else ()),
            style="" if found.chosen else "dim",
        )
    return table


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def _decision(decision: Decision, policy: Policy | None, *, trace: bool) -> Iterator[str]:
    """In the policy's own words, where that version is still at hand; else as the steps tell it."""
    if policy is not None:
        told = explain_decision(decision, policy)
        if trace:
            yield from told
            return
        yield from takewhile(lambda line: not line.startswith("["), told)
        yield from (f"  {rule.clause}  {rule.text}" for rule in policy.rules if _cited(rule, decision))
        yield from (
            f"    {line}" for step in decision.steps if step.rule.startswith("sum.") for line in step.because
        )
        return
    amount = decision.refund.written or "open"
    yield f"{decision.policy} {decision.policy_version}: {decision.outcome}, amount {amount}"
    for step in decision.steps:
        if step.value is not False:
            yield f"[{'open' if step.value is None else 'yes'}] {step.rule}: {'; '.join(step.because)}"


def _cited(rule: Rule, decision: Decision) -> bool:
    """Whether the decision rests on this rule: its own outcome, or a clause that stands beside it."""
    value = next((step.value for step in decision.steps if step.rule == rule.id), False)
    if decision.outcome == "approve_if_verified" and rule.then == "approve":
        return value is not False
    beside = rule.then == "cite" and decision.outcome in rule.beside
    return value is True and rule.clause in decision.clauses and (rule.then == decision.outcome or beside)
