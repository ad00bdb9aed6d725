"""The tables of the first version.

Written out, not taken from `intake.store.tables`: those move on, this revision stays.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

revision = "0001"
down_revision = None

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text()
_FLAG = sa.Boolean()
_DAY = sa.Date()
_INSTANT = sa.DateTime(timezone=True)
_str = sa.String


def _col(name: str, type_: sa.types.TypeEngine[Any], **options: Any) -> sa.Column[Any]:  # noqa: ANN401 - Column's own
    return sa.Column(name, type_, **{"nullable": False, **options})


def upgrade() -> None:
    """From nothing to the first version."""
    op.create_table(
        "mailbox",
        _col("name", _str(255)),
        _col("owner", _str(120), nullable=True),
        _col("epoch", _INT),
        _col("leased_until", _INT),
        PrimaryKeyConstraint("name", name="pk_mailbox"),
    )
    op.create_table(
        "meta",
        _col("id", _INT, autoincrement=False),
        _col("secret_key_id", _str(64), nullable=True),
        _col("next_case", _INT),
        _col("next_message", _INT),
        PrimaryKeyConstraint("id", name="pk_meta"),
    )
    op.create_table(
        "case_file",
        _col("id", _INT, autoincrement=False),
        _col("mailbox", _str(255)),
        _col("policy", _str(120)),
        _col("policy_version", _str(255)),
        _col("state", _str(40)),
        _col("resolution", _str(40), nullable=True),
        _col("version", _INT),
        _col("created_at", _INSTANT),
        _col("updated_at", _INSTANT),
        _col("received_at", _INSTANT, nullable=True),
        _col("messages", _INT),
        _col("kind", _str(40)),
        _col("language", _str(120)),
        _col("account_email", _TEXT, nullable=True),
        _col("order_number", _TEXT, nullable=True),
        _col("amount", _str(80), nullable=True),
        _col("currency", _str(3), nullable=True),
        _col("reason", _str(40), nullable=True),
        _col("outcome", _str(40)),
        _col("missing", _TEXT),
        _col("flags", _TEXT),
        _col("due", _DAY, nullable=True),
        ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name="fk_case_file_mailbox"),
        PrimaryKeyConstraint("id", name="pk_case_file"),
    )
    op.create_index("ix_case_file_state_due", "case_file", ["state", "due"])
    op.create_table(
        "folder",
        _col("mailbox", _str(255)),
        _col("name", _str(255)),
        _col("uidvalidity", _INT),
        _col("last_uid", _INT),
        ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name="fk_folder_mailbox"),
        PrimaryKeyConstraint("mailbox", "name", name="pk_folder"),
    )
    op.create_table(
        "quarantine",
        _col("id", _INT),
        _col("mailbox", _str(255)),
        _col("folder", _str(255)),
        _col("uidvalidity", _INT),
        _col("uid", _INT),
        _col("stage", _str(120)),
        _col("error_code", _str(120)),
        _col("place", _str(120)),
        _col("size", _INT),
        _col("raw_fingerprint", _str(64), nullable=True),
        _col("attempts", _INT),
        _col("first_at", _INSTANT),
        _col("last_at", _INSTANT),
        ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name="fk_quarantine_mailbox"),
        PrimaryKeyConstraint("id", name="pk_quarantine"),
        UniqueConstraint(
            "mailbox", "folder", "uidvalidity", "uid", name="uq_quarantine_mailbox_folder_uidvalidity_uid"
        ),
    )
    op.create_table(
        "audit",
        _col("case_id", _INT),
        _col("position", _INT),
        _col("at", _INSTANT),
        _col("actor", _str(120)),
        _col("action", _str(120)),
        _col("version", _INT),
        _col("before", _str(64), nullable=True),
        _col("after", _str(64), nullable=True),
        _col("mac", _str(64)),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_audit_case_id"),
        PrimaryKeyConstraint("case_id", "position", name="pk_audit"),
    )
    op.create_table(
        "audit_value",
        _col("case_id", _INT),
        _col("position", _INT),
        _col("side", _str(40)),
        _col("salt", _str(64)),
        _col("value", _TEXT),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_audit_value_case_id"),
        PrimaryKeyConstraint("case_id", "position", "side", name="pk_audit_value"),
    )
    op.create_table(
        "decision",
        _col("case_id", _INT),
        _col("version", _INT),
        _col("made_at", _INSTANT),
        _col("policy", _str(120)),
        _col("policy_version", _str(255)),
        _col("policy_digest", _str(64)),
        _col("reader_version", _str(120)),
        _col("outcome", _str(40)),
        _col("ground", _str(40), nullable=True),
        _col("refund_minor", _INT, nullable=True),
        _col("refund_places", _INT, nullable=True),
        _col("refund_currency", _str(3), nullable=True),
        _col("refund_to", _str(40), nullable=True),
        _col("clauses", _TEXT),
        _col("missing", _TEXT),
        _col("verify", _TEXT),
        _col("conflicts", _TEXT),
        _col("alternatives", _TEXT),
        _col("claim_by", _DAY, nullable=True),
        _col("review_by", _DAY, nullable=True),
        _col("refund_by", _DAY, nullable=True),
        _col("provisional", _TEXT),
        _col("facts", _TEXT),
        _col("steps", _TEXT),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_decision_case_id"),
        PrimaryKeyConstraint("case_id", "version", name="pk_decision"),
    )
    op.create_table(
        "message",
        _col("id", _INT, autoincrement=False),
        _col("mailbox", _str(255)),
        _col("folder", _str(255)),
        _col("uidvalidity", _INT),
        _col("uid", _INT),
        _col("size", _INT),
        _col("raw_fingerprint", _str(64)),
        _col("content_fingerprint", _str(64)),
        _col("message_id", _str(64), nullable=True),
        _col("sender", _str(64), nullable=True),
        _col("disposition", _str(40)),
        _col("reason", _str(120), nullable=True),
        _col("case_id", _INT, nullable=True),
        _col("original_id", _INT, nullable=True),
        _col("stored_at", _INSTANT),
        _col("received_at", _INSTANT, nullable=True),
        _col("sent_at", _INSTANT, nullable=True),
        _col("kind", _str(40)),
        _col("language", _str(120)),
        _col("reader_version", _str(120)),
        _col("is_reply", _FLAG),
        _col("unread", _FLAG),
        _col("truncated", _FLAG),
        _col("spf", _str(40)),
        _col("dkim", _str(40)),
        _col("dmarc", _str(40)),
        _col("from_domain_passed", _FLAG, nullable=True),
        _col("flags", _TEXT),
        _col("sender_email", _TEXT, nullable=True),
        _col("sender_name", _TEXT, nullable=True),
        _col("reply_to", _TEXT, nullable=True),
        _col("facts", _TEXT, nullable=True),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_message_case_id"),
        ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name="fk_message_mailbox"),
        ForeignKeyConstraint(["original_id"], ["message.id"], name="fk_message_original_id"),
        PrimaryKeyConstraint("id", name="pk_message"),
        UniqueConstraint(
            "mailbox", "folder", "uidvalidity", "uid", name="uq_message_mailbox_folder_uidvalidity_uid"
        ),
    )
    op.create_index("ix_message_case_id", "message", ["case_id"])
    op.create_index("ix_message_content_fingerprint", "message", ["content_fingerprint"])
    op.create_index("ix_message_mailbox_disposition", "message", ["mailbox", "disposition"])
    op.create_index("ix_message_message_id", "message", ["message_id"])
    op.create_index("ix_message_raw_fingerprint", "message", ["raw_fingerprint"])
    op.create_index("ix_message_sender", "message", ["sender"])
    op.create_table(
        "attachment",
        _col("message", _INT),
        _col("position", _INT),
        _col("name", _TEXT),
        _col("content_type", _str(120)),
        _col("size", _INT),
        _col("fingerprint", _str(64)),
        _col("readable", _FLAG),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_attachment_message"),
        PrimaryKeyConstraint("message", "position", name="pk_attachment"),
    )
    op.create_table(
        "field",
        _col("id", _INT),
        _col("message", _INT, nullable=True),
        _col("case_id", _INT, nullable=True),
        _col("name", _str(40)),
        _col("rank", _INT),
        _col("chosen", _FLAG),
        _col("origin", _str(40)),
        _col("actor", _str(120)),
        _col("text", _TEXT, nullable=True),
        _col("day", _DAY, nullable=True),
        _col("amount", _str(80), nullable=True),
        _col("currency", _str(3), nullable=True),
        _col("word", _str(120), nullable=True),
        _col("part", _str(120)),
        _col("start", _INT),
        _col("end", _INT),
        _col("evidence", _TEXT),
        _col("source", _str(40)),
        _col("confidence", _INT),
        _col("rule", _str(120)),
        ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_field_case_id"),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_field_message"),
        PrimaryKeyConstraint("id", name="pk_field"),
    )
    op.create_index("ix_field_case_id_name", "field", ["case_id", "name"])
    op.create_index("ix_field_message", "field", ["message"])
    op.create_table(
        "finding",
        _col("message", _INT),
        _col("position", _INT),
        _col("type", _str(40)),
        _col("part", _str(120)),
        _col("start", _INT),
        _col("end", _INT),
        _col("last_four", _str(4), nullable=True),
        _col("rule", _str(120)),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_finding_message"),
        PrimaryKeyConstraint("message", "position", name="pk_finding"),
    )
    op.create_table(
        "message_part",
        _col("message", _INT),
        _col("name", _str(120)),
        _col("author", _str(40), nullable=True),
        _col("forwarded", _FLAG),
        _col("text", _TEXT),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_message_part_message"),
        PrimaryKeyConstraint("message", "name", name="pk_message_part"),
    )
    op.create_table(
        "message_reference",
        _col("message", _INT),
        _col("position", _INT),
        _col("message_id", _str(64)),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_message_reference_message"),
        PrimaryKeyConstraint("message", "position", name="pk_message_reference"),
    )
    op.create_index("ix_message_reference_message_id", "message_reference", ["message_id"])
    op.create_table(
        "outbox",
        _col("id", _INT),
        _col("mailbox", _str(255)),
        _col("message", _INT),
        _col("kind", _str(40)),
        _col("target", _str(255)),
        _col("attempts", _INT),
        _col("next_try", _INT),
        _col("done", _FLAG),
        _col("error_code", _str(120), nullable=True),
        ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name="fk_outbox_mailbox"),
        ForeignKeyConstraint(["message"], ["message.id"], name="fk_outbox_message"),
        PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_mailbox_done_next_try", "outbox", ["mailbox", "done", "next_try"])
    op.execute("INSERT INTO meta (id, next_case, next_message) VALUES (1, 1, 1)")
