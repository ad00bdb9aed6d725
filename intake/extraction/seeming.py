"""What only looks like a wish for money: words on a screen, things that are no money, rules asked about.

Each is a matter of grammar, not of one phrase, so each holds for wishes and for complaints alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from intake.extraction.cues import Hit
from intake.extraction.passage import Passage
from intake.extraction.reading import Marked

PAID = "kind.paid"  # a payment with a figure
MONEY = "kind.money"  # weak: cards, bills, paying; else money itself, and who asks for that asks for no thing
HEADLINE = (
    "kind.headline"  # how notices, reports and swindles begin: "Weekly report:", "Your refund was approved"
)
WEAK = 1.0
_RULE = "kind.rule"  # a question about terms, another's refund, a study; weak: "do I have to …?"
_IF = "kind.if"
_AND = "kind.and"  # "give it back and close the access": the access is not what is to be given
THING = "kind.thing"  # "give back my files", "cancel the ticket"
_WISHES = frozenset({"kind.wish", "kind.demand"})
_CLEAR = 2.0  # weight above which a wish is one in so many words
_LONGEST_QUOTE = 25  # words: a longer one is a letter, not a button or a sentence of the terms
_QUOTED_WORD = 2  # places from mark to mark round a single word, which may be meant so: my "refund"
_CLOSING = {'"': '"', "«": "»", "„": '“”"', "“": '”“"'}
_OPENS_LINE = frozenset(":-–—•*>|")
_SUM = re.compile(
    r"[€$£₽₴]\s?\d|\d\s?(?:[€$£₽₴]|(?:eur|usd|gbp|rub|uah|euros?|dollars?|bucks|руб|грн|евро|євро|доллар|долар|р)\b|руб|грн)",
    re.IGNORECASE,
)


def names_a_sum(marked: Marked) -> bool:
    """Whether a payment with a figure, or any sum of money, stands in it."""
    return bool(marked.sentences_of(PAID)) or _SUM.search(marked.passage.text.text) is not None


def real(marked: Marked, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Of words that ask for money, or complain, those that do so where they stand."""
    looked = list(hits)
    if not looked:
        return
    quotes = list(_quotes(marked.passage))
    told, asked = headlines(marked) | rules(marked), rules(marked, WEAK)
    ands = [hit.first for hit in marked.of(_AND)]
    things = [hit for hit in marked.of(THING) if not any(hit.first < place < hit.last for place in ands)]
    money = [hit.first for hit in marked.of(MONEY) if hit.cue.weight > WEAK]
    for hit in looked:
        if hit.sentence in told or (hit.sentence in asked and not _plain(hit)):
            continue
        if any(_inside(hit, opened, closed) for opened, closed in quotes):
            continue
        of_money = any(hit.first <= place <= hit.last for place in money)
        if of_money or not any(hit.overlaps(thing) for thing in things):
            yield hit


def headlines(marked: Marked) -> frozenset[int]:
    """The sentences that begin as notices do."""
    words, sentences = marked.passage.words, marked.passage.sentences
    return frozenset(
        hit.sentence
        for hit in marked.of(HEADLINE)
        if hit.first == sentences[hit.sentence].first or words[hit.first - 1] in _OPENS_LINE
    )


def rules(marked: Marked, least: float = _CLEAR) -> frozenset[int]:
    """The sentences that ask about a rule, by one who names no sum of his own: "if I cancel, would I …?".

    `least` is the weight from which a cue counts; a weak one ("do I have to …?") leaves plain wishes what they are.
    """
    asked = frozenset(hit.sentence for hit in marked.of(_RULE) if hit.cue.weight >= least)
    supposed = frozenset(at for at in marked.sentences_of(_IF) if _asks(marked.passage, at))
    if not (asked or supposed) or names_a_sum(marked):
        return frozenset()
    return asked | supposed


def _plain(hit: Hit) -> bool:
    return hit.label in _WISHES and hit.cue.weight > _CLEAR


def _inside(hit: Hit, opened: int, closed: int) -> bool:
    """Whether it lies in a quote, or leans on one of several words: asks "refund this order?"."""
    begins, ends = opened < hit.first < closed, opened < hit.last < closed
    return (begins and ends) or ((begins or ends) and closed - opened > _QUOTED_WORD)


def _asks(passage: Passage, sentence: int) -> bool:
    first, last, _, _ = passage.sentences[sentence]
    return "?" in passage.words[first:last]


def _quotes(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where quotation marks open and close round a few words."""
    if _CLOSING.keys().isdisjoint(passage.words):
        return
    opened, closing = -1, ""
    for index, word in enumerate(passage.words):
        if opened >= 0 and index - opened > _LONGEST_QUOTE:
            opened = -1
        if opened >= 0 and word in closing:
            yield opened, index
            opened = -1
        elif opened < 0 and word in _CLOSING:
            opened, closing = index, _CLOSING[word]
