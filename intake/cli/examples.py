"""The last line of each `--help`."""

from __future__ import annotations


def examples(*commands: str) -> str:
    """What to type, as the end of a command's help: `intake` and each of these."""
    return f"Example{'s' * (len(commands) > 1)}: " + " · ".join(
        f"[bold]intake {command}[/bold]" for command in commands
    )
