"""Names of months and weekdays from CLDR (through Babel)."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from intake.extraction.fields.tokens import split_words


def calendar_words(language: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Words, group ("month" or "weekday") and number: months from 1, weekdays from 0 for Monday.

    Months in all widths but the narrow, weekdays in full only: abbreviated ones ("so", "mi", "mar") are
    words of their own too often, so the data files list the safe ones.
    """
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                words = [word for word in split_words(name) if word != "."]
                if len(words) == 1:
                    yield (words[0],), "month", str(number)
        for number, name in locale.days[context]["wide"].items():
            yield tuple(split_words(name)), "weekday", str(number)
