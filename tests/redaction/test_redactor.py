"""Findings, placeholders, and what the redactor does at its limits."""

from __future__ import annotations

import re

import pytest

from intake.redaction import redactor as module
from intake.redaction.findings import SecretType
from intake.redaction.redactor import RedactionError, Redactor, summary
from intake.redaction.scan import Scan
from intake.redaction.text import Sensitive


def test_findings_say_type_place_last_four_and_rule() -> None:
    redaction = Redactor().redact(Sensitive("card 4111 1111 1111 1111, exp 12/28, cvv 737"), "attachment:1")
    assert redaction.text.text == "card [card •••• 1111], exp [expiry removed], cvv [cvv removed]"
    assert [(finding.type, finding.last_four, finding.rule) for finding in redaction.findings] == [
        (SecretType.PAN, "1111", "pan.grouped"),
        (SecretType.EXPIRY, None, "expiry.labelled"),
        (SecretType.CVV, None, "cvv.after"),
    ]
    assert {finding.part for finding in redaction.findings} == {"attachment:1"}
    shown = [redaction.text.text[finding.start : finding.end] for finding in redaction.findings]
    assert shown == ["[card •••• 1111]", "[expiry removed]", "[cvv removed]"]


def test_the_summary_counts_by_type_and_by_what_is_shown() -> None:
    text = "4111111111111111 4111111111111111 5555555555554444 pin 4021 GB29 NWBK 6016 1331 9268 19"
    assert summary(Redactor().redact(Sensitive(text)).findings) == [
        {"type": "pan", "count": 2, "shown": "•••• 1111"},
        {"type": "pan", "count": 1, "shown": "•••• 4444"},
        {"type": "pin", "count": 1, "shown": "[pin]"},
        {"type": "iban", "count": 1, "shown": "•••• 6819"},
    ]


def test_placeholders_of_an_earlier_pass_are_no_values_and_no_labels() -> None:
    for text in (
        "pin [card •••• 1234]",
        "cvv [card •••• 123A] 12",
        "[password removed] hello there",
        "[cvv removed] 311",
    ):
        assert Redactor().redact(Sensitive(text)).text.text == text


def test_an_expiry_beside_an_earlier_placeholder_goes() -> None:
    assert (
        Redactor().redact(Sensitive("[card •••• 1234] 09/28 737")).text.text
        == "[card •••• 1234] [expiry removed] [cvv removed]"
    )


def test_a_card_cut_in_two_is_found_when_joined() -> None:
    redactor = Redactor()
    halves = [redactor.redact(Sensitive(half)).text for half in ("my card 4111 1111", "1111 1111")]
    joined = redactor.redact(Sensitive("\n".join(half.text for half in halves)))
    assert redactor.redact_text(joined.text).text.text == "my card [card •••• 1111]"


def test_findings_of_a_later_pass_move_those_of_an_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(scan: Scan) -> None:  # finds "secret" only once the card is gone
        at = scan.folded.lower.find("secret")
        if scan.cards and at >= 0 and "4" not in scan.folded.lower:
            scan.cut(at, at + 6, SecretType.TOKEN, "late")

    monkeypatch.setattr(module, "_BY_FORM", (*module._BY_FORM, late))
    redaction = Redactor().redact(Sensitive("secret, 4111111111111111, x"))
    assert redaction.text.text == "[token removed], [card •••• 1111], x"
    assert [redaction.text.text[finding.start : finding.end] for finding in redaction.findings] == [
        "[token removed]",
        "[card •••• 1111]",
    ]


def test_a_text_that_never_comes_to_rest_is_not_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def restless(scan: Scan) -> None:
        scan.cut(len(scan.folded.plain) - 1, len(scan.folded.plain), SecretType.TOKEN, "restless")

    monkeypatch.setattr(module, "_BY_FORM", (restless,))
    monkeypatch.setattr(module, "_PLACEHOLDER", re.compile("never"))
    with pytest.raises(RedactionError):
        Redactor().redact(Sensitive("x"))


@pytest.mark.parametrize(
    ("line", "secret"),
    [("токен hT7yU2iO9pL4kJ6g", "hT7yU2iO9pL4kJ6g"), ("number next to the signature box, 812", "812")],
)
def test_secrets_in_a_row_without_blanks_come_to_rest(line: str, secret: str) -> None:
    assert secret not in Redactor().redact(Sensitive(line * 40)).text.text


def test_marks_typed_by_the_sender_hide_nothing() -> None:
    assert "737" not in Redactor().redact(Sensitive("cvv\x1a737")).text.text


def test_a_lone_text_without_findings_is_the_same_object_of_words() -> None:
    text = "Hello,\n\nplease refund order EO-129870.\n"
    redaction = Redactor().redact(Sensitive(text))
    assert redaction.text.text == text
    assert redaction.findings == ()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("log in with " + "a_" * 40 + "a!", None),
        ("password" + "." * 120 + "a hunter2X", "password" + "." * 120 + "a [password removed]"),
        ("card 4111 1111 1111 1111" + " " * 200_000 + "!", "card [card •••• 1111]" + " " * 200_000 + "!"),
        ("log in as ann_lee and Tulip9-x", "log in as ann_lee and [password removed]"),
    ],
    ids=("underscores", "dots", "blanks", "a name with an underscore"),
)
def test_what_could_be_split_in_many_ways_is_not_tried_in_all(text: str, redacted: str | None) -> None:
    assert Redactor().redact(Sensitive(text)).text.text == (redacted or text)
