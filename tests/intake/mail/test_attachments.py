"""What is read in attachments, what stays unread, and what only decorates."""

from __future__ import annotations

import base64
import tracemalloc
from itertools import count

import pytest

from intake.mail.limits import ParseLimits
from intake.mail.message import Attachment, RawMessage
from intake.mail.parse import parse
from intake.mail.pdf import pdf_text
from tests.intake.mail.samples import multipart, parsed, pdf, redacted, tnef


def attach(
    content_type: str, name: str, data: bytes, disposition: str = "attachment", words: str = "hello"
) -> bytes:
    head = f'Content-Type: {content_type}; name="{name}"\nContent-Disposition: {disposition}; filename="{name}"\n'
    encoded = base64.encodebytes(data).decode()
    return multipart(
        "mixed",
        f"Content-Type: text/plain\n\n{words}",
        f"{head}Content-Transfer-Encoding: base64\n\n{encoded}",
    )


def only(data: bytes) -> Attachment:
    (item,) = parsed(data).attachments
    return item


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("rows", [300, 301])
def test_a_large_file_is_read_to_its_last_byte(rows: int, end: bytes) -> None:
    """Base64 of full rows, each of 57 bytes, right up to the boundary."""
    data = (b"x" * 18 + b"\n") * (3 * rows)
    item = only(attach("text/csv", "a.csv", data).replace(b"\n", end))
    assert item.size == len(data)
    assert item.text is not None
    assert len(item.text.reveal().split()) == 3 * rows


@pytest.mark.parametrize(
    ("content_type", "name", "data", "text"),
    [
        ("text/plain", "a.txt", b"Order 5\r\n", "Order 5"),
        ("text/plain", "a.txt", "Заказ 5".encode("cp1251"), "Заказ 5"),
        ("text/csv", "a.csv", b"order;sum\n5;9", "order;sum\n5;9"),
        ("application/octet-stream", "a.csv", b"order;sum", "order;sum"),
        ("application/json", "a.json", b'{"order": 5}', '{"order": 5}'),
        ("text/html", "a.html", b"<p>Order <b>5</b></p>", "Order 5"),
        ("text/calendar", "a.ics", b"SUMMARY:Order 5", "SUMMARY:Order 5"),
        ("text/calendar", "a.ics", b"SUMMARY:Ord\r\n er 5\r\nURL:x", "SUMMARY:Order 5\nURL:x"),
        ("application/octet-stream", "a.vcf", b"NOTE:Or\r\n\tder 5", "NOTE:Order 5"),
        ("application/pdf", "a.pdf", pdf("Order 5 of 3 June"), "Order 5 of 3 June"),
        ("application/octet-stream", "receipt", pdf("Order 5"), "Order 5"),
        (
            "application/pdf",
            "form.pdf",
            pdf(
                "A form",
                catalog="/AcroForm << /Fields [6 0 R 7 0 R] >>",
                more=("<< /FT /Tx /T (order) /V (5) >>", "<< /FT /Btn /T (paid) /V /Yes >>"),
            ),
            "A form\norder: 5",
        ),
        (
            "application/pdf",
            "noted.pdf",
            pdf("A page", page="/Annots [6 0 R]", more=("<< /Subtype /FreeText /Contents (Order 5) >>",)),
            "A page\nOrder 5",
        ),
    ],
)
def test_texts_are_read(content_type: str, name: str, data: bytes, text: str) -> None:
    item = only(attach(content_type, name, data))
    assert item.text is not None
    assert item.text.reveal().strip() == text
    assert item.size == len(data)


@pytest.mark.parametrize(
    ("content_type", "name", "data"),
    [
        ("image/png", "screenshot.png", b"\x89PNG" * 100),
        ("application/zip", "a.zip", b"PK\3\4"),
        ("application/pdf", "scan.pdf", pdf("")),
        ("application/pdf", "broken.pdf", b"%PDF-1.4 nothing"),
        ("application/pdf", "glyphs.pdf", pdf("\x16\x17\x18 \x19\x1a")),  # numbers of glyphs, not characters
        (
            "application/pdf",
            "half_a_scan.pdf",
            pdf(
                "Order 5",
                second="/Resources << /XObject << /I 6 0 R >> >>",
                more=("<< /Subtype /Image >>",),
            ),
        ),
        ("application/msword", "a.doc", b"\xd0\xcf\x11\xe0"),
        ("text/plain", "a.txt", bytes(range(32)) * 10),
        ("text/plain", "rich.txt", rb"{\rtf1 Or{\b der} 5}"),
        ("application/ms-tnef", "winmail.dat", b"no tnef"),
        ("application/x-unheard-of", "x.bin", b"12345"),
    ],
)
def test_the_rest_is_unread_and_named(content_type: str, name: str, data: bytes) -> None:
    message = redacted(attach(content_type, name, data))
    assert [(item.name.text, item.text) for item in message.attachments] == [(name, None)]
    assert message.unread


@pytest.mark.parametrize(
    ("name", "disposition", "size", "words", "unread"),
    [
        ("logo.png", "inline", 5_000, "hello", False),
        ("company_logo.gif", "attachment", 90_000, "hello", False),
        ("image001.png", "inline", 5_000, "hello", False),
        ("image001.png", "inline", 90_000, "hello", True),
        ("image001.png", "inline", 5_000, "see the screenshot", True),
        ("image001.png", "inline", 5_000, "The attached statement shows it", True),
        ("image001.png", "inline", 5_000, "Your image editor lost my photo project", False),
        ("Снимок экрана.png", "inline", 5_000, "hello", True),
        ("IMG_2041.jpg", "inline", 5_000, "hello", True),
        ("order.png", "attachment", 500, "hello", True),
    ],
)
def test_logos_do_not_count(name: str, disposition: str, size: int, words: str, *, unread: bool) -> None:
    assert redacted(attach("image/png", name, b"x" * size, disposition, words)).unread is unread


