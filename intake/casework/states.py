"""Where a case stands, and who may move it from where to where, as data: one row an action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from intake.errors import Exit, IntakeError, Problem
from intake.people import Actor, Role


class State(StrEnum):
    """Where a case stands."""

    NEEDS_INFORMATION = "needs_information"
    READY = "ready"
    IN_REVIEW = "in_review"
    AWAITING_SECOND = "awaiting_second"
    DECIDED = "decided"
    CLOSED = "closed"
    ERASED = "erased"


OPEN: Final = (State.NEEDS_INFORMATION, State.READY, State.IN_REVIEW, State.AWAITING_SECOND)


class Action(StrEnum):
    """What can be done to a case; also the word in its audit."""

    JOIN = "message.joined"  # a mail came: by itself it decides nothing
    EVALUATE = "case.evaluated"  # a fact changed, the rules spoke again
    CLAIM = "case.claimed"
    RELEASE = "case.released"
    ASK = "case.asked"  # the request for what is missing has been sent
    EXPIRE = "case.expired"  # the customer stayed silent
    DECIDE = "case.decided"
    PROPOSE = "case.proposed"  # decided, but a second person has to confirm
    CONFIRM = "case.second_approved"
    SEND_BACK = "case.sent_back"
    UNDO = "case.undone"
    RETURN = "case.returned"  # undone after closing
    RECALL = "case.recalled"  # a decision that is not paid yet is opened again
    REOPEN = "case.reopened"
    PAY = "case.paid"
    SETTLE = "case.settled"  # a denial stands: the time of undoing is over
    CLOSE = "case.closed"


WAITING: Final = frozenset({State.NEEDS_INFORMATION, State.READY})
"""While nobody works on it, a case stands where its outcome says."""
_ALIVE: Final = frozenset(State) - {State.ERASED}
_STAFF: Final = frozenset({Role.AGENT, Role.LEAD})
_LEAD: Final = frozenset({Role.LEAD})
_SYSTEM: Final = frozenset({Role.SYSTEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table.

    Attributes:
        source: the states in which it is possible.
        target: the state after it; None: as `evaluated` says, or unchanged.
        who: the roles that may.
        owned: of people, only the one who holds the case.
        resolutions: how a case can be closed by it.
    """

    source: frozenset[State]
    target: State | None
    who: frozenset[Role]
    owned: bool = False
    resolutions: tuple[str, ...] = ()


TRANSITIONS: Final[dict[Action, Transition]] = {
    Action.JOIN: Transition(source=_ALIVE, target=None, who=_SYSTEM),
    Action.EVALUATE: Transition(source=_ALIVE - {State.CLOSED}, target=None, who=_STAFF | _SYSTEM),
    Action.CLAIM: Transition(source=frozenset({State.READY}), target=State.IN_REVIEW, who=_STAFF),
    Action.RELEASE: Transition(
        source=frozenset({State.IN_REVIEW}), target=State.READY, who=_STAFF | _SYSTEM, owned=True
    ),
    Action.ASK: Transition(
        source=frozenset({State.IN_REVIEW}), target=State.NEEDS_INFORMATION, who=_STAFF, owned=True
    ),
    Action.EXPIRE: Transition(
        source=frozenset({State.NEEDS_INFORMATION}),
        target=State.CLOSED,
        who=_SYSTEM,
        resolutions=("no_reply",),
    ),
    Action.DECIDE: Transition(
        source=frozenset({State.IN_REVIEW}), target=State.DECIDED, who=_STAFF, owned=True
    ),
    Action.PROPOSE: Transition(
        source=frozenset({State.IN_REVIEW}), target=State.AWAITING_SECOND, who=_STAFF, owned=True
    ),
    Action.CONFIRM: Transition(source=frozenset({State.AWAITING_SECOND}), target=State.DECIDED, who=_STAFF),
    Action.SEND_BACK: Transition(
        source=frozenset({State.AWAITING_SECOND}), target=State.IN_REVIEW, who=_STAFF
    ),
    Action.UNDO: Transition(
        source=frozenset({State.DECIDED, State.AWAITING_SECOND}), target=State.IN_REVIEW, who=_STAFF
    ),
    Action.RETURN: Transition(source=frozenset({State.CLOSED}), target=State.READY, who=_STAFF),
    Action.RECALL: Transition(source=frozenset({State.DECIDED}), target=State.IN_REVIEW, who=_LEAD),
    Action.REOPEN: Transition(source=frozenset({State.CLOSED}), target=State.READY, who=_LEAD | _SYSTEM),
    Action.PAY: Transition(
        source=frozenset({State.DECIDED}),
        target=State.CLOSED,
        who=_STAFF | _SYSTEM,
        resolutions=("refunded",),
    ),
    Action.SETTLE: Transition(
        source=frozenset({State.DECIDED}), target=State.CLOSED, who=_SYSTEM, resolutions=("denied",)
    ),
    Action.CLOSE: Transition(
        source=_ALIVE - {State.DECIDED, State.CLOSED},
        target=State.CLOSED,
        who=_STAFF,
        resolutions=("duplicate", "not_a_request", "withdrawn"),
    ),
}
"""Every action. What the table cannot say (four eyes, 60 s of undoing) stands in `verdicts`."""


