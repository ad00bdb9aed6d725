"""Deciding: the verdict, the second person, taking back, paying. Part of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from intake.casework.states import WAITING, Action, ForbiddenError, State, WrongStateError, allowed
from intake.casework.verdicts import Matter, Ruling, Wish, rule_on
from intake.casework.words import Standing, Word
from intake.desk.desk import Desk
from intake.errors import BadDataError, Problem
from intake.keys import Keys
from intake.log import Event
from intake.people import Actor, Role
from intake.redaction.text import Redacted, Sensitive
from intake.store import people, verdicts
from intake.store.changes import CaseChange
from intake.store.changes_since import ConflictError, changed_since
from intake.store.decisions import decision_of, newest_decision
from intake.store.documents import Phrase
from intake.store.verdicts import Prints, StoredVerdict

_WEIGHED: Final = frozenset({"mail", "outcome", "usage", "identity"})
"""What a decision rests on, beside the facts: a new owner, a due day are no reason to look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of deciding."""

    case: str
    version: int
    state: State
    ruling: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What agents and leads decide. Errors as those of the desk, and those named."""

    desk: Desk
    keys: Keys

    def decide(self, case: str, wish: Wish, actor: Actor, *, expected: int | None = None) -> Decided:
        """A verdict: final, or waiting for a second person. A case that waits is claimed on the way.

        Nobody is told before the time of undoing is over.

        Raises:
            BadDataError: a sum that cannot be, or a reason that says too little.
            ConflictError: mail or records changed the case while the person reviewed it, and `expected` does not
                say that it was seen.
        """
        reason = self.desk.reason(case, wish.reason) if wish.reason.strip() else None
        with self.desk.change(case, actor, expected) as change:
            verdicts.one_at_a_time(change.connection)
            if expected is None:
                self._seen(change, actor)
            self.desk.claim_for(change, actor)
            if change.state not in WAITING:  # there what is open is told before
                held = change.row["owner"]
                allowed(Action.DECIDE, case=change.label, state=change.state, actor=actor, owner=held)
            prints = self._prints(change)
            ruling = rule_on(wish, self._matter(change, prints, wish), actor)
            action = Action.PROPOSE if ruling.needs_second else Action.DECIDE
            told = {
                "verdict": ruling.word,
                "amount": ruling.amount,
                "currency": ruling.currency,
                "code": ruling.code,
                "reason": reason,
                "overridden": [Phrase(id_) for id_ in ruling.overridden],
            }
            change.act(action, actor, told=told)
            verdicts.add(
                change.connection,
                case_id=change.row["id"],
                version=change.version,
                ruling=ruling,
                reason=reason,
                prints=prints,
                decider=actor.name,
                at=change.at,
            )
            self._log(change, ruling, actor)
            if action is Action.DECIDE:
                self._tell(change, ruling.word, ruling.amount, ruling.currency)
        return Decided(case=change.label, version=change.version, state=change.state, ruling=ruling)

    def confirm(self, case: str, actor: Actor, *, expected: int | None = None) -> int:
        """The second person agrees. That it is another one, the database itself sees to.

        Raises:
            ForbiddenError: it is the first person, or only a lead may.
            WrongStateError: the facts are others since, and `expected` does not say that they were seen.
        """
        with self.desk.change(case, actor, expected) as change:
            verdict = self._verdict(change)
            newest = newest_decision(change.connection, change.row["id"])
            if expected is None and newest.version > verdict.version:
                remedy = f"look at it, then: --if-version {change.row['version']}; or send it back"
                raise WrongStateError(
                    Problem(where=change.label, what="the rules decided again since", remedy=remedy)
                )
            change.act(Action.CONFIRM, actor, told={"verdict": verdict.word})
            self._second(change, verdict, actor)
            if not verdicts.confirm(change.connection, verdict, second=actor.name, at=change.at):
                raise WrongStateError(Problem(where=change.label, what="its verdict does not wait any more"))
            change.log(Event.CASE_SECOND_APPROVED, actor=actor.label, role=actor.role.value)
            amount = None if verdict.amount is None else Decimal(verdict.amount)
            self._tell(change, verdict.word, amount, verdict.currency)
        return change.version

    def send_back(self, case: str, actor: Actor, *, comment: str, expected: int | None = None) -> int:
        """The second person does not agree, and says why: the first one has the case again.

        Raises:
            ForbiddenError: it is the first person.
            BadDataError: the comment says too little.
        """
        words = self.desk.reason(case, comment)
        with self.desk.change(case, actor, expected) as change:
            verdict = self._verdict(change)
            first = Actor(name=verdict.decider, role=Role.AGENT)
            change.act(Action.SEND_BACK, actor, told={"comment": words}, **self._held(change, first))
            if verdict.decider == actor.name:
                raise ForbiddenError(Problem(where=change.label, what="another person sends it back"))
            verdicts.settle(change.connection, verdict, standing="sent_back", comment=words)
        return change.version

    def undo(self, case: str, actor: Actor) -> int:
        """Takes one's own decision, proposal or closing back, while nobody was told of it.

        Raises:
            ForbiddenError: somebody else's.
            WrongStateError: the time of undoing is over.
        """
        with self.desk.change(case, actor) as change:
            since = change.row["state_since"]
            over = since is None or change.at - since >= timedelta(seconds=self.desk.review.undo_s)
            if over and change.state in {State.DECIDED, State.CLOSED}:
                remedy = f"a lead can open it again: intake queue reopen {change.label} --reason TEXT"
                what = f"the {self.desk.review.undo_s} s of undoing are over"
                raise WrongStateError(Problem(where=change.label, what=what, remedy=remedy))
            if change.state is State.CLOSED:
                if change.row["resolution"] in {"refunded", "denied", "no_reply"}:
                    raise WrongStateError(Problem(where=change.label, what=f"is {change.row['resolution']}"))
                if verdicts.last_actor(change.connection, change.row["id"], Action.CLOSE) != actor.label:
                    raise ForbiddenError(Problem(where=change.label, what="was closed by somebody else"))
                change.act(Action.RETURN, actor)
                left = verdicts.latest(change.connection, change.row["id"])
                if left is not None and left.standing == "awaiting":  # of a closing before 0.8.1
                    verdicts.settle(change.connection, left, standing="undone")
            else:
                change.act(Action.UNDO, actor, **self._held(change, actor))
                verdict = self._verdict(change)
                if actor.name not in {verdict.decider, verdict.second}:
                    raise ForbiddenError(
                        Problem(where=change.label, what=f"was decided by {verdict.decider}")
                    )
                self._take_back(change, verdict, "undone")
            change.log(Event.CASE_UNDONE, actor=actor.label)
        return change.version

    def reopen(self, case: str, actor: Actor, *, reason: str, expected: int | None = None) -> int:
        """Opens a decided or closed case again; what was paid stays paid and counts.

        Raises:
            BadDataError: the reason says too little.
        """
        words = self.desk.reason(case, reason)
        with self.desk.change(case, actor, expected) as change:
            verdict = verdicts.latest(change.connection, change.row["id"])
            paid = change.row["resolution"] == "refunded"
            if change.state is State.DECIDED:
                change.act(Action.RECALL, actor, told={"reason": words}, **self._held(change, actor))
            else:
                change.act(Action.REOPEN, actor, told={"reason": words})
                self.desk.decide_again(change, actor)
            if verdict is not None and not paid and verdict.standing in {"final", "awaiting"}:
                unheard = self._take_back(change, verdict, "reopened")
                if not unheard and change.state is State.IN_REVIEW:
                    change.notify("case.ready")  # whoever was told of the decision must not go by it
        return change.version

    def paid(self, case: str, actor: Actor, *, reference: str, expected: int | None = None) -> int:
        """The money went back: closes the case. Only an approved one can be paid.

        Raises:
            WrongStateError: the verdict is no approval.
            BadDataError: no reference, or one that may not be stored.
        """
        made = self.desk.redactor.redact(Sensitive(reference.strip())).text
        if not made or made.text != reference.strip():
            raise BadDataError(Problem(where="--reference", what="is empty, or holds what may not be stored"))
        with self.desk.change(case, actor, expected) as change:
            change.act(Action.PAY, actor, told={"reference": made}, resolution="refunded")
            verdict = self._verdict(change)
            if verdict.word != "approve":
                raise WrongStateError(Problem(where=change.label, what="was denied: there is nothing to pay"))
            verdicts.paid(change.connection, verdict, made)
            change.log(Event.CASE_CLOSED, resolution="refunded", actor=actor.label)
        return change.version

    def _seen(self, change: CaseChange, actor: Actor) -> None:
        """Nobody decides on what changed behind their back, between their own last action and now."""
        if change.state is not State.IN_REVIEW or change.row["owner"] != actor.name:
            return
        case_id, now = change.row["id"], change.row["version"]
        seen = verdicts.last_version(change.connection, case_id, actor.label)
        changed = changed_since(change.connection, case_id, seen)
        if changes := tuple(one for one in changed if "." in one.name or one.name in _WEIGHED):
            raise ConflictError(change.label, seen, now, changes)

    def _matter(self, change: CaseChange, prints: Prints, wish: Wish) -> Matter:
        newest = newest_decision(change.connection, change.row["id"])
        decision = decision_of(newest)
        known = {key: one.value for key, one in change.known.items()}
        paid = known.get("order.amount")
        currency = decision.refund.currency or wish.currency
        return Matter(
            case=change.label,
            decision=decision,
            identity=change.row["identity"],
            known=known,
            paid=paid if isinstance(paid, Decimal) else None,
            earlier_minor=verdicts.approved_before(change.connection, prints, currency),
            four_eyes=self.desk.review.four_eyes,
        )

    def _prints(self, change: CaseChange) -> Prints:
        """The order by its number, the payment by account, day and sum; both are the company's, so of a policy."""
        known = {key: one.value for key, one in change.known.items()}
        number, policy = change.row["order_number"], change.row["policy"]
        bare = "".join(c for c in number.text.casefold() if c.isalnum()) if number is not None else ""
        account = known.get("order.account_email", known.get("claim.account_email"))
        day = known.get("order.paid_on", known.get("claim.payment_date"))
        paid = known.get("order.amount")
        payment = None
        if isinstance(account, Redacted) and day is not None and isinstance(paid, Decimal):
            told = f"payment {policy} {account.text.casefold()} {day} {paid.normalize():f}"
            payment = self.keys.fingerprint(told.encode())
        order = self.keys.fingerprint(f"order {policy} {bare}".encode()) if bare else None
        return Prints(order=order, payment=payment)

    def _second(self, change: CaseChange, verdict: StoredVerdict, actor: Actor) -> None:
        if verdict.decider == actor.name:
            raise ForbiddenError(Problem(where=change.label, what="a second person confirms, not the first"))
        first = people.user(change.connection, verdict.decider)
        if first is None or first.disabled:  # whose login may be another user's by now: the same eyes
            what = f"{verdict.decider}, who decided it, is no user any more"
            raise WrongStateError(
                Problem(where=change.label, what=what, remedy="send it back: intake queue send-back")
            )
        if verdict.lead_only and actor.role is not Role.LEAD:
            raise ForbiddenError(
                Problem(where=change.label, what="the mailbox is said to be lost: a lead confirms")
            )

    def _verdict(self, change: CaseChange) -> StoredVerdict:
        found = verdicts.latest(change.connection, change.row["id"])
        if found is None:
            raise WrongStateError(Problem(where=change.label, what="nobody has decided it"))
        return found

    def _held(self, change: CaseChange, actor: Actor) -> dict[str, Any]:
        return {"owner": actor.name, "held_until": self.desk.held_until(change)}

    def _take_back(self, change: CaseChange, verdict: StoredVerdict, standing: Standing) -> bool:
        """Whether nobody was told of it."""
        verdicts.settle(change.connection, verdict, standing=standing)
        return verdicts.take_back_news(change.connection, change.row["id"], change.now_ms)

    def _tell(self, change: CaseChange, word: Word, amount: Decimal | None, currency: str | None) -> None:
        verdict = {"verdict": word, "amount": amount, "currency": currency}
        change.notify("case.decided", hold_s=self.desk.review.undo_s, more={"verdict": verdict})

    def _log(self, change: CaseChange, ruling: Ruling, actor: Actor) -> None:
        change.log(
            Event.CASE_DECIDED,
            outcome=ruling.word,
            amount_minor=ruling.amount_minor,
            currency=ruling.currency,
            reason_code=ruling.code,
            actor=actor.label,
        )
        if ruling.overridden:
            change.log(
                Event.CASE_OVERRIDDEN,
                outcome=ruling.word,
                clauses=",".join(ruling.overridden),
                reason_code=ruling.code,
                actor=actor.label,
            )
