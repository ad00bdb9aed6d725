"""Puts together what `intake run` and `intake poll` work with: keys, store, and a poller for each mailbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from intake.assembly import mailbox_policies
from intake.casework.judge import Judge
from intake.config.model import Config, MailboxConfig
from intake.credentials import check_secrets
from intake.desk.desk import Desk
from intake.engine.errands import Errands, errands
from intake.engine.order_lookup import order_lookups
from intake.engine.state_dir import prepare_state
from intake.errors import ConfigError, Problem
from intake.log import Event, emit
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import PasswordProvider, login_secret
from intake.mail.limits import DEFAULT_LIMITS
from intake.poll.hold import Holder
from intake.poll.lock import owner_name
from intake.poll.poller import Poller
from intake.poll.replace import Copier
from intake.poll.values import Observer
from intake.poll.work import Workshop
from intake.redaction.redactor import Redactor
from intake.store.store import Store
from intake.worker.pool import Workers
from intake.worker.tasks import mailbox_workers
from rules.load import PolicySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Everything open that polling needs."""

    config: Config
    store: Store
    pollers: tuple[Poller, ...]
    workers: Workers  # not started before the first message, unless told to
    secrets: Mapping[str, PasswordProvider]  # by mailbox: what each of its connections logs in with
    errands: Errands  # what time alone brings about
    policies: str  # id and newest version of each policy in use, for the log


@contextmanager
def open_engine(
    config: Config, *, stop: threading.Event, observer: Observer | None = None, only: str | None = None
) -> Iterator[Engine]:
    """Opens keys, store and policies; connections to mail servers come about with the first poll.

    Once `stop` is set, every poller finishes the message in hand and ends its pass. `observer` hears of each message
    that is committed. `only` names the one mailbox that is wanted; None: all.

    Raises:
        ConfigError: no such mailbox, passwords, policies, all at once; or the secret-key, the schema, the records.
        UnavailableError: the database cannot be reached.
    """
    boxes, policies = ready_mailboxes(config, only)
    judge = Judge(policies)
    keys = prepare_state(config)
    redactor = Redactor(config.redaction.settings)
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(config.database, keys))
        workers = stack.enter_context(mailbox_workers(config))
        lookups = stack.enter_context(order_lookups(config, keys, store, judge, stop))
        secrets = {name: login_secret(name, box) for name, box in boxes.items()}
        poller = partial(
            Poller,
            store=store,
            holder=Holder(store=store, state_dir=config.state_dir, owner=owner_name(config.state_dir)),
            workshop=Workshop(processor=workers, fingerprint=keys.fingerprint, stop=stop),
            copier=Copier(redactor=redactor, limits=DEFAULT_LIMITS, keys=keys),
            judge=judge,
            after_pass=None if lookups is None else lookups.work_off,
            observer=observer,
        )
        pollers = tuple(
            poller(name=name, box=box, source=stack.enter_context(ImapSource(name, box, secrets[name])))
            for name, box in boxes.items()
        )
        desk = Desk(store=store, judge=judge, review=config.review, redactor=redactor)
        yield Engine(
            config=config,
            store=store,
            pollers=pollers,
            workers=workers,
            secrets=secrets,
            errands=stack.enter_context(errands(config, store, desk, stop)),
            policies=policies_in_use(policies, boxes),
        )


def ready_mailboxes(config: Config, only: str | None) -> tuple[dict[str, MailboxConfig], PolicySet]:
    """The mailboxes that are wanted, by name, once each has its secrets; and every policy, theirs among them.

    Raises:
        ConfigError: with every problem at once.
    """
    boxes = {name: box for name, box in config.mailbox.items() if only in {None, name}}
    problems: list[Problem] = []
    if not boxes:
        remedy = f"there are: {', '.join(config.mailbox)}" if config.mailbox else "add a table [mailbox.NAME]"
        what = f"no mailbox {only}" if only else "no mailbox is configured"
        problems.append(Problem(where=str(config.path), what=what, remedy=remedy))
    for name, box in boxes.items():
        try:
            check_secrets(name, box)
        except ConfigError as error:
            emit(Event.SECRET_UNREADABLE, name=name, source="imap-password")
            problems += error.problems
    try:
        policies = mailbox_policies(config, boxes)
    except ConfigError as error:
        raise ConfigError(*problems, *error.problems) from None
    if problems:
        raise ConfigError(*problems)
    return boxes, policies


def policies_in_use(policies: PolicySet, boxes: Mapping[str, MailboxConfig]) -> str:
    """Logs the newest version of each mailbox's policy; gives them as `id version`, comma between.

    With an @ between they would leave the log as addresses do: not at all.
    """
    newest = {box.policy: policies.versions(box.policy)[-1] for box in boxes.values()}.values()
    for policy in newest:
        emit(
            Event.POLICY_LOADED,
            policy=policy.id,
            version=policy.version,
            sha256=policy.digest,
            clauses=len(policy.table),
        )
    return ", ".join(f"{policy.id} {policy.version}" for policy in newest)
