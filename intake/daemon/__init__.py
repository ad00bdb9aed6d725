"""What runs without end: a job a mailbox, and whoever watches them."""
