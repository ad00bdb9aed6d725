"""One case for a person at a terminal: what was written, what was read, what the policy says, what happened."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.cli.queue_table import money, printable
from intake.store.views import CaseDetail, HistoryRow, StoredMessage

_EVIDENCE = "black on yellow"
_TRUTH = {True: ("yes", "green"), False: ("no", "red"), None: ("open", "yellow")}


def print_case(case: CaseDetail) -> None:
    """The case, top to bottom. Words of the mail are `Text`, never markup."""
    console = Console(highlight=False)
    row = case.row
    console.rule(Text(f"{row.label}  {row.state.value}  version {row.version}"), align="left")
    due = row.due.isoformat() if row.due else "-"
    console.print(Text(f"{row.policy} {row.policy_version}   due {due}   {money(row) or ''}   {row.mailbox}"))
    if row.flags:
        console.print(Text("flags: " + ", ".join(row.flags)))
    for message in case.messages:
        _message(console, message)
    _decision(console, case.decision)
    console.rule("history", align="left", style="dim")
    for entry in case.history:
        console.print(Text(_history(entry)))


def _message(console: Console, message: StoredMessage) -> None:
    console.rule(message.disposition.value, align="left", style="dim")
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
    console.print(_fields(message))


def _marked(message: StoredMessage, part: str) -> Text:
    shown = Text(printable(message.parts[part].text), style="bold" if part == "subject" else "")
    for found in message.fields:
        if found.part == part and found.chosen and len(found.evidence) < 200:
            shown.stylize(_EVIDENCE, found.start, found.end)
    return shown


def _fields(message: StoredMessage) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("field", "value", "sure", "where", "evidence", "by"):
        table.add_column(heading, overflow="fold")
    for found in message.fields:
        value = found.value if found.name.value != "amount" else f"{found.value} {found.currency or '?'}"
        evidence = " ".join(found.evidence.text.split())
        table.add_row(
            Text(found.name.value if found.chosen else f"  {found.name.value}?"),
            Text(printable(value)),
            Text(f"{found.confidence:.2f}"),
            Text(found.part),
            Text(printable(f"“{evidence}”")),
            Text(found.rule),
            style="" if found.chosen else "dim",
        )
    return table


def _decision(console: Console, decision: Mapping[str, object]) -> None:
    console.rule("preliminary decision", align="left", style="dim")
    refund = decision["refund"]
    assert isinstance(refund, Mapping)  # noqa: S101 - the contract's object
    amount = f"{refund['amount']} {refund['currency']}" if refund["amount"] is not None else "amount open"
    console.print(Text(f"{decision['outcome']}   {amount}", style="bold"))
    for name in ("clauses", "missing", "verify", "conflicts", "alternatives"):
        words = decision[name]
        if isinstance(words, list) and words:
            console.print(Text(f"{name}: {', '.join(words)}"))
    steps = decision["steps"]
    for step in steps if isinstance(steps, list) else ():
        word, style = _TRUTH[step["value"]]
        because = "; ".join(step["because"])
        line = Text(f"  {word:<5}", style=style)
        line.append(printable(f"{step['rule']:<24} {because}"), style="default")
        console.print(line)


def _history(entry: HistoryRow) -> str:
    at = entry.at.isoformat(" ", "seconds")
    states = [side.get("state") for side in (entry.before, entry.after) if side and side.get("state")]
    change = " → ".join(dict.fromkeys(map(str, states)))
    return f"{at}  v{entry.version}  {entry.actor}  {entry.action}  {change}"
