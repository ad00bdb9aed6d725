"""A provider of tokens on this machine: a token endpoint (RFC 6749) and an introspection endpoint (RFC 7662)."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs


@dataclass
class TokenServer:
    """Gives out `token-1`, `token-2` …; what it answers next can be arranged."""

    user: str = "support"
    life: object = 3600
    rotate: bool = False
    answers: list[tuple[int, str]] = field(default_factory=list)  # in the place of a token, each once
    asked: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    mute: bool = False

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                form = {key: value[0] for key, value in parse_qs(self.rfile.read(size).decode()).items()}
                if outer.mute:
                    outer.released.wait(20)
                    return
                status, body = outer.introspect(form) if self.path == "/introspect" else outer.give(form)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/token"
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def give(self, form: dict[str, str]) -> tuple[int, str]:
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        token = f"token-{len(self.asked)}"
        self.good = {token}
        answer = {"access_token": token, "token_type": "Bearer"}
        answer |= {} if self.life is None else {"expires_in": self.life}
        answer |= {"refresh_token": f"refresh-{len(self.asked)}"} if self.rotate else {}
        return 200, json.dumps(answer)

    def introspect(self, form: dict[str, str]) -> tuple[int, str]:
        if form.get("token") not in self.good:
            return 401, json.dumps({"active": False})
        return 200, json.dumps({"active": True, "username": self.user, "scope": "imap"})
