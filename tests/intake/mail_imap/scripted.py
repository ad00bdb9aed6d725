"""An IMAP server that says what a test wrote down: for servers that cannot be had, and for what none should do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

from intake.config.model import MailboxConfig

CUT, MUTE = "<cut>", "<mute>"
CAPABILITIES = "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS MOVE"
Answer = str | list[str] | Callable[[str], list[str]]


class Scripted:
    """Serves any number of connections.

    `answers` gives, by command ("UID SEARCH"), what is said: lines, of which the last begins with OK, NO or BAD and
    gets the tag; a list of such is said one after the other, the last again and again; a function gets the
    command's arguments. What is not written down is answered as an empty mailbox would.
    """

    def __init__(
        self, capabilities: str = CAPABILITIES, greeting: str = "* OK ready", **answers: Answer
    ) -> None:
        self.capabilities = capabilities
        self.greeting = greeting
        self.answers: dict[str, Answer] = {
            "CAPABILITY": f"* CAPABILITY {capabilities}\nOK done",
            "EXAMINE": "* 0 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 1] .\nOK [READ-ONLY] done",
            "SELECT": "* 0 EXISTS\n* OK [UIDVALIDITY 7] .\n* OK [UIDNEXT 1] .\nOK [READ-WRITE] done",
            "SEARCH": "* SEARCH\nOK done",
        } | {name.replace("_", " "): answer for name, answer in answers.items()}
        self.said: list[str] = []  # by clients, without tags
        self.idling = threading.Semaphore(0)  # released each time that a client begins to idle
        self._open: list[socket.socket] = []
        self._released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def box(self, **others: object) -> MailboxConfig:
        base: dict[str, object] = {"host": "127.0.0.1", "port": self.port, "tls": "none", "username": "u"}
        base |= {"policy": "pars", "start_from": "all", "io_timeout_s": 1, "connect_timeout_s": 1}
        return MailboxConfig.model_validate(base | others)

    def count(self, command: str) -> int:
        return sum(1 for said in self.said if f"{said} ".startswith(f"{command} "))

    def push(self, text: str) -> None:
        """Says something unasked to every client."""
        for connection in self._open:
            connection.sendall(text.encode() + b"\r\n")

    def cut(self) -> None:
        """Hangs up on every client."""
        for connection in self._open:
            with contextlib.suppress(OSError):  # it has gone by itself
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            try:
                self._say(stream, self.greeting)
                for line in stream:
                    if not self._heard(stream, line.decode().rstrip("\r\n")):
                        return
            except (OSError, ValueError):
                return

    def _heard(self, stream: object, line: str) -> bool:
        tag, _, command = line.partition(" ")
        verb, _, rest = command.partition(" ")
        if verb == "UID":
            verb, _, rest = rest.partition(" ")
            command = f"UID {verb} {rest}"
        if tag == "DONE":
            tag, verb, rest = self._idle_tag, "DONE", ""
        self.said.append(command or "DONE")
        if verb == "IDLE" and "IDLE" not in self.answers:
            self._idle_tag = tag
            self._say(stream, "+ idling")
            self.idling.release()
            return True
        for text in self._answer(verb, rest):
            if text == CUT:
                return False
            if text == MUTE:
                self._released.wait(20)
                return False
            start = text.split(" ")[0]
            self._say(stream, f"{tag} {text}" if start in {"OK", "NO", "BAD"} else text)
            if text.startswith("* BYE"):
                return False
        return verb != "LOGOUT"

    def _answer(self, verb: str, rest: str) -> list[str]:
        answer = self.answers.get(verb, "OK done")
        if callable(answer):
            return answer(rest)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer.split("\n")

    def _say(self, stream: object, text: str) -> None:
        stream.write(text.encode() + b"\r\n")  # type: ignore[attr-defined] # a binary file
        stream.flush()  # type: ignore[attr-defined] # likewise
