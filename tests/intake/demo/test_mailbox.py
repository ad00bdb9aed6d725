"""The demo's mail: real MIME, dates near today, cards in all the places, copies that vary and repeat."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

import pytest

from intake.demo.letters import hand_written, people
from intake.demo.mailbox import MAILBOXES, DemoMail, demo_mail
from intake.extraction.types import Reason

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RESERVED = (".example", *(f"{edge}example.{top}" for edge in "@." for top in ("org", "com", "net")))
PLANTED = ("4111 1111 1111 1111", "5555 5555 5555 4444", "4000056655665556", "3782 822463 10005")


def _mails(messages: int | None = None, seed: int = 1) -> list[DemoMail]:
    return [mail for mails in demo_mail(messages=messages, seed=seed, now=NOW).values() for mail in mails]


def _parsed(mail: DemoMail) -> EmailMessage:
    return message_from_bytes(mail.data, policy=policy.default)


def _text(mail: DemoMail) -> str:
    parts = (part for part in _parsed(mail).walk() if part.get_content_maintype() == "text")
    return "\n".join([str(_parsed(mail)["Subject"]), *(part.get_content() for part in parts)])


@pytest.mark.parametrize("mail", _mails(), ids=lambda mail: f"{mail.mailbox}-{mail.name}")
def test_a_letter_is_mime_that_the_standard_library_reads(mail: DemoMail) -> None:
    message = _parsed(mail)
    assert message["From"].addresses
    assert message["Message-ID"]
    assert parsedate_to_datetime(message["Date"]) <= mail.received_at < NOW
    assert "{" not in str(message["Subject"])
    assert all(
        line.endswith(b"\r\n") and b"\r" not in line[:-2] for line in mail.data.splitlines(keepends=True)
    )
    defects = [defect for part in message.walk() for defect in part.defects]
    assert bool(defects) == ("cut-off" in mail.name)  # the one that makes mail-parser raise


def test_everybody_who_writes_is_invented() -> None:
    everybody = [letter.person for letter in hand_written()]
    everybody += [person for pool in people().values() for person in (*pool.f, *pool.m)]
    assert all(person.address.endswith(RESERVED) for person in everybody)


def test_both_companies_five_languages_and_the_legacy_charsets_are_there() -> None:
    letters = hand_written()
    assert len(letters) >= 40
    assert {letter.to for letter in letters} == set(MAILBOXES)
    for company in MAILBOXES:
        assert {letter.language for letter in letters if letter.to == company} == {
            "en",
            "ru",
            "de",
            "fr",
            "es",
        }
    assert {"koi8-r", "cp1251", "iso-8859-1"} <= {letter.charset for letter in letters}


def test_every_reason_is_among_them() -> None:
    expected = tomllib.loads((Path(__file__).parent / "expected.toml").read_text("utf-8"))
    assert {entry["reason"] for entry in expected.values() if "reason" in entry} == {*Reason}
    assert expected.keys() <= {letter.name for letter in hand_written()}


def test_slots_leave_no_trace_and_the_cards_are_planted() -> None:
    everything = "\n".join(_text(mail) for mail in _mails())
    assert not [
        word for word in ("{day", "{number", "{sum", "{say", "{first", "{address") if word in everything
    ]
    assert all(card in everything for card in PLANTED)


def test_one_mail_lies_in_both_mailboxes_with_different_bytes() -> None:
    twins = [mail for mail in _mails() if mail.name == "29-en-to-both-companies"]
    assert [mail.mailbox for mail in twins] == list(MAILBOXES)
    first, second = twins
    assert first.data != second.data
    assert _parsed(first)["Message-ID"] == _parsed(second)["Message-ID"]


@pytest.mark.parametrize("messages", [0, 1, 7, 54, 55, 140])
def test_as_many_messages_as_asked_for(messages: int) -> None:
    assert len(_mails(messages)) == messages


def test_fewer_are_the_first_of_the_hand_written_ones() -> None:
    names = {mail.name for mail in _mails(5)}
    assert names == {letter.name for letter in hand_written()[:5]}


def test_copies_repeat_with_their_seed_and_vary_with_another() -> None:
    assert _mails(150, seed=7) == _mails(150, seed=7)
    one, other = _mails(150, seed=7), _mails(150, seed=8)
    assert {mail.data for mail in one if "+" in mail.name}.isdisjoint(
        mail.data for mail in other if "+" in mail.name
    )


def test_copies_are_new_messages_from_other_people() -> None:
    mails = [mail for mail in _mails(200) if not mail.name.startswith("29-")]
    ids = [_parsed(mail)["Message-ID"] for mail in mails]
    assert len(set(ids)) == len(ids)
    copies = [mail for mail in mails if mail.name.startswith("01-")]
    senders = {getaddresses([_parsed(mail)["From"]])[0][1] for mail in copies}
    assert len(senders) == len(copies) > 2
    assert all(
        sender in _text(mail) for mail in copies for _, sender in getaddresses([_parsed(mail)["From"]])
    )


def test_a_copied_reply_answers_the_copy_of_its_letter_and_comes_later() -> None:
    mails = {mail.name: mail for mail in _mails(150)}
    replies = [name for name in mails if name.startswith("09-en-money-back-details+")]
    assert replies
    for name in replies:
        parent = mails[name.replace("09-en-money-back-details", "08-en-money-back-short")]
        reply = mails[name]
        assert _parsed(parent)["Message-ID"] in _parsed(reply)["References"]
        assert _parsed(parent)["From"] == _parsed(reply)["From"]
        assert timedelta(0) < reply.received_at - parent.received_at < timedelta(days=2)
