"""Which text of a message is its own, and which only repeats it."""

from __future__ import annotations

from tests.intake.mail.samples import body, mail, multipart, parsed

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"
PICTURE = "Content-Type: image/png; name={0}\nContent-ID: <{0}@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


def test_plain_text_is_read_and_the_html_kept_apart() -> None:
    message = parsed(
        multipart("alternative", f"{PLAIN}Refund order 5", f"{HTML}<p>Refund order <b>5</b></p>")
    )
    assert message.body.reveal() == "Refund order 5"
    assert [other.reveal().strip() for other in message.other_bodies] == ["Refund order 5"]


def test_html_is_read_where_the_text_is_empty_or_a_stub() -> None:
    html = f"{HTML}<p>Please refund order 5, I paid twice by card on 3 June and want one payment back.</p>"
    for stub in (
        "",
        "   ",
        "Your mail client does not support HTML.",
        "Ваш почтовый клиент не показывает письма.",
    ):
        assert body(multipart("alternative", PLAIN + stub, html)).startswith("Please refund order 5")


def test_a_short_text_is_no_stub() -> None:
    text = "Please refund order 5, my mail client crashed"
    assert body(multipart("alternative", PLAIN + text, f"{HTML}<p>{text}</p>")) == text


def test_hidden_words_are_kept_for_the_redactor_only() -> None:
    message = parsed(
        mail('<p>Refund</p><div style="display:none">4111</div><!-- 4242 -->', "Content-Type: text/html\n")
    )
    assert message.body.reveal() == "Refund"
    hidden = " ".join(other.reveal() for other in message.other_bodies)
    assert "4111" in hidden
    assert "4242" in hidden


def test_quotes_of_html_keep_their_marks() -> None:
    text = body(mail("<p>Order 5</p><blockquote>Which?<br>Thanks</blockquote>", "Content-Type: text/html\n"))
    assert text.splitlines()[-2:] == ["> Which?", "> Thanks"]


def test_texts_beside_each_other_are_one_body() -> None:
    data = multipart("mixed", f"{PLAIN}one", PICTURE.format("photo.png"), f"{PLAIN}two")
    assert body(data).split() == ["one", "two"]


def test_a_picture_in_related_html_belongs_to_it() -> None:
    message = parsed(
        multipart("related", f'{HTML}<p>Hi</p><img src="cid:logo.png@x">', PICTURE.format("logo.png"))
    )
    assert message.body.reveal() == "Hi"
    assert [item.is_logo for item in message.attachments] == [True]


def test_pictures_written_into_the_html_are_attachments() -> None:
    message = parsed(
        mail(
            '<p>Look</p><img src="data:image/png;base64,' + "QUJD" * 20_000 + '">',
            "Content-Type: text/html\n",
        )
    )
    assert message.body.reveal() == "Look"
    assert [(item.content_type, item.size, item.is_logo) for item in message.attachments] == [
        ("image/png", 60_000, False)
    ]


def test_signed_mail_is_read_and_the_signature_is_nothing_unread() -> None:
    data = multipart(
        "signed", f"{PLAIN}Refund", "Content-Type: application/pgp-signature; name=signature.asc\n\nabc"
    )
    message = parsed(data)
    assert message.body.reveal() == "Refund"
    assert [item.is_logo for item in message.attachments] == [True]
    armoured = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nRefund\n- -- \nAnn\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
        "-----END PGP SIGNATURE-----\n"
    )
    assert body(mail(armoured)).strip() == "Refund\n-- \nAnn"


def test_encrypted_mail_is_unread() -> None:
    for data in (
        mail("-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----"),
        mail("MIIB", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"),
        multipart(
            "encrypted",
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream\n\nabc",
        ),
    ):
        assert any(item.text is None and not item.is_logo for item in parsed(data).attachments)


def test_enriched_text() -> None:
    assert body(mail("<bold>Refund</bold> order 5", "Content-Type: text/enriched\n")) == "Refund order 5"


def test_charset_from_the_html_itself() -> None:
    html = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Возврат</p>'
    assert body(mail("", "Content-Type: text/html\n") + html.encode("cp1251")) == "Возврат"


def test_a_multipart_without_its_boundary() -> None:
    parts = "--b0\nContent-Type: text/plain\n\nRefund\n--b0\nContent-Type: text/plain; name=a.txt\n\norder 5\n--b0--\n"
    for header in ("Content-Type: multipart/mixed\n", "Content-Type: multipart/mixed; boundary=other\n"):
        message = parsed(mail(parts, header))
        assert message.body.reveal().strip() == "Refund"
        assert [item.name.reveal() for item in message.attachments] == ["a.txt"]
    assert body(mail("just words", "Content-Type: multipart/mixed; boundary=b\n")) == "just words"


def test_labels_that_lie_about_the_body() -> None:
    assert (
        body(mail("Please refund order 5, thank you!", "Content-Transfer-Encoding: base64\n"))
        == "Please refund order 5, thank you!"
    )
    assert body(mail("<html><body><p>Refund</p></body></html>")) == "Refund"
    escaped = "Content-Type: text/plain; charset=raw_unicode_escape\nContent-Transfer-Encoding: base64\n"
    half = mail("", escaped) + b"Refund, \xe9 \\ud83d please!"  # half a surrogate pair
    assert body(half).startswith("Refund, ")
    named = (
        "Content-Type: text/plain; name=message.txt\nContent-Disposition: attachment; filename=message.txt\n"
    )
    assert body(mail("Refund", named)) == "Refund"
