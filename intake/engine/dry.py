"""What `--dry-run` works with: connections that only read, worker processes, and no way to store anything."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from intake.config.model import Config
from intake.engine.engine import policies_in_use, ready_mailboxes
from intake.keys import Keys
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import PasswordProvider, login_secret
from intake.poll.dry import DryPoller, Places
from intake.poll.values import Observer
from intake.poll.work import Workshop
from intake.store.store import Store
from intake.store.values import Progress
from intake.worker.pool import Workers
from intake.worker.tasks import mailbox_workers


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
    boxes, policies = ready_mailboxes(config, only)
    with ExitStack() as stack:
        places = _places(config, stack)
        workers = stack.enter_context(mailbox_workers(config))
        workshop = Workshop(processor=workers, fingerprint=_unwanted, stop=stop)
        secrets = {name: login_secret(name, box) for name, box in boxes.items()}
        pollers = tuple(
            DryPoller(
                name=name,
                box=box,
                source=stack.enter_context(ImapSource(name, box, secrets[name], readonly=True)),
                places=places,
                workshop=workshop,
                observer=observer,
            )
            for name, box in boxes.items()
        )
        yield DryEngine(
            config=config,
            pollers=pollers,
            workers=workers,
            secrets=secrets,
            policies=policies_in_use(policies, boxes),
        )


def _unwanted(_data: bytes) -> str:
    """Nothing is kept that a fingerprint could be of."""
    return ""


def _places(config: Config, stack: ExitStack) -> Places:
    """The store where there is one; an embedded database that was never made holds nothing."""
    if config.database_url is None and not (config.state_dir / "intake.db").exists():
        return _Nothing()
    return stack.enter_context(Store.open(config.database, Keys.load(config.secret_key), create=False))


class _Nothing:
    """An installation that has not stored anything yet."""

    def known_uids(self, _mailbox: str, _folder: str, _uidvalidity: int, _uids: Iterable[int]) -> set[int]:
        """None of them."""
        return set()

    def progress(self, _mailbox: str, _folder: str) -> Progress | None:
        """Nowhere."""
        return None