class WrongStateError(IntakeError):
    """The case stands where this cannot be done (1)."""

    exit = Exit.PROBLEM


class ForbiddenError(IntakeError):
    """This person may not do it (77)."""

    exit = Exit.NO_PERMISSION


class HeldError(IntakeError):
    """Somebody else holds the case (75)."""

    exit = Exit.TRY_AGAIN


def allowed(action: Action, *, case: str, state: State, actor: Actor, owner: str | None) -> Transition:
    """The row of the table by which `actor` may do this to a case now.

    Args:
        action: what is to be done.
        case: its label, for the errors.
        state: where the case stands.
        actor: who does it.
        owner: who holds the case, None: nobody.

    Raises:
        ForbiddenError: nobody of this role may.
        WrongStateError: not in this state.
        HeldError: somebody else holds the case.
    """
    row = TRANSITIONS[action]
    if actor.role not in row.who:
        who = " or ".join(sorted(role.value for role in row.who))
        raise ForbiddenError(
            Problem(where=case, what=f"{_verb(action)} is for {who}, not {actor.role.value}")
        )
    if state not in row.source:
        raise WrongStateError(_refusal(action, state, case))
    if row.owned and actor.role is not Role.SYSTEM and owner != actor.name:
        remedy = (
            f"claim it first: intake queue claim {case}" if owner is None else "wait, or ask for its release"
        )
        raise HeldError(Problem(where=case, what=f"is held by {owner or 'nobody'}", remedy=remedy))
    return row


def evaluated(state: State, *, before: str, after: str) -> State:
    """Where a case stands once the rules spoke again: it follows its outcome only while nobody works on it.

    A case that was put before people although it waits for the customer (a stranger wrote) stays with them
    until the outcome itself changes sides.

    Args:
        state: where it stood.
        before: the outcome before.
        after: the outcome now.
    """
    if state not in WAITING or state_of(before) is state_of(after):
        return state
    return state_of(after)


def state_of(outcome: str) -> State:
    """Where a new case stands: at whoever has to act next, the customer or an agent."""
    return State.NEEDS_INFORMATION if outcome in {"needs_information", "hold_identity"} else State.READY


_NOT_YET: Final = frozenset({State.NEEDS_INFORMATION, State.READY, State.IN_REVIEW})
_TAKES_BACK: Final = frozenset({Action.UNDO, Action.RETURN, Action.RECALL, Action.REOPEN})
_AFTER_A_DECISION: Final = frozenset({Action.PAY, Action.CONFIRM, Action.SEND_BACK})
_REMEDY: Final = {
    State.NEEDS_INFORMATION: "it waits for the customer; note what he told: intake queue set {case} FIELD VALUE",
    State.READY: "claim it first: intake queue claim {case}",
    State.DECIDED: (
        "take the decision back: intake queue undo {case}; later a lead can: intake queue reopen {case} --reason TEXT"
    ),
    State.CLOSED: "a lead can open it again: intake queue reopen {case} --reason TEXT",
    State.AWAITING_SECOND: (
        "a second person confirms it or sends it back: intake queue confirm {case}; whoever decided it can take it "
        "back: intake queue undo {case}"
    ),
}


def _refusal(action: Action, state: State, case: str) -> Problem:
    """Why not, and what can be done instead."""
    where = " or ".join(sorted(found.value for found in TRANSITIONS[action].source))
    what = f"cannot be {_verb(action)}: it is {state.value}, not {where}"
    if action in _TAKES_BACK and state in _NOT_YET:
        return Problem(where=case, what=f"{what}: nothing is decided")
    if action in _AFTER_A_DECISION and state in _NOT_YET:
        return Problem(where=case, what=what, remedy=f"decide it first: intake queue decide {case}")
    return Problem(where=case, what=what, remedy=_REMEDY.get(state, "").format(case=case))


def _verb(action: Action) -> str:
    return action.value.partition(".")[2].replace("_", " ").replace("second approved", "confirmed")
