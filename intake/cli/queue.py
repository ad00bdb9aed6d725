"""`intake queue`: the cases, as a table or as JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.database import open_store
from intake.errors import NoInputError, Problem

if TYPE_CHECKING:
    from intake.store.values import State
    from intake.store.views import CaseDetail
    from rules.types import Policy

LIST_EXAMPLES = (
    "Examples: [bold]intake queue list --state ready[/bold] · "
    "[bold]intake queue list --overdue --json | jq -r '.[].case'[/bold]"
)
SHOW_EXAMPLES = (
    "Examples: [bold]intake queue show R-1042[/bold] · [bold]intake queue show R-1042 --json[/bold]"
)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="The cases.", no_args_is_help=True, rich_markup_mode="rich")
    group.command("list", epilog=LIST_EXAMPLES)(list_)
    group.command(epilog=SHOW_EXAMPLES)(show)
    app.add_typer(group, name="queue")


def list_(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    *,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="Only cases in this state; repeatable."),
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", metavar="NAME", help="Only this mailbox.")
    ] = None,
    policy: Annotated[str | None, typer.Option("--policy", metavar="ID", help="Only this policy.")] = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="WORD", help="Only this outcome.")
    ] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only open cases whose due day is over.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most N cases, the most urgent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array, a case an object.")] = False,
) -> None:
    """List cases, most urgent first."""
    from intake.store.values import CaseQuery

    today = datetime.now(UTC).date()
    query = CaseQuery(
        states=_states(state or []),
        mailbox=mailbox,
        policy=policy,
        outcome=outcome,
        due_before=today if overdue else None,
        limit=limit,
    )
    with open_store(ctx) as store:
        rows = store.cases(query)
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from intake.cli.queue_table import PIPED_WIDTH, queue_table

    if rows:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
        console.print(queue_table(rows, today=today, width=console.width))
    else:
        typer.echo("No case matches." if query != CaseQuery() else "The queue is empty.", err=True)


def show(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its label, as R-1042.")],
    *,
    trace: Annotated[
        bool, typer.Option("--trace", help="Every reading with its rule, every clause with what it hangs on.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show a case: redacted mail, fields with their evidence, the decision explained, the history."""
    with open_store(ctx) as store:
        found = store.case(case)
    if found is None:
        raise NoInputError(
            Problem(
                where=f"case {case}",
                what="there is none of this name",
                remedy="list them with: intake queue list",
            )
        )
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        return
    from intake.cli.queue_show import print_case

    print_case(found, _policy_of(ctx, found), trace=trace)


def _policy_of(ctx: typer.Context, case: CaseDetail) -> Policy | None:
    """The version that judged the case, by its digest; None where it is gone or was changed since."""
    from intake.config import load_config
    from rules.load import policies_in
    from rules.read import PolicyError

    try:
        known = policies_in(load_config(ctx.obj.config_path).policy_dir)
    except PolicyError:
        return None
    return next((policy for policy in known if policy.digest == case.decision.policy_digest), None)


def _states(words: list[str]) -> tuple[State, ...]:
    from intake.store.values import State

    known = [state.value for state in State]
    if unknown := [word for word in words if word not in known]:
        raise typer.BadParameter(f"{unknown[0]}: one of {', '.join(known)}", param_hint="--state")
    return tuple(State(word) for word in words)
