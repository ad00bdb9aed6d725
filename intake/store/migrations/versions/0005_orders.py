"""What the company's own records say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint

revision = "0005"
down_revision = "0004"

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0004."""
    op.create_table(
        "order_lookup",
        sa.Column("case_id", _INT, nullable=False),
        sa.Column("version", _INT, nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", _INT, nullable=False),
        sa.Column("next_try", _INT, nullable=True),
        sa.Column("error_code", sa.String(120), nullable=True),
        sa.Column("candidates", sa.Text(), nullable=False),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_order_lookup_case_id"),
        PrimaryKeyConstraint("case_id", name="pk_order_lookup"),
    )
    op.create_index("ix_order_lookup_next_try", "order_lookup", ["next_try"])
