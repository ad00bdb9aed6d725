"""`intake demo`: invented mail, an embedded IMAP server, a throw-away directory."""
