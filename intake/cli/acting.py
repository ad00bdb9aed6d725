"""Who acts on the command line, and where: the OS user as an intake user, the desk by the config."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from intake.errors import LoginRefusedError, Problem
from intake.people import os_login

if TYPE_CHECKING:
    from intake.config.model import Config
    from intake.desk.deciding import Verdicts
    from intake.desk.desk import Desk
    from intake.people import Actor
    from intake.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a command that changes cases works with."""

    desk: Desk
    verdicts: Verdicts
    actor: Actor

    @property
    def store(self) -> Store:
        """The open store."""
        return self.desk.store


def actor_of(store: Store) -> Actor:
    """The intake user that the OS user is mapped to.

    Raises:
        LoginRefusedError: nobody here (77).
    """
    from intake.store import people

    login = os_login()
    with store.reading() as connection:
        found = people.user_of_login(connection, login)
    if found is None:
        remedy = f"a lead can map it: intake user add NAME --role agent --os-user {login}"
        raise LoginRefusedError(Problem(where=f"OS user {login}", what="is no user of intake", remedy=remedy))
    return found.actor


@contextmanager
def working(ctx: typer.Context) -> Iterator[Work]:
    """Store, rules and redactor as the config has them, and who acts.

    Raises:
        ConfigError: config, secret key, schema or policies are not right.
        LoginRefusedError: the OS user is nobody here.
    """
    from intake.cli.settings import config_of
    from intake.desk.deciding import Verdicts
    from intake.keys import Keys
    from intake.store.store import Store

    config = config_of(ctx)
    keys = Keys.load(config.secret_key)
    with Store.open(config.database, keys, create=False) as store:
        actor = actor_of(store)
        desk = desk_of(config, store)
        yield Work(desk=desk, verdicts=Verdicts(desk=desk, keys=keys), actor=actor)


def desk_of(config: Config, store: Store) -> Desk:
    """The desk by the config.

    Raises:
        ConfigError: a policy has problems.
    """
    from intake.assembly import every_policy
    from intake.casework.judge import Judge
    from intake.desk.desk import Desk
    from intake.redaction.redactor import Redactor

    redactor = Redactor(config.redaction.settings)
    return Desk(store=store, judge=Judge(every_policy(config)), review=config.review, redactor=redactor)


@contextmanager
def keeping(words: str | None) -> Iterator[None]:
    """Prints what somebody typed if it could not be stored: nobody types a reason twice.

    Redacted even so: terminals are recorded, and standard error may be a log.
    """
    from intake.errors import IntakeError, UnavailableError
    from intake.redaction.redactor import Redactor
    from intake.redaction.text import Sensitive

    try:
        yield
    except IntakeError as error:
        from intake.store.changes_since import ConflictError

        if isinstance(error, ConflictError):
            for change in error.changes:
                typer.echo(f"  {change}", err=True)
        if words:
            # where the database went away nobody knows whether it was in time
            known = "" if isinstance(error, UnavailableError) else "Nothing was stored. "
            typer.echo(f"{known}Your words: {Redactor().redact(Sensitive(words)).text}", err=True)
        raise
