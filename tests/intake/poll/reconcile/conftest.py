"""The same server, mailbox users and pollers as the tests of replacing have."""

from __future__ import annotations

from tests.intake.poll.replace.conftest import make, server, store, user

__all__ = ["make", "server", "store", "user"]
