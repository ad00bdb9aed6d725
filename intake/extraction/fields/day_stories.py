"""What a story and the calendar make of a day: meant for somebody else, asked back, yet to come, a client since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence

from intake.extraction.fields.date_types import DaySpan
from intake.extraction.fields.page import Mark, Page
from intake.extraction.fields.places import Place, intended, negated

WAITED = 0.46  # "since 11 June I have been waiting for the activation (order 4711, 14.90 EUR, card)"
LIMITED = 0.15  # confidence of a day that is a term
OF = 2  # tokens up to the day in "the payment of 2 June"
_MEANT = 0.6  # "on Monday she wanted to transfer her rent and picked you from the list"
_AHEAD = 0.5
_YEAR_BACK = 300  # days: what would lie so far back without a year is to come, "our show is on 20 June"
_NEW = 62  # days: "a client since last Monday" has paid then, "a client since 2019" has not
_NOTICED_REACH = 5  # tokens from the day to "noticed"
_PAID_REACH = 10  # and on to "paid"
_ALONGSIDE_REACH = 4  # from "and" to "paid": "et j'ai payé"
_WE = frozenset({"i", "we", "ich", "wir", "j", "je", "nous", "я", "мы", "ми"})
_ALONGSIDE = frozenset({",", "and", "und", "et", "y", "и", "та", "і", "й"})
_LATE_REACH = 3  # tokens between "paid late" and its day
_PAYING_REACH = 9  # tokens from "I pay" to the day since when
_PLAIN_GROUPS = ("currency", "unit", "method", "since", "id")
_PLAIN = frozenset(  # what leads in goods and sums
    {
        "for",
        "the",
        "my",
        "our",
        "your",
        "you",
        "this",
        "it",
        "per",
        "für",
        "fur",
        "den",
        "das",
        "die",
        "meinen",
        "ihren",
    }
    | {
        "unseren",
        "euch",
        "ihnen",
        "einen",
        "monatlich",
        "за",
        "вам",
        "ваш",
        "мой",
        "наш",
        "каждый",
        "мій",
        "щомісяця",
    }
    | {
        "pour",
        "l",
        "votre",
        "mon",
        "notre",
        "vous",
        "une",
        "mes",
        "por",
        "mis",
        "les",
        "este",
        "esta",
        "una",
        "para",
        "con",
    }
    | {"by", "with", "mit", "par", "each", "every", "каждый", "кожен", "chaque", "cada"}
)
_RELATIVE = frozenset(
    {"that", "which", "who", "qui", "que", "der", "die", "das", "dass", "що", "что", "який", "яка"}
)
_SURELY, _ASKED_BACK = 0.9, 0.03  # "please return 54 EUR, payment of 1 June"


def told_by(
    page: Page, span: DaySpan, place: Place, sums: Sequence[Place], judged: tuple[float, str]
) -> tuple[float, str]:
    """Confidence in a day and its rule, with what its sentence tells besides.

    Args:
        page: the part.
        span: the day.
        place: its tokens.
        sums: the tokens of the sums.
        judged: confidence and rule by the words next to it.
    """
    confidence, rule = judged
    if confidence > LIMITED and _meant_to_pay(page, place, closely=confidence > _MEANT):
        return _MEANT, "the day of a payment that was meant for somebody else"
    if rule == "cue: buy" and _bought_elsewhere(page, place):
        return confidence * _AHEAD, f"{rule}, bought elsewhere"
    if ahead(page, span):
        return confidence * _AHEAD, f"{rule}, a day to come"
    if confidence >= _SURELY and _claimed(page, place, sums):
        return confidence + _ASKED_BACK, f"{rule}, asked back with its sum"
    return confidence, rule


def _claimed(page: Page, place: Place, sums: Sequence[Place]) -> bool:
    """Whether the payment of this day is what the sentence asks back: a sum and a wish, "payment" before the day."""
    sentences = page.tokens.sentences
    own = sentences[place[0]]
    paid = page.touching(*place, "cue", before=OF)
    return (
        paid is not None
        and paid.kind == "pay"
        and paid.last <= place[0]
        and any(sentences[first] == own for first, _ in sums)
        and any(mark.kind == "want" and sentences[mark.first] == own for mark in page.group("cue"))
    )


def _meant_to_pay(page: Page, place: Place, *, closely: bool) -> bool:
    """Whether the sentence, or closely the clause, of a day tells that somebody wanted to pay.

    Such as "wollte am Montag die Miete überweisen", «хотел заплатить в понедельник».
    """
    unit = page.tokens.clauses if closely else page.tokens.sentences
    return any(unit[mark.first] == unit[place[0]] for mark in intended(page))


def _bought_elsewhere(page: Page, place: Place) -> bool:
    """Whether the sentence tells of what was bought from others: "on Friday I then got one from another shop"."""
    own = page.tokens.sentences[place[0]]
    return any(
        mark.kind == "elsewhere" and page.tokens.sentences[mark.first] == own for mark in page.group("aside")
    )


def waited(page: Page, place: Place, named: Collection[int]) -> bool:
    """Whether a term is that of waiting for what was paid: the sentence names sum and method (those in `named`).

    Not where it speaks of money back: "since 3 June I have been waiting for my refund".
    """
    own = page.tokens.sentences[place[0]]
    if any(mark.kind == "want" and page.tokens.sentences[mark.first] == own for mark in page.group("cue")):
        return False
    return own in named and any(
        mark.kind == "waiting" and page.tokens.sentences[mark.first] == own for mark in page.group("aside")
    )


def new_client(page: Page, span: DaySpan, first: int) -> bool:
    """Whether a day is the one since when somebody is a client, and not long ago."""
    told = page.touching(first, first, "cue", before=OF)
    new = page.today is not None and (page.today - span.day).days <= _NEW
    return new and told is not None and told.kind == "client" and told.last <= first


def paid_since(page: Page, span: DaySpan, first: int) -> bool:
    """Whether "since" tells when somebody began to pay: "I pay for ds-2217 since 1 June".

    Only sums, numbers and names of goods stand between: "I pay for a broken server since 1 June" tells the outage.
    """
    if page.today is None or (page.today - span.day).days > _NEW:
        return False
    clauses = page.tokens.clauses
    return any(
        near.mark.kind == "paying"
        and near.left
        and first <= near.mark.last + _PAYING_REACH
        and clauses[near.mark.last - 1] == clauses[first]
        and _only_goods(page, near.mark.last, first - 1)
        for near in page.near(first, first + 1, "aside")
    )


def _only_goods(page: Page, first: int, last: int) -> bool:
    """Whether nothing but what is paid for, and how much, stands in a range of tokens."""
    words, at = page.tokens.words, first
    while at < last:
        goods = page.beginning("aside", at)
        known = next(filter(None, (page.beginning(group, at) for group in _PLAIN_GROUPS)), None)
        if goods is not None and goods.kind == "goods":
            at = goods.last
        elif known is not None:
            at = known.last
        elif words[at] in _PLAIN or not words[at].isalpha() or _code(page, at):
            at += 1
        else:
            return False
    return True


def _code(page: Page, at: int) -> bool:
    """Whether letters belong to a number: the "ds" of "ds-2217"."""
    return at + 1 < len(page.tokens) and page.tokens.words[at + 1] in {"-", "#"}


def paid_late(page: Page, unpaid: Mark, place: Place) -> bool:
    """Whether words of a late payment tell its day: "paid late on 3 June", "Am 9. Juni habe ich zu spät bezahlt".

    Not where they only give the reason of something else: "on 5 June you closed it, as we paid late".
    """
    clauses = page.tokens.clauses
    first, last = place
    for near in page.near(first, last, "aside"):
        late = near.mark
        if late.kind == "late" and late.first <= unpaid.first < late.last:
            if near.left:
                return first - late.last <= _LATE_REACH
            return late.first - last <= _LATE_REACH and clauses[late.first] == clauses[last - 1]
    return False


def noticed_and_paid(page: Page, place: Place, days: Sequence[Place]) -> bool:
    """Whether somebody noticed on the day and then paid: "On the 11th I notice, I pay 25 EUR".

    The payment is told alongside, not noticed ("I noticed that you charged me"), and has no day of its own.
    """
    words, sentences = page.tokens.words, page.tokens.sentences
    for near in page.near(*place, "aside"):
        noticed = near.mark
        if near.left or noticed.kind != "noticed" or noticed.first - place[1] > _NOTICED_REACH:
            continue
        cues = [one.mark for one in page.near(*noticed[1:], "cue") if not one.left and one.mark.kind == "pay"]
        if not cues:
            return False
        paid = min(cues, key=lambda mark: mark.first)
        between = words[noticed.last : paid.first]
        close = between[-_ALONGSIDE_REACH:]
        told = not _RELATIVE.intersection(between) or bool(_WE.intersection(close))
        after = days[bisect_left(days, (place[1],)) :][:1]
        elsewhere = any(first < paid.last + _NOTICED_REACH for first, _ in after)
        same = sentences[paid.first] == sentences[place[0]] and len(between) <= _PAID_REACH
        return same and told and not elsewhere and bool(_ALONGSIDE.intersection(close))
    return False


def ahead(page: Page, span: DaySpan) -> bool:
    """Whether a day without a year would lie nearly a year back: the one to come is likelier meant."""
    return span.form == "no_year" and page.today is not None and (page.today - span.day).days > _YEAR_BACK


def kind_for(page: Page, mark: Mark, place: Place) -> str:
    """What a cue says of a day: "not paid" is unpaid, "paid late on 3 June" is paid."""
    if mark.kind == "pay" and negated(page, mark):
        return "unpaid"
    return "pay" if mark.kind == "unpaid" and paid_late(page, mark, place) else mark.kind


def leads_in_another(page: Page, mark: Mark, days: Sequence[Place]) -> bool:
    """Whether a day follows a word of paying at once: "wrote on 11 June about the payment of 2 June"."""
    return any(0 <= first - mark.last < OF and page.gap(mark.last - 1, first) <= OF for first, _ in days)
