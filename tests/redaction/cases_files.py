"""The adversarial set: one case a line in cases/*.jsonl.

`text` or `html`; `go`: what must be gone from the result; `stay`: what must be left in it. `why` tells of a number
that is no card by Luhn and range: `slip` (a digit mistyped), `iban`, `part` (of a card told in parts). Every other card is
one of cases/cards.toml.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from intake.mail.html import html_to_text

FOLDER = Path(__file__).parent / "cases"
CARDS: dict[str, list[str]] = tomllib.loads((FOLDER / "cards.toml").read_text("utf-8"))
_SHORT = 8  # digits: a value up to this length counts only as a token of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a file."""

    name: str  # file and line: never the text
    text: str
    go: tuple[str, ...]
    stay: tuple[str, ...]
    why: str | None


def cases() -> list[Case]:
    """Every case of every file."""
    found = []
    for path in sorted(FOLDER.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            data = json.loads(line)
            text = data.get("text")
            if text is None:
                read = html_to_text(data["html"])
                text = "\n\n".join(filter(None, (read.visible, read.hidden)))
            found.append(
                Case(
                    name=f"{path.stem}:{number}",
                    text=text,
                    go=tuple(data.get("go", ())),
                    stay=tuple(data.get("stay", ())),
                    why=data.get("why"),
                )
            )
    return found


def ascii_digits(text: str) -> str:
    """The digits of any script, as ASCII."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) for c in folded if c.isdecimal())


def survives(secret: str, text: str) -> bool:
    """Whether a secret can still be read in `text`, however grouped."""
    bare = re.sub(r"[\s\-]", "", secret)
    if bare.isdigit() and len(bare) <= _SHORT:
        return re.search(rf"(?<![0-9]){re.escape(secret)}(?![0-9])", text) is not None
    skeleton = re.sub(r"[\W_]", "", secret)
    return secret in text or (len(skeleton) >= _SHORT and skeleton in re.sub(r"[\W_]", "", text))
