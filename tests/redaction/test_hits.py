"""Labels found block by block are those that one search of the whole text finds."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from intake.redaction.hits import Hits
from intake.redaction.kinds import STARTING, Kind
from intake.redaction.labels import lexicon
from intake.redaction.normalise import fold
from intake.redaction.redactor import Redactor
from intake.redaction.text import Sensitive

WORDS = lexicon().vocabulary
WHOLE = replace(WORDS, edges=re.compile(r"(?!)"))  # no edge, so one block
BITS = st.sampled_from(
    [
        *(
            "card",
            "promo code",
            "security code",
            "order number",
            "the box",
            "phone",
            "Kennwortes",
            "three",
            "4111",
        ),
        *(
            "Passwort",
            "на обороте карты",
            "contraseña",
            "back of the box",
            "2fa",
            "3d secure",
            "room",
            "minutes",
        ),
        *(". ", ": ", ", ", "\n", "\n\n", " - ", "; ", "x" * 300, "so we went on with it " * 30),
    ]
)
TEXTS = st.lists(BITS, max_size=30).map(lambda bits: fold(" ".join(bits)).words)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 400)), max_size=6))
def test_any_part_of_a_text_says_what_the_whole_says(words: str, parts: list[tuple[int, int]]) -> None:
    whole, blocks = Hits(words, WHOLE), Hits(words, WORDS)
    for start, size in parts:
        assert blocks.within(start, start + size, *Kind) == whole.within(start, start + size, *Kind)
    assert blocks.of(*STARTING, Kind.NUMBER) == whole.of(*STARTING, Kind.NUMBER)
    assert blocks.within(0, len(words), *Kind) == whole.within(0, len(words), *Kind)


def test_prose_without_a_label_that_starts_a_search_is_not_searched_further() -> None:
    hits = Hits("the order number of the box. " * 100, WORDS)
    assert not hits.starting
    assert hits.within(3, 29, Kind.LABEL)
    assert len(hits.all) < 200


def test_a_label_that_is_listed_with_a_star_and_without_goes_on() -> None:
    found = Redactor().redact(Sensitive("Mein Kennwortlein: Hunter22x"))
    assert [finding.rule for finding in found.findings] == ["password.label"]
