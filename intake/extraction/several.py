"""Several requests in one message: said in so many words, listed, or two numbers that are both asked back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from intake.extraction.frames import apart_from, unbroken
from intake.extraction.reading import Marked, Reading, first_evidence
from intake.extraction.types import Evidence, Field, FieldName, Money

Fields = Mapping[FieldName, Field | None]

_ITEM = re.compile(
    r"\n[ \t]*(?:[-*•–—]|\(?\d{1,2}[.)]|[a-zа-я][.)])[ \t]+(?=\S)(?P<item>[^\n]*\d[^\n]*)$", re.MULTILINE
)
_MONEY = r"(?:[€$£¥₽₴]|(?-i:[A-Z]{3})\b(?!-)|eur|usd|руб|р\b|грн|євро|евро|bucks|zł|kč)"
_YEAR = r"(?<!\b202\d )(?<!\b202\d)(?<![./]202\d )"  # "24 серпня 2026 р." is no sum
_SUM = re.compile(rf"\d[\d .,']*\s?(?:(?!р\b){_MONEY}|{_YEAR}р\b)|[€$£¥₽₴]\s?\d", re.IGNORECASE)
_SUM_GOES_ON = re.compile(rf"\s?{_MONEY}|[ \u00a0]\d", re.IGNORECASE)  # a tab opens the next cell
_SUM_REACH = 90  # characters behind a number in which its own sum stands
_BEFORE = 90  # and before it
_PREFIXED = re.compile(r"[^\W\d_]{2,}-\d+")  # "EO-10293" needs no word before it
_LABEL = (
    r"(?:orders?|invoices?|subscriptions?|licen[cs]es?|bestell\w*|auftr[aä]g\w*|rechnung\w*|vertr[aä]g\w*|lizenz\w*"
    r"|commandes?|cmd|factures?|contrats?|pedidos?|facturas?|contratos?|suscripci\w*"
    r"|заказ\w*|сч[её]т\w*|договор\w*|лицензи\w*|замовлен\w*|рахун\w*|ліцензі\w*|n[°ºo]s?|nr|№)"
)
_NUMBER = re.compile(r"(?<![\w.,/@-])(?<!\d[ \u00a0])[^\W\d_]{0,6}[-/.]?\d[\w/.-]*(?<![/.-])", re.UNICODE)
_LABELLED = re.compile(rf"(?<!\w){_LABEL}[.:]?\s*(?:{_LABEL}[.:]?\s*)?$", re.IGNORECASE)
_JOINED = re.compile(
    r"(?:\s*\([^()\n]{0,80}\))?\s*(?:[,;&+]|(?<=[\s)])(?:and|und|sowie|et|y|e|и|і|й|та|plus|as well as|а также|а також)(?=\s))"
    rf"\s*(?:(?:the|die|den|el|la|le|les|los|for|für|pour|por|за|по|also)\s+)*(?:{_LABEL}[.:]?\s*){{0,2}}[#№]?",
    re.IGNORECASE,
)
_ANOTHER = re.compile(  # "order 3310) and plan B (order 3311": the second bears a label of its own
    r"[^.!?;:\d\n]{0,20}[\s)](?:and|und|sowie|et|y|e|и|і|й|та|plus|as well as|а также|а також)\s[^.!?;:\d\n]{1,40}",
    re.IGNORECASE,
)
_THEN = re.compile(  # "first 39 (order 3310), then another 15 (order 3311": the second has a sum of its own
    r"[^.!?;:\d\n]{0,20}\b(?:then|after that|later|dann|danach|später|puis|ensuite|luego|después|потом|затем|позже|потім|згодом)\b"
    r"[^.!?;:\d\n]{1,20}\d[\d ,.]*[^.!?;:\d\n]{1,40}",
    re.IGNORECASE,
)
_DATE_OR_YEAR = re.compile(  # or the number of a law
    r"(?:19|20)\d\d|\d{1,3}/(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{4}-\d\d-\d\d|\d{1,2}[.:h]\d\d"
)
_LAW = re.compile(  # "articles 102-3 and", "L. 242-4": before the number of a law's article
    r"(?<!\w)(?:art\w*|sec\w*|parag\w*|abs\w*|стат\w*|ст|пункт\w*|§+|[LRD])[. \u00a0]*"
    r"(?:[LRD]?[. \u00a0]*\d{1,4}(?:[.-]\d{1,3})*\s*(?:,|and|und|et|y|и|і|та|й)\s*)*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"[LRD]?[.]?\d{1,4}(?:[.-]\d{1,3})*", re.IGNORECASE)
_TICKET = re.compile(  # "tickets (I have #4711": support's own count of letters
    r"(?<!\w)(?:tickets?|tiquets?|incidenc\w*|vorgangs\w*|vorg[aä]ng\w*|тикет\w*|обращени\w*|звернен\w*)\b[^.!?\n\d]{0,20}$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"refund|reimburs|cancel|back|erstatt|zurück|kündig|storn|rembours|annul|résili|reembols|dev[ou]l|devuelv"
    r"|верн|возвр|отмен|скас",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_BEFORE_DIGIT = 7  # characters of `_NUMBER` that may stand before its first digit
_DIGITS = 3  # a number of fewer is a count or a day


class _Named(NamedTuple):
    start: int
    end: int
    number: str
    labelled: bool


def several_requests(reading: Reading, fields: Fields, *, duplicate: bool) -> Evidence | None:
    """More than one order or payment asked back: said so, or listed with a sum each.

    A duplicate is one matter; but two orders to be cancelled may only look like one, where no word says that
    it was paid twice.
    """
    if duplicate and any(True for part in reading.parts for _ in part.of("reason.duplicate_payment")):
        return first_evidence(reading.parts, "flag.several_refunds")
    said = first_evidence(reading.parts, "flag.several_requests", "flag.several_refunds")
    if said is None and not duplicate:
        said = _together(reading.body)
    if said:
        return said
    if _only_one(reading.body):
        return None
    body = reading.body.passage
    # A line is looked for by the line end before it: that is found at the speed of `str.find`.
    items = [item for item in _ITEM.finditer(f"\n{body.text.text}") if _SUM.search(item["item"])]
    if len(items) > 1:
        return body.evidence(items[0].start(), items[-1].end() - 1)
    return _numbered(reading.body, fields)


def _only_one(body: Marked) -> bool:
    """Whether one of several is asked back alone; "not only the first" and "only the first days" say nothing of it."""
    return bool(unbroken(body, apart_from(body, "flag.only_this", other="flag.more_than_this")))


def _together(body: Marked) -> Evidence | None:
    """A sentence that asks money back for both of two, or for one thing besides another; none of them kept."""
    asked = body.sentences_of("flag.asks_back") - _kept(body)
    if not asked:
        return None
    also = body.of("flag.also")
    besides = {
        one.sentence
        for one in body.of("flag.besides")  # "also" alone may be in both tables
        if any(one.sentence == other.sentence and not one.overlaps(other) for other in also)
    }
    found = asked & (body.sentences_of("flag.two_matters") | besides)
    return body.passage.sentence_evidence(min(found)) if found else None


def _numbered(body: Marked, fields: Fields) -> Evidence | None:
    """Two numbers of one kind, the second asked back as well.

    Joined in one breath ("orders X and Y"), each with a sum of its own behind it, or the second with an "also";
    but not one that shall stay as it is.
    """
    kept = _kept(body)
    named = [one for one in _named(body, fields) if body.passage.sentence_at(one.start) not in kept]
    if not named:
        return None
    text = body.passage.text.text
    asked = body.sentences_of("flag.asks_back", "kind.wish", "kind.cancel")
    for one, other in pairwise(named):
        between = text[one.end : other.start]
        joined = _JOINED.fullmatch(between) or (
            other.labelled
            and (
                (_ANOTHER.fullmatch(between) and body.passage.sentence_at(other.start) in asked)
                or _THEN.fullmatch(between)
            )
        )
        if one.labelled and _alike(one, other) and joined:
            return body.passage.evidence(one.start, other.end)
    return _apart(body, [one for one in named if one.labelled])


def _kept(body: Marked) -> frozenset[int]:
    """The sentences that speak of what shall stay; not of what "keeps failing"."""
    return frozenset(hit.sentence for hit in apart_from(body, "flag.kept", other="flag.keeps_on"))


def _named(body: Marked, fields: Fields) -> Iterator[_Named]:
    """The numbers of the text that could be those of orders, where there are two.

    Labelled where their form or a word says so, or a field was read there.
    """
    text = body.passage.text.text
    found = [match for match in _numbers(text) if not _SUM_GOES_ON.match(text[match.end() : match.end() + 8])]
    if len({match.group() for match in found}) < 2:
        return
    field, paid = fields.get(FieldName.ORDER_NUMBER), _paid(fields)
    known = {str(one.value) for one in (field.chosen, *field.others)} if field else set()
    ticket = -1  # end of the last number of a ticket
    for match in found:
        number = match.group()
        if number.isdecimal() and Decimal(number) == paid:  # "310.00 USD …, return the 310"
            continue
        before = text[max(0, match.start() - 36) : match.start()]
        if _TICKET.search(before) or (ticket >= 0 and _JOINED.fullmatch(text[ticket : match.start()])):
            ticket = match.end()
            continue
        if _ARTICLE.fullmatch(number) and _LAW.search(before):
            continue
        labelled = number in known or bool(_PREFIXED.fullmatch(number) or _LABELLED.search(before))
        yield _Named(match.start(), match.end(), number, labelled)


def _paid(fields: Fields) -> Decimal | None:
    """The sum read as paid."""
    field = fields.get(FieldName.AMOUNT)
    value = field.chosen.value if field else None
    return value.amount if isinstance(value, Money) else None


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Every match of `_NUMBER` with figures enough that is no day; text without figures is passed over."""
    at = 0
    while (digit := _DIGIT.search(text, at)) and (
        match := _NUMBER.search(text, max(at, digit.start() - _BEFORE_DIGIT))
    ):
        number = match.group()
        if sum(map(str.isdigit, number)) >= _DIGITS and not _DATE_OR_YEAR.fullmatch(number):
            yield match
        at = match.end()


