"""`intake queue`: the cases, as a table or as JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.acting import actor_of
from intake.cli.database import open_store
from intake.cli.examples import examples
from intake.cli.queue import decide, out, set_aside, work
from intake.cli.queue.days import Days
from intake.cli.queue.filters import (
    Amount,
    Identity,
    Mailbox,
    Missing,
    Outcome,
    Overdue,
    Owner,
    PolicyId,
    States,
    query_of,
)
from intake.cli.queue.set_aside import SetAside, list_set_aside
from intake.errors import no_such_case

if TYPE_CHECKING:
    from intake.store.values import CaseRow
    from intake.store.views import CaseDetail
    from rules.types import Policy

LIST_EXAMPLES = examples("queue list --state ready", "queue list --overdue --json | jq -r '.[].case'")
SHOW_EXAMPLES = examples("queue show R-1042", "queue show R-1042 --json")


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="The cases.", no_args_is_help=True, rich_markup_mode="rich")
    group.command("list", epilog=LIST_EXAMPLES)(list_)
    group.command(epilog=SHOW_EXAMPLES)(show)
    for part in (work, decide, out, set_aside):
        part.register(group)
    app.add_typer(group, name="queue")


def list_(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    state: States = None,
    mailbox: Mailbox = None,
    policy: PolicyId = None,
    outcome: Outcome = None,
    missing: Missing = None,
    identity: Identity = None,
    amount: Amount = None,
    owner: Owner = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you review.")] = False,
    overdue: Overdue = False,
    set_aside: SetAside = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most N cases, the most urgent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array, a case an object.")] = False,
) -> None:
    """List cases, most urgent first."""
    if set_aside:
        list_set_aside(ctx, mailbox=mailbox, limit=limit, as_json=as_json)
        return
    days = Days(ctx)
    with open_store(ctx) as store:
        query = query_of(
            days,
            state=state,
            mailbox=mailbox,
            policy=policy,
            outcome=outcome,
            overdue=overdue,
            owner=actor_of(store).name if mine else owner,
            missing=missing,
            identity=identity,
            amount=amount,
            limit=limit,
        )
        rows = store.cases(query)
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
    elif rows:
        _print_table(rows, days)
        if overdue:
            typer.echo(f"over by the day of {days.told()}", err=True)
    else:
        typer.echo("The queue is empty." if query == query_of(days) else "No case matches.", err=True)


def _print_table(rows: list[CaseRow], days: Days) -> None:
    from rich.console import Console

    from intake.cli.queue.table import PIPED_WIDTH, queue_table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(queue_table(rows, late=days.late, width=console.width))


def show(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its label, as R-1042.")],
    *,
    trace: Annotated[
        bool, typer.Option("--trace", help="Every reading with its rule, every clause with what it hangs on.")
    ] = False,
    audit: Annotated[bool, typer.Option("--audit", help="What each entry of the history changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show a case: redacted mail, fields with their evidence, the decision explained, the history."""
    with open_store(ctx) as store:
        found = store.case(case)
    if found is None:
        raise no_such_case(case)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        return
    from intake.cli.queue.show import print_case

    print_case(found, _policy_of(ctx, found), trace=trace, audit=audit)


def _policy_of(ctx: typer.Context, case: CaseDetail) -> Policy | None:
    """The version that judged the case, by its digest; None where it is gone or was changed since."""
    from intake.config.load import load_config
    from rules.load import policies_in
    from rules.read import PolicyError

    try:
        known = policies_in(load_config(ctx.obj.config_path).policy_dir)
    except PolicyError:
        return None
    return next((policy for policy in known if policy.digest == case.decision.policy_digest), None)
