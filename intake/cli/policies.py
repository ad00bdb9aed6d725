"""Which policies a command knows: those of the config's `policy_dir` before the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.errors import BadDataError, Problem
from rules.load import PolicySet, UnknownPolicyError, policies_in
from rules.read import PolicyError

PolicyDir = Annotated[
    Path | None,
    typer.Option(
        "--policy-dir",
        metavar="DIR",
        envvar="INTAKE_POLICY_DIR",
        help="A folder of your own policies; they come before the shipped ones.",
    ),
]


def open_policies(policy_dir: Path | None) -> PolicySet:
    """Every policy that can be asked for.

    Raises:
        BadDataError: a policy file has problems; all of that file are named.
    """
    try:
        return policies_in(policy_dir)
    except PolicyError as error:
        raise bad_policy(error) from None


def bad_policy(error: PolicyError) -> BadDataError:
    """A policy's problems as lines for people."""
    return BadDataError(
        *(Problem(where=f"{error.path}: {problem.place}", what=problem.detail) for problem in error.problems)
    )


def known(policies: PolicySet, policy_id: str) -> PolicySet:
    """The set again, once it is sure to have this policy.

    Raises:
        BadDataError: there is no policy of that id.
    """
    try:
        policies.versions(policy_id)
    except UnknownPolicyError as error:
        raise BadDataError(Problem(where="--policy", what=str(error))) from None
    return policies
