"""What time alone brings about: reviews that ran out, reminders, silence, and telling others by webhook."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from intake.case_label import label
from intake.casework.clocks import reminds, silent, today
from intake.casework.states import Action, State
from intake.clock import Clock, Ticks, monotonic, utc_now
from intake.config.letters import WebhookConfig
from intake.config.model import Config
from intake.desk.desk import Desk
from intake.errors import IntakeError
from intake.log import Event, emit, failure_place
from intake.people import SYSTEM
from intake.store import clocks
from intake.store.clocks import Waiting
from intake.store.sessions import end_frozen
from intake.store.store import Store
from rules.load import PolicySet, UnknownPolicyError
from rules.types import Policy

if TYPE_CHECKING:
    from intake.notify.webhook import Deliverer

CLOCKS_S = 3600.0  # between two looks at the clocks


@dataclass(slots=True, kw_only=True)
class Errands:
    """One run after another, never two at once."""

    config: Config
    store: Store
    policies: PolicySet
    desk: Desk
    deliverers: tuple[Deliverer, ...]  # one for each who is to be told
    now: Clock = utc_now
    ticks: Ticks = monotonic
    _looked: float | None = field(default=None, init=False)  # at the clocks, by `ticks`

    def run(self) -> None:
        """Frees, sweeps, looks at the clocks once an hour, delivers what is due. Our own errors are logged, none raised."""
        delivering = (one.run for one in self.deliverers)
        for errand in (self._free, self.desk.sweep, self._hourly, *delivering):
            try:
                errand()
            except IntakeError as error:  # a webhook whose secret is gone keeps nothing else from being done
                code, place = failure_place(error)
                emit(Event.ERRANDS_FAILED, error_code=code, place=place)

    def _free(self) -> None:
        """What a host that fell asleep in the midst of a transaction keeps locked."""
        with self.store.reading() as connection:
            count = end_frozen(connection)
        if count:
            emit(Event.DB_SESSIONS_ENDED, count=count)

    def _hourly(self) -> None:
        if self._looked is None or self.ticks() - self._looked >= CLOCKS_S:
            self._looked = self.ticks()
            self.clocks()

    def clocks(self) -> int:
        """Reminds of days that come near, closes what nobody answers; gives how many cases were closed."""
        self._remind()
        return sum(self._closed(found) for found in self._silent())

    def _remind(self) -> None:
        days, now = self.config.clocks.remind_days, self.now()
        with self.store.reading() as connection:
            found = clocks.unreminded(connection, (now + timedelta(days=days + 1)).date()) if days else []
        for one in found:
            policy = self._policy(one.policy)
            if policy is None or not reminds(one.due, day := today(policy, now), days):
                continue
            with self.store.writing() as connection:
                if one in clocks.unreminded(connection, one.due):  # another daemon may have been first
                    clocks.remember(connection, one, now)
            left = (one.due - day).days
            emit(
                Event.CASE_DUE_SOON,
                case_id=label(one.case_id),
                due=one.due.isoformat(),
                days=left,
                tz=policy.timezone,
            )

    def _silent(self) -> Iterator[Waiting]:
        with self.store.reading() as connection:
            found = clocks.waiting(connection)
        for one in found:
            policy = self._policy(one.policy)
            if policy is None:
                continue
            since = today(policy, max(one.asked_at, one.heard_at))
            if silent(since, today(policy, self.now()), self.config.clocks.silence_days):
                yield one

    def _closed(self, found: Waiting) -> bool:
        with self.store.change(found.case) as change:
            if change.state is not State.NEEDS_INFORMATION or change.row["version"] != found.version:
                return False  # somebody wrote or worked on it meanwhile
            change.act(Action.EXPIRE, SYSTEM, resolution="no_reply")
            change.log(Event.CASE_CLOSED, resolution="no_reply", actor=SYSTEM.label)
        return True

    def _policy(self, name: str) -> Policy | None:
        """The newest version; None: the policy is gone, so nothing is known of its days."""
        try:
            return self.policies.versions(name)[-1]
        except UnknownPolicyError:
            return None


@contextmanager
def errands(config: Config, store: Store, desk: Desk, stop: threading.Event) -> Iterator[Errands]:
    """Errands by the config, with connections for webhooks that are closed at the end.

    Raises:
        ConfigError: the certificate file of a webhook is none.
    """
    with ExitStack() as stack:
        deliverers = tuple(_deliverer(hook, store, stop, stack) for hook in config.every_webhook)
        yield Errands(
            config=config, store=store, policies=desk.judge.policies, desk=desk, deliverers=deliverers
        )


def _deliverer(hook: WebhookConfig, store: Store, stop: threading.Event, stack: ExitStack) -> Deliverer:
    from intake.notify.webhook import Deliverer, http_sender  # and so httpx: who tells nobody does without

    send, close = http_sender(hook)
    stack.callback(close)
    return Deliverer(config=hook, store=store, send=send, stop=stop)
