"""Whose words in HTML mail, as the mail programs of customers build their replies and forwards."""

from __future__ import annotations

import pytest

from intake.mail.redacted import Author, RedactedMessage
from tests.intake.mail.samples import mail, redacted

SHOP = "Support &lt;support@shop.example&gt;"


def reply(html: str, headers: str = "In-Reply-To: <1@shop.example>\n") -> RedactedMessage:
    return redacted(mail(html, f"Content-Type: text/html; charset=utf-8\n{headers}"))


REPLIES = {
    "gmail": (
        '<div dir="ltr">Order 5<div><br></div><div>Ann</div></div><br><div class="gmail_quote '
        'gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Jun 1, 2026 at 9:12\u202fAM '
        f'{SHOP} wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Which order?</div>'
        '<div class="gmail_quote"><div class="gmail_attr">On Sun, May 31, 2026 at 9:12 AM Ann Example '
        "&lt;ann@example.org&gt; wrote:<br></div><blockquote>I paid twice</blockquote></div>"
        "</blockquote></div>"
    ),
    "outlook-desktop": (
        "<div class=WordSection1><p class=MsoNormal>Order 5<o:p></o:p></p><p class=MsoNormal><o:p>"
        '&nbsp;</o:p></p><p class=MsoNormal>Ann<o:p></o:p></p><div style="border:none;border-top:solid '
        f'#E1E1E1 1.0pt"><p class=MsoNormal><b>From:</b> {SHOP} <br><b>Sent:</b> Monday, June 1, 2026 '
        "9:12 AM<br><b>To:</b> Ann Example<br><b>Subject:</b> RE: refund<o:p></o:p></p></div><p "
        "class=MsoNormal>Which order?<o:p></o:p></p></div>"
    ),
    "outlook.com": (
        '<div>Order 5</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div '
        f'id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> {SHOP}<br><b>Sent:</b> Monday, '
        "June 1, 2026 9:12 AM<br><b>To:</b> Ann<br><b>Subject:</b> Re: refund</font><div>&nbsp;</div>"
        "</div><div>Which order?</div>"
    ),
    "apple": (
        '<div>Order 5</div><br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>'
        f'On 1 Jun 2026, at 09:12, {SHOP} wrote:</div><br class="Apple-interchange-newline"><div>Which '
        "order?</div></blockquote></div>"
    ),
    "iphone": (
        'Order 5<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote '
        f'type="cite">On 1 Jun 2026, at 09:12, {SHOP} wrote:<br><br></blockquote></div><blockquote '
        'type="cite"><div dir="ltr">Which order?</div></blockquote>'
    ),
    "yahoo": (
        '<div>Order 5</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div style="font">  <div>On '
        f"Monday, June 1, 2026 at 09:12:00 AM GMT+3, {SHOP} wrote: </div> <div><br></div><div><br></div> "
        "<div>Which order?</div></div></div>"
    ),
    "thunderbird": (
        '<p>Order 5</p><div class="moz-cite-prefix">On 01/06/2026 09:12, Support wrote:<br></div>'
        '<blockquote type="cite" cite="mid:x"><p>Which order?</p></blockquote><p>and by card</p>'
    ),
    "mailru": (
        '<div>Заказ 5</div><div>&nbsp;</div><div>--<br>Анна</div><blockquote style="border-left:1px '
        f'solid #0857A6; margin:10px;">Понедельник, 1 июня 2026, 9:12 +03:00 от {SHOP}:<br>&nbsp;<div '
        'id="">Какой заказ?</div></blockquote>'
    ),
    "yandex": (
        '<div>Заказ 5</div><div>&nbsp;</div><div>01.06.2026, 09:12, "Support" '
        "&lt;support@shop.example&gt;:</div><blockquote><div>Какой заказ?</div></blockquote>"
    ),
    "gmx": (
        '<div>Nummer 5</div><div>&nbsp;<div name="quote" style="margin:10px 5px; border-left:2px solid '
        '#C3D9E5;"><div><b>Gesendet:</b>&nbsp;Montag, 01. Juni 2026 um 09:12 Uhr<br/><b>Von:</b>'
        '&nbsp;"Support" &lt;support@shop.example&gt;<br/><b>An:</b>&nbsp;ann@example.org<br/><b>'
        'Betreff:</b>&nbsp;Re: x</div><div name="quoted-content">Nummer?</div></div></div>'
    ),
    "proton": (
        'Order 5<div class="protonmail_signature_block">Sent with <a>Proton Mail</a> secure email.</div>'
        f'<div class="protonmail_quote">On Monday, 1 June 2026 at 09:12, {SHOP} wrote:<br><blockquote '
        'class="protonmail_quote" type="cite">Which order?</blockquote></div>'
    ),
}


