"""Every sum of money in a part, with its exact span: 1 490 ₽, USD 12, 1.234,56 €, 49 bucks, 15 тыс. руб."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from intake.extraction.fields.page import Mark, Page
from intake.extraction.fields.places import blanked
from intake.extraction.fields.spelled import after_words, spelled_sums, spoken_numbers
from intake.extraction.types import Money

_NUMBER = re.compile(
    r"\d(?<![\d_.,/:#№*•]\d)(?<!\w-\d)(?:\d{0,2}(?:[ .,']\d{3})+(?!\d)|\d{0,8})(?:[.,]\d{1,8}|-00)?(?![\d%]| %|[.:/-]\d)",
    re.ASCII,
)
_TIMES = re.compile(
    r"\d(?<![\w.,-]\d)\d? ?(?:[x×х*]|по|mal|fois|veces|times|рази?) ?(?=\d)"
)  # "2 x 19.90": two payments of it
_GROUPED = re.compile(
    r"\d(?<![\d.,]\d)\d{3}(?: \d{4}){2,}(?: \d{1,3})?(?![\d.,])", re.ASCII
)  # a number, no sums
_TRAIL = re.compile(r"(?:[.,]-{1,2}|\.)?(?= |\W|$)")
_WORD_CENTS = frozenset({"de", "fr", "es"})
_SPOKEN = 4  # letters of a unit that is said, not written: "14 pounds 99"
_AFTER_CENTS = frozenset({".", ",", ";", ")", "!", "?"})
_ABOUT = ("лей", "вень", "ров")  # «рублей 150», «гривень 150»: about so much
_IN = frozenset({"in", "en", "в", "у"})
_NO_CODE = "none"  # a unit of value that has no ISO 4217 code
# Codes that are words or products in lower case: 3 php servers, give it 2 try.
_CAPITALS_ONLY = frozenset(
    {
        "try",
        "pen",
        "ron",
        "php",
        "cop",
        "lei",
        "ton",
        "link",
        "all",
        "mad",
        "sum",
        "kes",
        "gel",
        "real",
        "bob",
        "crc",
        "mur",
        "bam",
        "ves",
    }
)
_DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP", "UYU"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SumSpan:
    """A sum that was read."""

    money: Money
    start: int  # code points in the part
    end: int
    marked: bool  # with a currency, or a unit that has no code; else a bare number


def read_sums(page: Page, taken: Sequence[tuple[int, int]]) -> list[SumSpan]:
    """The sums in a part, in order; slices in `taken` are something else (dates)."""
    found: list[SumSpan] = []
    if page.figures:
        text = blanked(page.masked, taken)
        for other in (_TIMES, _GROUPED):
            text = blanked(text, [match.span() for match in page.starting_at_figures(other, text)])
        for match in page.starting_at_figures(_NUMBER, text):
            if not found or match.start() >= found[-1].end:
                found += _read(page, match, text)
    for money, start, end in spelled_sums(page):
        # "twenty pounds and 50 pence": the figures are its cents
        found = [span for span in found if not start < span.start < span.end <= end]
        if not any(span.start < end and start < span.end for span in found):
            found.append(SumSpan(money=money, start=start, end=end, marked=True))
    known = {page.tokens.range(span.start, span.end)[0] for span in found}
    for value, start, end in spoken_numbers(page, known):
        money = Money(amount=value, currency=_only_currency(page))
        found.append(SumSpan(money=money, start=start, end=end, marked=False))
    return sorted(found, key=lambda span: span.start)


def _read(page: Page, match: re.Match[str], text: str) -> Iterator[SumSpan]:
    start, end = match.span()
    first, last = page.tokens.range(start, end)
    amount = parse_number(match.group())
    if amount is None:
        return
    last, end, amount = _scaled(page, last, end, amount)
    trail = _TRAIL.match(text, end)
    if trail and trail.group():
        last = page.tokens.range(end, trail.end())[1]
    before, after = _currency_before(page, first, text), _currency_after(page, last)
    if before is None and start and text[start - 1].isalpha():
        return  # part of a word: INV70915
    code = _code(page, before, after)
    if before and (not after or code == before.kind):
        start = page.tokens.starts[before.first]
    if after and (not before or code == after.kind):
        end = page.tokens.ends[after.last - 1]
        amount, end = _with_cents(page, after, amount, end)
    if amount:
        currency = _only_currency(page) if code is None else None if code == _NO_CODE else code
        money = Money(amount=abs(amount), currency=currency)
        yield SumSpan(money=money, start=start, end=end, marked=code is not None)


def _only_currency(page: Page) -> str | None:
    """The currency of a bare number: the only one that the part names ("the 14.99 back? Euro, from the 19th").

    Of several it is the one that the sums are said to be in: "grand livre … montants en euros".
    """
    words = page.tokens.words
    marks = [mark for mark in page.group("currency") if len(words[mark.first]) > 1 and _is_money(page, mark)]
    named = {mark.kind for mark in marks}
    if len(named) > 1:
        named = {mark.kind for mark in marks if mark.first and words[mark.first - 1] in _IN}
    return named.pop() if len(named) == 1 and _NO_CODE not in named else None


def parse_number(text: str) -> Decimal | None:
    """The value of figures with separators; three figures after a lone mark are thousands, as in every price list.

    None where they are too long for a sum, or begin with a zero.
    """
    text = text.replace(" ", "").replace("'", "").removesuffix("-00")  # «18 750-00», as in account books
    marks = [char for char in text if char in ".,"]
    if not marks and len(text) > 1 and text.startswith("0"):
        return None  # 0612 is no sum
    if marks:
        tail = len(text) - 1 - max(text.rfind("."), text.rfind(","))
        lone_thousands = tail == 3 and len(set(marks)) == 1 and not text.startswith("0")
        if lone_thousands or (len(marks) > 1 and len(set(marks)) == 1):
            text = text.replace(".", "").replace(",", "")
        else:
            point = text[-tail - 1]
            whole, _, cents = text.rpartition(point)
            text = whole.replace(".", "").replace(",", "") + "." + cents
    return Decimal(text) if len(text) <= 20 else None


def _scaled(page: Page, last: int, end: int, amount: Decimal) -> tuple[int, int, Decimal]:
    """Such as "15 тыс.", "15k": the index and offset after the unit, and the amount times a thousand."""
    scale = page.beginning("scale", last)
    if scale is None:
        return last, end, amount
    word, attached = page.tokens.words[last], page.tokens.starts[last] == end
    money = page.beginning("currency", scale.last)  # "1,2 k€"
    touching = money is not None and page.tokens.starts[money.first] == page.tokens.ends[scale.last - 1]
    if len(word) == 1 and not attached and not touching:
        return last, end, amount
    amount *= 1000
    whole = amount.to_integral_value()
    return scale.last, page.tokens.ends[scale.last - 1], whole if whole == amount else amount


def _currency_before(page: Page, first: int, text: str) -> Mark | None:
    """The currency that ends right before the figures, a sign or a colon between them or not."""
    words = page.tokens.words
    while first and words[first - 1] in {"-", "+", ":", ".", "~"}:
        if words[first - 1] == "." and first > 1 and words[first - 2] not in {"fr", "rs", "rp", "kr", "s"}:
            break
        first -= 1
    mark = page.ending("currency", first)
    if mark is None or words[mark.first] == "e" or not _is_money(page, mark):
        return None
    # a word of money before figures belongs to the figures before it: "19 euros 2 times"
    word = words[mark.last - 1]
    single = not word.isalpha() or len(word) <= 3 or mark.kind in {"EUR", "USD"} or word.endswith(_ABOUT)
    behind = words[mark.first - 1] if mark.first else ""
    previous = behind.isdecimal() and behind[0] != "0" and word not in {"$", "€", "£"}
    previous = previous and text[page.tokens.starts[mark.first - 1]] != "\x00"  # the year of a day is no sum
    return mark if single and not previous else None


def _currency_after(page: Page, last: int) -> Mark | None:
    words, starts = page.tokens.words, page.tokens.starts
    hyphen = last < len(words) and words[last] == "-" and starts[last] == page.tokens.ends[last - 1]
    mark = page.beginning("currency", last + hyphen) or after_words(page, last)  # "my 50-euro payment"
    mark = mark and _coded(page, mark)
    if mark is None or not _is_money(page, mark):
        return None
    if page.tokens.words[mark.first] == "e" and page.tokens.starts[mark.first] > page.tokens.ends[last - 1]:
        return None
    # "12 $5": the sign belongs to the figures that it touches
    tokens = page.tokens
    if (
        tokens.words[mark.first] in {"$", "€", "£"}
        and mark.last < len(tokens)
        and tokens.words[mark.last].isdecimal()
    ):
        glued = tokens.starts[mark.last] == tokens.ends[mark.last - 1]
        if glued and tokens.starts[mark.first] > tokens.ends[last - 1]:
            return None
    return mark


def _coded(page: Page, mark: Mark) -> Mark:
    """With the code that brackets behind it give: "2,750.00 pesos (MXN)", "131 191 F CFA (XAF)"."""
    words, at = page.tokens.words, mark.last
    code = page.beginning("currency", at + 1) if words[at : at + 1] == ["("] else None
    if code is None or words[code.last : code.last + 1] != [")"] or words[code.first].upper() != code.kind:
        return mark
    return code._replace(first=mark.first, last=code.last + 1)


def _is_money(page: Page, mark: Mark) -> bool:
    start, end = page.tokens.starts[mark.first], page.tokens.ends[mark.last - 1]
    written = page.text[start:end]
    return written.casefold() not in _CAPITALS_ONLY or written.isupper()


def _code(page: Page, before: Mark | None, after: Mark | None) -> str | None:
    """ISO 4217 code, `_NO_CODE`, or None where no currency stands by the figures."""
    if before and after:
        # "$ 45 CAD": the code says which dollars
        return after.kind if after.kind != before.kind and before.kind in _DOLLARS else before.kind
    mark = before or after
    if mark is None:
        return None
    tokens = page.tokens
    last = tokens.words[mark.last - 1]
    if last != "$":
        return mark.kind
    if mark.last - mark.first > 1 and tokens.ends[mark.last - 2] == tokens.starts[mark.last - 1]:
        return mark.kind  # A$, NZ$
    named = {
        found.kind
        for found in page.group("currency")
        if found.kind in _DOLLARS - {"USD"} and tokens.words[found.last - 1] != "$"
    }
    return named.pop() if len(named) == 1 else "USD"


def _with_cents(page: Page, mark: Mark, amount: Decimal, end: int) -> tuple[Decimal, int]:
    """Such as "29€90", "19 руб. 99 коп.": the amount with its cents, and the offset after them."""
    tokens, at = page.tokens, mark.last
    if amount.as_tuple().exponent != 0:
        return amount, end  # "49.00 EUR" has its cents already, whatever follows
    glued = at < len(tokens) and tokens.starts[at] == tokens.ends[at - 1]
    if glued and tokens.words[at].isdecimal() and len(tokens.words[at]) == 2:
        return Decimal(f"{amount}.{tokens.words[at]:0>2}"), tokens.ends[at]
    if _ends_with_cents(page, at):
        return Decimal(f"{amount}.{tokens.words[at]}"), tokens.ends[at]
    if tokens.words[at : at + 1] == ["con"] and _ends_with_cents(page, at + 1):
        return Decimal(f"{amount}.{tokens.words[at + 1]}"), tokens.ends[at + 1]  # "51 dólares con 30"
    while at < len(tokens) and tokens.words[at] in {".", ")", "and", "и", "und", "et", "y", "con"}:
        at += 1
    if at < len(tokens) and tokens.words[at].isdecimal() and len(tokens.words[at]) <= 2:
        cents = page.beginning("cents", at + 1)
        if cents:
            return Decimal(f"{amount}.{tokens.words[at]:0>2}"), tokens.ends[cents.last - 1]
    return amount, end


def _ends_with_cents(page: Page, at: int) -> bool:
    """Whether the two figures at `at` close a sum: "12 Euro 50", "49 € 90", but not "12 Euro 50 Tage"."""
    tokens, words = page.tokens, page.tokens.words
    if at >= len(words) or not words[at].isdecimal() or len(words[at]) != 2:
        return False
    if tokens.sentences[at] != tokens.sentences[at - 1]:
        return False
    following = words[at + 1] if at + 1 < len(words) else "."
    if page.lexicon.language in _WORD_CENTS:
        return following in _AFTER_CENTS or page.beginning("cue", at + 1) is not None
    dated = words[at + 2 : at + 3] and words[at + 2].isdecimal()  # "300 roubles 10.06.2026"
    return following in _AFTER_CENTS and len(words[at - 1]) >= _SPOKEN and not dated
