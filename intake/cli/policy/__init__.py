"""`intake policy`: refund terms as data."""
