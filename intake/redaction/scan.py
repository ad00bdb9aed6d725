"""One text under the finders: the folded forms, the words found in it, what is cut so far."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from dataclasses import dataclass, field

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit, Hits
from intake.redaction.kinds import Kind
from intake.redaction.labels import Lexicon
from intake.redaction.normalise import Folded
from intake.redaction.sentences import Sentences, sentences

_SENTENCE_END = re.compile(r"[.!?…](?=\s)(?<![ (](?:no|nr|ca|st)\.)(?<![ (]num\.)|\n\s*\n|\x1a\x1a\n")
WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_DIGIT = bytes(chr(code).isdigit() for code in range(128)).ljust(256, b"\x00")  # 1 where there is a digit
_CARD_DIGITS, _CARD_GAP = (
    12,
    6,
)  # a card has so many digits at least, and so many characters between two at most
_IN_KEYS = bytes(re.match(r"[A-Za-z0-9_\-.:+/=]", chr(code)) is not None for code in range(256))
_SIXTEEN = b"\x01" * 16
_SERVED = 24  # characters from a label to its value that was cut
_REACH = 200  # no sentence is looked at further than this
_SHORT_LINE = 50  # a line shorter than this was not wrapped: its break ends the sentence


def digit_runs(ascii_: bytes) -> list[tuple[int, int]]:
    """Every run of digits."""
    digits = ascii_.translate(_DIGIT)
    runs: list[tuple[int, int]] = []
    start = digits.find(1)
    while start >= 0:
        end = digits.find(0, start)
        if end < 0:
            end = len(digits)
        runs.append((start, end))
        start = digits.find(1, end)
    return runs


def digit_rows(numbers: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From where to where numbers stand so close together, and have so many digits, that they may hold a card."""
    rows: list[tuple[int, int]] = []
    first = last = -_CARD_GAP - 1
    digits = 0
    for start, end in numbers:
        if start - last > _CARD_GAP:
            if digits >= _CARD_DIGITS:
                rows.append((first, last))
            first, digits = start, 0
        digits += end - start
        last = end
    if digits >= _CARD_DIGITS:
        rows.append((first, last))
    return rows


def key_runs(ascii_: bytes) -> list[tuple[int, int]]:
    """Every run of sixteen or more of the characters that keys are made of."""
    row = ascii_.translate(_IN_KEYS)
    runs: list[tuple[int, int]] = []
    start = row.find(_SIXTEEN)
    while start >= 0:
        end = row.find(0, start)
        if end < 0:
            end = len(row)
        runs.append((start, end))
        start = row.find(_SIXTEEN, end)
    return runs


@dataclass(frozen=True, slots=True)
class Cut:
    """A secret in the folded text."""

    start: int
    end: int
    type: SecretType
    rule: str
    last_four: str | None = None


