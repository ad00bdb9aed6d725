"""The options that narrow the queue: `list` and `export` share them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from intake.cli.queue.days import Days
    from intake.store.values import CaseQuery

States = Annotated[
    list[str] | None, typer.Option("--state", metavar="STATE", help="Only cases in this state; repeatable.")
]
Mailbox = Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this mailbox.")]
PolicyId = Annotated[str | None, typer.Option("--policy", metavar="ID", help="Only this policy.")]
Outcome = Annotated[str | None, typer.Option("--outcome", metavar="WORD", help="Only this outcome.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only open cases whose due day is over.")]
Owner = Annotated[
    str | None, typer.Option("--owner", metavar="NAME", help="Only what NAME reviews; - for nobody.")
]
Missing = Annotated[
    str | None, typer.Option("--missing", metavar="FIELD", help="Only where this field is missing.")
]
Identity = Annotated[
    str | None,
    typer.Option("--identity", metavar="WORD", help="Only where the sender stands so to the account."),
]
Amount = Annotated[
    str | None,
    typer.Option("--amount", metavar="A..B", help="Only claimed sums from A to B; either end may be open."),
]


def query_of(  # noqa: PLR0913 - one parameter an option
    days: Days,
    *,
    state: list[str] | None = None,
    mailbox: str | None = None,
    policy: str | None = None,
    outcome: str | None = None,
    overdue: bool = False,
    owner: str | None = None,
    missing: str | None = None,
    identity: str | None = None,
    amount: str | None = None,
    limit: int | None = None,
) -> CaseQuery:
    """What the store is asked for.

    Raises:
        BadParameter: a word that none of them knows.
    """
    from intake.casework.identity import Relation
    from intake.casework.states import State
    from intake.extraction.types import FieldName
    from intake.store.case_tables import OUTCOME
    from intake.store.values import CaseQuery

    _known("--state", state or [], [known.value for known in State])
    _known("--outcome", [outcome] if outcome else [], OUTCOME.words)
    _known("--missing", [missing] if missing else [], [known.value for known in FieldName])
    _known("--identity", [identity] if identity else [], [known.value for known in Relation])
    low, high = _range(amount)
    return CaseQuery(
        states=tuple(State(word) for word in state or []),
        mailbox=mailbox,
        policy=policy,
        outcome=outcome,
        due_before=days.utc if overdue else None,
        days=days.all if overdue else (),
        owner="" if owner == "-" else owner,
        missing=missing,
        identity=identity,
        amount_from=low,
        amount_to=high,
        limit=limit,
    )


def _known(option: str, words: list[str], known: list[str] | tuple[str, ...]) -> None:
    if unknown := [word for word in words if word not in known]:
        raise typer.BadParameter(f"{unknown[0]}: one of {', '.join(known)}", param_hint=option)


def _range(text: str | None) -> tuple[Decimal | None, Decimal | None]:
    if text is None:
        return None, None
    low, dots, high = text.partition("..")
    try:
        ends = tuple(Decimal(end) if end else None for end in (low, high if dots else low))
    except InvalidOperation:
        ends = (Decimal("NaN"), None)
    if any(end is not None and not end.is_finite() for end in ends):
        raise typer.BadParameter("write it like 10..99.50, 100.. or ..20", param_hint="--amount")
    return ends[0], ends[1]
