"""Why the money is wanted, and what an agent has to know."""

from __future__ import annotations

from typing import Any

import pytest

from intake.extraction.extract import extract
from intake.extraction.types import FieldName
from intake.mail.redacted import SenderCheck
from intake.redaction.findings import Finding, SecretType
from intake.redaction.text import sealed
from tests.intake.extraction.letters import SETTINGS, answer, flags_of, read, reason_of


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Please refund. I was charged twice for the same plan.", "duplicate_payment"),
        ("Верните деньги, сервер так и не выдали.", "not_activated"),
        ("Bitte erstatten, mein Abo hat sich automatisch verlängert.", "unwanted_renewal"),
        ("Remboursez-moi, l'application plante sans arrêt.", "technical_failure"),
        ("Devuelvan el dinero, me robaron la tarjeta y pagaron con ella.", "unauthorized_payment"),
        ("Поверніть кошти, я замовив не той тариф.", "wrong_order"),
        ("I withdraw from the contract under the Consumer Rights Act. Please refund.", "legal_right"),
        ("I want my money back. It works, but the quality is not what I hoped for.", "dissatisfied"),
    ],
)
def test_the_reason_is_read_in_every_language(body: str, reason: str) -> None:
    assert reason_of(read(body)) == reason


def test_a_reason_denied_does_not_count() -> None:
    seen = read("I was not charged twice. The plan never got activated, please refund me.")
    assert reason_of(seen) == "not_activated"


def test_no_reason_is_made_up() -> None:
    assert reason_of(read("I want my money back. Thank you.")) is None


def test_other_readings_stay_as_candidates() -> None:
    seen = read("Please refund: charged twice, and the server was never delivered either.")
    reason = seen.fields[FieldName.REASON]
    assert reason is not None
    assert reason.others


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ("I write on behalf of my client, please refund her order.", "third_party"),
        ("Please refund. I lost access to the mailbox of the account.", "lost_email_access"),
        ("Not delivered. I won't wait any longer, refund me.", "declines_waiting"),
        ("Сервер не выдали. Уже взяли у другого провайдера, верните деньги.", "declines_waiting"),
        ("Refund please. Your offer of a smaller server: no thanks.", "declines_alternative"),
        ("Bitte Geld zurück, eine Gutschrift hilft mir nicht.", "declines_alternative"),
        ("Верните 500 рублей на баланс.", "wants_balance"),
        ("Please refund it to the same card I paid with.", "wants_original_method"),
        ("Please refund both orders, they are not needed.", "several_requests"),
    ],
)
def test_a_flag_is_raised_with_its_sentence(body: str, flag: str) -> None:
    seen = read(body)
    assert flag in flags_of(seen)
    assert next(one for one in seen.flags if one.flag == flag).evidence is not None


def test_refusing_to_wait_refuses_no_other_offer() -> None:
    assert "declines_alternative" not in flags_of(read("I do not agree to wait any longer, refund me."))


def test_not_to_the_balance_is_no_wish_for_the_balance() -> None:
    seen = read("Please return it to the card I paid with, not to my balance.")
    assert seen.destination == "original"


def test_a_destination_named_counts_where_it_was_paid_from_there() -> None:
    paid = "I paid 20 EUR by card on 3 May, never got the key. Please refund to my card, order EO-1234."
    unpaid = "I paid 20 EUR by PayPal on 3 May, never got the key. Please refund to my card, order EO-1234."
    assert "wants_original_method" in flags_of(read(paid))
    assert "wants_original_method" not in flags_of(read(unpaid))


@pytest.mark.parametrize(("paid", "original"), [("по СБП", False), ("картой", True)])
def test_a_card_s_number_is_the_way_back_only_where_no_other_way_was_paid(
    paid: str,
    original: bool,  # noqa: FBT001 - a column
) -> None:
    body = f"Оплатила {paid} лишнее, 900 руб. Верните. Карту пишу, вдруг вернёте на неё: [card •••• 0004]."
    found = (Finding(type=SecretType.PAN, part="body", start=0, end=16, last_four="0004", rule="pan.luhn"),)
    assert ("wants_original_method" in flags_of(read(body, findings=found))) is original


def test_an_address_of_another_account_is_noticed() -> None:
    body = "Please refund order EO-1234, never delivered. The account is other@example.net."
    assert "sender_differs" in flags_of(read(body))


