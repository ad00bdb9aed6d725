"""Any bytes in, no exception out; the same text in every encoding is the same message."""

from __future__ import annotations

import base64
import quopri
from itertools import pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intake.mail.attachments import Leaf, read_attachment
from intake.mail.charsets import decode_bytes, decode_header
from intake.mail.document import document
from intake.mail.limits import DEFAULT_LIMITS, UnreadableError
from intake.mail.redact import redact_message
from intake.mail.sender import check_sender
from intake.mail.structured import structured_lines
from intake.mail.text import Who, split_words
from intake.mail.tnef import read_tnef
from tests.intake.mail.samples import CORPUS, REDACTOR, SETTINGS, mail, parsed, pdf, redacted, tnef

QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
LINES = st.sampled_from(
    [
        "Order 5",
        "",
        "> quoted",
        ">> twice",
        "> ",
        "-- ",
        "--",
        "On 1 Jun 2026 at 09:12, Shop <s@shop.example> wrote:",
        "1 июня 2026 г., в 09:12, Магазин <s@shop.example> написал(а):",
        "From: Shop <s@shop.example>",
        "Sent: Monday",
        "Subject: x",
        "---------- Forwarded message ---------",
        "-------- Конец пересылаемого сообщения --------",
        "-----Original Message-----",
        "________________________________",
        "Sent from my iPhone",
        "Kind regards,",
        "4111 1111 1111 1111",
    ]
)


def survive(data: bytes) -> None:
    try:
        message = redact_message(parsed(data), REDACTOR, SETTINGS)
    except UnreadableError:
        return
    message.subject.text.encode()  # no lone surrogates: it can be stored and printed
    message.body.text.encode()


@QUICK
@given(st.binary(max_size=2_000))
def test_any_bytes(data: bytes) -> None:
    survive(data)
    survive(b"From: a@example.org\n" + data)


@QUICK
@given(st.data())
def test_mutated_mail(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(CORPUS)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 80))
        raw[at : at + length] = data.draw(st.binary(max_size=60))
    survive(bytes(raw))


@QUICK
@given(
    text=st.text(alphabet="абвгд эюя 123 xyz", min_size=1, max_size=300),
    charset=st.sampled_from(["utf-8", "windows-1251", "koi8-r", "iso-8859-5", "utf-16"]),
    encoding=st.sampled_from(["base64", "quoted-printable"]),
)
def test_every_encoding_gives_the_same_body(text: str, charset: str, encoding: str) -> None:
    data = text.encode(charset)
    data = base64.encodebytes(data) if encoding == "base64" else quopri.encodestring(data)
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n"
    message = redacted(mail("", head) + data)
    assert message.body == redacted(mail(text, "Content-Type: text/plain; charset=utf-8\n")).body


@QUICK
@given(st.lists(LINES, max_size=30).map("\n".join))
def test_splitting_loses_and_doubles_nothing(text: str) -> None:
    words = split_words(text, Who(customer=frozenset({"ann@example.org"}), replies=True))
    spans = [
        *words.new.spans,
        *words.signature.spans,
        *(span for quote in words.quotes for span in quote.spans),
    ]
    spans += [span for quote in words.quotes for span in quote.heading]
    filled = sorted(span for span in spans if span[0] < span[1])
    assert all(end <= start for (_, end), (start, _) in pairwise(filled))
    kept = "".join(text[start:end] for start, end in filled)
    assert kept.count("Order 5") == text.count("Order 5")
    assert kept.count("4111") == text.count("4111")


@QUICK
@given(st.lists(LINES, max_size=30).map("\n".join))
@example("Order 5\n\n\n4111 1111 1111 1111")  # two empty lines are kept where the passage is whole
def test_findings_are_exact_in_every_part(text: str) -> None:
    message = redacted(mail(text, "In-Reply-To: <1@shop.example>\n"))
    for finding in message.findings:
        assert message.part(finding.part).text[finding.start : finding.end] == "[card •••• 1111]"


@QUICK
@given(st.binary(max_size=300), st.text(max_size=20))
def test_bytes_and_headers_become_text(data: bytes, label: str) -> None:
    decode_bytes(data, label).encode()
    decode_header(data.decode("latin-1")).encode()
    check_sender(
        (data.decode("latin-1"), f"mx.shop.example; {label}"), "a@example.org", SETTINGS.authserv_ids
    )


@QUICK
@given(st.data())
def test_damaged_attachments(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [tnef("Refund", "a.txt", b"order 7"), pdf("Order 5"), b"<table><tr><td>a<td>b</table>"]
        )
    )
    damaged = bytearray(whole)
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=8)
    ):
        damaged[at] = byte
    damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    read_tnef(bytes(damaged))
    read_attachment(Leaf(name="a.pdf", content_type="application/pdf", data=bytes(damaged)), DEFAULT_LIMITS)
    structured_lines([document(damaged.decode("latin-1"))])
