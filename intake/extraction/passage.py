"""Words and sentences of a redacted text, each with its place.

A tokeniser of our own: spaCy's needs `memory_zone()` round each text (or its string store keeps every new
word of every mail), loses its cache there, and then costs twenty times as much as one regular expression.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, repeat

from intake.extraction.types import Evidence
from intake.redaction.text import Redacted

_SHORT_ASIDE = 7  # words and marks of a bracket that interrupts a statement without ending it
MAX_CHARACTERS = 12_000  # a customer's own words are shorter; what follows is a log or a pasted document

# Placeholders of the redactor, addresses, links and codes are one word each. Elided French words are words of their own ("l'accès", "j'ai"), numbers keep their points ("14.500"),
# contractions stay whole ("don't"), every other sign stands alone.
_WORD = re.compile(
    r"\[(?:card|iban|cvv|expiry|track|pin|password|code|token) [^\[\]\n]{1,40}\]"  # the redactor's words, not the customer's
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
    r"|(?i:https?://|www\.)\S+"
    r"|[A-Z]{1,5}[-\u2010-\u2014][0-9][\w-]*"
    r"|(?i:[cdjlmnst]|qu)['’](?=[^\W\d_])"
    r"|[^\W_]+(?:['’ʼ`][^\W_]+|(?<=\d)[.,:][0-9]+)*"
    r"|[^\w\s]|_"
)
_SENTENCE_END = re.compile(
    r"[.!?…]+[)\"'»”’]*(?=\s+[\"'«“„(¿¡]*[^\W_]|\s*$)"  # a stop, then a new start
    r"|[!?]+[)\"'»”’]*(?=\s)"
    r"|\n[ \t]*\n\s*"  # a blank line
    r"|\n(?=[ \t]*(?:[-*•–—]|\d{1,2}[.)])[ \t])",  # the next item of a list
    re.MULTILINE,
)
_ABBREVIATION = re.compile(
    r"(?i:\b(?:no|nr|num|inv|ref|art|reg|mr|mrs|ms|dr|st|vs|etc|approx|bzw|ca|z|zzgl|inkl|abs|usw|tel|"
    r"руб|коп|грн|тыс|млн|стр|ст|п|пп|ул|тел|им|г|гг|т|д|е|к|р|вн|и|н|núm|pág|sr|sra|cf|env|[a-zа-я]))\.$"
)
# An ordinal ("am 18. September", "14. Tag"), not a sum at the end of a sentence ("statt 25. Ich").
_ORDINAL = re.compile(
    r"\d\.\s+(?:[a-zà-ÿа-я]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Tag|Monat|Jahr)"
)
_LINE_START = re.compile(r"[ \t]*[\"'«“„(¿¡]*(?:[A-ZА-ЯЁІЇЄҐÀ-ÖØ-Þ0-9]|[-*•])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A sentence: its words, and its place in the text (code points)."""

    first: int  # index of its first word
    last: int  # index after its last word
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as words: folded for comparison, each with its place, sentence by sentence."""

    text: Redacted
    part: str  # the part's name, see `RedactedMessage`
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[Span, ...]
    sentence_of: tuple[int, ...]  # for each word, the index of its sentence
    aside: frozenset[int]  # words said in passing: addresses, what was redacted, short brackets
    steps: tuple[int, ...]  # for each word, how many before it are not said in passing

    def evidence(self, start: int, end: int) -> Evidence:
        """The exact slice from `start` up to `end`, without blanks around it."""
        text = self.text.text[start:end]
        start += len(text) - len(text.lstrip())
        end -= len(text) - len(text.rstrip())
        return Evidence(
            text=self.text.slice(start, max(start, end)), part=self.part, start=start, end=max(start, end)
        )

    def sentence_at(self, offset: int) -> int:
        """The sentence round a place in the text; -1 where there is none."""
        word = bisect_right(self.starts, offset) - 1
        return self.sentence_of[word] if word >= 0 else -1

    def length(self, sentence: int) -> int:
        """Words and marks of one sentence."""
        return self.sentences[sentence].last - self.sentences[sentence].first

    def sentence_evidence(self, sentence: int) -> Evidence:
        """One sentence as evidence."""
        span = self.sentences[sentence]
        return self.evidence(span.start, span.end)


def read(text: Redacted, part: str) -> Passage:
    """Split one part of a message into folded words and sentences."""
    shown = text.text[:MAX_CHARACTERS]
    found = list(_WORD.finditer(shown))
    starts = tuple([match.start() for match in found])
    sentences = _sentences(starts, _cuts(shown))
    words = tuple([fold(match.group()) for match in found])
    aside = _asides(words)
    return Passage(
        text=text,
        part=part,
        words=words,
        starts=starts,
        ends=tuple([match.end() for match in found]),
        sentences=sentences,
        sentence_of=tuple(
            chain.from_iterable(repeat(index, span.last - span.first) for index, span in enumerate(sentences))
        ),
        aside=aside,
        steps=_steps(len(words), aside),
    )


def _asides(words: tuple[str, ...]) -> frozenset[int]:
    """What interrupts a statement: "the mailbox (ann@example.org) is gone", "to the card [card •••• 1111] I used"."""
    found = {index for index, word in enumerate(words) if len(word) > 1 and ("@" in word or word[0] == "[")}
    opened = -1
    for index, word in enumerate(words):
        if word == "(":
            opened = index
        elif word == ")" and opened >= 0:
            if index - opened <= _SHORT_ASIDE:
                found.update(range(opened, index + 1))
            opened = -1
    return frozenset(found)


def _steps(length: int, aside: frozenset[int]) -> tuple[int, ...]:
    if not aside:
        return tuple(range(length))
    return tuple(accumulate((index not in aside for index in range(length - 1)), initial=0))


def _cuts(text: str) -> list[int]:
    """Where sentences end, in order; the last is the text's end."""
    cuts = []
    for match in _SENTENCE_END.finditer(text):
        at = match.start()
        if text[at] == "." and (
            _ABBREVIATION.search(text[max(0, at - 6) : at + 1]) or _ORDINAL.match(text, max(0, at - 1))
        ):
            continue
        cuts.append(match.end())
    cuts.extend(_line_cuts(text))
    return sorted({*cuts, len(text)})


