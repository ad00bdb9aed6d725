"""A small SMTP server for tests: says what it is told to say, keeps what it is sent; over TLS where it is given one."""

from __future__ import annotations

import socketserver
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Mailman:
    """What the server does and what it heard."""

    answers: dict[str, str] = field(default_factory=dict)  # by verb, instead of the usual one
    drop_after_data: bool = False
    tls: Literal["none", "starttls", "tls"] = "none"
    context: ssl.SSLContext | None = None  # of the server
    login: tuple[str, str] | None = None  # who may send; None: anybody
    letters: list[tuple[str, str, bytes]] = field(default_factory=list)  # from, to, message
    clear: list[str] = field(default_factory=list)  # what could be read on the line
    port: int = 0

    @property
    def proof(self) -> str:
        """What a client says who knows name and password (RFC 4616)."""
        name, password = self.login or ("", "")
        return b64encode(f"\0{name}\0{password}".encode()).decode()


class _Handler(socketserver.StreamRequestHandler):
    mailman: Mailman

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def protect(self) -> None:
        """From here on over TLS."""
        assert self.mailman.context is not None
        self.connection = self.mailman.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def handle(self) -> None:
        with suppress(OSError):  # whoever does not trust our certificate hangs up
            if self.mailman.tls == "tls":
                self.protect()
            self.say("220 mail.example.org")
            self.talk()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def talk(self) -> None:
        mailman, sender, recipient = self.mailman, "", ""
        private, known = mailman.tls == "tls", mailman.login is None
        while line := self.rfile.readline().decode().strip():
            if not private:
                mailman.clear.append(line)
            verb = line.split()[0].upper()
            if verb == "STARTTLS" and mailman.tls == "starttls":
                self.say("220 go on")
                self.protect()
                private = True
                continue
            if verb == "AUTH" and verb not in mailman.answers:
                known = line.split()[-1] == mailman.proof
                self.say("235 welcome" if known else "535 wrong")
                continue
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
            self.say(mailman.answers.get(verb) or self.usual(verb, private=private, known=known))
            if verb == "QUIT":
                return

    def usual(self, verb: str, *, private: bool, known: bool) -> str:
        if verb == "QUIT":
            return "221 bye"
        if verb == "EHLO" and self.mailman.tls == "starttls" and not private:
            return "250-mail.example.org\r\n250 STARTTLS"
        if verb == "EHLO" and self.mailman.login is not None:
            return "250-mail.example.org\r\n250 AUTH PLAIN"
        return "250 fine" if known or verb != "MAIL" else "530 log in first"


@contextmanager
def smtp_server(**settings: object) -> Iterator[Mailman]:
    """A server on loopback until the block ends."""
    mailman = Mailman(**settings)  # type: ignore[arg-type] # its own fields
    handler = type("Handler", (_Handler,), {"mailman": mailman})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        mailman.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mailman
        finally:
            server.shutdown()
            thread.join()
