"""Commands are loaded when they are asked for: all of them can be, and a light one brings no heavy library."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from intake import cli
from intake.cli.lazy import COMMANDS, LazyGroup
from intake.cli.main import app

FOLDER = Path(cli.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(FOLDER).with_suffix("").parts)
    for path in FOLDER.rglob("*.py")
    if "def register(app" in path.read_text()
)


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_registers_can_be_asked_for(module: str) -> None:
    part = typer.Typer()
    part.callback()(lambda: None)
    import_module(f"intake.cli.{module}").register(part)
    names = typer.main.get_group(part).commands
    assert {name: COMMANDS.get(name) for name in names} == dict.fromkeys(names, module)


def test_every_name_is_a_command() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, LazyGroup)
    for name in COMMANDS:
        found = group.get_command(typer.Context(group), name)
        assert found is not None
        assert found.name == name
    assert group.get_command(typer.Context(group), "nonsense") is None


def test_the_queue_starts_without_mail_rules_and_spacy(tmp_path: Path) -> None:
    (tmp_path / "intake.toml").write_text(f'state_dir = "{tmp_path}"\n')
    code = (
        "import sys, atexit\n"
        "heavy = {'spacy', 'numpy', 'alembic', 'imapclient', 'mailparser', 'holidays', 'rules.decide', 'argon2', 'httpx', 'jinja2'}\n"
        "atexit.register(lambda: print('loaded', sorted(heavy & sys.modules.keys())))\n"
        "sys.argv = ['intake', '-c', sys.argv[1] + '/intake.toml', 'queue', 'list', '--json']\n"
        "from intake.cli.main import main\nmain()\n"
    )
    # an empty database first, for making one loads the migrations
    made = subprocess.run(
        [sys.executable, "-m", "intake", "-c", str(tmp_path / "intake.toml"), "db", "upgrade"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "loaded []"]


def test_help_starts_without_the_database() -> None:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('loaded', {'sqlalchemy', 'numpy', 'pydantic'} & sys.modules.keys()))\n"
        "sys.argv = ['intake', '--help']\nfrom intake.cli.main import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded set()"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_ends_with_what_to_type(name: str) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, LazyGroup)
    found = group.get_command(typer.Context(group), name)
    assert found is not None
    commands = {name: found} if not hasattr(found, "commands") else found.commands
    shown = {known: command.epilog or "" for known, command in commands.items() if not command.hidden}
    assert [
        known for known, epilog in shown.items() if not re.search(rf"\[bold\]intake .*{known}\b", epilog)
    ] == []
