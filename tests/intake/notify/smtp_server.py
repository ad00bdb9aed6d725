"""A small SMTP server for tests: says what it is told to say, keeps what it is sent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailman:
    """What the server does and what it heard."""

    answers: dict[str, str] = field(default_factory=dict)  # by verb, instead of the usual one
    drop_after_data: bool = False
    letters: list[tuple[str, str, bytes]] = field(default_factory=list)  # from, to, message
    port: int = 0


@contextmanager
def smtp_server(**settings: object) -> Iterator[Mailman]:
    """A server on loopback until the block ends."""
    mailman = Mailman(**settings)  # type: ignore[arg-type] # its own fields

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 mail.example.org")
            sender = recipient = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "MAIL":
                    sender = line
                if verb == "RCPT":
                    recipient = line
                if verb == "DATA" and "DATA" not in mailman.answers:
                    self.say("354 go on")
                    data = b"".join(iter(self.rfile.readline, b".\r\n"))
                    mailman.letters.append((sender, recipient, data))
                    if mailman.drop_after_data:
                        return
                    self.say(mailman.answers.get("END", "250 taken"))
                    continue
                self.say(mailman.answers.get(verb, "221 bye" if verb == "QUIT" else "250 fine"))
                if verb == "QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        mailman.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mailman
        finally:
            server.shutdown()
            thread.join()
