"""`intake decide`: facts in, preliminary decisions out; no config, no database, no network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from intake.calendars import days_off
from intake.cli.examples import examples
from intake.cli.facts_file import as_json, lines, one_object, parse_json, plain
from intake.cli.policies import PolicyDir, known, open_policies, policy_dir_of
from intake.errors import BadDataError, Exit, Problem
from rules.decide import decide as judge
from rules.diagram import TooLargeError
from rules.explain import explain_decision
from rules.facts import FactErrors, Facts, check_facts

if TYPE_CHECKING:
    from rules.load import PolicySet
    from rules.types import Decision, Policy

EPILOG = examples(
    "decide facts.json --policy eofferix",
    "decide facts.jsonl --lines --policy pars | jq .outcome",
    "decide facts.json --policy eofferix --explain",
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EPILOG)(decide)


def decide(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    facts: Annotated[str, typer.Argument(metavar="FACTS", help="A facts file (JSON), - for standard input.")],
    *,
    policy: Annotated[str, typer.Option("--policy", metavar="ID", help="Judge by this policy.")],
    by_line: Annotated[bool, typer.Option("--lines", help="One object a line, one decision a line.")] = False,
    _json: Annotated[bool, typer.Option("--json", help="JSON, as without it.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Tell the decision clause by clause.")] = False,
    policy_dir: PolicyDir = None,
) -> None:
    """Judge facts by a policy and print the decision."""
    policies = known(open_policies(policy_dir_of(ctx, policy_dir)), policy)
    if by_line:
        raise typer.Exit(_decide_lines(facts, policies, policy, explain=explain))
    decision, version = decided(one_object(facts), policies, policy)
    _print(decision, version, explain=explain)


def decided(facts: Facts, policies: PolicySet, policy: str) -> tuple[Decision, Policy]:
    """The decision by the version in force on the day of the request, and that version.

    Raises:
        BadDataError: the policy's conditions are too entangled to decide by.
    """
    version = policies.chosen(policy, facts.requested_on)
    return judged(facts, version.policy, version.note), version.policy


def judged(facts: Facts, policy: Policy, note: str | None = None) -> Decision:
    """The decision by one version; `note` says why this one judges, where the date alone does not.

    Raises:
        BadDataError: its conditions are too entangled to decide by.
    """
    try:
        return judge(facts, policy, days_off(policy), note=note)
    except TooLargeError as error:
        raise BadDataError(Problem(where=policy.id, what=str(error))) from None


def _decide_lines(name: str, policies: PolicySet, policy: str, *, explain: bool) -> int:
    status = Exit.OK
    for number, line in lines(name):
        try:
            obj = parse_json(line)
        except ValueError:
            status = _refuse(name, number, None, [(None, "is no JSON")])
            continue
        try:
            facts = check_facts(obj)
        except FactErrors as errors:
            status = _refuse(name, number, obj.get("id") if isinstance(obj, dict) else None, errors.problems)
            continue
        decision, version = decided(facts, policies, policy)
        _print(decision, version, explain=explain)
    return status


def _refuse(name: str, number: int, id_: object, problems: list[tuple[str | None, str]]) -> Exit:
    """The line's error in its place on standard output, every problem of it on standard error."""
    key, detail = problems[0]
    _write({"id": id_, "error": {"key": key, "detail": detail}})
    for each, what in problems:
        where = f"{name}:{number}: {plain(each)}" if each else f"{name}:{number}"
        typer.echo(f"intake: {where}: {what}", err=True)
    return Exit.BAD_DATA


def _print(decision: Decision, policy: Policy, *, explain: bool) -> None:
    if not explain:
        _write(decision.to_dict())
        return
    if decision.id is not None:
        sys.stdout.write(f"id: {as_json(decision.id)}\n")
    sys.stdout.writelines(f"{line}\n" for line in explain_decision(decision, policy))


def _write(value: dict[str, object]) -> None:
    sys.stdout.write(as_json(value) + "\n")
