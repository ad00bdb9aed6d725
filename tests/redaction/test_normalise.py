"""Folding, and the way back to the text as typed."""

from __future__ import annotations

import pytest

from intake.redaction.normalise import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("٤١١١", "4111"),
        ("４１１１", "4111"),
        ("4\ufe0f\u20e31\ufe0f\u20e3", "41"),
        ("4\u200b1\u00ad1", "411"),
        ("4\u00a01\u20111", "4 1-1"),
        ("&#52;&#x31;&nbsp;1", "41 1"),
        ("&amp;#52;1", "41"),
        ("&unknown; & <3 = 5 %", "&unknown; & <3 = 5 %"),
        ("4111%201111=201111", "4111 1111 1111"),
        ("41=\n11", "4111"),
        ("=34=31", "41"),
        ("4<b>1</b><br>1<td>1", "41\n1 1"),
        ('4<span style="color:red">1</span>', "41"),
        ('<a href="4111">', '<a href="4111">'),
        ("№ 5…", "№ 5…"),
        ("«a» “b” ‘c’", '"a" "b" \'c\''),
        ("a\x00b\x07", "ab"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text).plain == folded


def test_a_span_leads_back_to_all_that_was_typed_for_it() -> None:
    text = "x 4\u200b1&#49;1\u20e3 ½ y"
    folded = fold(text)
    assert folded.plain == "x 4111 1⁄2 y"
    start, end = folded.origin(2, 6)
    assert text[start:end] == "4\u200b1&#49;1\u20e3"
    for first, last in ((7, 8), (7, 10), (8, 9)):
        start, end = folded.origin(first, last)
        assert text[start:end] == "½"


def test_letters_that_grow_in_lower_case_keep_their_place() -> None:
    folded = fold("İstanbul 4111")
    assert len(folded.lower) == len(folded.plain) == len(folded.words)
    assert folded.lower.endswith("stanbul 4111")
