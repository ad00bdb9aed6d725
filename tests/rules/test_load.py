from datetime import date
from pathlib import Path

import pytest

from rules.cases import CaseError
from rules.load import PolicySet, UnknownPolicyError, load_cases, load_policy, load_versions, policies_in
from rules.problems import PolicyError
from tests.rules.policies import HEAD, clause, shipped_policies


def write(folder: Path, name: str = "policy.toml", *, version: str = "1", start: str = "2026-01-01") -> None:
    folder.mkdir(exist_ok=True)
    text = HEAD.replace('version = "1"', f'version = "{version}"').replace("2026-01-01", start)
    (folder / name).write_text(text + clause("1", "true"), encoding="utf-8")


def test_both_policies_are_shipped() -> None:
    assert [policy.id for policy in shipped_policies()] == ["eofferix", "pars"]


def test_the_version_in_force_on_the_day_of_the_request_judges(tmp_path: Path) -> None:
    write(tmp_path, "policy-1.toml")
    write(tmp_path, version="2", start="2026-07-01")
    policies = PolicySet({"small": load_versions(tmp_path)})

    def version(day: date | None) -> tuple[str, str | None]:
        chosen = policies.chosen("small", day)
        return chosen.policy.version, chosen.note

    assert version(date(2026, 6, 30)) == ("1", None)
    assert version(date(2026, 7, 1)) == ("2", None)
    assert version(date(2025, 12, 31)) == (
        "1",
        "claim.requested_on before 2026-01-01: the first version judges",
    )
    assert version(None) == ("2", "claim.requested_on unknown: the newest version judges")
    assert policies.in_force("small", date(2026, 6, 30)).version == "1"
    assert len(list(policies)) == 2


@pytest.mark.parametrize("day", [None, date(2027, 1, 1)])
def test_of_a_policy_with_one_version_nothing_has_to_be_said(day: date | None) -> None:
    assert shipped_policies().chosen("pars", day).note is None


def test_the_users_own_policies_come_before_the_shipped_ones(tmp_path: Path) -> None:
    write(tmp_path / "own")
    (tmp_path / "own" / "policy.toml").write_text(
        (tmp_path / "own" / "policy.toml").read_text(encoding="utf-8").replace('"small"', '"pars"'),
        encoding="utf-8",
    )
    own = policies_in(tmp_path)
    assert own.in_force("pars", None).title == "Small"
    assert own.in_force("eofferix", None).version == "2026-05-24"


def test_an_unknown_policy_names_those_there_are() -> None:
    with pytest.raises(UnknownPolicyError, match="there are eofferix, pars"):
        shipped_policies().in_force("nobody", None)


def test_a_file_or_its_folder_can_be_named(tmp_path: Path) -> None:
    write(tmp_path)
    assert load_policy(tmp_path).digest == load_policy(tmp_path / "policy.toml").digest


def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(b"\xff")
    with pytest.raises(PolicyError) as caught:
        load_policy(tmp_path)
    assert caught.value.path == tmp_path / "policy.toml"
    assert [str(problem) for problem in caught.value.problems] == ["file: is not UTF-8; save it as UTF-8"]


def test_the_problems_of_a_policy_are_those_of_its_file(tmp_path: Path) -> None:
    for text in ("id = ", "id = 3"):
        (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
        with pytest.raises(PolicyError) as caught:
            load_policy(tmp_path)
        assert caught.value.path == tmp_path / "policy.toml"


def test_cases_are_optional_and_have_to_be_toml(tmp_path: Path) -> None:
    assert load_cases(tmp_path) == []
    (tmp_path / "cases.toml").write_text("x = ", encoding="utf-8")
    with pytest.raises(CaseError, match="is no TOML"):
        load_cases(tmp_path)


def test_every_field_and_fact_that_only_a_customer_can_settle_has_a_question_in_five_languages() -> None:
    asked = ["account_email", "order_number", "amount", "method", "reason", "problem"]
    asked += ["claim.declines_waiting", "claim.declines_alternative", "claim.third_party"]
    asked += ["verified.bank_confirmation", "verified.authority", "verified.identity"]
    for policy in shipped_policies():
        for key in asked:
            words = {policy.question(key, language) for language in ("en", "ru", "de", "fr", "es")}
            assert len(words) == 5, key


def test_two_versions_of_one_day_and_two_policies_of_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "one")
    write(tmp_path / "one", "policy-0.toml", version="0")
    with pytest.raises(PolicyError) as caught:
        load_versions(tmp_path / "one")
    assert caught.value.path == tmp_path / "one" / "policy-0.toml"
    assert [str(problem) for problem in caught.value.problems] == [
        "in_force_from: is that of version 1 too; give each version a day of its own"
    ]
    write(tmp_path / "one", "policy-0.toml", version="0", start="2025-01-01")
    write(tmp_path / "two")
    with pytest.raises(PolicyError) as caught:
        policies_in(tmp_path)
    assert caught.value.path == tmp_path / "two" / "policy.toml"
    assert [str(problem) for problem in caught.value.problems] == [
        f"id: is that of {tmp_path / 'one'} too; give each policy an id of its own"
    ]