@dataclass(slots=True)
class Scan:
    """What the finders share while they look through one text."""

    folded: Folded
    hits: Hits
    lexicon: Lexicon
    earlier: list[Cut]  # by earlier passes, where their type matters
    cards: list[tuple[int, int]]  # cut so far, those of an earlier pass included; sorted
    numbers: list[tuple[int, int]]  # every run of digits
    runs: list[tuple[int, int]]  # rows of sixteen or more of the characters that keys are made of
    kept: list[tuple[int, int]]  # a merchant's own numbers (`keep_patterns`), sorted
    rows: list[
        tuple[int, int]
    ]  # rows of these with as many digits as a card, where they stand close together
    taken: bytearray  # one a character: 1 = cut, 2 = protected
    cuts: list[Cut] = field(default_factory=list)
    _sentences: Sentences | None = None

    def sentences(self) -> Sentences:
        """Where the sentences start; found once."""
        if self._sentences is None:
            self._sentences = sentences(self.folded.lower)
        return self._sentences

    def digits_within(self, start: int, end: int) -> bool:
        """Whether a digit stands between `start` and `end`."""
        at = bisect_right(self.numbers, (start,))
        return (at < len(self.numbers) and self.numbers[at][0] < end) or (
            at > 0 and self.numbers[at - 1][1] > start
        )

    def free(self, start: int, end: int) -> bool:
        """Whether nothing between `start` and `end` is cut or protected yet."""
        return not any(self.taken[start:end])

    def cut(self, start: int, end: int, kind: SecretType, rule: str, last_four: str | None = None) -> bool:
        """Cut `start:end`, unless part of it is gone already or it lies in a number that is to be kept."""
        if start >= end or not self.free(start, end) or self._keeps(start, end):
            return False
        self.taken[start:end] = b"\x01" * (end - start)
        self.cuts.append(Cut(start, end, kind, rule, last_four))
        return True

    def _keeps(self, start: int, end: int) -> bool:
        """Whether the whole of `start:end` lies in a kept number; one that is only part of a card protects nothing."""
        at = bisect_right(self.kept, (start, len(self.taken)))
        return any(last >= end for _, last in self.kept[max(0, at - 2) : at])

    def protect(self, start: int, end: int) -> None:
        """Keep `start:end` as it is: part of another number."""
        self.taken[start:end] = b"\x02" * (end - start)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence round `start:end`: up to a full stop, a blank line, or the break of a short line."""
        text = self.folded.lower
        first = max(0, start - _REACH)
        for match in _SENTENCE_END.finditer(text, first, start):
            first = match.end()
        first = self._line_start(first, start)
        stop = _SENTENCE_END.search(text, end, end + _REACH)
        last = stop.start() if stop else min(len(text), end + _REACH)
        return first, self._line_end(end, last)

    def _line_start(self, first: int, start: int) -> int:
        text = self.folded.lower
        while (newline := text.rfind("\n", first, start)) >= 0:
            if self._short(newline):
                return newline + 1
            start = newline
        return first

    def _line_end(self, end: int, last: int) -> int:
        text = self.folded.lower
        while (newline := text.find("\n", end, last)) >= 0:
            if self._short(newline):
                return newline
            end = newline + 1
        return last

    def _short(self, newline: int) -> bool:
        """Whether the line that ends here was too short to have been wrapped."""
        start = newline - _SHORT_LINE
        return start < 0 or self.folded.lower.find("\n", start, newline) >= 0

    def near(self, start: int, end: int, before: int, after: int, *kinds: Kind) -> bool:
        """Whether a word of these kinds stands within so many characters of `start:end`."""
        return bool(
            self.hits.within(max(0, start - before), start, *kinds)
            or self.hits.within(end, end + after, *kinds)
        )

    def joins(self, start: int, end: int, reach: int = 48, strangers: int = 0) -> bool:
        """Whether what lies between a label and a value only links them ("is", "no.", ":"), but so many strange words."""
        gap = self.folded.lower[start:end]
        if len(gap) > reach or "\x1a" in gap or "\n\n" in gap:
            return False
        return sum(word not in self.lexicon.filler for word in WORDS.findall(gap)) <= strangers

    def announced(self, start: int, end: int) -> bool:
        """Whether what lies between a label and a value ends by announcing it: a colon, or "is"."""
        gap = self.folded.lower[start:end].rstrip(" \t\r\n\"'(*>[_")
        if gap.endswith((":", "=", "->", "→")):
            return True
        words = WORDS.findall(gap[-24:])
        return bool(words) and words[-1] in self.lexicon.copula

    def served(self, label: int) -> bool:
        """Whether the value of a label that ends here was cut by an earlier pass: what stands before is another's."""
        at = self.taken.find(b"\x01", label, label + _SERVED)
        return at >= 0 and self.joins(label, at)

    def typed(self, start: int, end: int, reach: int) -> bool:
        """Whether the words straight before `start:end`, or behind it, say that it is typed, sent, used."""
        text, bidden = self.folded.lower, self.lexicon.bidden
        words = WORDS.findall(text, max(0, start - reach), start)
        if words and (words[-1] in bidden or " ".join(words[-2:]) in bidden):
            return text[max(0, start - reach) : start].rstrip().endswith(words[-1])
        told = self.last_before(start, reach, Kind.TOLD)
        if told is not None and self.joins(told.end, start):
            return True
        behind = WORDS.match(text, end + 1) if text[end : end + 1] == " " else None
        return behind is not None and (
            behind.group() in bidden or bool(self.hits.within(behind.start(), behind.end(), Kind.TOLD))
        )

    def last_before(self, start: int, reach: int, *kinds: Kind) -> Hit | None:
        """The last word of these kinds that ends within `reach` characters before `start`."""
        found = self.hits.within(max(0, start - reach), start, *kinds)
        return found[-1] if found else None

    def add_card(self, start: int, end: int) -> None:
        """Remember a card that was cut: what stands beside it is judged by it."""
        insort(self.cards, (start, end))

    def beside_card(self, start: int, end: int, reach: int) -> bool:
        """Whether a card that was cut stands within `reach` characters."""
        at = bisect_right(self.cards, (start,))
        before = at > 0 and self.cards[at - 1][1] + reach >= start
        return before or (at < len(self.cards) and self.cards[at][0] - reach <= end)
