"""`intake process` against the contract, over the whole development corpus."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from intake.contract import ProcessError, ProcessJson

CORPUS = Path(__file__).parent.parent / "corpus" / "dev"
GOLD = {row["id"]: row for row in map(json.loads, (CORPUS / "gold.jsonl").read_text("utf-8").splitlines())}


def run(*args: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "intake", *args], input=stdin, capture_output=True, check=False, timeout=300
    )


@pytest.fixture(scope="module", params=["eofferix", "pars"])
def lines(request: pytest.FixtureRequest) -> list[dict[str, object]]:
    files = [str(CORPUS / f"{id_}.eml") for id_, row in GOLD.items() if row["policy"] == request.param]
    done = run("process", *files, "--policy", request.param, "--json")
    assert done.stderr == b""
    assert done.returncode == 0
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [str(line["source"]) for line in found] == [Path(name).name for name in files]
    return found


def test_every_line_is_as_the_contract_says(lines: list[dict[str, object]]) -> None:
    for line in lines:
        ProcessJson.model_validate(line)


def test_evidence_is_an_exact_slice_of_the_part_it_names(lines: list[dict[str, object]]) -> None:
    for line in lines:
        parts = {"body": line["body"], "subject": line["subject"], "header": line["from"], **line["parts"]}  # type: ignore[dict-item] # JSON of the shape just checked
        for field in filter(None, line["fields"].values()):  # type: ignore[attr-defined] # likewise
            span = field["span"]
            assert parts[span["part"]][span["start"] : span["end"]] == field["evidence"]
            assert field["evidence"]


def test_no_planted_secret_is_left(lines: list[dict[str, object]]) -> None:
    for line in lines:
        secrets = [s for s in GOLD[str(line["source"]).removesuffix(".eml")]["secrets"] if len(s) > 4]
        text = json.dumps(line, ensure_ascii=False)
        assert not [s for s in secrets if s in text]


def test_a_message_asking_for_nothing_is_not_applicable(lines: list[dict[str, object]]) -> None:
    for line in lines:
        outcome = line["decision"]["outcome"]  # type: ignore[index] # JSON of the shape just checked
        assert (outcome == "not_applicable") == (line["kind"] in {"other", "automatic"})


def test_a_message_in_doubt_says_so() -> None:
    mail = (
        b"From: ann@example.org\nSubject: Question\n\nYou charged me 40 dollars yesterday. What is it for?\n"
    )
    (line,) = map(
        json.loads, run("process", "-", "--policy", "eofferix", "--json", stdin=mail).stdout.splitlines()
    )
    ProcessJson.model_validate(line)
    assert (line["kind"], line["decision"]["outcome"]) == ("other", "not_applicable")
    assert line["fields"]["amount"]["value"] == "40"
    assert line["decision"]["steps"] == [
        {
            "rule": "request",
            "clause": None,
            "value": None,
            "because": ["kind = other, in doubt"],
        }
    ]


def test_an_unreadable_message_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").write_bytes(b"")
    done = run(
        "process", str(tmp_path / "empty.eml"), str(CORPUS / "001.eml"), "--policy", "eofferix", "--json"
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert ProcessError.model_validate(first).error.code == "unreadable"
    assert second["source"] == "001.eml"
    assert done.returncode == 65


def test_standard_input_is_one_message() -> None:
    done = run("process", "-", "--policy", "eofferix", "--json", stdin=(CORPUS / "001.eml").read_bytes())
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1


def test_a_missing_file_ends_with_66() -> None:
    done = run("process", "no-such.eml", "--policy", "eofferix", "--json")
    assert (done.returncode, done.stdout) == (66, b"")
    assert b"no-such.eml" in done.stderr


def test_an_unknown_policy_names_those_there_are() -> None:
    done = run("process", str(CORPUS / "001.eml"), "--policy", "nobody", "--json")
    assert done.returncode == 65
    assert b"eofferix" in done.stderr


def test_a_policy_of_ones_own_judges_files_too(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "intake", "policy", "new", "shop"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0
    letter = str(CORPUS / f"{next(iter(GOLD))}.eml")
    done = run("process", letter, "--policy", "shop", "--policy-dir", str(tmp_path), "--json")
    assert json.loads(done.stdout)["decision"]["policy"] == "shop"
