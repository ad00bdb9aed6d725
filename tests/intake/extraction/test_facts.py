"""The facts file's object of one message."""

from __future__ import annotations

from intake.extraction.extract import extract
from intake.extraction.facts import claim_facts
from intake.extraction.model.train import data_digest
from intake.extraction.nlp import model_version
from intake.mail.settings import ReadingSettings
from rules.facts import check_facts
from tests.intake.extraction.letters import SETTINGS, letter, read


def claim(body: str, settings: ReadingSettings = SETTINGS) -> dict[str, str | bool | None]:
    message = letter(body)
    facts = claim_facts(message, extract(message, settings), settings)
    check_facts(facts)  # what the rules would refuse is a fault here
    return facts["claim"]


def test_what_is_stated_is_claimed() -> None:
    stated = claim("Charged twice: 49.00 EUR for order EO-104482 on 3 June 2026 by card. Please refund one.")
    assert stated["reason"] == "duplicate_payment"
    assert stated["order_number"] == "EO-104482"
    assert (stated["amount"], stated["currency"]) == ("49.00", "EUR")
    assert (stated["payment_date"], stated["method"]) == ("2026-06-03", "card")
    assert stated["account_email"] == "customer@example.org"


def test_a_flag_not_seen_is_false_and_what_nobody_says_is_absent() -> None:
    unsaid = claim("I want my money back.")
    assert unsaid["third_party"] is unsaid["several_requests"] is unsaid["problem"] is False
    assert not {"declines_waiting", "declines_alternative", "destination", "amount", "reason"} & unsaid.keys()


def test_the_day_of_the_request_is_counted_in_the_policy_s_zone() -> None:
    moscow = ReadingSettings(zone="Europe/Moscow")  # half past nine in the evening UTC is the next day there
    assert claim("I want my money back.")["requested_on"] == "2026-06-17"
    assert claim("I want my money back.", moscow)["requested_on"] == "2026-06-18"


def test_the_account_is_the_sender_s_only_where_the_policy_says_so() -> None:
    assert "account_email" not in claim("I want my money back.", ReadingSettings())


def test_the_reader_s_version_names_the_data_it_read_with() -> None:
    assert read("Please refund me.").reader_version.endswith(model_version())


def test_the_model_was_trained_on_the_data_beside_it() -> None:
    assert model_version() == data_digest(), "run python -m intake.extraction.model.train"
