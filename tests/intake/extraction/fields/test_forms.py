"""Forms of days and sums, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from intake.extraction.fields import read_fields
from intake.extraction.fields.money import parse_number
from intake.extraction.types import FieldName
from tests.intake.extraction.fields.samples import SETTINGS, message, numbered, read


@pytest.mark.parametrize(
    ("text", "language", "day"),
    numbered(
        ("Paid on 2026-06-03.", "en", "2026-06-03"),
        ("Paid on 2026/06/03.", "en", "2026-06-03"),
        ("Paid on 03.06.2026.", "en", "2026-06-03"),
        ("Paid on 3.6.26.", "en", "2026-06-03"),
        ("Paid on 3rd of June.", "en", "2026-06-03"),
        ("Paid on the 3rd June 2026.", "en", "2026-06-03"),
        ("Paid on June the 3rd.", "en", "2026-06-03"),
        ("Paid 3-Jun-26.", "en", "2026-06-03"),
        ("Paid Sept. 9.", "en", "2025-09-09"),
        ("Paid Wednesday, June 3, 2026.", "en", "2026-06-03"),
        ("Paid on the 3rd.", "en", "2026-06-03"),
        ("Paid on the 28th.", "en", "2026-05-28"),
        ("Paid on the 20th of last month.", "en", "2026-05-20"),
        ("Paid yesterday.", "en", "2026-06-16"),
        ("Paid the day before yesterday.", "en", "2026-06-15"),
        ("Paid a fortnight ago.", "en", "2026-06-03"),
        ("Paid two weeks ago.", "en", "2026-06-03"),
        ("Paid a month ago.", "en", "2026-05-17"),
        ("Paid on Monday last week.", "en", "2026-06-08"),
        ("Paid last Wednesday.", "en", "2026-06-10"),
        ("Paid 11 hours ago.", "en", "2026-06-16"),
        ("Оплатил 3-го июня.", "ru", "2026-06-03"),
        ("Оплатил 3 июня 2026 г.", "ru", "2026-06-03"),
        ("Оплатил 3го.", "ru", "2026-06-03"),
        ("Оплатил 3 числа.", "ru", "2026-06-03"),
        ("Оплатил 20 числа прошлого месяца.", "ru", "2026-05-20"),
        ("Оплатил в прошлую среду.", "ru", "2026-06-10"),
        ("Оплатил на прошлой неделе в понедельник.", "ru", "2026-06-08"),
        ("Оплатил 5 дней назад.", "ru", "2026-06-12"),
        ("Оплатил неделю назад.", "ru", "2026-06-10"),
        ("Оплатила позавчера.", "ru", "2026-06-15"),
        ("Сплатив 3 червня.", "uk", "2026-06-03"),
        ("Сплатив минулої п’ятниці.", "uk", "2026-06-12"),
        ("Сплатила п'ять днів тому.", "uk", "2026-06-12"),
        ("Bezahlt am 3. Juni.", "de", "2026-06-03"),
        ("Bezahlt am 3.6.", "de", "2026-06-03"),
        ("Bezahlt am 03.06.", "de", "2026-06-03"),
        ("Bezahlt am 3.", "de", "2026-06-03"),
        ("Bezahlt am letzten Montag.", "de", "2026-06-15"),
        ("Bezahlt vor fünf Tagen.", "de", "2026-06-12"),
        ("Bezahlt am 3. März.", "de", "2026-03-03"),
        ("Payé le 3 juin.", "fr", "2026-06-03"),
        ("Payé le 1er juin.", "fr", "2026-06-01"),
        ("Payé le 3/6.", "fr", "2026-06-03"),
        ("Payé lundi dernier.", "fr", "2026-06-15"),
        ("Payé il y a cinq jours.", "fr", "2026-06-12"),
        ("Payé le 3 août 2025.", "fr", "2025-08-03"),
        ("Pagué el 3 de junio de 2026.", "es", "2026-06-03"),
        ("Pagué el día 3.", "es", "2026-06-03"),
        ("Pagué el 3/6/2026.", "es", "2026-06-03"),
        ("Pagué el lunes pasado.", "es", "2026-06-15"),
        ("Pagué hace cinco días.", "es", "2026-06-12"),
        ("Pagué anoche.", "es", "2026-06-16"),
    ),
)
def test_forms_of_days(text: str, language: str, day: str) -> None:
    assert read(text, language)["payment_date"] == day


@pytest.mark.parametrize(
    "text",
    numbered(
        "Down since June 3.",
        "Paid until June 3.",
        "Open 24/7, paid for it.",
        "Paid for version 1.2.3.",
        "I paid 27/30 of it.",
        "It will be charged next Monday.",
        "The payment of 30 February.",
    ),
)
def test_what_is_no_payment_date(text: str) -> None:
    assert read(text)["payment_date"] == "-"


@pytest.mark.parametrize(
    ("written", "text", "day"),
    numbered(
        (datetime(2026, 6, 17, 10, tzinfo=UTC), "Paid 3/6/2026.", "2026-06-03"),
        (datetime(2026, 6, 17, 10, tzinfo=timezone(timedelta(hours=-5))), "Paid 6/3/2026.", "2026-06-03"),
        (datetime(2026, 6, 17, 10, tzinfo=UTC), "Paid 6/15/2026.", "2026-06-15"),
        (datetime(2026, 6, 17, 10, tzinfo=UTC), "Paid 6/12/2026.", "2026-06-12"),  # December lies ahead
        (datetime(2026, 6, 17, 10, tzinfo=UTC), "Reported 6/15/2026, paid 6/3/2026.", "2026-06-03"),
        (datetime(2026, 6, 17, 0, 30, tzinfo=timezone(timedelta(hours=10))), "Paid yesterday.", "2026-06-16"),
        (datetime(2026, 1, 2, 10, tzinfo=UTC), "Paid on December 30.", "2025-12-30"),
        (datetime(2026, 3, 1, 10, tzinfo=UTC), "Paid on the 31st.", "2026-01-31"),
    ),
)
def test_day_and_month_are_settled_by_zone_and_calendar(written: datetime, text: str, day: str) -> None:
    assert read(message(text, date=written))["payment_date"] == day


def test_an_open_order_of_day_and_month_is_marked() -> None:
    field = read_fields(message("Paid 6/5/2026."), "en", SETTINGS)[FieldName.PAYMENT_DATE]
    assert field is not None
    assert "open" in field.chosen.rule
    assert [str(other.value) for other in field.others] == ["2026-06-05"]


def test_without_a_date_of_writing_only_full_dates_are_read() -> None:
    assert read(message("Paid yesterday.", date=None, received_at=None))["payment_date"] == "-"
    assert read(message("Paid 3 June 2026.", date=None, received_at=None))["payment_date"] == "2026-06-03"


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    numbered(
        ("I paid $49.", "en", "49 USD"),
        ("I paid 49.00 EUR and 20 cents.", "en", "49.00 EUR"),  # cents twice: no error, the first count
        ("I paid 49.00€90.", "en", "49.00 EUR"),
        ("I paid USD 12.", "en", "12 USD"),
        ("I paid 49 bucks.", "en", "49 USD"),
        ("I paid €1,234.56.", "en", "1234.56 EUR"),
        ("I paid EUR 1.234,56.", "en", "1234.56 EUR"),
        ("I paid 1'200.- CHF.", "en", "1200 CHF"),
        ("I paid A$18.00.", "en", "18.00 AUD"),
        ("I paid a $20 bill.", "en", "20 USD"),
        ("I paid $45 CAD.", "en", "45 CAD"),
        ("I paid 12USD.", "en", "12 USD"),
        ("I paid 1.2k EUR.", "en", "1200 EUR"),
        ("I paid 0.0041 BTC.", "en", "0.0041"),
        ("I paid 5 000 ¥.", "en", "5000 JPY"),
        ("I paid forty-five dollars.", "en", "45 USD"),
        ("I paid two hundred fifty euros.", "en", "250 EUR"),
        ("Заплатил 1 490 ₽.", "ru", "1490 RUB"),
        ("Заплатил 1490р.", "ru", "1490 RUB"),
        ("Заплатил 12,50 евро.", "ru", "12.50 EUR"),
        ("Заплатил 19 руб. 99 коп.", "ru", "19.99 RUB"),
        ("Заплатил 15 тыс. руб.", "ru", "15000 RUB"),
        ("Заплатил двенадцать долларов.", "ru", "12 USD"),
        ("Заплатил 2х1490 руб.", "ru", "1490 RUB"),
        ("Заплатив 1 490 грн.", "uk", "1490 UAH"),
        ("Bezahlt 1.234,56 €.", "de", "1234.56 EUR"),
        ("Bezahlt 49,- €.", "de", "49 EUR"),
        ("Bezahlt zwanzig Euro.", "de", "20 EUR"),
        ("Payé 29€90.", "fr", "29.90 EUR"),
        ("Payé 1 080,00 €.", "fr", "1080.00 EUR"),
        ("Pagué 2,499.00 MXN.", "es", "2499.00 MXN"),
        ("Pagué 1.250 euros.", "es", "1250 EUR"),
    ),
)
def test_forms_of_sums(text: str, language: str, amount: str) -> None:
    assert read(text, language)["amount"] == amount


@pytest.mark.parametrize(
    "text",
    numbered(
        "I have 3 servers.",
        "Give it 2 try.",
        "I run 3 php servers.",
        "It took 24-72 hours.",
        "Paid for 12 months.",
        "0.00 EUR",
    ),
)
def test_what_is_no_sum(text: str) -> None:
    assert read(text)["amount"] == "-"


@pytest.mark.parametrize(
    ("figures", "value"),
    numbered(
        ("1", "1"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1.234,5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1 234 567,89", "1234567.89"),
        ("1'234", "1234"),
        ("0.041", "0.041"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
    ),
)
def test_separators(figures: str, value: str) -> None:
    assert parse_number(figures) == Decimal(value)
