"""An intake of two cases and four people, and its commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from intake.cli import acting, main
from intake.keys import Keys
from intake.people import Role
from intake.store.people_admin import add_user
from intake.store.store import Store
from tests.intake.casework import stories
from tests.intake.store import make

PEOPLE = {"ana": Role.AGENT, "lee": Role.AGENT, "may": Role.LEAD, "otto": Role.OPERATOR}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "intake.toml").write_text(f'state_dir = "{tmp_path}"\n[log]\nlevel = "error"\n')
    keys = Keys.create(tmp_path / "secret-key")
    with Store.open(f"sqlite:///{tmp_path / 'intake.db'}", keys) as store:
        for name, role in PEOPLE.items():
            add_user(store, name=name, role=role, os_user=f"os-{name}", password=None, login="os-may")
        lease = store.take_lease("support", "host:1", 60)
        assert lease is not None
        mails = [stories.mail(1), stories.mail(2, order_number="=SUM(A1)", amount=None)]
        store.record(lease, mails, after=make.KEEP, last_uid=2)
    return tmp_path


class Run:
    """`intake …` as some person types it; errors give their exit status as the program does."""

    def __init__(self, place: Path, patch: pytest.MonkeyPatch) -> None:
        self.place = place
        self.patch = patch

    def __call__(self, who: str, *words: str, stdin: str | None = None) -> Result:
        from intake.errors import IntakeError

        self.patch.setattr(acting, "os_login", lambda: f"os-{who}")
        self.patch.setattr("intake.cli.user.os_login", lambda: f"os-{who}")
        runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
        done = runner.invoke(main.app, ["-c", str(self.place / "intake.toml"), "-q", *words], input=stdin)
        if isinstance(done.exception, IntakeError):
            done.exit_code = done.exception.exit
        elif done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    return Run(place, monkeypatch)
