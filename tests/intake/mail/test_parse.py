"""Mail as it really comes: charsets, headers, damage."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from intake.mail.charsets import decode_bytes, decode_header
from intake.mail.limits import ParseLimits, UnreadableError
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from tests.intake.mail.samples import NOON, body, mail, multipart, parsed

RUSSIAN = "Здравствуйте, верните деньги за заказ 5."


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r", "iso-8859-5", "cp866"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_declared_charsets(charset: str, encoding: str) -> None:
    data = RUSSIAN.encode(charset)
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = "".join(f"={byte:02X}" for byte in data).encode()
    head = mail("", f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n")
    assert body(head + data).strip() == RUSSIAN


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r", "cp866"])
@pytest.mark.parametrize(
    "label", ["", "; charset=us-ascii", "; charset=x-unknown", "; charset=utf-7", "; charset=iso-8859-1"]
)
def test_undeclared_and_wrong_charsets(charset: str, label: str) -> None:
    head = mail("", f"Content-Type: text/plain{label}\n")
    assert body(head + RUSSIAN.encode(charset)).strip() == RUSSIAN


@pytest.mark.parametrize(
    "label", ["windows-1251", "cp-1251", "WINDOWS1251", '"windows-1251"', "x-windows-1251"]
)
def test_labels_of_one_charset(label: str) -> None:
    assert decode_bytes(RUSSIAN.encode("cp1251"), label) == RUSSIAN


def test_western_text_is_not_taken_for_russian() -> None:
    text = "Bonjour, j'ai payé deux fois la même commande, ça suffit à présent."
    for label in (None, "iso-8859-1", "us-ascii"):
        assert decode_bytes(text.encode("cp1252"), label) == text
    assert decode_bytes("CAFÉ»".encode("cp1252"), "iso-8859-1") == "CAFÉ»"
    # WHATWG: iso-8859-1 means windows-1252
    assert decode_bytes("49 €".encode("cp1252"), "iso-8859-1") == "49 €"


def test_charsets_whose_bytes_look_like_ascii() -> None:
    assert decode_bytes(RUSSIAN.encode("utf-16"), "utf-16") == RUSSIAN
    assert decode_bytes("注文 5".encode("iso-2022-jp"), "iso-2022-jp") == "注文 5"


def test_control_characters_and_lone_surrogates_are_dropped() -> None:
    assert decode_bytes(b"a\0b\x0bc\td\ne", "utf-8") == "abc\td\ne"
    assert "\ud800" not in decode_bytes(b"\xed\xa0\x80", "utf-8")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?0JLQvtC30LLRgNCw0YI=?=", "Возврат"),
        ("=?utf-8?Q?a_b?= =?utf-8?Q?_c?=", "a b c"),
        ("=?utf-8?B?0JLQvtC3?= =?utf-8?B?0LLRgNCw0YI=?= ok", "Возврат ok"),
        ("=?utf-8?Q?=D0?= =?utf-8?Q?=92?=", "В"),  # split inside a character
        ("=?utf-8?B?0JLQvtC30LLRgNCw0YI?=", "Возврат"),  # padding lost
        ("=?koi8-r?Q?=F7?= =?windows-1251?Q?=C2?=", "ВВ"),
        ("=?x-unknown?Q?plain?=", "plain"),
        ("=?utf-8*en?Q?plain?=", "plain"),
        ("=?utf-8?Q?two words?=", "two words"),  # blanks are forbidden and common
        ("no words =?at all", "no words =?at all"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    assert decode_header(value) == text


def test_raw_8bit_headers() -> None:
    for charset in ("utf-8", "windows-1251", "koi8-r"):
        data = "From: Анна <ann@example.org>\nSubject: Возврат за подписку\n\nx".encode(charset)
        message = parsed(data)
        assert message.subject.reveal() == "Возврат за подписку"
        assert message.sender is not None
        assert message.sender.name.reveal() == "Анна"


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("Ann <ann@example.org>", "Ann", "ann@example.org"),
        ("=?koi8-r?B?4c7OwQ==?= <ann@example.org>", "Анна", "ann@example.org"),
        ('"Example, Ann" <ann@example.org>', "Example, Ann", "ann@example.org"),
        ("ann@example.org", "", "ann@example.org"),
        ("Ann ann@example.org", "Ann", "ann@example.org"),
        ("Ann <ann@example.org", "Ann", "ann@example.org"),
        ('"Ann <ann@example.org>', "Ann", "ann@example.org"),
        ("=?utf-8?q?evil=40example.net?= <ann@example.org>", "evil@example.net", "ann@example.org"),
    ],
)
def test_senders(value: str, name: str, email: str) -> None:
    sender = parsed(f"From: {value}\n\nx".encode()).sender
    assert sender is not None
    assert (sender.name.reveal(), sender.email.reveal()) == (name, email)


def test_when_it_was_received() -> None:
    received = "Received: from a by b; Mon, 01 Jun 2026 06:12:09 +0000\nReceived: from c by a; Mon, 01 Jun 2026 05:00:00 +0000\n"
    data = mail("x", received)
    assert parsed(data, received_at=NOON).received_at == NOON
    assert parsed(data).received_at == datetime(2026, 6, 1, 6, 12, 9, tzinfo=UTC)
    date = parsed(mail("x")).received_at
    assert date is not None
    assert date.isoformat() == "2026-06-01T09:12:00+03:00"  # the sender's own zone is kept
    assert parsed(b"From: a@example.org\nDate: soon\n\nx").received_at is None


@pytest.mark.parametrize(
    "value",
    ["Mon, 1 Jun 2026 09:12:00 +9999", "99 Foo 9999 99:99", "(((((" * 50],
)
def test_dates_that_are_none(value: str) -> None:
    assert parsed(f"From: a@example.org\nDate: {value}\n\nx".encode()).date is None


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Mon, 1 Jun 2026 09:12:00 +0300", "2026-06-01T09:12:00+03:00"),
        ("Mon, 1 (first) Jun 2026 09:12:00 +0300 (MSK)", "2026-06-01T09:12:00+03:00"),
        ("1 Jun 26 09:12 EST", "2026-06-01T09:12:00-05:00"),
        ("Mon, 1 Jun 2026 09:12:00 -0000", "2026-06-01T09:12:00+00:00"),
        ("Mon Jun  1 09:12:00 2026", "2026-06-01T09:12:00+00:00"),
        ("2026-06-01T09:12:00+05:30", "2026-06-01T09:12:00+05:30"),
    ],
)
def test_dates_as_programs_write_them(value: str, date: str) -> None:
    read = parsed(f"From: a@example.org\nDate: {value}\n\nx".encode()).date
    assert read is not None
    assert read.isoformat() == date


def test_thread() -> None:
    data = mail(
        "x",
        "Message-ID: <c@example.org>\nIn-Reply-To: <b@shop.example>\nReferences: <a@example.org>\n <b@shop.example>\n",
    )
    message = parsed(data)
    assert message.message_id == "<c@example.org>"
    assert message.references == ("<a@example.org>", "<b@shop.example>")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert body(f"From: a@example.org{end}Subject: x{end}{end}one{end}two".encode()) == "one\ntwo"


def test_flowed_text_is_joined() -> None:
    head = "Content-Type: text/plain; charset=utf-8; format=flowed"
    assert body(mail("one \ntwo\n> a \n> b\n-- \nAnn", head + "\n")) == "one two\n> a b\n-- \nAnn"
    assert body(mail("on \ne\n stuffed", head + "; delsp=yes\n")) == "one\nstuffed"


def test_bytes_before_the_headers() -> None:
    assert body(b"\xef\xbb\xbf\r\n\r\nFrom: a@example.org\r\n\r\nhello") == "hello"


def test_what_cannot_be_read() -> None:
    for data in (b"", b"\n\n", b"just words"):
        with pytest.raises(UnreadableError) as error:
            parsed(data)
        assert error.value.code == "unreadable"
    with pytest.raises(UnreadableError) as error:
        parse(RawMessage(data=mail("x" * 100), source="-"), ParseLimits(message_bytes=50))
    assert error.value.code == "too_large"


def test_deep_nesting_many_parts_and_long_headers() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(100))
    assert body(b"From: a@example.org\n" + deep + b"Content-Type: text/plain\n\nhello") == "hello"
    assert body(multipart("mixed", *["Content-Type: text/plain\n\nx"] * 3_000)).count("x") == 3_000
    long = parsed(mail("hello", f"X-Long: {'y' * 200_000}\nTo: {'a@example.org, ' * 15_000}\n"))
    assert long.body.reveal() == "hello"
    endless = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3_000)
    )
    with pytest.raises(UnreadableError):
        parsed(b"From: a@example.org\n" + endless)


def test_more_parts_than_allowed_are_said_to_be_unread() -> None:
    data = multipart("mixed", *["Content-Type: text/plain\n\nx"] * 20)
    message = parse(RawMessage(data=data, source="-"), ParseLimits(parts=5))
    assert [item.text for item in message.attachments] == [None]


def test_missing_boundary_end_and_damaged_base64() -> None:
    cut = multipart("mixed", "Content-Type: text/plain\n\nhello").replace(b"--b0--\n", b"")
    assert body(cut).strip() == "hello"
    assert (
        "StartBoundaryNotFoundDefect"
        in parsed(mail("x", "Content-Type: multipart/mixed; boundary=zz\n")).defects
    )
    damaged = base64.b64encode(RUSSIAN.encode()).rstrip(b"=") + b"!"
    head = mail("", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n")
    assert body(head + damaged).startswith("Здравствуйте")
