"""`intake demo` as a user starts it: every message accounted for, no secret left, and a clean end by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from intake.demo.letters import hand_written
from tests.canary.search import Secret, traces

MESSAGES = len(hand_written()) + 1  # one lies in both mailboxes
PLANTED = (
    *(("pan", digits) for digits in ("4111111111111111", "5555555555554444", "4000056655665556")),
    *(("pan", digits) for digits in ("4012888888881881", "4970100000000014", "378282246310005")),
    *(("pan", digits) for digits in ("6011000990139424",)),
    *(("password", word) for word in ("Gr4nite-Otter", "tyulen-na-beregu7")),
    ("otp", "402913"),
)
SECRETS = [Secret(kind=kind, text=text, where="the demo") for kind, text in PLANTED]


def _start(*arguments: str, home: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "TMPDIR": str(home), "HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "intake", "demo", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _intake(place: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "intake", "-c", str(place / "intake.toml"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _counts(summary: str) -> dict[str, int]:
    return {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", summary)}


def test_once_works_off_both_mailboxes_and_accounts_for_every_message(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    process = _start("--once", "--json", "--keep", str(kept), home=tmp_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    rows = json.loads(out)
    (summary,) = [line for line in err.splitlines() if "→" in line]
    counts = _counts(summary)
    assert counts.pop("messages") == MESSAGES
    assert sum(counts.values()) == MESSAGES
    assert counts["duplicate"] == 1
    assert counts["quarantined"] == 1
    assert counts["ignored"] == 3
    assert counts["cases"] == len(rows) > 30
    assert {row["policy"] for row in rows} == {"eofferix", "pars"}
    assert {row["language"] for row in rows} == {"en", "ru", "de", "fr", "es"}
    assert kept.stat().st_mode & 0o777 == 0o700
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"intake.toml", "intake.db", "intake.log", "imap-password"} <= {path.name for path in files}
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    for name, data in [("output", (out + err).encode()), *((path.name, path.read_bytes()) for path in files)]:
        assert not traces(data, SECRETS), name


def test_its_cases_can_be_answered_until_ctrl_c_and_nothing_stays_behind(tmp_path: Path) -> None:
    process = _start("--messages", "12", home=tmp_path)
    assert process.stderr is not None
    talk = []
    for line in process.stderr:
        talk.append(line)
        if "Ctrl-C" in line:
            break
    (place,) = [path for path in tmp_path.iterdir() if path.name.startswith("intake-demo-")]
    rows = json.loads(_intake(place, "queue", "list", "--json"))
    for policy in ("eofferix", "pars"):
        case = next(row["case"] for row in rows if row["policy"] == policy)
        assert f"drafts of {policy}" in _intake(place, "letter", "draft", case)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "12 messages →" in out
    assert "R-1" in out
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in "".join(talk)


def test_ctrl_c_while_it_works_ends_cleanly_too(tmp_path: Path) -> None:
    process = _start("--messages", "400", home=tmp_path)
    assert process.stderr is not None
    for line in process.stderr:
        if " of 400" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_use_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    process = _start("--once", "--keep", str(tmp_path), home=tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 78
    assert "name a new one" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("wrong", [("--messages", "0"), ("--messages", "many"), ("--seed", "x")])
def test_wrong_numbers_are_usage_errors(wrong: tuple[str, str], tmp_path: Path) -> None:
    process = _start(*wrong, home=tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == 2
