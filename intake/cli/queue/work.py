"""`intake queue next, claim, release, set, verify, asked`: what an agent does before deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.acting import keeping, working
from intake.cli.examples import examples
from intake.errors import BadDataError, Problem

if TYPE_CHECKING:
    from intake.store.store import Store
    from intake.store.views import CaseDetail

Case = Annotated[str, typer.Argument(metavar="CASE", help="Its label, as R-1042.")]
IfVersion = Annotated[
    int | None,
    typer.Option("--if-version", metavar="N", help="Only if it is still at the version that you have seen."),
]
SET_EXAMPLES = examples(
    "queue set R-1042 amount '49.00 EUR'",
    "queue set R-1042 order.paid_on 2026-06-01",
    "queue set R-1042 usage 'fee 2.00, credits 1.50'",
    "queue set R-1042 amount --revert",
)


def register(group: typer.Typer) -> None:
    """Adds the commands to `intake queue`."""
    group.command("next", epilog=examples("queue next", "queue show $(intake queue next)"))(next_)
    group.command(epilog=examples("queue claim R-1042"))(claim)
    group.command(epilog=examples("queue release R-1042"))(release)
    group.command("set", epilog=SET_EXAMPLES)(set_)
    group.command(
        epilog=examples("queue verify R-1042 verified.identity", "queue verify R-1042 order.paid_twice false")
    )(verify)
    group.command(epilog=examples("queue asked R-1042"))(asked)


def next_(ctx: typer.Context) -> None:
    """Hand out the most urgent case that nobody holds, claimed for you; 1 where there is none."""
    with working(ctx) as work:
        typer.echo(work.desk.next(work.actor))


def claim(ctx: typer.Context, case: Case) -> None:
    """Take a case for review; it lapses after some minutes without work on it."""
    with working(ctx) as work:
        work.desk.claim(case, work.actor)
        tell(work.store, case)


def release(ctx: typer.Context, case: Case) -> None:
    """Give a case back."""
    with working(ctx) as work:
        work.desk.release(case, work.actor)
        tell(work.store, case)


def set_(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    case: Case,
    field: Annotated[
        str, typer.Argument(metavar="FIELD", help="A field, a fact like order.paid_on, or usage.")
    ],
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What it is.")] = None,
    *,
    revert: Annotated[
        bool, typer.Option("--revert", help="Take back what people set: the machine's value holds again.")
    ] = False,
    if_version: IfVersion = None,
) -> None:
    """Set a field or fact as you know it. The rules decide again at once; what the machine read is kept."""
    if (value is None) is not revert:
        raise typer.BadParameter("either a value, or --revert", param_hint="VALUE")
    with keeping(value), working(ctx) as work:
        if value is None:
            work.desk.revert(case, field, work.actor, expected=if_version)
        else:
            work.desk.set(case, field, value, work.actor, expected=if_version)
        tell(work.store, case)


def verify(
    ctx: typer.Context,
    case: Case,
    fact: Annotated[
        str, typer.Argument(metavar="FACT", help="As `verify` names it: verified.identity, order.paid_twice.")
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What was found.")] = "true",
    *,
    if_version: IfVersion = None,
) -> None:
    """Note what you have checked: a fact of the records, or one that only a person can verify."""
    key = fact if "." in fact or fact == "usage" else f"verified.{fact}"
    if key.startswith("claim."):
        remedy = "correct the reading with: intake queue set"
        raise BadDataError(
            Problem(where=key, what="is the customer's word, not a fact to verify", remedy=remedy)
        )
    with keeping(value), working(ctx) as work:
        work.desk.set(case, key, value, work.actor, expected=if_version)
        tell(work.store, case)


def asked(ctx: typer.Context, case: Case, *, if_version: IfVersion = None) -> None:
    """Note that you have asked the customer for what is missing: the case waits for the answer."""
    with keeping(None), working(ctx) as work:
        work.desk.asked(case, work.actor, expected=if_version)
        tell(work.store, case)


def tell(store: Store, case: str) -> None:
    """One line: where the case stands now."""
    found = store.case(case)
    assert found is not None  # noqa: S101 - it was just changed
    row = found.row
    state = f"{row.state.value}({row.resolution})" if row.resolution else row.state.value
    typer.echo(f"{row.label} v{row.version}  {state}  {_stand(found)}")


def _stand(found: CaseDetail) -> str:
    """What people decided, where that stands; else what is proposed, and what is open about it."""
    verdict = next((one for one in reversed(found.verdicts) if one.standing in {"awaiting", "final"}), None)
    if verdict is not None:
        return f"{verdict.word}  {verdict.amount} {verdict.currency}" if verdict.amount else verdict.word
    open_ = [*found.row.missing, *found.decision.verify]
    asks = f"  open: {', '.join(open_)}" if open_ else ""
    return f"{found.row.outcome}  {found.decision.refund.written or 'amount open'}{asks}"
