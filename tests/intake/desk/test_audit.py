"""Whatever is done to the history behind the program's back is found; erasing values on purpose is not that."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, text, update

from intake.config.review import ReviewConfig
from intake.desk.desk import Desk
from intake.redaction.redactor import Redactor
from intake.store.documents import document
from intake.store.engine import reading, writing
from intake.store.store import Store
from intake.store.tables import Audit, AuditValue, Case, Decision, Fact, Field, Notification
from tests.intake.casework import stories
from tests.intake.desk.conftest import ANA, more
from tests.intake.store import make

CHANGES = {
    "at": make.RECEIVED,
    "actor": "person:eve",
    "action": "case.closed",
    "version": 77,
    "before": "ab" * 32,
    "after": "cd" * 32,
    "mac": "0" * 64,
}


def a_life(folder: Path) -> Store:
    """A case with a few changes, and one beside it."""
    (folder / "intake.db").write_bytes(_lived())
    return Store.open(f"sqlite:///{folder / 'intake.db'}", make.KEYS)


@cache
def _lived() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intake.db"
        with Store.open(f"sqlite:///{path}", make.KEYS) as store:
            _live(store)
        return path.read_bytes()


def _live(store: Store) -> None:
    more(
        store,
        stories.mail(1),
        stories.answer(2, "mail1", amount="50.00"),
        stories.mail(3, order_number="B-2"),
    )
    desk = Desk(store=store, judge=stories.judge(), review=ReviewConfig(), redactor=Redactor())
    desk.claim("R-1001", ANA)
    desk.set("R-1001", "order.paid_twice", "yes", ANA)
    desk.set("R-1001", "order.amount", "49.00 EUR", ANA)
    desk.release("R-1001", ANA)
    with writing(store._engine) as connection:  # as somebody does who may alter the schema
        for trigger in ("audit_no_update", "audit_no_delete", "audit_value_no_update"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))


def positions(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(connection.scalars(select(Audit.c.position).where(Audit.c.case_id == 1)))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_altered_row_is_found(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, a_life(Path(folder)) as store:
        assert store.broken_audit() == []
        rows = positions(store._engine)
        assert len(rows) >= 8
        place = data.draw(st.sampled_from(rows))
        here = (Audit.c.case_id == 1, Audit.c.position == place)
        kind = data.draw(st.sampled_from(["alter", "delete", "cut", "swap", "value", "forge"]))
        with writing(store._engine) as connection:
            if kind == "alter":
                name = data.draw(st.sampled_from(sorted(CHANGES)))
                connection.execute(update(Audit).where(*here).values({name: CHANGES[name]}))
            elif kind == "delete":
                connection.execute(delete(Audit).where(*here))
            elif kind == "cut":  # the newest rows, and the case's version with them
                connection.execute(delete(Audit).where(Audit.c.case_id == 1, Audit.c.position >= place))
                connection.execute(update(Case).where(Case.c.id == 1).values(version=place))
            elif kind == "swap":
                connection.execute(update(Audit).where(*here).values(case_id=2, position=900))
            elif kind == "value":
                values = (AuditValue.c.case_id == 1, AuditValue.c.position == place)
                done = connection.execute(update(AuditValue).where(*values).values(value=document({"x": 1})))
                if done.rowcount == 0:
                    return
            else:
                row = dict(connection.execute(select(*Audit.c).where(*here)).one()._mapping)
                connection.execute(insert(Audit).values(**row | {"position": len(rows) + 1}))
        assert store.broken_audit() != []


def test_what_is_erased_on_purpose_breaks_nothing() -> None:
    with tempfile.TemporaryDirectory() as folder, a_life(Path(folder)) as store:
        with writing(store._engine) as connection:
            connection.execute(delete(AuditValue))
            connection.execute(delete(Fact))
        assert store.broken_audit() == []


def test_a_case_that_is_gone_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder, a_life(Path(folder)) as store:
        with writing(store._engine) as connection:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            connection.execute(delete(AuditValue).where(AuditValue.c.case_id == 2))
            connection.execute(delete(Audit).where(Audit.c.case_id == 2))
            connection.execute(delete(Decision).where(Decision.c.case_id == 2))
            connection.execute(delete(Fact).where(Fact.c.case_id == 2))
            connection.execute(delete(Notification).where(Notification.c.case_id == 2))
            connection.execute(delete(Field).where(Field.c.case_id == 2))
            connection.execute(text("UPDATE message SET case_id = NULL WHERE case_id = 2"))
            connection.execute(delete(Case).where(Case.c.id == 2))
        assert store.broken_audit() == [("R-1002", 0)]
