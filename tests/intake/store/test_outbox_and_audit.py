"""What the mail server is told is retried until done; what happened to a case cannot be rewritten unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import IntegrityError

from intake.store.documents import document
from intake.store.engine import writing
from intake.store.store import Store
from intake.store.tables import Audit, AuditValue, Outbox
from intake.store.values import Lease
from tests.intake.store import make
from tests.intake.store.conftest import MAILBOX


@pytest.fixture
def engine(store: Store, lease: Lease) -> Engine:
    batch = [make.processed(1), make.reply(2, "mail1"), make.reply(3, "mail2"), make.processed(4)]
    store.record(lease, batch, after=make.KEEP, last_uid=4)
    return store._engine


def test_actions_are_due_until_they_are_done(store: Store, lease: Lease, engine: Engine) -> None:
    assert [action.key.uid for action in store.due_actions(MAILBOX, 2)] == [1, 2]
    first, second, third, fourth = store.due_actions(MAILBOX, 10)
    store.actions_done(lease, [first.id, third.id])
    assert store.due_actions(MAILBOX, 10) == [second, fourth]
    assert store.pending_actions(MAILBOX) == 2
    assert store.due_actions("billing", 10) == []


def test_mail_is_on_the_disk_before_the_server_is_told_and_notes_of_that_go_with_the_next(
    store: Store, engine: Engine
) -> None:
    asked, durable = {
        "sqlite": ("PRAGMA synchronous", [2, 1, 2]),
        "postgresql": ("SHOW synchronous_commit", ["on", "off", "on"]),
    }[engine.dialect.name]
    found = []
    for how in (True, False, True):
        with store.writing(durable=how) as connection:
            found.append(connection.execute(text(asked)).scalar_one())
    assert found == durable


def test_an_action_that_failed_waits_and_counts(store: Store, lease: Lease, engine: Engine) -> None:
    first, *others = store.due_actions(MAILBOX, 10)
    store.action_failed(lease, first.id, "NO [THROTTLED] try later, ann@example.org", 600)
    assert store.due_actions(MAILBOX, 10) == others
    assert store.pending_actions(MAILBOX) == 4
    with writing(engine) as connection:
        connection.execute(update(Outbox).values(next_try=0))
    assert store.due_actions(MAILBOX, 10)[0].attempts == 1
    store.action_failed(lease, first.id, "NO", 0)
    assert store.due_actions(MAILBOX, 10)[0].attempts == 2


def test_actions_by_the_thousand_are_done_at_once(store: Store, lease: Lease, engine: Engine) -> None:
    store.actions_done(lease, range(1, 40_000))
    assert store.pending_actions(MAILBOX) == 0


def test_known_uids_by_the_thousand(store: Store, engine: Engine) -> None:
    assert store.known_uids(MAILBOX, "INBOX", 7, range(1, 40_000)) == {1, 2, 3, 4}
    assert store.known_uids(MAILBOX, "INBOX", 8, [1]) == set()


def test_the_history_is_whole(store: Store, engine: Engine) -> None:
    assert store.broken_audit() == []


@pytest.mark.parametrize(
    "change",
    [update(Audit).values(actor="person:eve"), delete(Audit), update(AuditValue).values(salt="0" * 32)],
    ids=["changed", "deleted", "another value"],
)
def test_the_database_itself_refuses_to_rewrite_history(engine: Engine, change: object) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(change)  # type: ignore[call-overload] # every one is a statement


def without_the_guard(engine: Engine) -> None:
    """As somebody does who may alter the schema."""
    where = "" if engine.dialect.name == "sqlite" else " ON {0}"
    with writing(engine) as connection:
        for table, verb in (("audit", "update"), ("audit", "delete"), ("audit_value", "update")):
            connection.execute(text(f"DROP TRIGGER {table}_no_{verb}{where.format(table)}"))


@pytest.mark.parametrize(
    "change",
    [
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 2).values(actor="person:eve"),
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 2).values(action="case.closed"),
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 2).values(version=9),
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 2).values(after=None),
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 2).values(mac="0" * 64),
        update(Audit).where(Audit.c.case_id == 1, Audit.c.position == 1).values(position=0),
        delete(Audit).where(Audit.c.case_id == 1, Audit.c.position == 1),
        update(AuditValue)
        .where(AuditValue.c.case_id == 1, AuditValue.c.position == 2, AuditValue.c.side == "after")
        .values(value=document({"state": "closed"})),
        update(AuditValue)
        .where(AuditValue.c.case_id == 1, AuditValue.c.position == 2, AuditValue.c.side == "after")
        .values(salt="0" * 32),
    ],
    ids=range(9),
)
def test_a_changed_row_is_found(store: Store, engine: Engine, change: object) -> None:
    without_the_guard(engine)
    with writing(engine) as connection:
        connection.execute(change)  # type: ignore[call-overload] # every one is a statement
    assert {case for case, _ in store.broken_audit()} == {"R-1001"}


def test_erased_values_leave_the_chain_valid(store: Store, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(delete(AuditValue).where(AuditValue.c.case_id == 1))
    assert store.broken_audit() == []
    case = store.case("R-1001")
    assert case is not None
    assert [(entry.action, entry.before, entry.after) for entry in case.history] == [
        ("case.created", None, None),
        ("message.joined", None, None),
        ("message.joined", None, None),
    ]
