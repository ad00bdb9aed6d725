"""What the mail server is told after the commit: retried until done, each step safe to repeat."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from intake.log import Event, emit
from intake.mail.source import MessageRefusedError, MisconfiguredError, Source
from intake.poll.hold import LEASE_S
from intake.poll.move_by_copy import move_by_copy
from intake.poll.replace import Replacer
from intake.store.store import Store
from intake.store.values import Lease, ServerAction, ServerActionKind

_AT_ONCE = 200
_RETRY_FIRST_S, _RETRY_MOST_S = 30, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Tells one mailbox's server what is due."""

    store: Store
    source: Source
    replacer: Replacer
    stop: threading.Event

    def work_off(self, lease: Lease) -> None:
        """Tells the server all that is due for the lease's mailbox; a refusal is put off, a broken line raises.

        Raises:
            SourceError: the connection; what was not told stays due.
            LeaseLostError: somebody else has the mailbox now, and tells the server himself.
        """
        while not self.stop.is_set() and (due := self.store.due_actions(lease.mailbox, _AT_ONCE)):
            for _, group in groupby(sorted(due, key=_sort), key=_together):
                self._work_off(lease, list(group))

    def _work_off(self, lease: Lease, actions: Sequence[ServerAction]) -> None:
        """One folder's actions of one kind."""
        if actions[0].kind is not ServerActionKind.MARK:  # a keyword set twice is set
            self.store.renew(
                lease, LEASE_S
            )  # fencing: whoever lost the lease must not move anything any more
        try:
            failed = self._tell(lease, actions)
        # of MisconfiguredError: the folder is gone; what else there is to tell does not wait
        except (MessageRefusedError, MisconfiguredError) as error:
            failed = dict.fromkeys((action.id for action in actions), error.code)
        done = [action.id for action in actions if action.id not in failed]
        self.store.actions_done(lease, done)
        if done:
            what = actions[0].kind.value
            emit(Event.OUTBOX_DONE, mailbox=lease.mailbox, action=what, count=len(done))
        for code in sorted(set(failed.values())):
            self._put_off(lease, [action for action in actions if failed.get(action.id) == code], code)

    def _tell(self, lease: Lease, actions: Sequence[ServerAction]) -> dict[int, str]:
        """Tells the server; gives, by the action's id, why some could not be done yet."""
        key, kind, target = actions[0].key, actions[0].kind, actions[0].target
        if self.source.open(key.folder).uidvalidity != key.uidvalidity:
            return {}  # these UIDs name other messages now, or none; the messages come in again and are told of anew
        uids = [action.key.uid for action in actions]
        if kind is ServerActionKind.REPLACE:
            return self.replacer.replace(lease, actions)
        if kind is ServerActionKind.MARK:
            self.source.mark(uids, target)  # where no keyword is kept there is nothing to do
        elif self.source.can_move:
            self.source.move(uids, target)
        else:
            move_by_copy(self.store, self.source, lease, actions)
        return {}

    def _put_off(self, lease: Lease, actions: Sequence[ServerAction], code: str) -> None:
        attempt = max(action.attempts for action in actions) + 1
        wait = min(_RETRY_MOST_S, _RETRY_FIRST_S * 2 ** min(attempt - 1, 10))
        for action in actions:
            self.store.action_failed(lease, action.id, code, wait)
        emit(
            Event.OUTBOX_FAILED,
            mailbox=lease.mailbox,
            action=actions[0].kind.value,
            error_code=code,
            attempt=attempt,
            retry_in_s=wait,
        )


def _together(action: ServerAction) -> tuple[str, int, str, str]:
    return action.key.folder, action.key.uidvalidity, action.kind.value, action.target


def _sort(action: ServerAction) -> tuple[tuple[str, int, str, str], int]:
    return _together(action), action.key.uid
