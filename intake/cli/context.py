"""What every command knows: the global options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Globals:
    """The options before the subcommand; `ctx.obj` of Typer."""

    # -c FILE; None: INTAKE_CONFIG, else /etc/intake/intake.toml where it exists
    config_path: Path | None = None
    log_level: str | None = None  # "debug" with -v, "error" with -q, else the config's
    log_form: str | None = None  # json, logfmt, console; None: the config's, else by terminal
    takes_mail: bool = True  # its log is the record of what became of mail; others log warnings and worse
    color: bool = True
    input: bool = True  # --no-input: never ask
