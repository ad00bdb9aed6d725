"""Reads the five fields that stand in the customer's words as such: one module a field, one pass a part."""

from __future__ import annotations

from intake.extraction.fields import account_email, amount, method, order_number, payment_date
from intake.extraction.fields.dates import read_dates
from intake.extraction.fields.lexicon import lexicon
from intake.extraction.fields.matters import first_matter, repeated
from intake.extraction.fields.money import read_sums
from intake.extraction.fields.page import Page
from intake.extraction.fields.pages import read_pages
from intake.extraction.fields.rank import choose
from intake.extraction.types import Candidate, Field, FieldName, Source
from intake.mail.redacted import RedactedMessage
from intake.mail.settings import ReadingSettings

FIELDS = (account_email.NAME, order_number.NAME, payment_date.NAME, amount.NAME, method.NAME)


def read_fields(
    message: RedactedMessage, language: str, settings: ReadingSettings
) -> dict[FieldName, Field | None]:
    """The account's address, order number, payment date, amount and method, each with what else it could be.

    Args:
        message: the message after redaction.
        language: ISO 639-1; of a language without data the parts that need none are read.
        settings: the addresses of support.
    """
    pages = read_pages(message, lexicon(language))
    found: dict[FieldName, list[tuple[int, Candidate]]] = {name: [] for name in FIELDS}
    for page in pages:
        for name, candidates in _read_page(page, message, settings).items():
            found[name] += ((page.part.authority, candidate) for candidate in candidates)
    sums, days = ([one for _, one in found[name]] for name in (amount.NAME, payment_date.NAME))
    twice = len(days) > 1 and any(
        page.doubled or repeated(page, sums, days)
        for page in pages
        if page.part.source in {Source.BODY, Source.SUBJECT, Source.QUOTED}
    )
    return {name: choose(name, found[name], later=twice and name is payment_date.NAME) for name in FIELDS}


def _read_page(
    page: Page, message: RedactedMessage, settings: ReadingSettings
) -> dict[FieldName, list[Candidate]]:
    """The candidates of one part: what one reader took for its own, the next does not take for something else."""
    days = read_dates(page)
    taken = [(day.start, day.end) for day in days]
    sums = read_sums(page, taken)
    marked = [(one.start, one.end) for one in sums if one.marked]
    ids = order_number.read_ids(page, taken + marked)
    found = {
        account_email.NAME: list(account_email.read(page, message, settings)),
        order_number.NAME: list(order_number.read(page, ids)),
        payment_date.NAME: list(
            payment_date.read(
                page,
                days,
                [page.tokens.range(*slice_) for slice_ in marked],
                [(one.first, one.last) for one in ids if one.label is not None],
            )
        ),
        amount.NAME: list(amount.read(page, sums, [page.tokens.range(*slice_) for slice_ in taken])),
        method.NAME: list(method.read(page)),
    }
    return first_matter(page, found)
