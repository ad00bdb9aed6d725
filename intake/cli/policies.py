"""Which policies a command knows: those of the config's `policy_dir` before the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.settings import optional_config
from intake.errors import BadDataError, NoInputError, Problem
from rules.load import FILE, PolicySet, UnknownPolicyError, load_policy, policies_in, shipped_folder
from rules.problems import PolicyError
from rules.types import Policy

PolicyDir = Annotated[
    Path | None,
    typer.Option(
        "--policy-dir",
        metavar="DIR",
        envvar="INTAKE_POLICY_DIR",
        help="A folder of your own policies; they come before the shipped ones.",
    ),
]


def policy_dir_of(ctx: typer.Context, given: Path | None) -> Path | None:
    """The folder of the user's policies: the option or its variable, else the config's where there is one."""
    config = None if given else optional_config(ctx)
    return config.policy_dir if config else given


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


def folder_of(name: str, policy_dir: Path | None) -> Path:
    """The folder of a policy: a path, or the id of one of the user's own or of a shipped one.

    Raises:
        NoInputError: there is no such folder.
    """
    places = [Path(name), *([policy_dir / name] if policy_dir else []), shipped_folder() / name]
    found = next((place for place in places if (place / FILE).is_file()), None)
    if found is None:
        remedy = "`intake policy list` names those there are; `intake policy new` makes one"
        raise NoInputError(Problem(where=name, what="no such policy", remedy=remedy))
    return found


def one_policy(name: str, policy_dir: Path | None) -> Policy:
    """A policy by id, `id@version`, folder or file.

    Raises:
        BadDataError: it has problems, or not this version.
        NoInputError: there is no such policy.
    """
    try:
        if name.endswith(".toml"):
            return load_policy(Path(name))
        if "@" not in name:
            return load_policy(folder_of(name, policy_dir))
    except PolicyError as error:
        raise bad_policy(error) from None
    policy_id, version = name.rsplit("@", 1)
    versions = known(open_policies(policy_dir), policy_id).versions(policy_id)
    found = next((policy for policy in versions if policy.version == version), None)
    if found is None:
        have = ", ".join(policy.version for policy in versions)
        raise BadDataError(Problem(where=name, what=f"no such version; there are {have}"))
    return found
