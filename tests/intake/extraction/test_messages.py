"""Two hundred invented messages in six languages: how many are read right, and that nothing breaks reading.

Columns of `messages.tsv`: language, kind, reason, flags, subject, body (`\\n` for a line's end).
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.extraction.extract import extract
from intake.extraction.types import Evidence, Extraction, Kind
from intake.mail.redacted import RedactedMessage
from intake.redaction.text import sealed
from tests.intake.extraction.letters import SETTINGS, answer, flags_of, letter, reason_of

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "messages.tsv").read_text(encoding="utf-8").splitlines()
]
PIECES = st.sampled_from(
    [piece for row in ROWS for piece in row[5].split()] + ["\n\n", "\n- ", "…", "\u200b", "€"]
)


def message(kind: str, subject: str, body: str) -> RedactedMessage:
    text = body.replace("\\n", "\n")
    return answer(text, subject) if kind == "reply" else letter(text, subject)


READ = [(row, extract(message(row[1], row[4], row[5]), SETTINGS)) for row in ROWS]


def test_language_and_kind_are_read_right() -> None:
    right = sum(seen.kind == row[1] and seen.language == row[0] for row, seen in READ)
    assert right >= 0.97 * len(READ)


def test_reasons_are_read_right() -> None:
    asking = [(row, seen) for row, seen in READ if row[1] == Kind.REFUND_REQUEST]
    assert sum(reason_of(seen) == row[2] for row, seen in asking) >= 0.9 * len(asking)


def test_flags_are_read_right() -> None:
    # the account's address belongs to another test: the letters name none, or a third party's
    pairs = [(flags_of(seen) - {"sender_differs"}, {*row[3].split(",")} - {""}) for row, seen in READ]
    hits = sum(len(have & want) for have, want in pairs)
    wrong = sum(len(have ^ want) for have, want in pairs)
    assert 2 * hits / (2 * hits + wrong) >= 0.95


def evidences(seen: Extraction) -> list[Evidence]:
    fields = [field for field in seen.fields.values() if field]
    candidates = [candidate for field in fields for candidate in (field.chosen, *field.others)]
    found = [candidate.evidence for candidate in candidates] + [flag.evidence for flag in seen.flags]
    return [evidence for evidence in [*found, seen.kind_evidence] if evidence is not None]


@given(st.lists(PIECES, max_size=60).map(" ".join), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_evidence_is_an_exact_slice_of_the_named_part(body: str, subject: str) -> None:
    written = letter(body, subject)
    for evidence in evidences(extract(written, SETTINGS)):
        assert evidence.text == written.part(evidence.part).slice(evidence.start, evidence.end)


@given(st.text(max_size=400))
@example("Refund order ab１２2061")  # a figure that begins inside a word
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(body: str) -> None:
    extract(letter(body, body[:40], signature=sealed(body[:20])), SETTINGS)
    extract(answer(body, body[:40], question=body), SETTINGS)
