"""Users as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, false, func, insert, select, update

from intake.people import Actor, Role
from intake.store.base import AnyRow
from intake.store.tables import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user, as far as others may know."""

    name: str
    role: Role
    os_user: str | None
    has_password: bool
    disabled: bool
    created_at: datetime
    created_by: str

    @property
    def actor(self) -> Actor:
        """As the history names them."""
        return Actor(name=self.name, role=self.role)


def users(connection: Connection) -> list[User]:
    """All, by name."""
    return [_user(row) for row in connection.execute(select(*Person.c).order_by(Person.c.name))]


def user(connection: Connection, name: str) -> User | None:
    """One by name."""
    found = connection.execute(select(*Person.c).where(Person.c.name == name)).one_or_none()
    return None if found is None else _user(found)


def user_of_login(connection: Connection, os_user: str) -> User | None:
    """Who acts on the command line under this login of the operating system."""
    query = select(*Person.c).where(Person.c.os_user == os_user, Person.c.disabled == false())
    found = connection.execute(query).one_or_none()
    return None if found is None else _user(found)


def password_hash(connection: Connection, name: str) -> str | None:
    """The argon2id hash of a user who may log in; None: none of that name, disabled, or without a password."""
    query = select(Person.c.password).where(Person.c.name == name, Person.c.disabled == false())
    return connection.scalar(query)


def leads(connection: Connection) -> int:
    """How many leads there are that are not disabled."""
    query = select(func.count()).where(Person.c.role == Role.LEAD, Person.c.disabled == false())
    return connection.execute(query).scalar_one()


def add(  # noqa: PLR0913 - one parameter a column
    connection: Connection,
    *,
    name: str,
    role: Role,
    os_user: str | None,
    password: str | None,
    at: datetime,
    by: str,
) -> None:
    """A new user; `password` is an argon2id hash."""
    row: dict[str, Any] = {
        "name": name,
        "role": role,
        "os_user": os_user,
        "password": password,
        "disabled": False,
        "created_at": at,
        "created_by": by,
    }
    connection.execute(insert(Person), [row])


def change(connection: Connection, name: str, **values: object) -> None:
    """Sets columns of a user."""
    connection.execute(update(Person).where(Person.c.name == name).values(**values))


def _user(row: AnyRow) -> User:
    return User(
        name=row.name,
        role=row.role,
        os_user=row.os_user,
        has_password=row.password is not None,
        disabled=row.disabled,
        created_at=row.created_at,
        created_by=row.created_by,
    )
