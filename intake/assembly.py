"""Puts a pipeline together from a policy and, where there is one, a config."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from intake.config.model import Config, MailboxConfig
from intake.errors import BadDataError, ConfigError, Problem
from intake.keys import Keys
from intake.mail.limits import DEFAULT_LIMITS
from intake.mail.settings import ReadingSettings
from intake.redaction.settings import RedactionSettings
from rules.load import PolicySet, UnknownPolicyError, policies_in
from rules.read import PolicyError
from rules.types import Policy

if TYPE_CHECKING:  # a pipeline brings spaCy: 60 MB that only a worker process needs
    from intake.pipeline import Pipeline


def every_policy(config: Config) -> PolicySet:
    """Every policy there is.

    Raises:
        ConfigError: one has problems; all are named.
    """
    try:
        return policies_in(config.policy_dir)
    except PolicyError as error:
        raise ConfigError(*_problems(error, str(config.path))) from None


def mailbox_policies(config: Config, boxes: Mapping[str, MailboxConfig]) -> PolicySet:
    """Every policy there is; those of these mailboxes, by name, are among them.

    Raises:
        ConfigError: one has problems, or mailboxes name some that are not there; all are named.
    """
    policies = every_policy(config)
    problems: list[Problem] = []
    for name, box in boxes.items():
        try:
            policies.versions(box.policy)
        except UnknownPolicyError as error:
            problems += _problems(error, f"{config.path}: mailbox.{name}.policy")
    if problems:
        raise ConfigError(*problems)
    return policies


def file_policies(policy: str, policy_dir: Path | None) -> PolicySet:
    """Every policy there is, those of a folder of the user's own among them; `policy` is one of these.

    Raises:
        BadDataError: there is no such policy, or it has problems.
    """
    try:
        policies = policies_in(policy_dir)
        policies.versions(policy)
    except (PolicyError, UnknownPolicyError) as error:
        raise BadDataError(*_problems(error, "--policy")) from None
    return policies


def mailbox_pipeline(config: Config, name: str, keys: Keys) -> Pipeline:
    """What the messages of the mailbox `name` go through.

    Raises:
        ConfigError: its policy is not there or has problems; all are named.
    """
    box = config.mailbox[name]
    return _pipeline(mailbox_policies(config, {name: box}), box.policy, config, box, keys)


def pipeline_for(
    policy: str, config: Config | None, keys: Keys | None = None, policy_dir: Path | None = None
) -> Pipeline:
    """What files go through (`intake process`): no config is needed; one that is there lends its settings.

    Without `keys` fingerprints get a random one, so nothing that is printed can be matched with a database.

    Raises:
        BadDataError: there is no such policy, or it has problems.
    """
    folder = policy_dir or (config.policy_dir if config else None)
    return _pipeline(file_policies(policy, folder), policy, config, None, keys or Keys.random())


def _pipeline(
    policies: PolicySet, policy: str, config: Config | None, box: MailboxConfig | None, keys: Keys
) -> Pipeline:
    from intake.pipeline import Pipeline
    from intake.redaction.redactor import Redactor

    return Pipeline(
        policies=policies,
        policy=policy,
        reading=_reading(policies.versions(policy)[-1], box),
        redactor=Redactor(config.redaction.settings if config else RedactionSettings()),
        keys=keys,
        limits=DEFAULT_LIMITS,
    )


def _reading(policy: Policy, box: MailboxConfig | None) -> ReadingSettings:
    """The policy's settings, each overridden where the mailbox says so."""
    support, authserv, account = (
        (box.support_addresses, box.authserv_ids, box.account_default) if box else (None, None, None)
    )
    return ReadingSettings(
        account_default=account or policy.account_default,
        support_addresses=frozenset(map(str.lower, policy.support_addresses if support is None else support)),
        authserv_ids=frozenset(map(str.lower, policy.authserv_ids if authserv is None else authserv)),
        zone=policy.timezone,
    )


def _problems(error: PolicyError | UnknownPolicyError, where: str) -> list[Problem]:
    if isinstance(error, PolicyError):
        return [Problem(where=f"{error.path}: {p.place}", what=p.detail) for p in error.problems]
    return [Problem(where=where, what=str(error), remedy="name one of these, or add it to policy_dir")]
