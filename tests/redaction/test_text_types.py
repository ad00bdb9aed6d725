"""`Sensitive` shows nothing, `Redacted` cannot be forged."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive, restored

SECRET = "4111 1111 1111 1111"


@pytest.fixture
def redacted() -> Redacted:
    return Redactor().redact(Sensitive("Order EO-129870, thanks")).text


def test_sensitive_text_prints_only_its_length() -> None:
    sensitive = Sensitive(SECRET)
    shown = (repr(sensitive), str(sensitive), f"{sensitive}", f"{sensitive:>40}", f"{[sensitive]}")
    assert all("4111" not in text and "19 characters" in text for text in shown)


@pytest.mark.parametrize("value", [Sensitive(SECRET), restored("text")])
def test_neither_type_can_be_pickled_or_copied(value: object) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(value, protocol)
    with pytest.raises(TypeError, match="never pickled"):
        copy.deepcopy(value)
    with pytest.raises(TypeError):
        json.dumps(value)


def test_neither_type_takes_further_attributes(redacted: Redacted) -> None:
    for value in (Sensitive(SECRET), redacted):
        with pytest.raises(AttributeError):
            value.note = "x"  # type: ignore[union-attr] # must be refused
        assert not isinstance(value, str)


def test_redacted_text_comes_from_the_redactor_alone() -> None:
    for seal in (None, object(), "seal", Redacted):
        with pytest.raises(TypeError, match="redactor alone"):
            Redacted(SECRET, seal)


def test_a_slice_of_redacted_text_is_redacted(redacted: Redacted) -> None:
    assert redacted.slice(6, 15).text == "EO-129870"
    assert len(redacted) == 23
    assert str(redacted.slice(0, 5)) == "Order"


def test_a_derived_value_repeats_its_source(redacted: Redacted) -> None:
    assert redacted.slice(6, 15).derive("eo129870").text == "eo129870"
    with pytest.raises(ValueError, match="only repeat"):
        redacted.slice(6, 15).derive("EO-129871")


def test_texts_compare_by_type_and_content() -> None:
    assert Sensitive("a") == Sensitive("a") != Sensitive("b")
    assert restored("a") == restored("a") != restored("b")
    assert Sensitive("a") != restored("a")
    assert len({Sensitive("a"), Sensitive("a"), restored("a"), restored("a")}) == 2
    assert not Sensitive("")
    assert not restored("")
    assert len(Sensitive("abc")) == 3
    assert Sensitive("abc").reveal() == "abc"
    assert repr(restored("abc")) == "Redacted('abc')"
