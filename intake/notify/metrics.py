"""Metrics for Prometheus, on loopback or by command: text format 0.0.4, base units, no personal labels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from zoneinfo import ZoneInfo

from intake.errors import ConfigError, IntakeError, Problem
from intake.store.figures import Figure, figures
from intake.store.store import Store
from rules.load import PolicySet

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(store: Store, policies: PolicySet, now: datetime | None = None) -> str:
    """All metrics as they are now.

    Raises:
        UnavailableError: the database.
    """
    moment = now or datetime.now(UTC)
    days = {one.id: moment.astimezone(ZoneInfo(one.timezone)).date() for one in policies}
    with store.reading() as connection:
        found = list(
            figures(connection, now=moment, today=moment.astimezone(UTC).date(), days=tuple(days.items()))
        )
    build = Figure(
        name="intake_build_info",
        kind="gauge",
        help="The version that runs.",
        values={(("version", version("refund-intake")),): 1},
    )
    return "".join(_shown(one) for one in (build, *found))


def _shown(figure: Figure) -> str:
    lines = [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} {figure.kind}"]
    for labels, value in figure.values.items():
        told = ",".join(f'{name}="{word}"' for name, word in labels)
        number = str(value) if isinstance(value, int) else f"{value:.3f}"
        lines.append(f"{figure.name}{{{told}}} {number}" if told else f"{figure.name} {number}")
    return "\n".join(lines) + "\n"


@contextmanager
def metrics_server(listen: str, render: Callable[[], str]) -> Iterator[int]:
    """Answers GET /metrics until the block ends; gives the port.

    Args:
        listen: address and port of this machine.
        render: gives the text.

    Raises:
        ConfigError: the port cannot be had.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/metrics":
                self.send_error(404)
                return
            try:
                body = render().encode()
            except IntakeError:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Not a word: a scrape every 15 s is no event."""

    host, _, port = listen.rpartition(":")
    try:
        server = ThreadingHTTPServer((host.strip("[]"), int(port)), Handler)
    except OSError as error:
        what = f"{listen} cannot be listened on ({type(error).__name__})"
        raise ConfigError(Problem(where="metrics.listen", what=what, remedy="name another port")) from None
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    with server:
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
