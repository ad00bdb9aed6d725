"""Who may do what, when: every row of the table and everything that is no row of it."""

from __future__ import annotations

import pytest

from intake.casework.states import (
    TRANSITIONS,
    Action,
    ForbiddenError,
    HeldError,
    State,
    WrongStateError,
    allowed,
    evaluated,
)
from intake.people import Actor, Role

ROLES = list(Role)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", State)
def test_what_the_table_does_not_allow_is_refused(action: Action, role: Role, state: State) -> None:
    row, actor = TRANSITIONS[action], Actor(name="ana", role=role)
    may, fits = role in row.who, state in row.source
    if may and fits:
        assert allowed(action, case="R-1001", state=state, actor=actor, owner="ana") is row
        return
    with pytest.raises(WrongStateError if may else ForbiddenError):
        allowed(action, case="R-1001", state=state, actor=actor, owner="ana")


def test_an_operator_decides_nothing() -> None:
    assert all(Role.OPERATOR not in row.who for row in TRANSITIONS.values())


@pytest.mark.parametrize("action", [Action.DECIDE, Action.PROPOSE, Action.RELEASE, Action.ASK])
def test_what_somebody_else_holds_is_left_alone(action: Action) -> None:
    for owner in ("lee", None):
        with pytest.raises(HeldError):
            allowed(
                action,
                case="R-1001",
                state=State.IN_REVIEW,
                actor=Actor(name="ana", role=Role.LEAD),
                owner=owner,
            )


def test_no_road_leads_into_or_out_of_erased() -> None:
    assert all(
        row.target is not State.ERASED and State.ERASED not in row.source for row in TRANSITIONS.values()
    )


@pytest.mark.parametrize(
    ("state", "before", "after", "stands"),
    [
        ("needs_information", "needs_information", "approve_if_verified", "ready"),
        ("needs_information", "hold_identity", "needs_information", "needs_information"),
        ("ready", "deny", "hold_identity", "needs_information"),
        ("ready", "needs_information", "needs_information", "ready"),  # a stranger wrote: people look at it
        ("in_review", "deny", "needs_information", "in_review"),
        ("decided", "deny", "approve", "decided"),
    ],
)
def test_a_case_follows_its_outcome_while_nobody_works_on_it(
    state: str, before: str, after: str, stands: str
) -> None:
    assert evaluated(State(state), before=before, after=after) is State(stands)
