"""`intake queue` and `intake db`, as an operator types them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from intake.cli import db
from intake.cli.context import Globals
from intake.cli.policy import group as policy
from intake.cli.queue import group as queue
from intake.errors import ConfigError, NoInputError
from intake.keys import Keys
from intake.redaction.text import sealed
from intake.store import schema
from intake.store.store import Store
from tests.intake.store import make

Run = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "intake.toml"
    path.write_text(f'state_dir = "{tmp_path}"\n')
    return path


@pytest.fixture
def run(config: Path) -> Run:
    app = typer.Typer()

    @app.callback()
    def globals_(ctx: typer.Context) -> None:
        ctx.obj = Globals(config_path=config)

    queue.register(app)
    policy.register(app)
    db.register(app)

    def invoke(*words: str) -> Result:
        return CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"}).invoke(app, words)

    return invoke


@pytest.fixture
def filled(tmp_path: Path, config: Path) -> None:
    keys = Keys.create(tmp_path / "secret-key")
    with Store.open(f"sqlite:///{tmp_path / 'intake.db'}", keys) as store:
        lease = store.take_lease("support", "host:1", 60)
        assert lease is not None
        hostile = "[bold]x[/bold] \x1b[31m \x07 €"
        second = make.redacted_message(f"{hostile} {make.BODY}", subject=sealed(hostile))
        batch = [
            make.processed(1),
            make.reply(2, "mail1"),
            make.processed(
                3, message=second, decision=make.decision("needs_information"), missing=("method",)
            ),
        ]
        store.record(lease, batch, after=make.KEEP, last_uid=3)


@pytest.mark.usefixtures("filled")
def test_the_queue_is_a_table(run: Run) -> None:
    done = run("queue", "list")
    assert done.exit_code == 0
    head, first, second = done.stdout.splitlines()
    assert head.split() == [
        "case",
        "policy",
        "lang",
        "account",
        "order",
        "amount",
        "outcome",
        "missing",
        "due",
        "state",
    ]
    assert first.split()[:7] == ["R-1001", "eofferix", "en", "ann@example.org", "A-77120", "49.00", "EUR"]
    assert "needs_information" in second
    assert "method" in second


@pytest.mark.usefixtures("filled")
def test_the_queue_is_the_contract_s_json(run: Run) -> None:
    rows = json.loads(run("queue", "list", "--json", "--state", "ready", "--limit", "5").stdout)
    assert [(row["case"], row["messages"], row["version"]) for row in rows] == [("R-1001", 2, 2)]


@pytest.mark.usefixtures("filled")
def test_what_is_over_its_day_stands_out(run: Run) -> None:
    assert re.search(r"\d{4}-\d\d-\d\d!", run("queue", "list", "--overdue").stdout)


@pytest.mark.usefixtures("filled")
def test_nothing_found_is_said_on_standard_error(run: Run) -> None:
    done = run("queue", "list", "--policy", "pars")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No case matches" in done.stderr
    assert json.loads(run("queue", "list", "--policy", "pars", "--json").stdout) == []


@pytest.mark.usefixtures("filled")
def test_an_unknown_state_is_a_usage_error(run: Run) -> None:
    done = run("queue", "list", "--state", "open")
    assert done.exit_code == 2
    assert "awaiting_second" in done.stderr


@pytest.mark.usefixtures("filled")
def test_a_case_is_shown_with_evidence_decision_and_history(run: Run) -> None:
    shown = run("queue", "show", "R-1001").stdout
    for words in ("Charged twice", "[card •••• 1111]", "“49,00 EUR”", "receipt.pdf", "cut out: pan"):
        assert words in shown
    for words in (
        "approve_if_verified",
        "claim.reason = duplicate_payment",
        "case.created",
        "message.joined",
    ):
        assert words in shown
    assert json.loads(run("queue", "show", "R-1001", "--json").stdout)["case"] == "R-1001"


@pytest.mark.usefixtures("filled")
def test_a_policy_that_cannot_be_read_hides_no_case(run: Run, config: Path, tmp_path: Path) -> None:
    (tmp_path / "policies" / "broken").mkdir(parents=True)
    (tmp_path / "policies" / "broken" / "policy.toml").write_text("this is no policy")
    config.write_text(config.read_text() + f'policy_dir = "{tmp_path / "policies"}"\n')
    assert "approve_if_verified" in run("queue", "show", "R-1001").stdout


@pytest.mark.usefixtures("filled")
def test_mail_cannot_steer_the_terminal(run: Run) -> None:
    shown = run("queue", "show", "R-1002").stdout
    assert "[bold]x[/bold]" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.usefixtures("filled")
def test_a_case_that_there_is_not_is_no_input(run: Run) -> None:
    assert isinstance(run("queue", "show", "R-9").exception, NoInputError)


def test_before_the_first_start_there_is_nothing_to_look_at(run: Run, tmp_path: Path) -> None:
    assert isinstance(run("queue", "list").exception, ConfigError)
    Keys.create(tmp_path / "secret-key")
    assert isinstance(run("queue", "list").exception, ConfigError)
    assert not (tmp_path / "intake.db").exists()


def test_an_old_schema_is_upgraded_after_a_copy(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "intake.db"
    assert "start `intake run` once" in str(run("queue", "list").exception)
    done = run("db", "current")
    assert (done.stdout, type(done.exception)) == ("none\n", ConfigError)
    assert f"none -> {schema.HEAD}" in run("db", "upgrade").stderr
    assert run("db", "current").stdout == f"{schema.HEAD}\n"
    assert run("queue", "list").exit_code == 0  # with a key of its own
    assert "nothing to do" in run("db", "upgrade", "--backup-dir", str(tmp_path / "copies")).stderr
    assert len(list((tmp_path / "copies").iterdir())) == 1
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert isinstance(run("db", "upgrade").exception, ConfigError)


def test_looking_at_the_queue_loads_no_reader(config: Path) -> None:
    code = (
        "import sys\n"
        "import intake.cli.queue.group, intake.cli.queue.table, intake.cli.queue.show, intake.store.store\n"
        "heavy = {'spacy', 'thinc', 'numpy', 'alembic', 'imapclient', 'mailparser', 'apscheduler', 'py3langid'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.usefixtures("filled")
def test_a_policy_s_change_is_weighed_on_the_open_cases_that_it_judges(run: Run) -> None:
    told = run("policy", "diff", "eofferix", "pars", "--against", "open").stdout
    assert "of 2 cases flip" in told
