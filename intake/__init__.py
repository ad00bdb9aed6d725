"""From a support mailbox to a queue of refund cases; start reading at `intake.pipeline`."""
