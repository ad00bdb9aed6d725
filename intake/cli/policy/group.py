"""`intake policy`: refund terms as data: list, show, check, test, diff, new."""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.policies import PolicyDir, one_policy, open_policies, policy_dir_of
from intake.cli.policy.check import CHECK_EXAMPLES, TEST_EXAMPLES, check, run_cases
from intake.cli.policy.diff import DIFF_EXAMPLES, diff
from intake.errors import CannotCreateError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.types import Deadline, Policy

LIST_EXAMPLES = examples("policy list", "policy list --json | jq -r '.[].id'")
SHOW_EXAMPLES = examples("policy show pars", "policy show eofferix@2026-05-24")
NEW_EXAMPLES = examples("policy new shop --policy-dir policies")

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_WORDS = (
    (r"\s+", " "),
    (r"\bnot in\b \[([^]]*)\]", r"is none of \1"),
    (r"\bin\b \[([^]]*)\]", r"is one of \1"),
    ("==", "is"),
    ("!=", "is not"),
    ("<=", "is at most"),
    (">=", "is at least"),
    ("<", "is less than"),
    (">", "is more than"),
    ("'", ""),
)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Refund terms as data.", no_args_is_help=True, rich_markup_mode="rich")
    group.command("list", epilog=LIST_EXAMPLES)(list_)
    group.command(epilog=SHOW_EXAMPLES)(show)
    group.command(epilog=CHECK_EXAMPLES)(check)
    group.command("test", epilog=TEST_EXAMPLES)(run_cases)
    group.command(epilog=DIFF_EXAMPLES)(diff)
    group.command(epilog=NEW_EXAMPLES)(new)
    app.add_typer(group, name="policy")


def list_(
    ctx: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    policy_dir: PolicyDir = None,
) -> None:
    """Every policy and version that there is."""
    found = [
        {
            "id": policy.id,
            "version": policy.version,
            "in_force_from": policy.in_force_from.isoformat(),
            "title": policy.title,
            "clauses": len(policy.rules),
            "digest": policy.digest,
        }
        for policy in open_policies(policy_dir_of(ctx, policy_dir))
    ]
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return
    for row in found:
        sys.stdout.write(
            f"{row['id']}  {row['version']}  in force from {row['in_force_from']}  {row['title']}\n"
        )


def show(
    ctx: typer.Context,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="An id, id@version, or a folder.")],
    *,
    policy_dir: PolicyDir = None,
) -> None:
    """A policy's clauses in words."""
    sys.stdout.writelines(f"{line}\n" for line in _told(one_policy(policy, policy_dir_of(ctx, policy_dir))))


def _told(policy: Policy) -> Iterator[str]:
    yield f"{policy.title} (version {policy.version}, in force from {policy.in_force_from})"
    yield f"digest {policy.digest}"
    if policy.required:
        yield f"wanted from the customer: {', '.join(row.field for row in policy.required)}"
    for name, line in policy.deadlines.items():
        yield f"{name}: {_deadline(line, policy)}"
    for rule in policy.rules:
        yield ""
        yield f"{rule.id}  -> {rule.then}  ({rule.source})" if rule.source else f"{rule.id}  -> {rule.then}"
        yield f"    {rule.text}"
        yield f"    where {in_words(rule.when)}"
        if rule.overrides:
            yield f"    beats {', '.join(rule.overrides)}"
    if policy.defines:
        yield ""
        yield "Names used above:"
        for name, text in policy.defines.items():
            yield f"    {name}: {in_words(text)}"
    yield ""
    yield f"Whatever no clause decides: {policy.otherwise}"


def _deadline(line: Deadline, policy: Policy) -> str:
    days = f"business days of {policy.calendar}" if line.business else "calendar days"
    return f"{line.days} {days} after {' or else '.join(line.start)}"


def in_words(condition: str) -> str:
    """A condition without its signs."""
    for sign, word in _WORDS:
        condition = re.sub(sign, word, condition)
    return condition.strip()


def new(
    ctx: typer.Context,
    policy_id: Annotated[str, typer.Argument(metavar="ID", help="Lower case letters, digits, - and _.")],
    *,
    policy_dir: PolicyDir = None,
) -> None:
    """Start a policy of your own: a commented skeleton with its cases."""
    if not _ID.fullmatch(policy_id):
        raise typer.BadParameter("lower case letters, digits, - and _ only", param_hint="ID")
    folder = (policy_dir_of(ctx, policy_dir) or Path()) / policy_id
    if folder.exists():
        raise CannotCreateError(
            Problem(where=str(folder), what="is there already", remedy="choose another id, or edit it")
        )
    folder.mkdir(parents=True)
    for name in ("policy.toml", "cases.toml"):
        text = files("rules").joinpath("skeleton", name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("ID", policy_id), encoding="utf-8")
        sys.stdout.write(f"{folder / name}\n")
    typer.echo(f"Now edit them, then: intake policy check {folder} && intake policy test {folder}", err=True)
