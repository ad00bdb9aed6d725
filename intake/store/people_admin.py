"""Adding and changing users, by somebody who may: each one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from intake.errors import BadDataError, LoginRefusedError, NoInputError, Problem
from intake.log import Event, emit
from intake.people import Role, may_manage
from intake.store import people
from intake.store.engine import moment
from intake.store.people import User
from intake.store.store import Store


def add_user(  # noqa: PLR0913 - one parameter a column, and who does it
    store: Store, *, name: str, role: Role, os_user: str | None, password: str | None, login: str
) -> None:
    """Adds a user.

    Args:
        store: where.
        name: of the new user; it never changes.
        role: what they may do.
        os_user: the login under which they act on the command line.
        password: an argon2id hash; None: they cannot log in to the pages.
        login: the OS user who does it.

    Raises:
        LoginRefusedError: that one may not.
        BadDataError: name or login are taken.
    """
    with store.writing() as connection:
        by = _manager(connection, login)
        if people.user(connection, name) is not None:
            raise BadDataError(Problem(where=f"user {name}", what="there is one of this name already"))
        if os_user is not None and people.user_of_login(connection, os_user) is not None:
            raise BadDataError(Problem(where=f"--os-user {os_user}", what="is mapped to somebody already"))
        people.add(
            connection,
            name=name,
            role=role,
            os_user=os_user,
            password=password,
            at=moment(connection),
            by=by,
        )
    emit(Event.USER_CHANGED, user_id=name, action="added", actor=by)


def set_password(store: Store, name: str, password: str, *, login: str) -> None:
    """Sets a password, an argon2id hash: one's own, or anybody's as a lead or operator.

    Raises:
        NoInputError: there is no such user.
        LoginRefusedError: the OS user may not.
    """
    with store.writing() as connection:
        found = _known(connection, name)
        own = found.os_user == login and not found.disabled
        by = found.actor.label if own else _manager(connection, login)
        people.change(connection, name, password=password)
    emit(Event.USER_CHANGED, user_id=name, action="password", actor=by)


def disable_user(store: Store, name: str, *, login: str) -> None:
    """Takes all rights from a user, and the login that was mapped to them.

    Raises:
        NoInputError: there is no such user.
        LoginRefusedError: the OS user may not.
        BadDataError: it is the only lead.
    """
    with store.writing() as connection:
        found = _known(connection, name)
        by = _manager(connection, login)
        if found.role is Role.LEAD and not found.disabled and people.leads(connection) == 1:
            remedy = "add another lead first"
            raise BadDataError(Problem(where=f"user {name}", what="is the only lead", remedy=remedy))
        people.change(connection, name, disabled=True, os_user=None)
    emit(Event.USER_CHANGED, user_id=name, action="disabled", actor=by)


def _manager(connection: Connection, login: str) -> str:
    found = people.user_of_login(connection, login)
    actor = found.actor if found else None
    if not may_manage(actor, leads=people.leads(connection)):
        what = f"is {actor.role.value}, not lead or operator" if actor else "is no user of intake"
        raise LoginRefusedError(Problem(where=f"OS user {login}", what=what, remedy="ask a lead"))
    return actor.label if actor else "system:bootstrap"


def _known(connection: Connection, name: str) -> User:
    found = people.user(connection, name)
    if found is None:
        raise NoInputError(Problem(where=f"user {name}", what="there is none of this name"))
    return found
