"""Several webhooks: what became of each notification at each of them. Payments that no order number names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint

revision = "0006"
down_revision = "0005"

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FIRST = "webhook"  # the name of the one that there was


def upgrade() -> None:
    """From 0005."""
    op.create_table(
        "hook",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("name", name="pk_hook"),
    )
    op.create_table(
        "delivery",
        sa.Column("notification", sa.String(64), nullable=False),
        sa.Column("hook", sa.String(120), nullable=False),
        sa.Column("attempts", _INT, nullable=False),
        sa.Column("not_before", _INT, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.String(120), nullable=True),
        ForeignKeyConstraint(
            ["notification"], ["notification.id"], name="fk_delivery_notification", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("notification", "hook", name="pk_delivery"),
    )
    op.create_index("ix_delivery_hook_done_not_before", "delivery", ["hook", "done", "not_before"])
    _keep_what_was_delivered()
    op.drop_index("ix_notification_done_not_before", "notification")
    for name in ("attempts", "done", "error_code"):
        op.drop_column("notification", name)
    op.create_index("ix_notification_created_at", "notification", ["created_at"])
    op.add_column("verdict", sa.Column("payment_print", sa.String(64), nullable=True))
    op.create_index("ix_verdict_payment_print", "verdict", ["payment_print"])


def _keep_what_was_delivered() -> None:
    column = sa.column
    columns = ("attempts", "not_before", "done", "error_code")
    old = sa.table("notification", column("id"), *map(column, columns))
    new = sa.table("delivery", *map(column, ("notification", "hook", *columns)))
    tried = sa.select(old.c.id, sa.literal(_FIRST), *(old.c[name] for name in columns)).where(
        sa.or_(old.c.attempts > 0, old.c.done == sa.true())
    )
    op.get_bind().execute(sa.insert(new).from_select([one.name for one in new.c], tried))
