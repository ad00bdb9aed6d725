"""Where the sentences of a text begin: a label and its value stand in one, or in two that follow each other."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

_END = re.compile(r"[.!?…\n\x1a](?:(?<=\n)(?:\s*\n)?|(?<=\x1a)\x1a\n|(?<![\n\x1a])[.!?…]*[\"')\]»”]*\s+)")
_NEW_LINE = re.compile(r"[^\n]{0,24}:|\s*[\-*•–>|]\s|\s*[0-9]{1,2}[.)]\s")  # a heading or an item of a list
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|no|ca|st|tel|ул|кв|стр|руб|тыс|др|гр|bzw|usw|num|núm|ref|art|approx|тис|вул|буд)$|nr$"
)
_LONGEST = 600  # characters: a text without stops is cut here, so that reading sentences stays linear
_SHORT_LINE = 50  # a line shorter than this was not wrapped: its break ends the sentence


@dataclass(slots=True)
class Sentences:
    """The sentences of a folded text in lower case, found as far as they are asked for."""

    text: str
    _further: Iterator[int]  # where those that are not found yet may start
    _starts: list[int] = field(default_factory=lambda: [0])

    def at(self, offset: int) -> int:
        """The number of the sentence that holds `offset`."""
        while self._starts[-1] <= offset and self._find():
            pass
        return bisect_right(self._starts, offset) - 1

    def span(self, number: int) -> tuple[int, int]:
        """Where a sentence starts and ends; nothing where there is no such sentence."""
        while len(self._starts) <= number + 1 and self._find():
            pass
        if not 0 <= number < len(self._starts):
            return 0, 0
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self._starts[number], end

    def _find(self) -> bool:
        """Start a sentence, and others before it where the last one is too long; False: there are no more."""
        start = next(self._further, None)
        if start is not None:
            self._starts += range(self._starts[-1] + _LONGEST, start, _LONGEST)
            self._starts.append(start)
        return start is not None


def sentences(text: str) -> Sentences:
    """Split a text; linear in its length."""
    return Sentences(text, _ends(text))


def _ends(text: str) -> Iterator[int]:
    line = 0
    for match in _END.finditer(text):
        start, end = match.span()
        goes_on = False
        if text[start] == "\n":
            goes_on = end - start == 1 and start - line >= _SHORT_LINE and not _NEW_LINE.match(text, end)
            line = end
        elif text[start] == "." and end - start == 2:
            goes_on = _ABBREVIATED.search(text, max(0, start - 7), start) is not None
        if not goes_on:
            yield end
        if text[end - 1] == "\n":
            line = end
    yield len(text)