def _line_cuts(text: str) -> list[int]:
    """Single line ends that end a sentence: a short line (not wrapped by the mail client), or a stop before it."""
    cuts, start = [], 0
    for match in re.finditer("\n", text):
        line, after = text[start : match.start()].rstrip(), match.end()
        start = after
        if not line:
            continue
        ended = line[-1] in ".!?:…" or (line[-1] == "," and len(line) < 40)
        if ended or (len(line) < 55 and _LINE_START.match(text, after)):
            cuts.append(after)
    return cuts


def _sentences(starts: tuple[int, ...], cuts: list[int]) -> tuple[Span, ...]:
    """Sentences that hold at least one word."""
    found = []
    first = start = 0
    for end in cuts:
        last = bisect_left(starts, end)
        if last > first:
            found.append(Span(first=first, last=last, start=start, end=end))
        first, start = last, end
    return tuple(found)


def split(text: str) -> list[str]:
    """The words of a text, as typed."""
    return _WORD.findall(text)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """One spelling for each word: lower case, straight apostrophes, no accents on Latin letters, е for ё."""
    lower = word.lower().replace("’", "'").replace("ʼ", "'").replace("`", "'").replace("ё", "е")
    if lower.isascii():
        return lower
    lower = lower.replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    return "".join(_bare(char) for char in lower)


def _bare(char: str) -> str:
    if char < "\u0250":  # Latin: Cyrillic й and ї keep their marks, they are letters of their own
        return unicodedata.normalize("NFKD", char)[0]
    return char
