"""People, their claims on cases, and their verdicts."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
