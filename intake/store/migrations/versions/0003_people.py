"""People, their claims on cases, what is known of a case and by whom, verdicts, notifications.

The audit becomes append-only by the database's own word: triggers refuse to change or delete what is
written. Values can still be erased together with their salts, which leaves the chain valid.
"""

from __future__ import annotations

import json
from typing import Any, Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

revision = "0003"
down_revision = "0002"

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text()
_INSTANT = sa.DateTime(timezone=True)
_str = sa.String
_REFUSED: Final = {"audit": ("UPDATE", "DELETE"), "audit_value": ("UPDATE",)}


def _col(name: str, type_: sa.types.TypeEngine[Any], **options: Any) -> sa.Column[Any]:  # noqa: ANN401 - Column's own
    return sa.Column(name, type_, **{"nullable": False, **options})


def upgrade() -> None:
    """From 0002."""
    for name, type_ in (
        ("identity", _str(40)),
        ("owner", _str(120)),
        ("held_until", _INT),
        ("state_since", _INSTANT),
        ("chain", _str(64)),
    ):
        op.add_column("case_file", _col(name, type_, nullable=True))
    _facts()
    _people()
    _notifications()
    _append_only()
    _state_what_was_claimed()


def _facts() -> None:
    op.create_table(
        "fact",
        _col("id", _INT),
        _col("case_id", _INT),
        _col("key", _str(120)),
        _col("value", _TEXT),
        _col("source", _str(40)),
        _col("actor", _str(120)),
        _col("message", _INT, nullable=True),
        _col("at", _INSTANT),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_fact_case_id"),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_fact_message"),
        PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_index("ix_fact_case_id_key", "fact", ["case_id", "key"])
    op.create_index("ix_fact_message", "fact", ["message"])


def _people() -> None:
    op.create_table(
        "person",
        _col("name", _str(120)),
        _col("role", _str(40)),
        _col("os_user", _str(120), nullable=True),
        _col("password", _str(255), nullable=True),
        _col("disabled", sa.Boolean()),
        _col("created_at", _INSTANT),
        _col("created_by", _str(120)),
        PrimaryKeyConstraint("name", name="pk_person"),
        UniqueConstraint("os_user", name="uq_person_os_user"),
    )
    op.create_table(
        "verdict",
        _col("id", _INT),
        _col("case_id", _INT),
        _col("version", _INT),
        _col("word", _str(40)),
        _col("amount_minor", _INT, nullable=True),
        _col("amount_places", _INT, nullable=True),
        _col("currency", _str(3), nullable=True),
        _col("reason_code", _str(40)),
        _col("reason", _TEXT, nullable=True),
        _col("overridden", _TEXT),
        _col("order_print", _str(64), nullable=True),
        _col("decider", _str(120)),
        _col("decided_at", _INSTANT),
        _col("needs_second", sa.Boolean()),
        _col("lead_only", sa.Boolean()),
        _col("second", _str(120), nullable=True),
        _col("second_at", _INSTANT, nullable=True),
        _col("comment", _TEXT, nullable=True),
        _col("standing", _str(40)),
        _col("reference", _TEXT, nullable=True),
        CheckConstraint("second IS NULL OR second <> decider", name="two_people"),
        CheckConstraint("standing <> 'final' OR NOT needs_second OR second IS NOT NULL", name="four_eyes"),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_verdict_case_id"),
        ForeignKeyConstraint(["decider"], ["person.name"], name="fk_verdict_decider"),
        ForeignKeyConstraint(["second"], ["person.name"], name="fk_verdict_second"),
        PrimaryKeyConstraint("id", name="pk_verdict"),
    )
    op.create_index("ix_verdict_case_id", "verdict", ["case_id"])
    op.create_index("ix_verdict_order_print", "verdict", ["order_print"])


def _notifications() -> None:
    op.create_table(
        "notification",
        _col("id", _str(64)),
        _col("case_id", _INT),
        _col("event", _str(40)),
        _col("version", _INT),
        _col("created_at", _INSTANT),
        _col("body", _TEXT),
        _col("not_before", _INT),
        _col("attempts", _INT),
        _col("done", sa.Boolean()),
        _col("error_code", _str(120), nullable=True),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_notification_case_id"),
        PrimaryKeyConstraint("id", name="pk_notification"),
    )
    op.create_index("ix_notification_case_id", "notification", ["case_id"])
    op.create_index("ix_notification_done_not_before", "notification", ["done", "not_before"])


def _append_only() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION intake_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, verbs in _REFUSED.items():
        for verb in verbs:
            name = f"{table}_no_{verb.lower()}"
            if postgresql:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION intake_append_only()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'append only'); END"
                )


def _state_what_was_claimed() -> None:
    """What the mails of older cases claim, as statements: from now on decisions are made from these."""
    column = sa.column
    message = sa.table(
        "message", *map(column, ("id", "case_id", "disposition", "facts")), column("received_at", _INSTANT),
        column("stored_at", _INSTANT),
    )  # fmt: skip
    field = sa.table("field", *map(column, ("message", "name", "rank", "source")))
    fact = sa.table(
        "fact", *map(column, ("case_id", "key", "value", "source", "actor", "message")), column("at", _INSTANT)
    )  # fmt: skip
    bind = op.get_bind()
    assumed = set(
        bind.scalars(
            sa.select(field.c.message).where(
                field.c.name == "account_email", field.c.rank == 0, field.c.source == "header"
            )
        )
    )
    opened = sa.select(message).where(message.c.disposition == "case", message.c.facts.is_not(None))
    rows = [
        {
            "case_id": row.case_id,
            "key": f"claim.{name}",
            "value": json.dumps(value, ensure_ascii=False),
            "source": "assumed" if name == "account_email" and row.id in assumed else "claim",
            "actor": "customer",
            "message": row.id,
            "at": row.received_at or row.stored_at,
        }
        for row in bind.execute(opened)
        for name, value in json.loads(row.facts).get("claim", {}).items()
        if value is not None
    ]
    if rows:
        op.bulk_insert(fact, rows)