@pytest.mark.parametrize("program", REPLIES)
def test_replies(program: str) -> None:
    message = reply(REPLIES[program])
    new = message.body.text.split()
    assert new[1] == "5"
    assert not {"Which", "Какой", "Nummer?"} & set(new)
    assert message.quotes[0].author is Author.OTHER
    assert message.quotes[0].text.text in {"Which order?", "Какой заказ?", "Nummer?"}
    assert message.quotes[0].heading


def test_a_thread_tells_the_customers_own_words() -> None:
    assert [(quote.author, quote.text.text) for quote in reply(REPLIES["gmail"]).quotes] == [
        (Author.OTHER, "Which order?"),
        (Author.CUSTOMER, "I paid twice"),
    ]


def test_words_below_the_quote() -> None:
    assert reply(REPLIES["thunderbird"]).body.text == "Order 5\n\nand by card"


def test_signatures_are_found_above_the_quote() -> None:
    assert reply(REPLIES["iphone"]).signature.text == "Sent from my iPhone"
    assert reply(REPLIES["mailru"]).signature.text == "--\nАнна"


@pytest.mark.parametrize(
    "html",
    [
        (
            '<div>please</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
            "From: <b>Shop</b> &lt;shop@other.example&gt;<br>Date: Fri, Jun 12, 2026 at 5:03 PM<br>Subject: Receipt<br></div><br>"
            "<table><tr><td>Order</td><td>7</td></tr></table></div>"
        ),
        (
            '<div>please</div><div><br><blockquote type="cite"><div>Begin forwarded message:</div><br><div><b>From: </b>Shop '
            "&lt;shop@other.example&gt;<br></div><div><b>Subject: </b>Receipt<br></div><div><b>Date: </b>12 June 2026<br></div><br>"
            "<div>Order\t7</div></blockquote></div>"
        ),
        (
            "<div>please</div><div>-------- Пересылаемое сообщение --------</div><div>12.06.2026, 17:03, Shop "
            "&lt;shop@other.example&gt;:</div><blockquote><div>Order 7</div></blockquote>"
            "<div>-------- Конец пересылаемого сообщения --------</div>"
        ),
    ],
)
def test_forwards(html: str) -> None:
    message = reply(html, "")
    assert message.body.text == "please"
    (quote,) = message.quotes
    assert (quote.author, quote.forwarded) == (Author.OTHER, True)
    assert "shop@other.example" in quote.text.text
    assert quote.text.text.split()[-2:] == ["Order", "7"]


def test_outlook_forwards_say_so_in_the_subject_alone() -> None:
    html = (
        '<div>bitte</div><hr><div id="divRplyFwdMsg"><b>Von:</b> Shop &lt;shop@other.example&gt;<br><b>Gesendet:</b> Freitag, '
        "12. Juni 2026 17:03<br><b>An:</b> Ann<br><b>Betreff:</b> Beleg</div><div>Bestellung 7</div>"
    )
    data = mail(html, "Content-Type: text/html\n").replace(b"Subject: refund", b"Subject: WG: Beleg")
    assert [quote.forwarded for quote in redacted(data).quotes] == [True]
