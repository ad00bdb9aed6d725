"""`intake queue decide, confirm, send-back, undo, reopen, close, paid`: a person's last word."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from intake.casework.states import TRANSITIONS, Action
from intake.casework.words import REASON_CODES
from intake.cli.acting import keeping, working
from intake.cli.examples import examples
from intake.cli.queue.work import Case, IfVersion, tell
from intake.errors import BadDataError, Problem

CODES = tuple(code for code in REASON_CODES if code != "as_proposed")
CLOSINGS = TRANSITIONS[Action.CLOSE].resolutions
DECIDE_EXAMPLES = examples(
    "queue decide R-1042 --approve",
    "queue decide R-1042 --amount 20.00 --reason 'half of it was used' --code goodwill",
    "queue decide R-1042 --deny --reason 'paid back in May already' --if-version 7",
)
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: at least 10 characters.")]


def register(group: typer.Typer) -> None:
    """Adds the commands to `intake queue`."""
    group.command(epilog=DECIDE_EXAMPLES)(decide)
    group.command(epilog=examples("queue confirm R-1042 --if-version 5"))(confirm)
    group.command(
        "send-back", epilog=examples("queue send-back R-1042 --reason 'The second payment is older.'")
    )(send_back)
    group.command(epilog=examples("queue undo R-1042"))(undo)
    group.command(epilog=examples("queue reopen R-1042 --reason 'The bank sent proof.'"))(reopen)
    group.command(epilog=examples("queue close R-1042 --as withdrawn --reason 'She keeps the plan.'"))(close)
    group.command(epilog=examples("queue paid R-1042 --reference 20260602-17"))(paid)


def decide(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    case: Case,
    *,
    approve: Annotated[bool, typer.Option("--approve", help="The money goes back, as worked out.")] = False,
    deny: Annotated[bool, typer.Option("--deny", help="It does not.")] = False,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="X", help="Approve this sum: 49.00 or '49.00 EUR'.")
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="Why; needed where you decide otherwise than proposed."
        ),
    ] = "",
    code: Annotated[
        str | None, typer.Option("--code", metavar="WORD", help=f"Kind of reason: {', '.join(CODES)}.")
    ] = None,
    if_version: IfVersion = None,
) -> None:
    """Decide a case. Above a limit, or against a refusal of the policy, a second person has to confirm.

    A case that waits is claimed for you. Nobody is told for a minute: until then `undo` takes it back.
    """
    if deny is (approve or amount is not None):
        raise typer.BadParameter("either --approve, --amount X or --deny", param_hint="--approve")
    kind = next((one for one in CODES if one == code), None)
    if code is not None and kind is None:
        raise typer.BadParameter(f"one of {', '.join(CODES)}", param_hint="--code")
    from intake.casework.verdicts import Wish

    value, currency = _sum(amount)
    wish = Wish(word="deny" if deny else "approve", amount=value, currency=currency, reason=reason, code=kind)
    with keeping(reason), working(ctx) as work:
        done = work.verdicts.decide(case, wish, work.actor, expected=if_version)
        if done.ruling.overridden:
            typer.echo(f"against clauses: {', '.join(done.ruling.overridden)}", err=True)
        if done.ruling.needs_second:
            who = "a lead" if done.ruling.lead_only else "another agent or a lead"
            typer.echo(f"{who} has to confirm: intake queue confirm {done.case}", err=True)
        tell(work.store, case)


def confirm(ctx: typer.Context, case: Case, *, if_version: IfVersion = None) -> None:
    """Agree to another person's decision."""
    with keeping(None), working(ctx) as work:
        work.verdicts.confirm(case, work.actor, expected=if_version)
        tell(work.store, case)


def send_back(ctx: typer.Context, case: Case, *, reason: Reason, if_version: IfVersion = None) -> None:
    """Disagree with another person's decision, and say why: they have the case again."""
    with keeping(reason), working(ctx) as work:
        work.verdicts.send_back(case, work.actor, comment=reason, expected=if_version)
        tell(work.store, case)


def undo(ctx: typer.Context, case: Case) -> None:
    """Take your own decision or closing back, within the first minute."""
    with working(ctx) as work:
        work.verdicts.undo(case, work.actor)
        tell(work.store, case)


def reopen(ctx: typer.Context, case: Case, *, reason: Reason, if_version: IfVersion = None) -> None:
    """Open a decided or closed case again (leads)."""
    with keeping(reason), working(ctx) as work:
        work.verdicts.reopen(case, work.actor, reason=reason, expected=if_version)
        tell(work.store, case)


def close(
    ctx: typer.Context,
    case: Case,
    *,
    as_: Annotated[str, typer.Option("--as", metavar="WORD", help=f"{', '.join(CLOSINGS)}.")],
    reason: Reason,
    if_version: IfVersion = None,
) -> None:
    """Close a case without a decision."""
    if as_ not in CLOSINGS:
        raise typer.BadParameter(f"one of {', '.join(CLOSINGS)}", param_hint="--as")
    with keeping(reason), working(ctx) as work:
        work.desk.close(case, work.actor, resolution=as_, reason=reason, expected=if_version)
        tell(work.store, case)


def paid(
    ctx: typer.Context,
    case: Case,
    *,
    reference: Annotated[str, typer.Option("--reference", metavar="TEXT", help="Of the payment.")],
    if_version: IfVersion = None,
) -> None:
    """Note that the money went back: the case is closed."""
    with keeping(reference), working(ctx) as work:
        work.verdicts.paid(case, work.actor, reference=reference, expected=if_version)
        tell(work.store, case)


def _sum(text: str | None) -> tuple[Decimal | None, str | None]:
    """`49.00` or `49.00 EUR`.

    Raises:
        BadDataError: it is no sum of money.
    """
    if text is None:
        return None, None
    from intake.store.forms import is_plain_decimal

    number, _, currency = text.strip().partition(" ")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not is_plain_decimal(amount):
        raise BadDataError(Problem(where="--amount", what="is no sum of money", remedy="write it like 49.00"))
    return amount, currency.strip().upper() or None
