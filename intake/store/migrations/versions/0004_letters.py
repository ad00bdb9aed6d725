"""Letters, links between cases, reminders; the Message-ID that a letter answers to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

revision = "0004"
down_revision = "0003"

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_str = sa.String


def _col(name: str, type_: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def upgrade() -> None:
    """From 0003."""
    op.add_column("message", sa.Column("redacted_id", sa.Text(), nullable=True))
    op.create_table(
        "letter",
        _col("id", _INT),
        _col("case_id", _INT),
        _col("kind", _str(40)),
        _col("day", sa.Date()),
        _col("made_at", _INSTANT),
        _col("actor", _str(120)),
        _col("way", _str(40)),
        _col("standing", _str(40)),
        _col("language", _str(120)),
        _col("addressee", _str(40)),
        _col("recipient", sa.Text()),
        _col("recipient_print", _str(64)),
        _col("own_id", _str(120)),
        _col("mail_print", _str(64)),
        _col("subject", sa.Text()),
        _col("text", sa.Text()),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_letter_case_id"),
        PrimaryKeyConstraint("id", name="pk_letter"),
        UniqueConstraint("case_id", "kind", "day", name="uq_letter_case_id_kind_day"),
        UniqueConstraint("mail_print", name="uq_letter_mail_print"),
    )
    op.create_index("ix_letter_case_id", "letter", ["case_id"])
    op.create_table(
        "case_link",
        _col("case_id", _INT),
        _col("other_id", _INT),
        _col("kind", _str(40)),
        _col("at", _INSTANT),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_link_case_id"),
        ForeignKeyConstraint(["other_id"], ["case_file.id"], name="fk_case_link_other_id"),
        PrimaryKeyConstraint("case_id", "other_id", name="pk_case_link"),
    )
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"])
    op.create_table(
        "reminder",
        _col("case_id", _INT),
        _col("due", sa.Date()),
        _col("at", _INSTANT),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_reminder_case_id"),
        PrimaryKeyConstraint("case_id", "due", name="pk_reminder"),
    )
