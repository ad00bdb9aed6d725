import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from intake.cli.policy import group as policy
from intake.errors import BadDataError, Exit, IntakeError, NoInputError

app = typer.Typer()
policy.register(app)

THIRD = """
[[clause]]
id = "2.twice"
text = "A second payment for the same thing goes back whole."
source = "section 2"
when = "claim.reason == 'duplicate_payment' and order.paid_twice"
then = "approve"
"""
TWICE = """
[[case]]
name = "paid twice"
claim.reason = "duplicate_payment"
order.paid_twice = true
expect.outcome = "approve"
expect.clauses = ["2"]

[[case]]
name = "paid once"
claim.reason = "duplicate_payment"
order.paid_twice = false
expect.outcome = "manual_review"
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["policy", *args])


def refused(*args: str) -> IntakeError:
    error = run(*args).exception
    assert isinstance(error, IntakeError)
    return error


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    assert run("new", "shop", "--policy-dir", str(tmp_path)).exit_code == 0
    return tmp_path / "shop"


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_the_list_names_every_policy(shop: Path) -> None:
    rows = json.loads(run("list", "--json", "--policy-dir", str(shop.parent)).stdout)
    assert [row["id"] for row in rows] == ["eofferix", "pars", "shop"]
    assert "pars  2015-01-01" in run("list").stdout


def test_a_policy_is_shown_in_words() -> None:
    shown = run("show", "eofferix").stdout
    assert "review_by: 10 business days of RU after claim.completed_on or else claim.requested_on" in shown
    assert "where claim.third_party and verified.authority is not true" in shown
    assert "stops: claim.reason is one of cancellation, dissatisfied, unwanted_renewal, wrong_order" in shown
    assert "beats 3.nothing_left" in shown
    assert "==" not in shown
    assert "claim_by: 7 calendar days after order.paid_on" in run("show", "pars@2015-01-01").stdout


def test_a_policy_without_fields_and_names_is_shown_too(shop: Path) -> None:
    text = (shop / "policy.toml").read_text(encoding="utf-8")
    text = text[: text.index("# Fields")].replace('stops = "claim.reason in [', 'x = "claim.reason in [')
    text = text[: text.index("# A name")] + THIRD.replace('source = "section 2"\n', "")
    (shop / "policy.toml").write_text(text, encoding="utf-8")
    shown = run("show", str(shop)).stdout
    assert "2.twice  -> approve\n" in shown
    assert "wanted from" not in shown
    assert "Names used" not in shown


def test_the_shipped_policies_check_and_test_clean() -> None:
    checked, tested = run("check"), run("test")
    assert (checked.exit_code, tested.exit_code) == (0, 0)
    assert "eofferix: 31 clauses, 0 errors, 0 gaps" in checked.stdout
    assert "pars: 87 cases, 0 failed" in tested.stdout


def test_from_nothing_to_a_tested_policy_of_three_clauses(shop: Path) -> None:
    place = ("--policy-dir", str(shop.parent))
    assert run("check", "shop", *place).exit_code == 0
    add(shop / "policy.toml", THIRD)
    lacking = run("check", "shop", *place)
    assert lacking.exit_code == 1
    assert "error: clause 2.twice: no case fires it; add one to cases.toml" in lacking.stdout
    add(shop / "cases.toml", TWICE)
    checked = run("check", *place)
    assert checked.exit_code == 0
    assert "shop: 3 clauses, 0 errors" in checked.stdout
    assert "shop: gap: other: no clause decides it" in checked.stdout
    assert run("test", "shop", *place).stdout == "shop: 5 cases, 0 failed\n"


def test_a_failing_case_says_what_was_decided(shop: Path) -> None:
    add(shop / "cases.toml", TWICE.replace('"manual_review"', '"deny"'))
    result = run("test", str(shop))
    assert result.exit_code == 1
    assert "shop: paid once: outcome: expected deny, decided manual_review" in result.stdout


def test_broken_files_name_every_problem_and_the_rest_is_still_checked(shop: Path) -> None:
    add(
        shop / "policy.toml",
        THIRD.replace("order.paid_twice", "order.paidtwice").replace('"approve"', '"aprove"'),
    )
    result = run("check", str(shop), "pars")
    assert result.exit_code == 65
    assert "clause 2.twice.when: names order.paidtwice" in result.stderr
    assert "clause 2.twice.then: must be one of" in result.stderr
    assert "pars: 37 clauses" in result.stdout
    assert run("test", str(shop)).exit_code == 65
    assert isinstance(refused("show", str(shop)), BadDataError)
    assert isinstance(refused("list", "--policy-dir", str(shop.parent)), BadDataError)


def test_broken_cases_and_an_unknown_calendar_are_errors_of_the_policy(shop: Path) -> None:
    text = (shop / "policy.toml").read_text(encoding="utf-8")
    (shop / "policy.toml").write_text(text.replace('calendar = ""', 'calendar = "ZZ"'), encoding="utf-8")
    add(shop / "cases.toml", "[[case]]\nname = 'empty'\n")
    result = run("check", str(shop))
    assert result.exit_code == 1
    assert "calendar: ZZ has no calendar" in result.stdout
    assert "cases.toml: case empty: expects nothing" in result.stdout
    assert run("test", str(shop)).exit_code == 65


def test_what_is_not_there_is_named() -> None:
    assert isinstance(refused("show", "nobody"), NoInputError)
    assert "no such version; there are 2015-01-01" in str(refused("show", "pars@1999"))
    assert isinstance(refused("show", "nobody@1"), BadDataError)


def test_new_never_overwrites_and_wants_a_plain_id(shop: Path) -> None:
    assert refused("new", "shop", "--policy-dir", str(shop.parent)).exit == 73
    assert run("new", "../x").exit_code == 2


def test_diff_tells_what_changed_and_which_cases_flip(shop: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    text = (shop / "policy.toml").read_text(encoding="utf-8")
    old.write_text(text, encoding="utf-8")
    changed = text.replace("days = 14", "days = 10").replace(
        "'cancellation', 'dissatisfied'", "'cancellation'"
    )
    changed = changed.replace('version = "1"', 'version = "2"').replace(
        'field = "order_number"', 'field = "reason"'
    )
    (shop / "policy.toml").write_text(changed + THIRD, encoding="utf-8")
    facts = tmp_path / "facts.jsonl"
    order = {"paid_on": "2026-03-01", "amount": "20", "currency": "EUR"}
    claim = {"account_email": "ann@example.org", "order_number": "1", "requested_on": "2026-03-15"}
    claim |= {"third_party": False}
    rows = [
        {"id": "a", "claim": {**claim, "reason": "cancellation"}, "order": order},
        {"claim": {**claim, "reason": "other"}, "order": order},
    ]
    facts.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    result = run("diff", str(old), str(shop), "--against", str(facts))
    assert result.exit_code == 0
    assert "~ version: 1 -> 2" in result.stdout
    assert "~ defines.stops: " in result.stdout
    assert "~ deadlines.claim_by: " in result.stdout
    assert "~ required: account_email, order_number -> account_email, reason" in result.stdout
    assert "+ clause 2.twice: A second payment" in result.stdout
    assert '"a": approve -> deny, amount 20.00 EUR to original -> open\n1 of 2 cases flip\n' in result.stdout
    back = run("diff", str(shop), str(old)).stdout
    assert "- clause 2.twice" in back
    assert run("diff", "pars", "pars").stdout == "no difference\n"


def test_diff_tells_what_changed_in_a_clause(shop: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    text = (shop / "policy.toml").read_text(encoding="utf-8")
    old.write_text(text, encoding="utf-8")
    beaten = text.replace('then = "approve"', 'then = "manual_review"\noverrides = ["1.late"]')
    (shop / "policy.toml").write_text(beaten, encoding="utf-8")
    told = run("diff", str(old), str(shop)).stdout
    assert "~ clause 1.stop.then: approve -> manual_review" in told
    assert "~ clause 1.stop.overrides: none -> 1.late" in told


def test_diff_names_every_bad_line_at_once_and_counts_none(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text('{"claim": {}}\n{\n\n{"order": {"amount": 3}}\n[]\n', encoding="utf-8")
    error = refused("diff", "pars", "pars", "--against", str(path))
    assert [problem.where for problem in error.problems] == [
        f"{path}:2",
        f"{path}:4: order.amount",
        f"{path}:5",
    ]
    assert "is no JSON" in str(error)
    assert error.exit == Exit.BAD_DATA
    assert run("diff", "pars", "eofferix", "--against", str(path)).stdout == ""


def test_diff_names_what_is_wrong_with_both_policies(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("id = 3")
    error = refused("diff", str(broken), "nobody")
    assert {problem.where.partition(":")[0] for problem in error.problems} == {str(broken), "nobody"}
    assert error.exit == Exit.BAD_DATA


def changed(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_a_zone_and_a_calendar_that_do_not_exist_are_named(shop: Path) -> None:
    file = shop / "policy.toml"
    file.write_text(changed(file, '"UTC"', '"Mars/North"'), encoding="utf-8")
    file.write_text(changed(file, 'calendar = ""', 'calendar = "ZZ"'), encoding="utf-8")
    told = run("check", str(shop))
    assert told.exit_code == 1
    assert "shop: error: calendar: ZZ has no calendar; write a country like RU or DE" in told.stdout
    assert "shop: error: timezone: Mars/North is no time zone; write one like Europe/Berlin" in told.stdout


def test_older_versions_are_checked_with_the_newest(shop: Path) -> None:
    file, old = shop / "policy.toml", shop / "policy-0.toml"
    old.write_text(changed(file, 'version = "1"', 'version = "0"'), encoding="utf-8")
    told = run("check", str(shop))
    assert told.exit_code == 65
    assert "policy-0.toml: in_force_from: is that of version 1 too; give each version a day of its own" in (
        told.stderr
    )
    old.write_text(changed(old, "2026-01-01", "2025-01-01"), encoding="utf-8")
    assert run("check", str(shop)).exit_code == 0
    assert run("check", str(old)).exit_code == 1  # its cases are those of the folder
    old.write_text(changed(old, 'id = "shop"', 'id = "other"'), encoding="utf-8")
    assert "policy-0.toml: id: is not shop; a folder holds" in run("check", str(shop)).stderr
    old.write_text("id = 3", encoding="utf-8")
    broken = run("check", str(shop), "pars")
    assert broken.exit_code == 65
    assert "policy-0.toml: id: must be a text in quotes" in broken.stderr
    assert "pars: 37 clauses, 0 errors" in broken.stdout
