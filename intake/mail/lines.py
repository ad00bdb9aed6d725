"""The lines of a body and the quote marks before them, told in one look, however deep the quotes nest.

A chain of answers repeats itself at each of its depths. So the marks of every line are found once: what a line
says at any depth is a slice, and of most lines it is known beforehand that they are nothing but somebody's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail.phrases import phrases

MAX_RULE = 120  # characters of a line that parts the words of two people
MAX_DEPTH = 20  # of quotes in quotes; deeper marks stay as typed
_MAX_LINES = 20_000  # looked at for marks; what follows is a log, and one long line to us

_MARK = re.compile(r" ?(?:>|[A-ZА-ЯЁІЇЄ][A-Za-zА-Яа-яёіїє]{0,2}>(?=[ >]|$)) ?")
_REACH = 6  # characters in which the sign of a mark stands
_DECORATION = frozenset("-_*=")  # of rules
_ABOVE = 2  # lines above its colon in which an attribution may begin
_ANY = 0xFF  # more marks than a line can have
_AT_MOST = [re.compile(b"[\\x00-\\x%02x]" % depth) for depth in range(MAX_DEPTH + 1)]
_MORE = [re.compile(b"[\\x%02x-\\xff]" % (depth + 1)) for depth in range(MAX_DEPTH + 1)]

Span = tuple[int, int]  # one line without its quote marks: code points in the source


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a text, by number; rows of bytes, for those are searched faster than walked."""

    text: str
    starts: list[int]  # of each line, its marks included; last, where one more would start
    marks: list[tuple[int, ...]]  # how many characters none, one, two … of a line's marks take
    words: list[Span]  # the line without any of them
    depths: bytes  # how many there are
    runs: bytes  # the same, but `_ANY` for a blank line
    looks: bytes  # the same, but `_ANY` for a line that, behind its marks, may announce other people's words

    def span(self, number: int, depth: int) -> Span:
        """A line without its first `depth` marks, or all that it has."""
        marks = self.marks[number]
        start = self.starts[number] + marks[depth if depth < len(marks) else -1]
        return start, self.starts[number + 1] - 1

    def spans(self, first: int, last: int, depth: int) -> tuple[Span, ...]:
        """The lines from `first` up to `last` so."""
        if max(self.depths[first:last], default=0) <= depth:
            return tuple(self.words[first:last])
        return tuple([self.span(number, depth) for number in range(first, last)])

    def marked(self, number: int, depth: int) -> bool:
        """Whether a line has more than `depth` marks."""
        return self.depths[number] > depth

    def blank(self, number: int, depth: int) -> bool:
        """Whether nothing stands in a line behind `depth` marks."""
        return self.runs[number] == _ANY and not self.marked(number, depth)

    def quote_end(self, first: int, last: int, depth: int) -> int:
        """Where a run of lines with more than `depth` marks ends; blank lines inside belong to it."""
        stop = _AT_MOST[depth].search(self.runs, first, last)
        end = stop.start() if stop else last
        while not self.marked(end - 1, depth):
            end -= 1
        return end

    def own_end(self, first: int, last: int, depth: int) -> int:
        """The next line that is somebody else's, or may announce such lines."""
        stop = _MORE[depth].search(self.looks, first, last)
        return stop.start() if stop else last


def parted(text: str) -> str:
    """The text with a line of its own for a quote that stands behind its attribution, as Yahoo's phones write it."""
    return phrases().wrote_inline.sub(r"\g<0>\n", text) if ">" in text else text


def read_lines(text: str) -> Lines:
    """The lines of a text; linear in its length."""
    lines = text.split("\n", _MAX_LINES)
    starts, marks, spans = [0], list[tuple[int, ...]](), list[Span]()
    blank, notable = list[int](), list[int]()
    announces = phrases().reply_above.match
    # the marks of the line above, which most lines repeat
    same, after, found, tight = "", 0, _marks(""), False
    at = 0
    for number, line in enumerate(lines):
        if ">" in line[after : after + _REACH] or tight or not line.startswith(same):
            found = _marks(line)
            after = found[-1]
            same = line[:after]
            tight = same[-1:] == ">"
        end = at + len(line)
        marks.append(found)
        spans.append((at + after, end))
        at = end + 1
        starts.append(at)
        words = line[after:].strip()
        if not words:
            blank.append(number)
        elif words[-1] in ":：":
            notable += range(max(0, number - _ABOVE), number + 1)
        elif ":" in words or words[0] in _DECORATION or (len(words) <= MAX_RULE and announces(words)):
            notable.append(number)
    depths = bytes([len(found) - 1 for found in marks])
    return Lines(
        text=text,
        starts=starts,
        marks=marks,
        words=spans,
        depths=depths,
        runs=_with_any(depths, blank),
        looks=_with_any(depths, notable),
    )


def _with_any(depths: bytes, numbers: list[int]) -> bytes:
    row = bytearray(depths)
    for number in numbers:
        row[number] = _ANY
    return bytes(row)


def _marks(line: str) -> tuple[int, ...]:
    """What one, two, three … marks take, initials before the sign allowed ("AB> ", The Bat and Gnus).

    ">From " is mbox quoting of a line of one's own (RFC 4155).
    """
    found = [0]
    while len(found) <= MAX_DEPTH + 1:
        at = found[-1]
        if line.startswith(">", at):  # as most do: the pattern would say the same
            if line.startswith(">From ", at):
                break
            found.append(at + 1 + line.startswith(" ", at + 1))
        elif ">" in line[at : at + _REACH] and (mark := _MARK.match(line, at)):
            found.append(mark.end())
        else:
            break
    return tuple(found)
