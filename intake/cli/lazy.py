"""Commands whose modules are loaded when they are asked for: `queue list` starts without the rules."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

COMMANDS: Final[dict[str, str]] = {
    "run": "run",
    "status": "run",
    "poll": "poll",
    "process": "process",
    "decide": "decide",
    "redact": "redact",
    "queue": "queue.group",
    "policy": "policy.group",
    "check": "check",
    "config": "config_show",
    "init": "init",
    "db": "db",
    "demo": "demo",
    "schema": "schema",
    "user": "user",
    "audit": "audit",
    "letter": "letter",
    "quarantine": "quarantine",
    "reconcile": "reconcile",
    "metrics": "metrics",
    "import": "import_",
}
"""Each command with its module in `intake.cli`, whose `register` adds it; in the order of `intake --help`."""


class LazyGroup(TyperGroup):
    """A group that knows its commands' names, and a command once it is asked for it.

    Newer versions of Typer bring a Click of their own, older ones use Click's: hence no type of either.
    """

    def list_commands(self, _ctx: Any) -> list[str]:  # noqa: ANN401 - as said above
        """All names; the help then loads every module."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - likewise
        """One command; None: there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        part = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
        part.callback()(_nothing)  # a group, even of one command
        import_module(f"intake.cli.{COMMANDS[cmd_name]}").register(part)
        return typer.main.get_group(part).commands[cmd_name]


def _nothing() -> None:
    """Only the loaded command counts."""
