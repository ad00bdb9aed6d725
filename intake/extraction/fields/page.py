"""One part of a message, ready to be read: its tokens, and every cue word found in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from intake.extraction.fields.lexicon import Lexicon
from intake.extraction.fields.tokens import Tokens, days_end, fold, plain, tokenise
from intake.extraction.types import Candidate, Evidence, Source, Value
from intake.redaction.text import Redacted

FAR = 99  # a distance that no cue bridges
_PAYING = frozenset({"pay", "renew", "buy"})
_RIGHT_AFTER = 3  # tokens: "and again charged", but not "again on 11 June about the payment"
_SENT_REACH = 6
_PAPERS = frozenset({"invoice", "receipt", "ticket"})
_OBJECT = 2  # tokens from "sent" to the paper: "sent the invoice"
_OF_DAYS = frozenset({"le", "du"})
_MANY = 24  # marks of a group from which it is searched, not walked through
REACH = 26  # tokens from a value within which a cue can speak of it
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{0,30}(?:•|removed)[^\[\]\n]{0,30}\]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+%-]++@[\w.-]+", re.ASCII)
_FIGURE = re.compile(r"\d(?<![0-9]\d)")
_LINK = re.compile(r"https?://\S+|www\.\S+", re.ASCII)


class Mark(NamedTuple):
    """A cue word or phrase: tokens `first` up to and without `last` (a tuple: a letter makes hundreds)."""

    kind: str
    first: int
    last: int


class Near(NamedTuple):
    """A mark as seen from a value: `distance` grows with tokens and with each clause and sentence between."""

    mark: Mark
    distance: int
    left: bool  # the mark stands before the value


# What `Mark(…)` and `Near(…)` do, in half the time.
_mark, _near = partial(tuple.__new__, Mark), partial(tuple.__new__, Near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the message before it is read."""

    name: str  # see RedactedMessage
    redacted: Redacted
    source: Source
    authority: int  # 0 is read first
    trust: float  # factor on confidence
    written: datetime | None  # when the customer wrote, in the own zone
    lines: bool  # each line is a statement of its own
    limit: int  # code points that are read
    question: str = ""  # what support's quoted words ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the message with its tokens and marks."""

    part: Part
    text: str  # blanks and dashes plain, case kept
    folded: str
    tokens: Tokens
    marks: dict[str, list[Mark]]  # by group, in order
    masked: str  # folded text without addresses, links and the redactor's placeholders
    figures: tuple[int, ...]  # where in `masked` a row of them begins
    lexicon: Lexicon
    _by_first: dict[str, dict[int, Mark]] = field(default_factory=dict)  # of the groups asked for so far
    _by_last: dict[str, dict[int, Mark]] = field(default_factory=dict)  # by the token after the last
    _near: dict[tuple[int, int, str], list[Near]] = field(default_factory=dict)  # `near`, asked before

    @property
    def today(self) -> date | None:
        """The day on which the customer wrote, by the customer's own clock."""
        return self.part.written.date() if self.part.written else None

    @property
    def asked(self) -> frozenset[str]:
        """What support's quoted words ask for: "sum", "number" (of the order), "card" (its last figures)."""
        words = tokenise(fold(self.part.question), lines=False, joins=frozenset()).words
        return frozenset(mark.kind for mark in _marks(words, self.lexicon).get("asked", ()))

    @property
    def doubled(self) -> bool:
        """Whether the part speaks of a double payment: "twice" in a sentence that speaks of paying."""
        doubles = self.group("double")
        if not doubles:
            return False
        sentences = self.tokens.sentences
        paying = {sentences[mark.first] for mark in self.group("cue") if mark.kind in _PAYING}
        return any(
            sentences[mark.first] in paying and (mark.kind != "again" or self._paid_again(mark))
            for mark in doubles
        )

    def _paid_again(self, mark: Mark) -> bool:
        """Whether it was paid again, not "wrote again about the payment"."""
        near = self.near(mark.first, mark.last, "cue")
        told = next((one for one in near if one.left or one.distance <= _RIGHT_AFTER), next(iter(near), None))
        return told is not None and told.mark.kind in _PAYING

    def group(self, name: str) -> list[Mark]:
        """All marks of a group, in order."""
        return self.marks.get(name, [])

    def starting_at_figures(self, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """As `finditer`, of a pattern that begins with the first figure of a row: it is tried at these alone.

        Args:
            pattern: such a pattern.
            text: `masked`, more of it masked or not.
        """
        end = 0
        for at in self.figures:
            if at >= end and (match := pattern.match(text, at)):
                yield match
                end = match.end()

    def near(self, first: int, last: int, group: str) -> list[Near]:
        """Marks of a group round the tokens `first` up to `last`, nearest first; overlapping ones are skipped."""
        marks = self.group(group)
        if not marks:
            return []
        place = first, last, group
        if place in self._near:
            return self._near[place]
        floor, ceiling = first - REACH, last + REACH
        if len(marks) > _MANY:
            marks = marks[bisect_left(marks, floor, key=_first) :]
        found: list[Near] = []
        for mark in marks:
            _, begin, end = mark
            if begin >= ceiling:
                break
            if end <= first:
                if begin >= floor:
                    found.append(_near((mark, self.gap(end - 1, first), True)))
            elif begin >= last:
                found.append(_near((mark, self.gap(last - 1, begin), False)))
        found.sort(key=_distance)
        self._near[place] = found
        return found

    def gap(self, before: int, after: int) -> int:
        """Distance between two tokens: tokens, plus what the clauses (3 each, 9 at most) and sentences (9) cost."""
        tokens = self.tokens
        clauses = abs(tokens.clauses[after] - tokens.clauses[before])
        sentences = tokens.sentences[after] - tokens.sentences[before]
        return after - before + (9 if clauses > 2 else 3 * clauses) + 9 * sentences

    def beginning(self, group: str, first: int) -> Mark | None:
        """The mark of a group that begins at a token."""
        marks = self._by_first.get(group)
        if marks is None:
            marks = self._by_first[group] = {mark.first: mark for mark in self.group(group)}
        return marks.get(first)

    def ending(self, group: str, last: int) -> Mark | None:
        """The mark of a group that ends right before a token."""
        marks = self._by_last.get(group)
        if marks is None:
            marks = self._by_last[group] = {mark.last: mark for mark in self.group(group)}
        return marks.get(last)

    def touching(self, first: int, last: int, group: str, *, before: int = -1, after: int = 0) -> Mark | None:
        """The mark of a group that ends at most `before` tokens before `first`, else begins within `after` tokens."""
        for step in range(before + 1):
            if found := self.ending(group, first - step):
                return found
        for step in range(after):
            if found := self.beginning(group, last + step):
                return found
        return None

    def candidate(self, value: Value, start: int, end: int, confidence: float, rule: str) -> Candidate:
        """A reading of the slice from `start` up to `end` of this part."""
        return Candidate(
            value=value,
            evidence=Evidence(
                text=self.part.redacted.slice(start, end), part=self.part.name, start=start, end=end
            ),
            source=self.part.source,
            confidence=round(min(0.99, max(0.05, confidence * self.part.trust)), 3),
            rule=rule,
        )


_first = attrgetter("first")
_distance = attrgetter("distance")


def read_page(part: Part, lexicon: Lexicon) -> Page:
    """Tokenises a part and marks its cue words; what follows after its limit is not read."""
    text = plain(part.redacted.text[: part.limit])
    folded = fold(text)
    masked = _PLACEHOLDER.sub(_blanked, (_ADDRESS if "@" in folded else _LINK).sub(_blanked, folded))
    begins = days_end(text, lexicon.language)
    tokens = tokenise(folded, lines=part.lines, joins=lexicon.joins, begins=begins)
    marks = _marks(tokens.words, lexicon)
    return Page(
        part=part,
        text=text,
        folded=folded,
        tokens=tokens,
        marks=marks,
        masked=masked,
        figures=tuple([match.start() for match in _FIGURE.finditer(masked)]),
        lexicon=lexicon,
    )


def _blanked(match: re.Match[str]) -> str:
    # not blanks, or the figures to the left and right of it would touch
    return "\x00" * len(match.group())


def _marks(words: list[str], lexicon: Lexicon) -> dict[str, list[Mark]]:
    """Of each group the longest phrases, left to right, not overlapping."""
    marks: dict[str, list[Mark]] = {}
    following = [*words[1:], ""]
    for index, opening in enumerate(lexicon.openings(words)):
        if opening is None:
            continue
        before, else_ = opening
        for group, kind, length, phrase in before.get(following[index], else_) if before else else_:
            found = marks.get(group)
            if found and found[-1][2] > index:
                continue  # it lies on the last one
            if length > 1 and not _follows(words, index, phrase):
                continue
            if found:
                found.append(_mark((kind, index, index + length)))
            else:
                marks[group] = [_mark((kind, index, index + length))]
    # the "pay" of "Apple Pay" is no word of paying, the first of "prélèvement le 3 juin" is
    names = [
        mark
        for mark in marks.get("method", ())
        if mark.last - mark.first > 1 and words[mark.last - 1] not in _OF_DAYS
    ]
    inside = {index for mark in names for index in range(mark.first, mark.last)}
    marks["cue"] = [
        _sent(mark, marks, words) if mark.kind == "sent" else mark
        for mark in marks.get("cue", ())
        if mark.first not in inside or mark.last - mark.first > 1
    ]
    return marks


def _sent(mark: Mark, marks: dict[str, list[Mark]], words: Sequence[str]) -> Mark:
    """Who "sent you 310 USD" paid, who "sent you a letter" did not: figures or a currency near the word tell."""
    if any(one.kind in _PAPERS and 0 <= one.first - mark.last < _OBJECT for one in marks.get("id", ())):
        return Mark("event", mark.first, mark.last)  # "sent the invoice on 5 June"
    paid = any(word.isdecimal() for word in words[mark.last : mark.last + 2]) or any(
        mark.first - _SENT_REACH <= currency.first <= mark.last + _SENT_REACH
        for currency in marks.get("currency", ())
    )
    return Mark("pay" if paid or _same_sum(mark, marks, words) else "event", mark.first, mark.last)


def _same_sum(mark: Mark, marks: dict[str, list[Mark]], words: Sequence[str]) -> bool:
    """Whether a sum that the part names is sent again without its currency: "sent the same 240 again"."""
    floor, ceiling = max(0, mark.first - _SENT_REACH), mark.last + _SENT_REACH
    doubles = marks.get("double", [])
    again = bisect_left(doubles, floor, key=_first) < bisect_left(doubles, ceiling, key=_first)
    around = {word for word in words[floor:ceiling] if word.isdecimal() and word.strip("0")}
    return again and any(
        word in around
        for one in marks.get("currency", [])[:_MANY]
        for at in (one.first - 3, one.first - 1, one.last)
        if 0 <= at < len(words) and len(word := words[at]) > 1
    )


def _follows(words: list[str], index: int, phrase: tuple[str, ...]) -> bool:
    if index + len(phrase) > len(words):
        return False
    for offset in range(1, len(phrase)):
        wanted, word = phrase[offset], words[index + offset]
        if wanted.endswith("*"):
            if not word.startswith(wanted[:-1]):
                return False
        elif wanted not in (word, "_"):
            return False
    return True
