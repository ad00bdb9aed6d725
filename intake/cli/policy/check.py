"""`intake policy check` and `test`: what is wrong with a policy, and whether its own cases hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import available_timezones

import typer

from intake.calendars import days_off, known_country
from intake.cli.examples import examples
from intake.cli.policies import PolicyDir, folder_of, policy_dir_of
from intake.errors import Exit
from rules.cases import CaseError, run_case
from rules.check import Finding, check_policy
from rules.load import CASES, folders, load_cases, load_policy, load_versions, shipped_folder, version_files
from rules.near import unproven
from rules.problems import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules.types import Policy

CHECK_EXAMPLES = examples("policy check", "policy check policies/shop")
TEST_EXAMPLES = examples("policy test", "policy test eofferix")

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[POLICY...]", help="Ids or folders; without any, every policy there is."),
]


def check(ctx: typer.Context, names: Names = None, *, policy_dir: PolicyDir = None) -> None:
    """Everything wrong with a policy: syntax, unknown facts, dead clauses, conflicts, clauses without cases.

    Gaps are listed.
    """
    status = Exit.OK
    for folder in _chosen(names, policy_dir_of(ctx, policy_dir)):
        policy = _readable(folder)
        if policy is None:
            status = Exit.BAD_DATA
            continue
        found = [*check_policy(policy), *_places(policy), *_cases(folder, policy)]
        for finding in found:
            sys.stdout.write(f"{policy.id}: {finding}\n")
        errors = sum(finding.level == "error" for finding in found)
        gaps = len(found) - errors
        sys.stdout.write(f"{policy.id}: {len(policy.rules)} clauses, {errors} errors, {gaps} gaps\n")
        if errors and status == Exit.OK:
            status = Exit.PROBLEM
    raise typer.Exit(status)


def _readable(folder: Path) -> Policy | None:
    """The newest version; None where a version has problems or clashes with another, which is told."""
    errors = [error for path in _files(folder) if (error := _error(load_policy, path))]
    if not errors and folder.is_dir():
        errors = [error for error in [_error(load_versions, folder)] if error]
    for error in errors:
        for problem in error.problems:
            typer.echo(f"intake: {error.path}: {problem}", err=True)
    return None if errors else load_policy(folder)


def _files(folder: Path) -> list[Path]:
    return version_files(folder) if folder.is_dir() else [folder]


def _error(load: Callable[[Path], object], path: Path) -> PolicyError | None:
    try:
        load(path)
    except PolicyError as error:
        return error
    return None


def run_cases(ctx: typer.Context, names: Names = None, *, policy_dir: PolicyDir = None) -> None:
    """Run the cases that stand beside a policy."""
    status = Exit.OK
    for folder in _chosen(names, policy_dir_of(ctx, policy_dir)):
        try:
            policy, cases = load_policy(folder), load_cases(folder)
        except (PolicyError, CaseError) as error:
            for problem in error.problems:
                typer.echo(f"intake: {folder}: {problem}", err=True)
            status = Exit.BAD_DATA
            continue
        failed = 0
        for case in cases:
            wrong = list(run_case(case, policy, days_off(policy)))
            failed += bool(wrong)
            for line in wrong:
                sys.stdout.write(f"{policy.id}: {case.name}: {line}\n")
        sys.stdout.write(f"{policy.id}: {len(cases)} cases, {failed} failed\n")
        if failed and status == Exit.OK:
            status = Exit.PROBLEM
    raise typer.Exit(status)


def _chosen(names: list[str] | None, policy_dir: Path | None) -> list[Path]:
    if names:
        return [folder_of(name, policy_dir) for name in names]
    return [*folders(shipped_folder()), *(folders(policy_dir) if policy_dir else ())]


def _places(policy: Policy) -> Iterator[Finding]:
    if policy.calendar and not known_country(policy.calendar):
        detail = f"{policy.calendar} has no calendar; write a country like RU or DE"
        yield Finding(level="error", place="calendar", detail=detail)
    if policy.timezone not in available_timezones():
        detail = f"{policy.timezone} is no time zone; write one like Europe/Berlin"
        yield Finding(level="error", place="timezone", detail=detail)


def _cases(folder: Path, policy: Policy) -> Iterator[Finding]:
    try:
        cases = load_cases(folder)
    except CaseError as error:
        for problem in error.problems:
            yield Finding(level="error", place=CASES, detail=problem)
        return
    for rule, lack in unproven(policy, cases):
        yield Finding(level="error", place=f"clause {rule}", detail=f"{lack}; add one to {CASES}")