def test_a_logo_beside_a_readable_attachment() -> None:
    png = (
        "Content-Type: image/png; name=image001.png\nContent-Disposition: inline; filename=image001.png\n\nx"
    )
    text = "Content-Type: text/plain; name=bill.txt\n\norder 5"
    assert not redacted(
        multipart("mixed", "Content-Type: text/plain\n\nThe bill is attached.", png, text)
    ).unread


def test_limits_leave_attachments_unread() -> None:
    data = attach("text/plain", "a.txt", b"x" * 1_000)
    for limits in (
        ParseLimits(attachment_bytes=999),
        ParseLimits(attachment_chars=999),
        ParseLimits(text_chars=999),
    ):
        (item,) = parse(RawMessage(data=data, source="-"), limits).attachments
        assert item.text is None
    document = attach("application/pdf", "a.pdf", pdf("Order 5"))
    for limits in (ParseLimits(pdf_pages=0), ParseLimits(pdf_seconds=-1), ParseLimits(attachment_chars=3)):
        (item,) = parse(RawMessage(data=document, source="-"), limits).attachments
        assert item.text is None


def test_a_form_of_a_pdf_is_held_to_the_limits() -> None:
    form = pdf("A", catalog="/AcroForm << /Fields [6 0 R] >>", more=("<< /FT /Tx /T (Order) /V (5555) >>",))
    assert pdf_text(form, ParseLimits(attachment_chars=15)) == "A\nOrder: 5555"
    assert pdf_text(form, ParseLimits(attachment_chars=10)) is None


@pytest.mark.parametrize("words", ["x" * 100_000, " "])
def test_a_note_that_a_pdf_repeats_is_held_to_the_limits(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    note = f"<< /Subtype /FreeText /Contents ({words}) >>"
    data = pdf("A", page=f"/Annots [{'6 0 R ' * 400}]", more=(note,))
    ticks = count()
    monkeypatch.setattr("intake.mail.pdf.time.monotonic", lambda: next(ticks) / 100)  # 0.01 s a look
    tracemalloc.start()
    assert pdf_text(data, ParseLimits()) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_winmail_dat_gives_its_body_and_files() -> None:
    message = parsed(
        attach("application/ms-tnef", "winmail.dat", tnef("Refund order 5", "bill.txt", b"order 7"), words="")
    )
    assert message.body.reveal().strip() == "Refund order 5"
    assert [(item.name.reveal(), item.text and item.text.reveal()) for item in message.attachments] == [
        ("bill.txt", "order 7")
    ]


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream"])
def test_attached_mail_is_forwarded_mail(kind: str) -> None:
    inner = (
        "From: Shop <shop@shop.example>\nDate: Fri, 12 Jun 2026 17:03:00 +0200\nSubject: Receipt\n\nOrder 7"
    )
    message = redacted(
        multipart(
            "mixed", "Content-Type: text/plain\n\nsee", f"Content-Type: {kind}; name=order.eml\n\n{inner}"
        )
    )
    (item,) = message.attachments
    assert (item.name.text, item.forwarded, item.content_type) == ("order.eml", True, "message/rfc822")
    assert item.text is not None
    assert "From: Shop <shop@shop.example>" in item.text.text
    assert item.text.text.endswith("Order 7")
    assert not message.unread


def test_attached_mail_in_base64_which_is_forbidden() -> None:
    inner = base64.encodebytes(b"From: shop@shop.example\nSubject: Receipt\n\nOrder 7").decode()
    data = multipart("mixed", f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}")
    item = only(data)
    assert item.text is not None
    assert item.text.reveal().endswith("Order 7")


@pytest.mark.parametrize(
    "header",
    [
        "filename*=utf-8''%D0%A7%D0%B5%D0%BA.txt",
        "filename*0*=utf-8''%D0%A7; filename*1*=%D0%B5%D0%BA.txt",
        'filename="=?utf-8?B?0KfQtdC6LnR4dA==?="',
        'filename="Чек.txt"',
        'filename="C:\\\\Users\\\\ann\\\\Чек.txt"',
        "filename*=koi8-r''%FE%C5%CB.txt",
    ],
)
def test_names_in_every_encoding(header: str) -> None:
    item = only(
        multipart("mixed", f"Content-Type: text/plain\nContent-Disposition: attachment; {header}\n\nx")
    )
    assert item.name.reveal() == "Чек.txt"


@pytest.mark.parametrize(
    "header", ["filename*=", "filename*99999999999=x", "filename*0*=x-none''%ff; filename*1=z", 'filename="']
)
def test_names_that_are_none_do_not_matter(header: str) -> None:
    only(multipart("mixed", f"Content-Type: text/plain\nContent-Disposition: attachment; {header}\n\nx"))


def test_a_bounce_gives_its_report_and_the_returned_mail() -> None:
    data = multipart(
        "report",
        "Content-Type: text/plain\n\nNot delivered",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nStatus: 5.1.1",
        "Content-Type: message/rfc822\n\nSubject: Hello\n\nDear Ann",
        extra="; report-type=delivery-status",
    )
    message = parsed(data)
    assert message.body.reveal() == "Not delivered"
    texts = [item.text.reveal() for item in message.attachments if item.text]
    assert "status: 5.1.1" in texts[0]
    assert texts[1].endswith("Dear Ann")
