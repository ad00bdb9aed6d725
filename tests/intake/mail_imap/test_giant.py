"""Structures that servers describe, honest and hostile ones: the text is found, or nothing is, never an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intake.mail.imap_giant import TextPart, answer_key, assemble, first_text, text_request

PLAIN = (b"TEXT", b"PLAIN", None, None, None, b"7BIT", 120, 3)
PAGE = (b"text", b"html", None, None, None, b"7bit", 500, 3)
ATTACHED = (b"text", b"plain", None, None, None, b"7bit", 9, 1, None, (b"ATTACHMENT", None))
PDF = (b"application", b"pdf", None, None, None, b"base64", 99_000_000)


def test_plain_text_goes_before_html_and_attachments_do_not_count() -> None:
    assert first_text(([ATTACHED, ([PAGE, PLAIN], b"alternative"), PDF], b"mixed")) == TextPart(
        number="2.2", size=120
    )
    assert first_text(([PDF, PAGE], b"mixed")) == TextPart(number="2", size=500)
    assert first_text(([PDF, ATTACHED], b"mixed")) is None
    assert first_text(PLAIN) == TextPart(number="TEXT", size=120)


def test_a_bottomless_structure_is_no_recursion() -> None:
    structure: object = PLAIN
    for _ in range(50_000):
        structure = ([structure, PAGE], b"mixed")
    found = first_text(structure)
    assert found is not None
    assert found.number.endswith(".2")  # the deepest that is still looked at


atoms = (
    st.none()
    | st.integers(-5, 10**12)
    | st.binary(max_size=8)
    | st.sampled_from([b"text", b"plain", b"attachment"])
)
structures = st.recursive(
    atoms,
    lambda inner: st.lists(inner, max_size=11).map(tuple) | st.tuples(st.lists(inner, max_size=4), atoms),
    max_leaves=60,
)


@given(structures)
def test_no_structure_raises(structure: object) -> None:
    part = first_text(structure)
    assert part is None or isinstance(part.size, int)


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=100))
def test_what_is_put_together_ends_in_the_text(header: bytes, mime: bytes, body: bytes) -> None:
    part = TextPart(number="1.2", size=len(body))
    wanted = dict(zip(map(answer_key, text_request(part)), (body, mime), strict=True))
    assert assemble(header, part, wanted).endswith(body)
    assert assemble(header, None, {}) == header
