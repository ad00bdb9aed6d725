"""Mail taken in, from a server or from files: fetched, read, stored in one transaction a batch; then the server is told.

`poller` is one pass over a mailbox. Beside it: who holds the mailbox meanwhile (`hold`, `lock`), what the server is told
afterwards (`outbox`, `replace`, `move_by_copy`), what a pass left behind (`reconcile`, `retry`).
"""
