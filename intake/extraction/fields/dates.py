"""Every day that a part names, with its exact span: figures, month names, days of a month, relative words."""

from __future__ import annotations

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.figure_dates import figure_dates
from intake.extraction.fields.named_dates import named_dates
from intake.extraction.fields.page import Page
from intake.extraction.fields.relative_dates import day_before, days_after, relative_dates
from intake.extraction.fields.single_days import single_days

OLDEST_DAYS = 3 * 366  # what lies further back is no payment anyone asks back, but a birthday or a law
_FUTURE_DAYS = 1  # a sender's clock may lag behind the calendar of the place that charged


def read_dates(page: Page) -> list[DaySpan]:
    """The days named in a part, in order and not overlapping; days that lie ahead are left out."""
    used = bytearray(len(page.text))
    found: list[DaySpan] = []
    for reader in (figure_dates, named_dates, single_days, relative_dates):
        for span in reader(page):
            if not any(used[span.start : span.end]):
                used[span.start : span.end] = b"\x01" * (span.end - span.start)
                found.append(span)
    if any(mark.kind == "-1" for mark in page.group("when")):
        found = [day_before(page, span) for span in found]
    found += [span for span in days_after(page, found) if not any(used[span.start : span.end])]
    today = page.today
    if today is not None:
        found = [span for span in found if -OLDEST_DAYS <= (span.day - today).days <= _FUTURE_DAYS]
    return sorted(found, key=lambda span: span.start)
