"""A processed message for a person at a terminal: what was read, why, and what the policy says."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from intake.extraction.types import Candidate, FieldName, Money, json_value
from intake.mail.redacted import RedactedMessage
from intake.processed import Processed
from intake.redaction.redactor import summary
from rules.explain import explain_decision
from rules.types import Policy

_EVIDENCE = "black on yellow"


def show_error(source: str, code: str, detail: str) -> None:
    """One line on standard error for a message that could not be read."""
    Console(stderr=True, highlight=False).print(
        f"{escape(source)}: {code} ({escape(detail)})", soft_wrap=True
    )


def show_processed(processed: Processed, policy: Policy, *, explain: bool) -> None:
    """The message with its evidence marked, its fields, and the decision."""
    console = Console(highlight=False)
    message, extraction = processed.message, processed.extraction
    console.rule(escape(message.source), align="left")
    sender = message.sender_email.text if message.sender_email else "(no sender)"
    received = message.received_at.isoformat(" ", "minutes") if message.received_at else "(no date)"
    console.print(Text(f"{sender}  {received}  {extraction.language}"))
    console.print(Text(message.subject.text, style="bold"))
    console.print(marked_body(message, list(_chosen(processed))))
    console.print(
        f"[bold]{extraction.kind.value}[/bold] ({extraction.kind_confidence:.2f}"
        + (", in doubt: a person has to look)" if extraction.doubtful else ")")
        + (f"  “{escape(extraction.kind_evidence.text.text)}”" if extraction.kind_evidence else "")
    )
    console.print(_fields(processed, explain=explain))
    if extraction.flags:
        console.print("flags: " + ", ".join(seen.flag.value for seen in extraction.flags))
    if message.findings:
        cut = ", ".join(f"{row['count']} x {row['type']} {row['shown']}" for row in summary(message.findings))
        console.print(f"cut out: {escape(cut)}")
    if processed.decision is None or not extraction.asks:
        console.print("No refund is asked for: no decision.")
        return
    if processed.missing:
        console.print("missing: " + ", ".join(processed.missing))
    decision = processed.decision
    refund = decision.refund.written or "amount open"
    console.print(f"[bold]{decision.outcome}[/bold]  {refund}  clauses {', '.join(decision.clauses) or '-'}")
    if explain:
        for line in explain_decision(decision, policy):
            console.print(Text(line))


def marked_body(message: RedactedMessage, chosen: list[Candidate]) -> Text:
    """The body with each chosen evidence marked."""
    shown = Text(message.body.text)
    for candidate in chosen:
        if candidate.evidence.part == "body":
            shown.stylize(_EVIDENCE, candidate.evidence.start, candidate.evidence.end)
    return shown


def _chosen(processed: Processed) -> list[Candidate]:
    return [
        field.chosen
        for name, field in processed.extraction.fields.items()
        if field and name is not FieldName.PROBLEM
    ]


def _fields(processed: Processed, *, explain: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("field", "value", "sure", "where", "evidence", "because"):
        table.add_column(heading, overflow="fold")
    for name in FieldName:
        field = processed.extraction.fields.get(name)
        if field is None:
            table.add_row(name.value, Text("-", style="dim"))
            continue
        table.add_row(*_cells(name.value, field.chosen), style="")
        for other in field.others if explain else ():
            table.add_row(*_cells("  not", other), style="dim")
    return table


def _cells(label: str, candidate: Candidate) -> list[Text]:
    value = json_value(candidate.value)
    if isinstance(candidate.value, Money):
        value += f" {candidate.value.currency or '?'}"
    evidence = " ".join(candidate.evidence.text.text.split())
    cells = [
        label,
        value,
        f"{candidate.confidence:.2f}",
        candidate.evidence.part,
        f"“{evidence}”",
        candidate.rule,
    ]
    return [Text(cell) for cell in cells]
