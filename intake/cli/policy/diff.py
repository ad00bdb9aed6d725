"""`intake policy diff`: what changed between two versions, and which cases would be decided otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.database import open_store
from intake.cli.decide import judged
from intake.cli.examples import examples
from intake.cli.facts_file import facts_by_line
from intake.cli.policies import PolicyDir, one_policy, policy_dir_of
from intake.errors import IntakeError
from rules.facts import check_facts
from rules.types import Decision, Policy, Rule

if TYPE_CHECKING:
    from pathlib import Path

    from rules.facts import Facts

DIFF_EXAMPLES = examples(
    "policy diff pars policies/pars", "policy diff eofferix policies/eofferix --against facts.jsonl"
)
OPEN = "open"

_SETTINGS = (
    "title",
    "version",
    "in_force_from",
    "language",
    "otherwise",
    "table",
    "calendar",
    "timezone",
    "account_default",
    "support_addresses",
    "authserv_ids",
    "defines",
    "needs_information_cites",
    "deadlines",
    "refund",
    "settles",
    "proofs",
)
_RULE = ("text", "source", "when", "then", "overrides", "amount", "cites", "beside", "open")


def diff(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="An id, id@version, a folder or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Likewise.")],
    *,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="FACTS|open", help="Facts, one object a line, or the open cases."),
    ] = None,
    policy_dir: PolicyDir = None,
) -> None:
    """What changed, and which outcomes and amounts flip."""
    before, after = _both(old, new, policy_dir_of(ctx, policy_dir))
    told = [*_settings(before, after), *_rules(before, after)] or ["no difference"]
    if against is not None:  # before anything is written: half a comparison would be taken for a whole one
        cases = _facts(ctx, against, before.id)
        flips = [(name, _flip(judged(facts, before), judged(facts, after))) for name, facts in cases]
        flipped = [f"{name}: {flip}" for name, flip in flips if flip]
        told += [*flipped, f"{len(flipped)} of {len(flips)} cases flip"]
    sys.stdout.writelines(f"{line}\n" for line in told)


def _both(old: str, new: str, policy_dir: Path | None) -> tuple[Policy, Policy]:
    """The two policies.

    Raises:
        BadDataError, NoInputError: as `one_policy` does, with the problems of both.
    """
    found: list[Policy] = []
    errors: list[IntakeError] = []
    for name in (old, new):
        try:
            found.append(one_policy(name, policy_dir))
        except IntakeError as error:
            errors.append(error)
    if errors:
        raise type(errors[0])(*(problem for error in errors for problem in error.problems)) from None
    return found[0], found[1]


def _settings(before: Policy, after: Policy) -> Iterator[str]:
    for name in _SETTINGS:
        one, two = getattr(before, name), getattr(after, name)
        if isinstance(one, Mapping):
            for key in [*one, *(key for key in two if key not in one)]:
                if one.get(key) != two.get(key):
                    yield f"~ {name}.{key}: {one.get(key)} -> {two.get(key)}"
        elif one != two:
            yield f"~ {name}: {one} -> {two}"
    fields = [[row.field for row in policy.required] for policy in (before, after)]
    if fields[0] != fields[1]:
        yield f"~ required: {', '.join(fields[0])} -> {', '.join(fields[1])}"


def _rules(before: Policy, after: Policy) -> Iterator[str]:
    old, new = ({rule.id: rule for rule in policy.rules} for policy in (before, after))
    for id_ in old:
        if id_ not in new:
            yield f"- clause {id_}: {old[id_].text}"
    for id_, rule in new.items():
        if id_ not in old:
            yield f"+ clause {id_}: {rule.text}"
        else:
            yield from _changed(old[id_], rule)


def _changed(old: Rule, new: Rule) -> Iterator[str]:
    for name in _RULE:
        one, two = getattr(old, name), getattr(new, name)
        if one != two:
            yield f"~ clause {new.id}.{name}: {_plain(one)} -> {_plain(two)}"


def _plain(value: object) -> str:
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(value)) or "none"
    return str(value)


def _facts(ctx: typer.Context, against: str, policy: str) -> list[tuple[str, Facts]]:
    """Each case's name and facts.

    Raises:
        BadDataError: lines that cannot be judged, all of them.
        ConfigError: for the open cases of `policy`, config, secret key or schema are not right.
    """
    if against == OPEN:
        with open_store(ctx) as store:
            return [(str(obj["id"]), check_facts(obj)) for obj in store.facts_of_open_cases(policy)]
    return [
        (f"line {number}" if facts.id is None else json.dumps(facts.id, ensure_ascii=False), facts)
        for number, facts in facts_by_line(against)
    ]


def _flip(before: Decision, after: Decision) -> str:
    told = []
    if before.outcome != after.outcome:
        told.append(f"{before.outcome} -> {after.outcome}")
    if before.refund != after.refund:
        told.append(f"amount {_money(before)} -> {_money(after)}")
    return ", ".join(told)


def _money(decision: Decision) -> str:
    refund = decision.refund
    return f"{refund.written} to {refund.to}" if refund.written else "open"
