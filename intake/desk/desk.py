"""What people do with cases: each verb one transaction, by the States table, written into the history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from intake.case_label import label
from intake.casework.facts import FactSource, Stated, plain
from intake.casework.states import Action, HeldError, State, WrongStateError, allowed
from intake.casework.words import MIN_REASON
from intake.desk.typed import fact_key, values_of
from intake.errors import BadDataError, ConfigError, Problem
from intake.log import Event, emit
from intake.people import SYSTEM, Actor
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive
from intake.store import lookups, next_case, verdicts
from intake.store.changes import CaseChange
from intake.store.changes_since import ConflictError
from intake.store.decisions import decision_of, newest_decision
from intake.store.engine import moment
from intake.store.store import Store
from rules.facts import FactErrors
from rules.load import UnknownPolicyError

if TYPE_CHECKING:
    from intake.casework.judge import Judge
    from intake.config.review import ReviewConfig

_NAMES_PAYMENT: Final = frozenset({"claim.order_number", "claim.account_email", "claim.payment_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where agents and leads work on cases. Every verb gives the case's new version.

    Every verb raises `NoInputError` where there is no such case, `ConflictError` where it is at another version
    than `expected`, `ForbiddenError`, `WrongStateError` or `HeldError` where the States table says no.
    """

    store: Store
    judge: Judge
    review: ReviewConfig
    redactor: Redactor

    def claim(self, case: str, actor: Actor) -> int:
        """Takes a case for review, for `hold_minutes` from now on; claimed again, from now on again."""
        with self.change(case, actor) as change:
            self._claim(change, actor)
        return change.version

    def next(self, actor: Actor) -> str:
        """Hands out the most urgent case that waits, claimed; a lead gets those of suspicious senders too.

        Raises:
            EmptyQueueError: none waits.
        """
        with self.change(next_case.most_urgent(actor), actor) as change:
            self._claim(change, actor)
        return change.label

    def release(self, case: str, actor: Actor) -> int:
        """Gives a case back."""
        with self.change(case, actor) as change:
            change.act(Action.RELEASE, actor)
        return change.version

    def set(self, case: str, name: str, text: str, actor: Actor, *, expected: int | None = None) -> int:
        """A field or fact as a person knows it; what the machine or the records say is kept beside it.

        Args:
            case: its label.
            name: a field (`amount`), a fact (`order.paid_on`, `verified.identity`), or `usage`.
            text: the value as typed.
            actor: who.
            expected: the version that they have seen.

        Raises:
            BadDataError: no such fact, or no value for it; or it contradicts what else is known.
        """
        values = values_of(name, text, self.redactor)
        with self.change(case, actor, expected) as change:
            self._may_edit(change, actor)
            said = [
                Stated(key=key, value=value, source=FactSource.PERSON, actor=actor.label, at=change.at)
                for key, value in values.items()
            ]
            self._state(change, said, actor, values)
        return change.version

    def revert(self, case: str, name: str, actor: Actor, *, expected: int | None = None) -> int:
        """Takes back what people set: the machine's or the records' value holds again."""
        key = fact_key(name)
        keys = {key, key.replace(".amount", ".currency")}
        with self.change(case, actor, expected) as change:
            self._may_edit(change, actor)
            self._state(change, [], actor, keys)
        return change.version

    def _state(self, change: CaseChange, said: Sequence[Stated], actor: Actor, keys: Collection[str]) -> None:
        """Puts a person's word in; what the records said of the payment that was named before holds no more."""
        before = _payment_named(change)
        change.state_facts(FactSource.PERSON, said, actor=actor, keys=keys)
        another = _payment_named(change) != before
        if another and change.state_facts(FactSource.RECORDS, [], actor=actor):
            lookups.ask_again(change.connection, change.row["id"])
        self.decide_again(change, actor)

    def asked(self, case: str, actor: Actor, *, expected: int | None = None) -> int:
        """The request for what is missing was sent: the case waits for the customer."""
        with self.change(case, actor, expected) as change:
            change.act(Action.ASK, actor)
        return change.version

    def close(
        self, case: str, actor: Actor, *, resolution: str, reason: str, expected: int | None = None
    ) -> int:
        """Closes a case that is no case: duplicate, not_a_request or withdrawn."""
        words = self.reason(case, reason)
        with self.change(case, actor, expected) as change:
            if change.state is State.IN_REVIEW and change.row["owner"] != actor.name:
                raise HeldError(Problem(where=case, what=f"is held by {change.row['owner']}"))
            waits = change.state is State.AWAITING_SECOND
            change.act(Action.CLOSE, actor, told={"reason": words}, resolution=resolution)
            if waits and (verdict := verdicts.latest(change.connection, change.row["id"])):
                verdicts.settle(change.connection, verdict, standing="undone")  # nobody will confirm it
            change.log(Event.CASE_CLOSED, resolution=resolution, actor=actor.label)
        return change.version

    def reprocess(self, case: str, *, dry_run: bool = False) -> Reprocessed | None:
        """Decides a case again by the policies of today; None: nothing changes. `dry_run` only looks."""
        with self.store.change(case) as change:
            newest = newest_decision(change.connection, change.row["id"])
            old = decision_of(newest)
            if dry_run:
                with _told(change.label):
                    doubt = change.doubt(newest)
                    new = self.judge.judge(change.row["policy"], change.stated, doubt=doubt).decision
            else:
                self.decide_again(change, SYSTEM)
                new = decision_of(newest_decision(change.connection, change.row["id"]))
        found = Reprocessed(
            case=change.label,
            before=old.outcome,
            after=new.outcome,
            amount_before=old.refund.amount,
            amount_after=new.refund.amount,
            policy_version=new.policy_version,
        )
        same = (found.before, found.amount_before) == (found.after, found.amount_after)
        return None if same else found

    def sweep(self) -> int:
        """What time alone does: reviews that ran out, denials that stand. Gives how many cases moved."""
        moved = 0
        for name, action in self._due():
            with self.store.change(name) as change:
                if action is Action.RELEASE and not _lapsed(change):
                    continue
                if action is Action.SETTLE and change.state is not State.DECIDED:
                    continue
                if action is Action.SETTLE:
                    change.act(action, SYSTEM, resolution="denied")
                    change.log(Event.CASE_CLOSED, resolution="denied", actor=SYSTEM.label)
                else:
                    change.act(action, SYSTEM)
                moved += 1
        return moved

    def _due(self) -> list[tuple[str, Action]]:
        with self.store.reading() as connection:
            now = moment(connection)
            lapsed = verdicts.lapsed(connection, round(now.timestamp() * 1000))
            denied = verdicts.standing_denials(connection, now - timedelta(seconds=self.review.undo_s))
        return [(label(ident), Action.RELEASE) for ident in lapsed] + [
            (label(ident), Action.SETTLE) for ident in denied
        ]

    @contextmanager
    def change(
        self, case: str | next_case.Pick, actor: Actor, expected: int | None = None
    ) -> Iterator[CaseChange]:
        """A change by a person: a review that ran out is over first, working on one's own case prolongs it."""
        try:
            with self.store.change(case, expected=expected) as change:
                if _lapsed(change) and change.row["owner"] != actor.name:
                    change.act(Action.RELEASE, SYSTEM)
                yield change
                if change.state is State.IN_REVIEW and change.row["owner"] == actor.name:
                    change.row["held_until"] = self.held_until(change)
        except ConflictError as error:
            emit(
                Event.CASE_CONFLICT,
                case_id=error.label,
                expected=error.expected,
                actual=error.actual,
                actor=actor.label,
            )
            raise

    def decide_again(self, change: CaseChange, actor: Actor) -> None:
        """Lets the rules speak.

        Raises:
            BadDataError: what was stated cannot be true together.
            ConfigError: the case's policy is gone.
        """
        with _told(change.label):
            change.decide_again(self.judge, actor=actor)

    def reason(self, case: str, text: str) -> Redacted:
        """A reason as it may be stored.

        Raises:
            BadDataError: it says too little.
        """
        if len(text.strip()) < MIN_REASON:
            raise BadDataError(Problem(where=case, what=f"the reason needs {MIN_REASON} characters"))
        return self.redactor.redact(Sensitive(text.strip())).text

    def held_until(self, change: CaseChange) -> int:
        """When a review that is worked on now lapses: milliseconds since 1970, database's clock."""
        return change.now_ms + self.review.hold_minutes * 60_000

    def claim_for(self, change: CaseChange, actor: Actor) -> None:
        """Claims a case that waits, on the way to deciding it."""
        if change.state is State.READY:
            self._claim(change, actor)

    def _claim(self, change: CaseChange, actor: Actor) -> None:
        if change.state is State.IN_REVIEW:
            if change.row["owner"] == actor.name:
                change.note("case.held", actor, None, None)
                return
            who = change.row["owner"]
            raise HeldError(
                Problem(
                    where=change.label, what=f"is held by {who}", remedy="take another: intake queue next"
                )
            )
        change.act(Action.CLAIM, actor, owner=actor.name, held_until=self.held_until(change))

    def _may_edit(self, change: CaseChange, actor: Actor) -> None:
        allowed(
            Action.EVALUATE, case=change.label, state=change.state, actor=actor, owner=change.row["owner"]
        )
        if change.row["owner"] not in {None, actor.name}:
            raise HeldError(Problem(where=change.label, what=f"is held by {change.row['owner']}"))
        if change.state in {State.AWAITING_SECOND, State.DECIDED}:
            remedy = "send it back, undo or reopen it first"
            raise WrongStateError(Problem(where=change.label, what=f"is {change.state.value}", remedy=remedy))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessed:
    """What deciding again changes."""

    case: str
    before: str
    after: str
    amount_before: str | None
    amount_after: str | None
    policy_version: str


def _payment_named(change: CaseChange) -> dict[str, object]:
    """What says which payment a case is about, as it holds now."""
    return {key: plain(one.value) for key, one in change.known.items() if key in _NAMES_PAYMENT}


@contextmanager
def _told(case: str) -> Iterator[None]:
    """The rules' own errors, for people."""
    try:
        yield
    except UnknownPolicyError as error:
        raise ConfigError(Problem(where=case, what=str(error), remedy="see policy_dir")) from None
    except FactErrors as error:
        raise BadDataError(
            *(Problem(where=key or "facts", what=what) for key, what in error.problems)
        ) from None


def _lapsed(change: CaseChange) -> bool:
    until = change.row["held_until"]
    return change.state is State.IN_REVIEW and until is not None and until < change.now_ms
