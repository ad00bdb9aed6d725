"""Whose words: the customer's new text, the signature, and what is quoted or forwarded, and from whom.

Works on lines of redacted text, as mail programs mark it: `>` marks (RFC 3676 §4.5), a line above them that says
who wrote when, the header block of Outlook, the rules round forwarded mail; top, bottom and interleaved posting.
Nothing is copied: a passage is a list of spans of the text it was cut from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from intake.mail.marks import Attribution, attribution_at, forward_at, header_block_at
from intake.mail.phrases import phrases
from intake.mail.redacted import Author
from intake.mail.signature import split_signature

_MAX_RULE = 120  # characters of a line that parts the words of two people
_MAX_LINES = 20_000  # looked at for marks; what follows is a log, and one long line to us
_MAX_DEPTH = 20  # of quotes in quotes; deeper marks stay as typed

_MARK = re.compile(r" ?(?:>|[A-ZА-ЯЁІЇЄ][A-Za-zА-Яа-яёіїє]{0,2}>(?=[ >]|$)) ?")

Span = tuple[int, int]  # one line without its quote marks: code points in the source


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """By what a quoted author is told apart."""

    customer: frozenset[str] = frozenset()  # addresses, lower case: From and Reply-To
    customer_name: str = ""  # display name, case folded
    support: frozenset[str] = frozenset()  # addresses, lower case
    forwards: bool = False  # the subject says that this is a forward ("Fwd:", "WG:", "TR:" …)
    replies: bool = False  # has In-Reply-To or References
    answers_support: bool = False  # they name a message of ours, so an unnamed quote is ours

    def author(self, attribution: Attribution) -> Author:
        """Who an attribution names."""
        if attribution.first_person or self.customer & attribution.emails:
            return Author.CUSTOMER
        if attribution.emails & self.support:
            return Author.OTHER
        name = self.customer_name
        if name and len(name) > 2 and name in attribution.text.casefold():
            return Author.CUSTOMER
        return Author.OTHER if attribution.named else Author.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Lines of one writer."""

    spans: tuple[Span, ...]

    @property
    def contiguous(self) -> bool:
        """Whether the lines follow each other in the source, so that the passage is a slice of it."""
        return all(end + 1 == start for (_, end), (start, _) in zip(self.spans, self.spans[1:], strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedPassage(Passage):
    """A quoted or forwarded passage and the lines that announced it."""

    author: Author
    forwarded: bool
    heading: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A body taken apart. Every part may be empty."""

    new: Passage
    signature: Passage
    quotes: tuple[QuotedPassage, ...]


@dataclass(slots=True, kw_only=True)
class _Level:
    """One depth of quotation while it is read."""

    text: str
    lines: list[Span]
    who: Who
    depth: int
    own: list[Span] = field(default_factory=list)
    quotes: list[QuotedPassage] = field(default_factory=list)
    quoted: Author = Author.UNKNOWN  # who is being quoted here: answers between the lines continue one quote

    def line(self, index: int) -> str:
        start, end = self.lines[index]
        return self.text[start:end]


def split_words(text: str, who: Who) -> Words:
    """Tells new words from signature and quotes. Never raises; no character belongs to two parts."""
    level = _read(text, _lines(text), who, 0)
    own = [text[start:end] for start, end in level.own]
    kept, signature = split_signature(own)
    quotes = level.quotes
    new = _trimmed(text, [level.own[i] for i in kept])
    if not new and not who.replies and len(quotes) == 1 and not quotes[0].forwarded and quotes[0].heading:
        # Nothing but somebody's mail, handed on without a word.
        first = quotes[0]
        quotes = [QuotedPassage(spans=first.heading + first.spans, author=first.author, forwarded=True)]
    return Words(
        new=Passage(spans=new),
        signature=Passage(spans=_trimmed(text, [level.own[i] for i in signature])),
        quotes=tuple(quotes),
    )


def _lines(text: str) -> list[Span]:
    spans, start = [], 0
    for line in text.split("\n", _MAX_LINES):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _read(text: str, lines: list[Span], who: Who, depth: int) -> _Level:
    level = _Level(text=text, lines=lines, who=who, depth=depth)
    if depth == 0 and who.answers_support:
        level.quoted = Author.OTHER
    index = 0
    while index < len(lines):
        index = _step(level, index)
    return level


def _step(level: _Level, index: int) -> int:
    """Reads what begins at a line; returns the line after it."""
    line = level.line(index)
    if level.depth < _MAX_DEPTH and line and not line.isspace():
        if _marked(line):
            return _quote(level, index, None, ())
        if len(line) <= _MAX_RULE and phrases().reply_above.match(line):
            level.quoted = Author.OTHER
            _nested(level, level.lines[index + 1 :], None, (level.lines[index],), forwarded=False)
            return len(level.lines)
        if (found := forward_at(level.line, index, len(level.lines))) is not None:
            return _forward(level, index, found)
        if ":" in line or _is_rule(line):
            block = header_block_at(level.line, index, len(level.lines))
            if block is not None and not _is_own_form(level, block[1]):
                return _below_block(level, index, *block)
        if (found_attribution := attribution_at(level.line, index, len(level.lines))) is not None:
            end = _attributed(level, index, found_attribution)
            if end is not None:
                return end
    level.own.append(level.lines[index])
    return index + 1


def _attributed(level: _Level, index: int, found: Attribution) -> int | None:
    """The passage under an attribution line; None where the line turns out to be the writer's own words."""
    below = index + found.lines
    while below < len(level.lines) and not level.line(below).strip():
        below += 1
    heading = tuple(level.lines[index : index + found.lines])
    if below < len(level.lines) and _marked(level.line(below)):
        return _quote(level, below, found, heading)
    if found.by_machine and below < len(level.lines):  # a program that sets no marks: all below is the quote
        _nested(level, level.lines[below:], found, heading, forwarded=False)
        return len(level.lines)
    return None


def _quote(level: _Level, start: int, found: Attribution | None, heading: tuple[Span, ...]) -> int:
    end, lines = _quoted(level, start)
    _nested(level, lines, found, heading, forwarded=False)
    return end


def _forward(level: _Level, index: int, end: int) -> int:
    """A forwarded mail, up to its end rule or the end; its header block is part of it (who, when, what about)."""
    inner = [
        _unmarked(level.text, span) if _marked(level.text[span[0] : span[1]]) else span
        for span in level.lines[index + 1 : end]
    ]
    first = next((i for i, (a, b) in enumerate(inner) if level.text[a:b].strip()), len(inner))
    view = _Level(text=level.text, lines=inner, who=level.who, depth=level.depth)
    block = header_block_at(view.line, first, len(inner))
    found = block[1] if block else attribution_at(view.line, first, len(inner))
    skip = block[0] if block else first + (found.lines if found else 0)
    heading = tuple(inner[first:skip])
    _nested(level, inner[skip:], found, heading, forwarded=True)
    past = end < len(level.lines) and phrases().forwarded_end.match(level.line(end)) is not None
    return end + 1 if past else end


def _is_own_form(level: _Level, found: Attribution) -> bool:
    """A fresh message that begins with "From: my address, Subject: refund" is the customer's own form."""
    fresh = level.depth == 0 and not level.who.replies and not level.who.forwards
    above = any(level.text[start:end].strip() for start, end in level.own)
    return fresh and not above and not level.quotes and level.who.author(found) is Author.CUSTOMER


def _below_block(level: _Level, index: int, end: int, found: Attribution) -> int:
    """All below the header block of Outlook and its kin is the mail that it heads."""
    heading = tuple(level.lines[index:end])
    forwarded = level.who.forwards and level.depth == 0
    _nested(level, level.lines[end:], found, heading, forwarded=forwarded)
    return len(level.lines)


def _nested(
    level: _Level, lines: list[Span], found: Attribution | None, heading: tuple[Span, ...], *, forwarded: bool
) -> None:
    """Reads a quoted passage, which may quote in turn; its header block stays with it where it was forwarded."""
    if found:
        level.quoted = level.who.author(found)
    author = level.quoted
    inner = _read(level.text, lines, level.who, level.depth + 1)
    spans = _trimmed(level.text, [*heading, *inner.own] if forwarded else inner.own)
    if spans:
        level.quotes.append(
            QuotedPassage(
                spans=spans, author=author, forwarded=forwarded, heading=() if forwarded else heading
            )
        )
    level.quotes.extend(inner.quotes)


def _quoted(level: _Level, start: int) -> tuple[int, list[Span]]:
    """The line after a run of marked lines, and the run without its marks; blank lines inside belong to it.

    A chain passes here line by line at each of its depths: what `_marked` and `_unmarked` say, told in one look.
    """
    text, inner, size = level.text, list[Span](), 0
    for span in islice(level.lines, start, None):
        first, end = span
        if text.startswith(">", first, end) and not text.startswith(">From ", first, end):
            inner.append((first + 1 + text.startswith(" ", first + 1, end), end))
            size = len(inner)
        elif first == end or (line := text[first:end]).isspace():
            inner.append(span)
        elif _marked(line):
            inner.append(_unmarked(text, span))
            size = len(inner)
        else:
            break
    return start + size, inner[:size]


def _marked(line: str) -> bool:
    """Whether the line bears a quote mark, initials before it allowed ("AB> ", The Bat and Gnus).

    ">From " is mbox quoting of a line of one's own (RFC 4155).
    """
    if line[:1] == ">":
        return not line.startswith(">From ")
    return ">" in line[:6] and _MARK.match(line) is not None


def _unmarked(text: str, span: Span) -> Span:
    start, end = span
    if text.startswith(">", start, end):  # as most do: the pattern would say the same
        start += 1
        return (start + text.startswith(" ", start, end), end)
    found = _MARK.match(text, start, end)
    return (found.end(), end) if found else span


def _is_rule(line: str) -> bool:
    stripped = line.strip()
    return (len(stripped) >= 5 and not stripped.strip("_-*= ")) or (
        stripped[:1] in {"-", "_", "*"} and stripped[-1:] in {"-", "_", "*"}
    )


def _trimmed(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """Without blank lines at both ends."""
    filled = [i for i, (start, end) in enumerate(spans) if text[start:end].strip()]
    return tuple(spans[filled[0] : filled[-1] + 1]) if filled else ()
