"""`intake check`: is everything right before mail is taken in?"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of
from intake.errors import Exit, IntakeError, gravest


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=examples("-c intake.toml check --offline"))(check)


def check(
    ctx: typer.Context,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no mail server.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as a problem.")] = False,
) -> None:
    """Look at config, passwords, database, policies and mail servers; one line each, with the fix.

    Exit status: 0 all right, 78 config, 77 login refused, 69 unreachable, 1 anything else.
    """
    from intake.checks import Finding, Level, run_checks

    try:
        config = config_of(ctx)
    except IntakeError as error:
        for problem in error.problems:
            _line("fail", "config", f"{problem.where}: {problem.what}", problem.remedy)
        raise typer.Exit(error.exit) from None
    found: list[Finding] = []
    for finding in run_checks(config, offline=offline):
        found.append(finding)
        _line(finding.level.value, finding.subject, finding.detail, finding.fix)
    exits = {finding.exit for finding in found if finding.level is Level.FAIL}
    if exits:
        raise typer.Exit(gravest(exits))
    if strict and any(finding.level is Level.WARN for finding in found):
        raise typer.Exit(Exit.PROBLEM)


def _line(level: str, subject: str, detail: str, fix: str) -> None:
    color = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}[level]
    mark = f"{level:<4}" if "NO_COLOR" in os.environ else typer.style(f"{level:<4}", fg=color)
    typer.echo(f"{mark}  {subject:<22}  {detail}" + (f"  -> {fix}" if fix else ""))
