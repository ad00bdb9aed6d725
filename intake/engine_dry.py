"""What `--dry-run` works with: connections that only read, worker processes, and no way to store anything."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from intake.assembly import mailbox_policies
from intake.config_model import Config
from intake.engine import check_mailboxes
from intake.keys import Keys
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import PasswordProvider, login_secret
from intake.poll_dry import DryPoller, Places
from intake.poll_values import Observer
from intake.store.store import Store
from intake.store.values import Progress
from intake.worker import Workers
from intake.worker_tasks import mailbox_workers


@dataclass(frozen=True, slots=True, kw_only=True)
class DryEngine:
    """Everything open that reading needs."""

    config: Config
    pollers: tuple[DryPoller, ...]
    workers: Workers
    secrets: Mapping[str, PasswordProvider]
    policies: str


@contextmanager
def open_dry(
    config: Config, *, stop: threading.Event, observer: Observer | None = None, only: str | None = None
) -> Iterator[DryEngine]:
    """As `open_engine`, without a trace: no directory, key or database is made; those that are there are read.

    Raises:
        ConfigError: with every problem at once.
        UnavailableError: the database cannot be reached.
    """
    boxes = {name: box for name, box in config.mailbox.items() if only in {None, name}}
    check_mailboxes(config, boxes.keys(), only)
    versions = {box.policy: mailbox_policies(config, box).versions(box.policy)[-1] for box in boxes.values()}
    with ExitStack() as stack:
        places = _places(config, stack)
        workers = stack.enter_context(mailbox_workers(config))
        secrets = {name: login_secret(name, box) for name, box in boxes.items()}
        pollers = tuple(
            DryPoller(
                name=name,
                box=box,
                source=stack.enter_context(ImapSource(name, box, secrets[name], readonly=True)),
                processor=workers,
                places=places,
                stop=stop,
                observer=observer,
            )
            for name, box in boxes.items()
        )
        policies = ",".join(f"{policy.id}@{policy.version}" for policy in versions.values())
        yield DryEngine(config=config, pollers=pollers, workers=workers, secrets=secrets, policies=policies)


def _places(config: Config, stack: ExitStack) -> Places:
    """The store where there is one; an embedded database that was never made holds nothing."""
    if config.database_url is None and not (config.state_dir / "intake.db").exists():
        return _Nothing()
    return stack.enter_context(Store.open(config.database, Keys.load(config.secret_key), create=False))


class _Nothing:
    """An installation that has not stored anything yet."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:  # noqa: ARG002 - the store's signature
        """None of them."""
        return set()

    def progress(self, mailbox: str, folder: str) -> Progress | None:  # noqa: ARG002 - the store's signature
        """Nowhere."""
        return None
