"""One pass over a mailbox: fetched, read, stored in one transaction a batch, then the server is told."""
