"""What reading needs from the policy or the mailbox and no message tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """Settings of one mailbox, from its policy unless overridden."""

    account_default: str = "none"  # "sender": an unstated account is the sender's address
    support_addresses: frozenset[str] = frozenset()  # lower case; never an account, mail from them is our own
    authserv_ids: frozenset[str] = frozenset()  # lower case; only their Authentication-Results count
    zone: str = "UTC"  # the policy's zone: dates of requests are counted in it
