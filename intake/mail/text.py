"""Whose words: the customer's new text, the signature, and what is quoted or forwarded, and from whom.

Works on lines of redacted text, as mail programs mark it: `>` marks (RFC 3676 §4.5), a line above them that says
who wrote when, the header block of Outlook, the rules round forwarded mail; top, bottom and interleaved posting.
Nothing is copied: a passage is a list of spans of the text it was cut from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.mail.lines import MAX_DEPTH, MAX_RULE, Lines, Span, read_lines
from intake.mail.marks import Alone, Attribution, attribution_at, forward_at, header_block_at
from intake.mail.phrases import phrases
from intake.mail.redacted import Author
from intake.mail.signature import split_signature


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
    """Lines of one depth of quotation while they are read; they go by their numbers in the source."""

    lines: Lines
    first: int
    last: int  # the line after them
    marks: int  # that were taken off each of them
    who: Who
    depth: int
    own: list[Span] = field(default_factory=list)
    quotes: list[QuotedPassage] = field(default_factory=list)
    alone: Alone = field(default_factory=dict)
    quoted: Author = Author.UNKNOWN  # who is being quoted here: answers between the lines continue one quote

    def line(self, number: int) -> str:
        start, end = self.lines.span(number, self.marks)
        return self.lines.text[start:end]

    def filled(self, number: int) -> int:
        """The first line from this one on in which something stands."""
        while number < self.last and self.lines.blank(number, self.marks):
            number += 1
        return number

    def spans(self, first: int, last: int) -> tuple[Span, ...]:
        return self.lines.spans(first, last, self.marks)

    def inner(self, first: int, last: int, *, marks: int = 0) -> _Level:
        """Lines of this level as one below, so many more marks taken off."""
        return _Level(
            lines=self.lines,
            first=first,
            last=last,
            marks=self.marks + marks,
            who=self.who,
            depth=self.depth + 1,
        )


def split_words(text: str, who: Who) -> Words:
    """Tells new words from signature and quotes. Never raises; no character belongs to two parts."""
    lines = read_lines(text)
    level = _Level(lines=lines, first=0, last=len(lines.words), marks=0, who=who, depth=0)
    if who.answers_support:
        level.quoted = Author.OTHER
    _read(level)
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


def _read(level: _Level) -> None:
    lines, index = level.lines, level.first
    if level.depth == MAX_DEPTH:
        level.own += level.spans(index, level.last)
        return
    while index < level.last:
        end = lines.own_end(index, level.last, level.marks)
        level.own += lines.words[index:end]
        index = _step(level, end) if end < level.last else end


def _below_reply_line(level: _Level, index: int) -> int:
    """Below a ticket system's "reply above this line" stand others' words, but in its first mail to us."""
    if not (level.depth or level.who.replies or _trimmed(level.lines.text, level.own)):
        return index + 1
    level.quoted = Author.OTHER
    _nested(level, level.inner(index + 1, level.last), None, level.spans(index, index + 1))
    return level.last


def _step(level: _Level, index: int) -> int:
    """Reads what begins at a line that may announce others' words; returns the line after it."""
    if level.lines.marked(index, level.marks):
        return _quote(level, index, None, ())
    line = level.line(index)
    if len(line) <= MAX_RULE and phrases().reply_above.match(line):
        return _below_reply_line(level, index)
    if (found := forward_at(level.line, index, level.last)) is not None:
        return _forward(level, index, found)
    if ":" in line or _is_rule(line):
        block = header_block_at(level.line, index, level.last)
        if block is not None and not _is_own_form(level, block[1]):
            return _below_block(level, index, *block)
    if (found_attribution := attribution_at(level.line, index, level.last, level.alone)) is not None:
        end = _attributed(level, index, found_attribution)
        if end is not None:
            return end
    level.own.append(level.lines.span(index, level.marks))
    return index + 1


def _attributed(level: _Level, index: int, found: Attribution) -> int | None:
    """The passage under an attribution line; None where the line turns out to be the writer's own words."""
    under = index + found.lines
    below = level.filled(under)
    heading = level.spans(index, under)
    if below < level.last and level.lines.marked(below, level.marks):
        return _quote(level, below, found, heading)
    if found.by_machine and below < level.last:  # a program that sets no marks: all below is the quote
        _nested(level, level.inner(below, level.last), found, heading)
        return level.last
    return None


def _quote(level: _Level, start: int, found: Attribution | None, heading: tuple[Span, ...]) -> int:
    """A run of marked lines; blank lines inside belong to it."""
    end = level.lines.quote_end(start, level.last, level.marks)
    _nested(level, level.inner(start, end, marks=1), found, heading)
    return end


def _forward(level: _Level, index: int, end: int) -> int:
    """A forwarded mail, up to its end rule or the end; its header block is part of it (who, when, what about)."""
    view = level.inner(index + 1, end, marks=1)
    first = view.filled(view.first)
    block = header_block_at(view.line, first, end)
    found = block[1] if block else attribution_at(view.line, first, end, view.alone)
    skip = block[0] if block else first + (found.lines if found else 0)
    heading = view.spans(first, skip)
    _nested(level, level.inner(skip, end, marks=1), found, heading, forwarded=True)
    past = end < level.last and phrases().forwarded_end.match(level.line(end)) is not None
    return end + 1 if past else end


def _is_own_form(level: _Level, found: Attribution) -> bool:
    """A fresh message that begins with "From: my address, Subject: refund" is the customer's own form."""
    fresh = level.depth == 0 and not level.who.replies and not level.who.forwards
    above = any(level.lines.text[start:end].strip() for start, end in level.own)
    return fresh and not above and not level.quotes and level.who.author(found) is Author.CUSTOMER


def _below_block(level: _Level, index: int, end: int, found: Attribution) -> int:
    """All below the header block of Outlook and its kin is the mail that it heads."""
    # a program that indents what it hands on puts the block at the head of the quote
    outermost = level.depth == 0 or (level.depth == 1 and not level.own)
    forwarded = level.who.forwards and outermost
    _nested(level, level.inner(end, level.last), found, level.spans(index, end), forwarded=forwarded)
    return level.last


def _nested(
    level: _Level,
    inner: _Level,
    found: Attribution | None,
    heading: tuple[Span, ...],
    *,
    forwarded: bool = False,
) -> None:
    """Reads a quoted passage, which may quote in turn; its header block stays with it where it was forwarded."""
    if found:
        level.quoted = level.who.author(found)
    author = level.quoted
    _read(inner)
    spans = _trimmed(level.lines.text, [*heading, *inner.own] if forwarded else inner.own)
    if spans:
        level.quotes.append(
            QuotedPassage(
                spans=spans, author=author, forwarded=forwarded, heading=() if forwarded else heading
            )
        )
    level.quotes.extend(inner.quotes)


def _is_rule(line: str) -> bool:
    stripped = line.strip()
    return (len(stripped) >= 5 and not stripped.strip("_-*= ")) or (
        stripped[:1] in {"-", "_", "*"} and stripped[-1:] in {"-", "_", "*"}
    )


def _trimmed(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Without blank lines at both ends."""
    first, last = 0, len(spans)
    while first < last and not text[slice(*spans[first])].strip():
        first += 1
    while last > first and not text[slice(*spans[last - 1])].strip():
        last -= 1
    return tuple(spans[first:last])
