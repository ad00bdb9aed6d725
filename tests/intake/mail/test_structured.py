"""Structured data of HTML receipts as lines."""

from __future__ import annotations

from intake.mail.document import document
from intake.mail.structured import structured_lines

ORDER = """<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Order", "orderNumber": "EO-7",
"priceCurrency": "EUR", "acceptedOffer": [{"@type": "Offer", "price": 29.5}], "customer": null}</script>"""


def lines(*html: str) -> str:
    return structured_lines(map(document, html))


def test_json_ld() -> None:
    assert lines(ORDER).splitlines() == [
        "orderNumber: EO-7",
        "priceCurrency: EUR",
        "acceptedOffer.price: 29.5",
    ]


def test_microdata() -> None:
    html = (
        '<div itemscope itemtype="https://schema.org/Order"><meta itemprop="orderNumber" content="EO-7">'
        '<time itemprop="orderDate" datetime="2026-06-12">12 June</time><span itemprop="price">29.00</span></div>'
    )
    assert lines(html).splitlines() == [
        "orderNumber: EO-7",
        "orderDate: 2026-06-12",
        "price: 29.00",
    ]


def test_tables_of_two_columns() -> None:
    html = "<table><tr><td>Order:</td><td><b>EO-7</b></td></tr><tr><th>Paid</th><td>29&nbsp;€</td></tr><tr><td>a</td><td>b</td><td>c</td></tr></table>"
    assert lines(html).splitlines() == ["Order: EO-7", "Paid: 29 €"]


def test_definition_lists() -> None:
    assert lines("<dl><dt>Order</dt> <dd>EO-7</dd><dt>Empty</dt></dl>") == "Order: EO-7"


def test_layout_and_quotations_are_left_out() -> None:
    layout = (
        "<table><tr><td><table><tr><td>Order</td><td>EO-7</td></tr></table></td><td>"
        + "prose " * 200
        + "</td></tr></table>"
    )
    assert lines(layout) == "Order: EO-7"
    assert lines("<blockquote><table><tr><td>Order</td><td>EO-8</td></tr></table></blockquote>") == ""


def test_broken_data_is_no_error() -> None:
    for html in (
        '<script type="application/ld+json">{"a": </script>',
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
    ):
        assert lines(html) == ""
    assert lines("<table>" * 10_000) == ""
    assert lines(ORDER, ORDER) == lines(ORDER)
