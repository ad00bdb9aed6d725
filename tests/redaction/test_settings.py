"""What an operator sets: refused with all reasons at once, obeyed where it is safe."""

from __future__ import annotations

import pytest

from intake.redaction.redactor import Redactor
from intake.redaction.settings import RedactionSettings, RedactionSettingsError
from intake.redaction.text import Sensitive


def redact(text: str, **settings: object) -> str:
    return Redactor(RedactionSettings(**settings)).redact(Sensitive(text)).text.text  # type: ignore[arg-type] # any setting


@pytest.mark.parametrize(
    "pattern", ["EO-999999", "20999999", "4920-9999-9999-9999", "AAA 9999", "1000000000099999"]
)
def test_a_merchants_own_shapes_are_taken(pattern: str) -> None:
    assert RedactionSettings(keep_patterns=(pattern,)).keep_patterns == (pattern,)


@pytest.mark.parametrize(
    "pattern",
    [
        "9999 9999 9999 9999",
        "9999-9999-9999-9999",
        "9999999999999999",
        "4999-9999-9999-9999",
        "9999 999999 99999",
        "99999999 99999999",
        "9999.9999.9999.9999",
    ],
)
def test_a_shape_that_lets_a_card_through_is_refused(pattern: str) -> None:
    with pytest.raises(RedactionSettingsError, match="card number has this shape"):
        RedactionSettings(keep_patterns=(pattern,))


@pytest.mark.parametrize("pattern", ["", "AAAA", "[0-9]+", "999", "9" * 41, "EO-\n999"])
def test_what_is_no_template_is_refused(pattern: str) -> None:
    with pytest.raises(RedactionSettingsError, match="not a template"):
        RedactionSettings(keep_patterns=(pattern,))


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(RedactionSettingsError) as caught:
        RedactionSettings(
            keep_patterns=("EO-999999", "9999 9999 9999 9999", "x"),
            extra_labels={"cvv": ("x", "sicherheitszeichen"), "colour": ("red",)},
            placeholder="removed 1234",
        )
    problems = caught.value.problems
    assert [problem.key for problem in problems] == [
        "keep_patterns[1]",
        "keep_patterns[2]",
        "extra_labels.cvv[0]",
        "extra_labels.colour",
        "placeholder",
    ]
    assert all(problem.reason and problem.remedy for problem in problems)


def test_a_kept_shape_survives_where_it_looks_like_a_card() -> None:
    text = "my card order 4920-0317-5581-2206, expiry 12/28"
    assert "4920-0317-5581-2206" not in redact(text)
    assert "4920-0317-5581-2206" in redact(text, keep_patterns=("4920-9999-9999-9999",))


def test_a_kept_shape_never_covers_part_of_a_card() -> None:
    assert "1111" not in redact("4111-1111-1111-1111 ", keep_patterns=("9999-9999",)).replace("•••• 1111", "")


def test_extra_labels_name_values() -> None:
    assert "551" in redact("geheimzeichen 551")
    assert "551" not in redact("geheimzeichen 551", extra_labels={"cvv": ("Geheimzeichen",)})


def test_the_wording_of_the_placeholder() -> None:
    assert redact("cvv 551", placeholder="удалено") == "cvv [cvv удалено]"
    assert redact("card 4111111111111111", placeholder="удалено") == "card [card •••• 1111]"
