"""Puts a pipeline together from a policy and, where there is one, a config."""

from __future__ import annotations

from intake.config_model import Config, MailboxConfig
from intake.errors import BadDataError, ConfigError, Problem
from intake.keys import Keys
from intake.mail.limits import DEFAULT_LIMITS
from intake.mail.settings import ReadingSettings
from intake.pipeline import Pipeline
from intake.redaction.redactor import Redactor
from intake.redaction.settings import RedactionSettings
from rules.load import UnknownPolicyError, policies_in
from rules.read import PolicyError
from rules.types import Policy


def mailbox_pipeline(config: Config, box: MailboxConfig, keys: Keys) -> Pipeline:
    """What the messages of one mailbox go through.

    Raises:
        ConfigError: its policy is not there or has problems; all are named.
    """
    try:
        policies = policies_in(config.policy_dir)
        policy = policies.versions(box.policy)[-1]
    except (PolicyError, UnknownPolicyError) as error:
        raise ConfigError(*_problems(error, str(config.path))) from None
    return Pipeline(
        policies=policies,
        policy=box.policy,
        reading=_reading(policy, box),
        redactor=Redactor(config.redaction.settings),
        keys=keys,
        limits=DEFAULT_LIMITS,
    )


def pipeline_for(policy: str, config: Config | None) -> Pipeline:
    """What files go through (`intake process`): no config is needed; one that is there lends its settings.

    Fingerprints get a random key for this run, so nothing that is printed can be matched with a database.

    Raises:
        BadDataError: there is no such policy, or it has problems.
    """
    try:
        policies = policies_in(config.policy_dir if config else None)
        newest = policies.versions(policy)[-1]
    except (PolicyError, UnknownPolicyError) as error:
        raise BadDataError(*_problems(error, "--policy")) from None
    return Pipeline(
        policies=policies,
        policy=policy,
        reading=_reading(newest, None),
        redactor=Redactor(config.redaction.settings if config else RedactionSettings()),
        keys=Keys.random(),
        limits=DEFAULT_LIMITS,
    )


def _reading(policy: Policy, box: MailboxConfig | None) -> ReadingSettings:
    """The policy's settings, each overridden where the mailbox says so (contract, Words)."""
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
