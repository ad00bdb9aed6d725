"""Policies on disk: a folder each, `policy.toml` the newest version, older ones beside it as `policy-VERSION.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from rules.cases import Case, CaseError, read_cases
from rules.problems import PolicyError, Problem
from rules.read import read_policy
from rules.types import Policy

FILE: Final = "policy.toml"
CASES: Final = "cases.toml"


class UnknownPolicyError(LookupError):
    """No policy of that id; the text names those there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The version that judges a request; `note` says why where the date alone does not."""

    policy: Policy
    note: str | None = None


class PolicySet:
    """Every version of every policy that can be asked for.

    Args:
        versions: by id; one policy's versions in any order.
    """

    def __init__(self, versions: Mapping[str, list[Policy]]) -> None:
        self._versions = {
            name: tuple(sorted(found, key=lambda policy: policy.in_force_from))
            for name, found in sorted(versions.items())
        }

    def __iter__(self) -> Iterator[Policy]:
        """Every version, by id, oldest first."""
        for found in self._versions.values():
            yield from found

    def versions(self, policy_id: str) -> tuple[Policy, ...]:
        """All versions of one policy, oldest first.

        Raises:
            UnknownPolicyError: where there is none of that id.
        """
        if policy_id not in self._versions:
            raise UnknownPolicyError(f"there is no policy {policy_id}; there are {', '.join(self._versions)}")
        return self._versions[policy_id]

    def chosen(self, policy_id: str, requested_on: date | None) -> InForce:
        """The version in force on the day of the request: unknown → the newest, before the first → the first."""
        versions = self.versions(policy_id)
        if requested_on is None:
            note = "claim.requested_on unknown: the newest version judges" if len(versions) > 1 else None
            return InForce(policy=versions[-1], note=note)
        begun = [policy for policy in versions if policy.in_force_from <= requested_on]
        if not begun:
            first = versions[0]
            note = f"claim.requested_on before {first.in_force_from}: the first version judges"
            return InForce(policy=first, note=note)
        return InForce(policy=begun[-1])

    def in_force(self, policy_id: str, requested_on: date | None) -> Policy:
        """The version of `chosen` alone."""
        return self.chosen(policy_id, requested_on).policy


def _read(path: Path) -> Policy:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyError(path, [Problem(place="file", detail="is not UTF-8; save it as UTF-8")]) from None
    return read_policy(text, path)


def load_policy(folder: Path) -> Policy:
    """The newest version of the policy in a folder (or a policy file itself).

    Raises:
        PolicyError: for a policy with problems; all are named.
        FileNotFoundError: where there is no such file.
    """
    return _read(folder if folder.suffix == ".toml" else folder / FILE)


def version_files(folder: Path) -> list[Path]:
    """The files of all versions of the policy in a folder, the newest first."""
    return [folder / FILE, *sorted(folder.glob("policy-*.toml"))]


def load_versions(folder: Path) -> list[Policy]:
    """All versions of the policy in a folder, the newest first.

    Raises:
        PolicyError: for the first file with problems; two versions from one day are one.
    """
    found: list[Policy] = []
    for path in version_files(folder):
        version = _read(path)
        problems = [problem for other in found for problem in _clashes(version, other)]
        if problems:
            raise PolicyError(path, problems)
        found.append(version)
    return found


def _clashes(version: Policy, other: Policy) -> Iterator[Problem]:
    if version.id != other.id:
        yield Problem(place="id", detail=f"is not {other.id}; a folder holds the versions of one policy")
    if version.in_force_from == other.in_force_from:
        detail = f"is that of version {other.version} too; give each version a day of its own"
        yield Problem(place="in_force_from", detail=detail)


def load_cases(folder: Path) -> list[Case]:
    """The cases beside a policy; none where there is no `cases.toml`.

    Raises:
        CaseError: with every problem of the file.
    """
    path = folder / CASES
    if not path.exists():
        return []
    try:
        return read_cases(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError([f"is no TOML: {error}"]) from None


def folders(parent: Path) -> list[Path]:
    """The policy folders in a folder of policies."""
    return sorted(path.parent for path in parent.glob(f"*/{FILE}"))


def shipped_folder() -> Path:
    """The folder of the policies that come with the program."""
    return Path(str(files("rules") / "policies"))


def policies_in(policy_dir: Path | None) -> PolicySet:
    """The user's policies before the shipped ones; an id of the user's own hides a shipped one.

    Raises:
        PolicyError: for the first policy file with problems; all of its problems are named.
    """
    found: dict[str, list[Policy]] = {}
    for parent in (shipped_folder(), *((policy_dir,) if policy_dir else ())):
        places: dict[str, Path] = {}
        for folder in folders(parent):
            versions = load_versions(folder)
            name = versions[0].id
            if name in places:
                detail = f"is that of {places[name]} too; give each policy an id of its own"
                raise PolicyError(folder / FILE, [Problem(place="id", detail=detail)])
            found[name], places[name] = versions, folder
    return PolicySet(found)
