"""Sessions of hosts that fell asleep: ended, so that nobody waits for their locks."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

APPLICATION: Final = "refund-intake"  # what our sessions are called in pg_stat_activity
SILENT_S: Final = 15

# Statements of one table are sent in a row (psycopg's pipeline), and the server's own idle_in_transaction_session_timeout
# does not see who froze there: a session that waits for the rest of the row is "active" to it, and one to which
# nothing but a Flush came after the last Sync is "idle in transaction", with the timer off. Either would keep its
# locks for as long as its client sleeps. Its last step is what `state_change` tells; without a `backend_xid` it has
# written nothing, and may be slow to fetch what it reads.
_FROZEN: Final = text(
    """
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = :application
      AND pid <> pg_backend_pid() AND wait_event_type = 'Client' AND backend_xid IS NOT NULL
      AND state_change < clock_timestamp() - make_interval(secs => :silent)
    """
)


def end_frozen(connection: Connection, silent_s: float = SILENT_S) -> int:
    """Ends our sessions whose client has said nothing for `silent_s` seconds in the midst of speaking.

    What they had begun is rolled back; whoever wakes up finds that its lease is another's. Gives how many.
    """
    if connection.dialect.name != "postgresql":
        return 0  # SQLite's locks are the kernel's, and on one host
    ended: int = connection.execute(_FROZEN, {"application": APPLICATION, "silent": silent_s}).scalar_one()
    return ended
