"""The queue for people without a browser: a case's way from the list to the payment, in commands."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import Result

from intake.cli.queue.out import as_csv, cell
from intake.contract import QueueRowJson
from intake.keys import Keys
from intake.store.store import Store
from intake.store.tables import Case

Run = Callable[..., Result]
WHY = "the bank's letter shows it"


def last(done: Result) -> str:
    return done.stdout.strip().splitlines()[-1]


def test_from_the_list_to_the_payment(run: Run) -> None:
    assert run("ana", "queue", "next").stdout == "R-1001\n"
    assert "in_review" in last(run("ana", "queue", "set", "R-1001", "order.amount", "49.00 EUR"))
    for fact, value in {"order.paid_twice": "yes", "usage": "none", "order.status": "pending"}.items():
        assert run("ana", "queue", "verify", "R-1001", fact, value).exit_code == 0
    assert "approve  49.00 EUR" in last(run("ana", "queue", "verify", "R-1001", "identity"))
    assert "decided  approve" in last(run("ana", "queue", "decide", "R-1001", "--approve"))
    assert "in_review" in last(run("ana", "queue", "undo", "R-1001"))
    less = run("ana", "queue", "decide", "R-1001", "--amount", "20", "--reason", WHY)
    assert "decided  approve  20.00 EUR" in last(less)
    assert run("lee", "queue", "reopen", "R-1001", "--reason", WHY).exit_code == 77
    assert "closed(refunded)" in last(run("lee", "queue", "paid", "R-1001", "--reference", "TX-77"))
    assert "ready" in last(run("may", "queue", "reopen", "R-1001", "--reason", WHY))
    assert run("may", "audit", "verify").exit_code == 0


def test_two_people_decide_what_the_policy_refuses(run: Run) -> None:
    for fact, value in {"order.amount": "49.00 EUR", "usage": "fee 49.00", "order.paid_twice": "yes"}.items():
        run("ana", "queue", "verify", "R-1001", fact, value)
    done = run("ana", "queue", "decide", "R-1001", "--amount", "49.00", "--reason", WHY, "--code", "goodwill")
    assert "against clauses: 3" in done.stderr
    assert "has to confirm" in done.stderr
    assert "awaiting_second" in last(done)
    assert run("ana", "queue", "confirm", "R-1001").exit_code == 77
    assert "in_review" in last(run("lee", "queue", "send-back", "R-1001", "--reason", "ask the bank first"))
    run("ana", "queue", "decide", "R-1001", "--amount", "49.00", "--reason", WHY)
    assert "decided  approve  49.00 EUR" in last(run("lee", "queue", "confirm", "R-1001"))


def test_whoever_comes_second_is_told_what_changed_and_loses_no_word(run: Run) -> None:
    version = json.loads(run("ana", "queue", "list", "--json").stdout)[0]["version"]
    run("ana", "queue", "set", "R-1001", "method", "paypal")
    done = run("lee", "queue", "decide", "R-1001", "--deny", "--reason", WHY, "--if-version", str(version))
    assert done.exit_code == 75
    assert "claim.method: - -> paypal (by person:ana)" in done.stderr
    assert WHY in done.stderr


def test_a_person_whom_nobody_knows_does_nothing(run: Run) -> None:
    done = run("eve", "queue", "claim", "R-1001")
    assert done.exit_code == 77
    assert "os-eve" in str(done.exception)
    assert "intake user add" in str(done.exception)


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (["--mine"], ["R-1001"]),
        (["--owner", "-"], ["R-1002"]),
        (["--owner", "ana"], ["R-1001"]),
        (["--missing", "amount"], ["R-1002"]),
        (["--missing", "reason"], []),
        (["--amount", "10..50"], ["R-1001"]),
        (["--amount", "50.."], []),
        (["--amount", "49"], ["R-1001"]),
        (["--identity", "match_unauthenticated"], ["R-1001", "R-1002"]),
        (["--state", "in_review", "--state", "needs_information"], ["R-1001", "R-1002"]),
        (["--policy", "pars"], []),
        (["--amount", "..50", "--limit", "1"], ["R-1001"]),
    ],
    ids=str,
)
def test_the_queue_is_narrowed(run: Run, words: list[str], labels: list[str]) -> None:
    run("ana", "queue", "claim", "R-1001")
    rows = json.loads(run("ana", "queue", "list", "--json", *words).stdout)
    assert [row["case"] for row in rows] == labels
    for row in rows:
        QueueRowJson.model_validate(row)


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--state", "lost"],
        ["list", "--amount", "much"],
        ["list", "--identity", "friend"],
        ["decide", "R-1001"],
        ["decide", "R-1001", "--approve", "--deny"],
        ["decide", "R-1001", "--deny", "--code", "mood"],
        ["close", "R-1001", "--as", "boring", "--reason", WHY],
        ["set", "R-1001", "amount"],
        ["set", "R-1001", "amount", "1", "--revert"],
        ["reprocess"],
        ["export", "--format", "xls"],
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_a_usage_error(run: Run, words: list[str]) -> None:
    assert run("ana", "queue", *words).exit_code == 2


def test_bad_values_are_bad_data_and_a_typed_reason_comes_back(run: Run) -> None:
    for words in (
        ["set", "R-1001", "amount", "lots"],
        ["verify", "R-1001", "claim.amount", "1"],
        ["decide", "R-1001", "--amount", "much", "--reason", WHY],
        ["close", "R-1001", "--as", "withdrawn", "--reason", "no"],
    ):
        assert run("ana", "queue", *words).exit_code == 65
    assert run("ana", "queue", "claim", "R-4242").exit_code == 66
    done = run("ana", "queue", "decide", "R-1001", "--amount", "1.001", "--reason", WHY)
    assert WHY in done.stderr


def test_a_value_is_taken_back(run: Run) -> None:
    run("ana", "queue", "set", "R-1001", "amount", "12 EUR")
    shown = json.loads(run("ana", "queue", "show", "R-1001", "--json").stdout)
    (fact,) = [fact for fact in shown["known"] if fact["fact"] == "claim.amount"]
    assert (fact["value"], fact["source"], fact["others"][0]["value"]) == ("12", "person", "49.00")
    run("ana", "queue", "set", "R-1001", "amount", "--revert")
    shown = json.loads(run("ana", "queue", "show", "R-1001", "--json").stdout)
    assert shown["amount"] == "49.00"


def test_an_export_runs_nothing_and_is_nobody_else_s(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    assert run("ana", "queue", "export", "--out", str(out)).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = out.read_bytes().decode()
    assert text.count("\r\n") == 3
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert second["order_number"] == "'=SUM(A1)"
    assert (first["amount"], first["currency"], second["amount"]) == ("49.00", "EUR", "")
    assert re.fullmatch(r"2026-06-02T09:30:00\+00:00", first["received_at"])
    assert run("ana", "queue", "export", "--out", str(out)).exit_code == 73
    lines = run("ana", "queue", "export", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["order_number"] for line in lines] == ["A-77120", "=SUM(A1)"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "\n@x"])
def test_no_cell_starts_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    (_, row) = csv.reader(io.StringIO(as_csv(["a", "b"], [{"a": text, "b": 'x"y,z\n'}]), newline=""))
    assert row == [f"'{text}", 'x"y,z\n']


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("A-1;=1+1", "A-1;'=1+1"),
        ("A-1, @x", "A-1, '@x"),
        ("A\n+1", "A\n'+1"),
        ("A-1;B-2", "A-1;B-2"),
        ("a-b@x.org", "a-b@x.org"),
    ],
)
def test_nor_does_one_that_another_country_s_spreadsheet_sees(text: str, safe: str) -> None:
    assert cell(text) == safe


def test_counts(run: Run) -> None:
    run("ana", "queue", "close", "R-1002", "--as", "withdrawn", "--reason", WHY)
    found = json.loads(run("ana", "queue", "stats", "--json").stdout)
    assert (found["cases"], found["open"], found["states"]) == (2, 1, {"closed": 1, "ready": 1})
    assert "closed 1" in run("ana", "queue", "stats").stdout


def test_deciding_again_shows_what_would_change(run: Run, place: Path) -> None:
    assert "0 of 2 would change" in run("ana", "queue", "reprocess", "--open", "--dry-run").stderr
    policy = place / "policies" / "eofferix"
    policy.mkdir(parents=True)
    from rules.load import shipped_folder

    text = (shipped_folder() / "eofferix" / "policy.toml").read_text(encoding="utf-8")
    gone = re.sub(r"(?ms)^\[\[clause\]\]\nid = \"2\.duplicate\".*?(?=^\[\[)", "", text)
    assert gone != text
    (policy / "policy.toml").write_text(gone, encoding="utf-8")
    with (place / "intake.toml").open("r+") as file:
        config = file.read()
        file.seek(0)
        file.write(f'policy_dir = "{place / "policies"}"\n{config}')
    done = run("ana", "queue", "reprocess", "--open", "--dry-run")
    assert "R-1001  approve_if_verified -> " in done.stdout
    version = json.loads(run("ana", "queue", "list", "--json").stdout)[0]["version"]
    assert version == 1
    assert run("ana", "queue", "reprocess", "R-1001").stdout.startswith("R-1001  approve_if_verified -> ")
    assert json.loads(run("ana", "queue", "list", "--json").stdout)[0]["version"] == 2


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["in earnest", "dry"])
def test_a_case_whose_policy_is_gone_keeps_no_other_waiting(
    run: Run, place: Path, options: tuple[str, ...]
) -> None:
    with (
        Store.open(f"sqlite:///{place / 'intake.db'}", Keys.load(place / "secret-key")) as store,
        store.writing() as connection,
    ):
        connection.execute(update(Case).where(Case.c.id == 1).values(policy="gone"))
    done = run("ana", "queue", "reprocess", "--open", *options)
    assert done.exit_code == 1
    assert "R-1001: " in done.stderr
    assert "0 of 2" in done.stderr


def test_a_case_is_shown_with_whoever_says_what(run: Run) -> None:
    run("ana", "queue", "set", "R-1001", "amount", "12.00 EUR")
    run("ana", "queue", "decide", "R-1001", "--deny", "--reason", WHY)
    text = run("lee", "queue", "show", "R-1001", "--audit").stdout
    assert "identity: ⚠ the address matches, but could be forged" in text
    assert re.search(r"claim\.amount +12\.00 +person:ana", text)
    assert re.search(r"otherwise +49\.00 +customer", text)
    assert "deny by ana: final" in text
    assert f"other: {WHY}" in text
    assert "claim.amount: - → 12.00" in text
    assert "claim.amount: - →" not in run("lee", "queue", "show", "R-1001").stdout