def _apart(body: Marked, named: list[_Named]) -> Evidence | None:
    """Numbers that stand apart: the second with an "also" and a wish, or each with a sum of its own.

    Each is asked back, or there is a word such as "both" near by.
    """
    first = {one.number: one for one in reversed(named)}
    also = body.sentences_of("flag.also") & body.sentences_of("kind.wish", "kind.cancel", "flag.asks_back")
    wished = body.sentences_of("flag.asks_back")  # "and for June too"
    also |= {at for at in body.sentences_of("flag.same_for") if not wished.isdisjoint({at - 1, at})}
    for one in sorted(first.values())[1:]:
        if body.passage.sentence_at(one.start) in also:
            return body.passage.evidence(one.start, one.end)
    groups: dict[str, list[_Named]] = {}  # of one kind: an order and its service stand in one row
    for one in sorted(first.values()):
        groups.setdefault(_shape(one.number), []).append(one)
    return next(filter(None, (_each_paid(body, alike) for alike in groups.values() if len(alike) > 1)), None)


def _each_paid(body: Marked, alike: list[_Named]) -> Evidence | None:
    """Numbers of one kind with a sum each, each asked back or spoken of as both."""
    text = body.passage.text.text
    ends = [*(one.start for one in alike[1:]), alike[-1].end + _SUM_REACH]
    starts = [alike[0].start - _BEFORE, *(one.end for one in alike[:-1])]
    sums = (
        _SUM.search(text[one.end : end][:_SUM_REACH])
        or _SUM.search(text[max(0, start, one.start - _BEFORE) : one.start])
        for start, one, end in zip(starts, alike, ends, strict=True)
    )
    asked = (_ASKED.search(text[max(0, one.start - _SUM_REACH) : one.start + _SUM_REACH]) for one in alike)
    if all(sums) and (_both(body, alike[0].start, alike[-1].end) or all(asked)):
        return body.passage.evidence(alike[0].start, alike[-1].end)
    return None


def _both(body: Marked, start: int, end: int) -> bool:
    """Whether what is said from `start` up to the sentence after `end` speaks of two together."""
    first, last = body.passage.sentence_at(start), body.passage.sentence_at(end - 1)
    two, also = body.sentences_of("flag.two_matters"), body.sentences_of("flag.also")
    return not (two.isdisjoint(range(first - 1, last + 2)) and also.isdisjoint(range(last, last + 2)))


def _alike(one: _Named, other: _Named) -> bool:
    """Two numbers of one kind share letters and length: an order and its invoice do not."""
    return one.number != other.number and _shape(one.number) == _shape(other.number)


def _shape(number: str) -> str:
    return re.sub(r"\d", "0", number).casefold()
