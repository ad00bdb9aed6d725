"""What the mail engine needs: quarantine, reconciliation, replacing originals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint

revision = "0002"
down_revision = "0001"

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0001."""
    op.create_table(
        "own_copy",
        sa.Column("raw_fingerprint", sa.String(64), nullable=False),
        sa.Column("content_fingerprint", sa.String(64), nullable=False),
        sa.Column("message", _INT, nullable=False),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_own_copy_message"),
        PrimaryKeyConstraint("raw_fingerprint", name="pk_own_copy"),
    )
    op.create_index("ix_own_copy_content_fingerprint", "own_copy", ["content_fingerprint"])
    op.create_index("ix_own_copy_message", "own_copy", ["message"])
    op.add_column("outbox", sa.Column("begun_uidvalidity", _INT, nullable=True))
    op.add_column("outbox", sa.Column("begun_uid", _INT, nullable=True))
    op.add_column("quarantine", sa.Column("version", sa.String(120), nullable=True))
    op.add_column("quarantine", sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quarantine", sa.Column("dropped_by", sa.String(120), nullable=True))
    op.drop_index("ix_message_sender", "message")
    op.create_index("ix_message_sender_received_at", "message", ["sender", "received_at"])
