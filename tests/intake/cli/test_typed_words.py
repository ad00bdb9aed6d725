"""Whatever an agent types into a command: no card, no password is kept, in no file, log or export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Run = Callable[..., Result]
PAN = "4111 1111 1111 1111"
PLANTS = ("4111 1111 1111 1111", "4111111111111111", "hunter2-canary", "CVV 987")
WORDS = f"she wrote card {PAN}, CVV 987, password: hunter2-canary in her mail"


def test_no_secret_that_is_typed_is_kept(run: Run, place: Path, tmp_path: Path) -> None:
    out: list[Result] = []
    say = lambda who, *words: out.append(run(who, *words))  # noqa: E731 - short for a list of commands
    say("ana", "queue", "set", "R-1001", "order_number", PAN)
    say("ana", "queue", "set", "R-1001", "account_email", f"{PAN.replace(' ', '')}@example.org")
    say("ana", "queue", "verify", "R-1001", "usage", PAN)
    say("ana", "queue", "set", "R-1001", PAN, "1")
    for fact, value in {"order.amount": "49.00 EUR", "usage": "fee 49.00", "order.paid_twice": "yes"}.items():
        run("ana", "queue", "set", "R-1001", fact, value)
    say("ana", "queue", "decide", "R-1001", "--amount", "20", "--reason", WORDS)
    say("lee", "queue", "send-back", "R-1001", "--reason", WORDS)
    say("ana", "queue", "decide", "R-1001", "--amount", "20", "--reason", WORDS)
    say("lee", "queue", "confirm", "R-1001")
    say("ana", "queue", "paid", "R-1001", "--reference", PAN)
    say("may", "queue", "reopen", "R-1001", "--reason", WORDS)
    say("ana", "queue", "close", "R-1002", "--as", "withdrawn", "--reason", WORDS)
    say("ana", "queue", "show", "R-1001", "--audit", "--trace")
    say("ana", "queue", "export", "--out", str(tmp_path / "cases.csv"))
    kept = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    printed = "".join(done.stdout + done.stderr for done in out)
    assert [done.exit_code for done in out] == [65, 65, 65, 65, 0, 0, 0, 0, 65, 0, 0, 0, 0]
    for plant in PLANTS:
        assert plant.encode() not in kept
        assert plant not in printed


def test_no_word_is_lost_where_the_database_is_gone(run: Run, place: Path) -> None:
    (place / "intake.toml").write_text(
        f'state_dir = "{place}"\ndatabase_url = "postgresql://nobody@127.0.0.1:1/nothing"\n', encoding="utf-8"
    )
    done = run("ana", "queue", "decide", "R-1001", "--deny", "--reason", "paid back in May already")
    assert done.exit_code == 69
    assert "Your words: paid back in May already" in done.stderr
    assert "Nothing was stored" not in done.stderr
