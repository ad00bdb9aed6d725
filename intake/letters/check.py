"""Looks over a company's own letters: each is filled with a sample, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from intake.errors import ConfigError, Problem
from intake.letters.content import CitedClause, Line
from intake.letters.kinds import LANGUAGES, LetterKind
from intake.letters.template import texts
from intake.redaction.redactor import Redactor

_SHARED: Final[dict[str, Any]] = {"company": "Example", "asked_on": "2 June 2026"}
SAMPLES: Final[dict[LetterKind, tuple[dict[str, Any], ...]]] = {
    LetterKind.ASK: (_SHARED | {"questions": ("What?", "When?")},),
    LetterKind.PROOF: ({"company": "Example", "questions": ("What?",)},),  # it can tell nothing else
    LetterKind.RECEIVED: (_SHARED,),
    LetterKind.REVIEW_BY: (_SHARED | {"review_by": "16 June 2026"},),
    LetterKind.REFUSED: (
        _SHARED
        | {"clauses": (CitedClause(id="2", text="Why."),), "terms": "Terms", "terms_version": "2026-05-24"},
        _SHARED | {"clauses": (), "terms": "Terms", "terms_version": "2026-05-24"},
    ),
    LetterKind.APPROVED: (
        _SHARED
        | {
            "amount": "€49.00",
            "destination": "the way you paid",
            "lines": (Line(label="Paid", amount="€49.00"),),
            "refund_by": "16 June 2026",
        },
        _SHARED | {"amount": "€49.00", "destination": "the way you paid", "lines": (), "refund_by": ""},
    ),
    LetterKind.NO_CARDS: (_SHARED,),
}
"""What each template is given, at its fullest and at its barest."""


def check_texts(folder: Path | None, redactor: Redactor) -> Iterator[Problem]:
    """Everything that is wrong with the letters of a folder; None: with our own."""
    if folder is not None and not folder.is_dir():
        yield Problem(
            where="letters.dir", what=f"{folder} is no folder", remedy="make it, or remove the setting"
        )
        return
    for language in LANGUAGES:
        try:
            found = texts(language, folder)
        except ConfigError as error:
            yield from error.problems
            continue
        for kind, samples in SAMPLES.items():
            for sample in samples:
                try:
                    found.fill(kind, sample | {"language": language}, redactor)
                except ConfigError as error:
                    yield from error.problems
                    break
