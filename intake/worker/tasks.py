"""Which worker processes there are for what: a config's mailboxes, or files on the command line."""

from __future__ import annotations

import secrets
from pathlib import Path

from intake.config.model import Config
from intake.config.work import WorkConfig
from intake.worker.main import Task
from intake.worker.pool import Workers


def mailbox_workers(config: Config) -> Workers:
    """The worker processes of a config, for all its mailboxes."""
    work = config.work
    task = Task(
        config=config.model_dump_json(exclude={"database_url"}),  # it may hold a password
        key_file=config.secret_key,
        secret=None,
        policy=None,
        memory_mib=work.message_mib,
    )
    return Workers(task, count=work.workers, seconds=work.message_seconds)


def file_workers(policy: str, config: Config | None, policy_dir: Path | None) -> Workers:
    """One worker process for files that one policy judges; their fingerprints get a random key."""
    work = config.work if config else WorkConfig()
    task = Task(
        config=None if config is None else config.model_dump_json(exclude={"database_url"}),
        key_file=None,
        secret=secrets.token_bytes(32),
        policy=policy,
        policy_dir=policy_dir,
        memory_mib=work.message_mib,
    )
    return Workers(task, count=1, seconds=work.message_seconds)
