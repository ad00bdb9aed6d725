import json
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from intake.cli import decide
from intake.errors import BadDataError, IntakeError, NoInputError

app = typer.Typer()
decide.register(app)


@app.callback()
def root() -> None:
    """A group, as in the real program."""


CANCELS = {"id": "é1", "claim": {"reason": "cancellation", "requested_on": "2026-06-01"}}


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["decide", *args], input=stdin)


def refused(*args: str, stdin: str | bytes | None = None) -> tuple[IntakeError, str]:
    """The error that the program's `main` turns into lines and an exit status, and standard output."""
    result = run(*args, stdin=stdin)
    assert isinstance(result.exception, IntakeError)
    return result.exception, result.stdout


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_facts_file_gives_one_decision_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(CANCELS), encoding="utf-8")
    result = run(str(path), "--policy", "pars", "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "é1" in result.stdout
    (decision,) = objects(result)
    assert (decision["id"], decision["outcome"], decision["clauses"]) == ("é1", "deny", ["6"])
    assert list(decision)[1:] == [
        "policy",
        "policy_version",
        "outcome",
        "ground",
        "refund",
        "clauses",
        "missing",
        "verify",
        "conflicts",
        "deadlines",
        "alternatives",
        "policy_digest",
        "steps",
    ]
    assert set(decision["steps"][0]) == {"rule", "clause", "value", "because"}


def test_a_dash_reads_standard_input() -> None:
    result = run("-", "--policy", "eofferix", stdin=json.dumps({}))
    assert objects(result)[0]["outcome"] == "needs_information"
    assert "id" not in objects(result)[0]


def test_lines_keep_their_order_and_a_bad_one_gives_its_error_in_place() -> None:
    lines = [
        json.dumps(CANCELS),
        "{not json",
        "",
        json.dumps(
            {"id": 2, "claim": {"amount": "", "currency": "eur"}, "usage": [{"item": "x", "amount": "1"}]}
        ),
        json.dumps([1]),
        '{"id": 3, "claim": {"amount": NaN}}',
        json.dumps({"id": 4}),
    ]
    result = run("-", "--lines", "--policy", "pars", stdin="\n".join(lines))
    assert result.exit_code == 65
    found = objects(result)
    assert [row["id"] for row in found] == ["é1", None, 2, None, None, 4]
    assert found[1]["error"] == {"key": None, "detail": "is no JSON"}
    assert found[2]["error"]["key"] == "claim.amount"
    assert found[3]["error"]["key"] is None
    assert found[4]["error"]["key"] is None
    assert "-:4: claim.currency" in result.stderr
    assert "-:4: usage[0].item" in result.stderr
    assert "-:2: is no JSON" in result.stderr


def test_lines_that_are_all_good_end_with_nought() -> None:
    assert run("-", "--lines", "--policy", "pars", stdin=json.dumps(CANCELS) + "\n").exit_code == 0


def test_bad_facts_name_every_key_and_print_nothing(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"claim": {"amount": 1, "reason": "x"}}', encoding="utf-8")
    error, printed = refused(str(path), "--policy", "pars")
    assert isinstance(error, BadDataError)
    assert printed == ""
    assert [problem.where for problem in error.problems] == [f"{path}: claim.amount", f"{path}: claim.reason"]


@pytest.mark.parametrize("text", [b"\xff", b"{", b"[" * 100_000, b"3"])
def test_what_is_no_facts_object_names_the_file(text: bytes) -> None:
    error, printed = refused("-", "--policy", "pars", stdin=text)
    assert isinstance(error, BadDataError)
    assert printed == ""
    assert error.problems[0].where == "-"


def test_a_missing_file_and_an_unknown_policy_are_told_apart() -> None:
    assert isinstance(refused("/nowhere/facts.json", "--policy", "pars")[0], NoInputError)
    error, _ = refused("-", "--policy", "nobody", stdin="{}")
    assert isinstance(error, BadDataError)
    assert "there are eofferix, pars" in str(error)


def test_a_policy_of_ones_own_judges_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    clause = '[[clause]]\nid = "1"\ntext = "t"\nwhen = "claim.reason is known"\nthen = "deny"\n'
    head = 'id = "shop"\ntitle = "S"\nversion = "1"\nin_force_from = 2026-01-01\nlanguage = "en"\n'
    (folder / "policy.toml").write_text(head + clause, encoding="utf-8")
    args = ("-", "--policy", "shop", "--policy-dir", str(tmp_path))
    assert objects(run(*args, stdin=json.dumps(CANCELS)))[0]["outcome"] == "deny"
    (folder / "policy.toml").write_text(head + clause.replace("deny", "refuse"), encoding="utf-8")
    error, _ = refused(*args, stdin="{}")
    assert isinstance(error, BadDataError)
    assert "clause 1.then" in str(error)


def test_explain_tells_the_decision_in_words() -> None:
    result = run("-", "--policy", "pars", "--explain", stdin=json.dumps(CANCELS))
    assert result.stdout.startswith('id: "é1"\npars 2015-01-01: deny\n')
    assert "[yes] 6.cancel" in result.stdout


def test_a_request_before_the_first_version_is_told_in_the_steps() -> None:
    early = {"claim": {"requested_on": "2001-01-01"}}
    decision = objects(run("-", "--policy", "pars", stdin=json.dumps(early)))[0]
    assert decision["steps"][0]["rule"] == "version"
    assert "before 2015-01-01" in decision["steps"][0]["because"][0]


def test_a_policy_too_entangled_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    clause = '[[clause]]\nid = "1"\ntext = "t"\nwhen = "claim.reason is known"\nthen = "deny"\n'
    head = 'id = "shop"\ntitle = "S"\nversion = "1"\nin_force_from = 2026-01-01\nlanguage = "en"\n'
    (tmp_path / "shop" / "policy.toml").write_text(head + clause, encoding="utf-8")
    monkeypatch.setattr("rules.diagram.MAX_NODES", 3)
    error, printed = refused("-", "--policy", "shop", "--policy-dir", str(tmp_path), stdin="{}")
    assert isinstance(error, BadDataError)
    assert "entangle too many facts" in str(error)
    assert printed == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"id": 1, "\\ud800": 1}', {"id": 1, "key": "\ud800"}),
        (b'{"id": 2, "a\\nb": 1}', {"id": 2, "key": "a\nb"}),
        (b'{"id": 1e999}', {"id": None, "key": None}),
        (b"\xff\xfe", {"id": None, "key": None}),
        (b'{"id": 3, "order": {"amount": ' + b"9" * 5000 + b"}}", {"id": 3, "key": "order.amount"}),
    ],
)
def test_a_line_that_utf_8_or_json_cannot_hold_is_an_error_in_its_place(
    line: bytes, told: dict[str, object]
) -> None:
    done = run("-", "--policy", "pars", "--lines", stdin=line + b'\n{"id": "\\ud800"}\n')
    bad, good = objects(done)
    assert {"id": bad["id"], "key": bad["error"]["key"]} == told
    assert good["id"] == "\ud800"
    assert done.exit_code == 65
    assert len(done.stderr.splitlines()) == 1