@pytest.mark.parametrize(
    ("sender", "reply_to", "differs"),
    [
        ("form@shop.example", "ann@example.net", False),
        ("form@shop.example", "bob@example.net", True),
        ("bob@example.org", "ann@example.net", True),
        ("noreply@example.org", "ann@example.net", True),
        ("bob@copied.example", "ann@example.net", True),
    ],
)
def test_a_form_of_the_company_is_written_by_whom_answers_go_to(
    sender: str,
    reply_to: str,
    differs: bool,  # noqa: FBT001 - a column
) -> None:
    body = (
        "E-mail of the account: ann@example.net\nOrder: EO-1234\nMessage: never delivered, please refund it."
    )
    headers: dict[str, Any] = {
        "sender_email": sealed(sender),
        "reply_to": sealed(reply_to),
        "recipients": (sealed("help@shop.example"), sealed("all@copied.example")),
    }
    assert ("sender_differs" in flags_of(read(body, **headers))) is differs


def test_what_needs_no_reading_is_flagged_for_every_kind() -> None:
    seen = read("How do I pay?", unread=True, sender_check=SenderCheck(from_domain_passed=False))
    assert {"attachment_unread", "sender_unverified"} <= flags_of(seen)


def test_what_nobody_says_stays_open() -> None:
    seen = read("Please refund order EO-1234, charged twice.")
    assert (seen.declines_waiting, seen.declines_alternative, seen.destination) == (None, None, None)


def test_a_reply_that_accepts_waiting_says_so() -> None:
    seen = extract(answer("OK, I am willing to wait until Friday.", "Re: Refund"), SETTINGS)
    assert seen.declines_waiting is False


def test_the_problem_is_the_customer_s_own_words() -> None:
    seen = read("Hello. Since the update every export fails with an error. Please refund. Ann")
    problem = seen.fields[FieldName.PROBLEM]
    assert problem is not None
    assert "every export fails with an error" in str(problem.chosen.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("I cancelled in May but was charged again in June. Refund me.", "unwanted_renewal"),
        ("Trotz Kündigung wurde wieder abgebucht, bitte erstatten.", "unwanted_renewal"),
        (
            "Ваші адміністратори переплутали номер стійки. Поверніть гроші на той самий рахунок.",
            "provider_fault",
        ),
        ("Vous avez suspendu mon compte à tort, remboursez-moi.", "provider_fault"),
        (
            "Ви вимкнули сервер, бо прострочена оплата. Менший мені не підходить, поверніть гроші.",
            "overdue_termination",
        ),
    ],
)
def test_the_cause_of_the_wish_beats_what_is_told_besides(body: str, reason: str) -> None:
    assert reason_of(read(body)) == reason


def test_a_refund_that_did_not_come_is_no_missing_delivery() -> None:
    promised = "Your colleague approved my refund of 65 EUR on 9 September. It has not arrived. Where is it?"
    ordered = "I ordered a server for 65 EUR on 9 September. It has not arrived. I want my money back."
    assert reason_of(read(promised)) == "other"
    assert reason_of(read(ordered)) == "not_activated"


def test_charged_again_after_cancelling_is_a_renewal_and_no_second_payment() -> None:
    again = "You charged me again this morning, £14.99. Give it back."
    assert reason_of(read(f"{again} I cancelled in March.")) == "unwanted_renewal"
    assert reason_of(read(f"{again} I had paid for that order yesterday.")) == "duplicate_payment"


def test_a_terse_answer_names_the_reason() -> None:
    assert reason_of(extract(answer("45988. 2700 р. сбп. вчера. не включили"), SETTINGS)) == "not_activated"


def test_who_was_charged_and_never_bought_is_no_prospect() -> None:
    assert (
        read("Je découvre un débit de 24 € à votre nom, je n'ai jamais rien commandé chez vous.").kind
        == "refund_request"
    )
    two = read("You charged me 49 euros yesterday. I haven't ordered anything from you.")
    assert two.kind == "refund_request"
    assert read("I haven't ordered anything yet, could I get a refund later?").kind == "other"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "31102255, 1.9., PayPal. bin mit der Diplomarbeit fertig, brauch's einfach nicht mehr",
            "cancellation",
        ),
        ("Рахунок INV-80006, карткою. Сервер мені більше не потрібен, проєкт закрили.", "cancellation"),
        (
            "Заказ EO-136644. Причина: программа перестала открывать файлы .las после обновления.",
            "technical_failure",
        ),
        ("The order is EO-8841, 14 May, by card.", None),
        ("No, I do not want an extension by two months.", None),
    ],
)
def test_a_reply_gives_a_reason_only_where_it_says_one(body: str, reason: str | None) -> None:
    assert reason_of(extract(answer(body, "Re: Refund"), SETTINGS)) == reason


def test_a_refusal_stands_though_the_way_back_is_left_to_the_company() -> None:
    body = "Please refund EO-1234. I do not want credits, send it to my card or PayPal if that is easier for you."
    assert "declines_alternative" in flags_of(read(body))
