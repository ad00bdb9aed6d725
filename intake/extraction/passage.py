"""Words and sentences of a redacted text, each with its place.

A tokeniser of our own: spaCy's needs `memory_zone()` round each text (or its string store keeps every new
word of every mail), loses its cache there, and then costs twenty times as much as one regular expression.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain
from operator import attrgetter
from typing import NamedTuple

from intake.extraction.memo import Memo
from intake.extraction.types import Evidence
from intake.redaction.text import Redacted

_SHORT_ASIDE = 7  # words and marks of a bracket that interrupts a statement without ending it
MAX_CHARACTERS = 12_000  # a customer's own words are shorter; what follows is a log or a pasted document

# Placeholders of the redactor, addresses, links and codes are one word each. Elided French words are words of their own ("l'accès", "j'ai"), numbers keep their points ("14.500"),
# contractions stay whole ("don't"), every other sign stands alone.
_PLAIN = "[a-zA-ZÀ-ÖØ-öø-ÿа-яА-ЯёЁіїєґІЇЄҐ]"  # letters written out are told apart sooner than classes
_WORD = re.compile(
    r"(\s*+)"
    rf"({_PLAIN}++(?=[\s,;!?()\"])|{_PLAIN}++(?=\.\s|\Z)"  # most words, at once: none of the others could take them
    r"|\[(?:card|iban|cvv|expiry|track|pin|password|code|token) [^\[\]\n]{1,40}\]"  # the redactor's words, not the customer's
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
    r"|(?i:https?://|www\.)\S+"
    r"|[A-Z]{1,5}[-\u2010-\u2014][0-9][\w-]*"
    r"|(?i:[cdjlmnst]|qu)['’](?=[^\W\d_])"
    r"|[^\W_]+(?:['’ʼ`][^\W_]+|(?<=\d)[.,:][0-9]+)*"
    r"|[^\w\s]|_)"
)
_STOP = re.compile(  # its first character stands apart: thus it is looked for at the speed of `str.find`
    r"[.!?…](?:[.!?…]*[)\"'»”’]*(?=\s+[\"'«“„(¿¡]*[^\W_]|\s*$)"  # a stop, then a new start
    r"|(?<=[!?])[!?]*[)\"'»”’]*(?=\s))",
    re.MULTILINE,
)
_BREAK = re.compile(
    r"\n(?:[ \t]*\n\s*"  # a blank line
    r"|(?=[ \t]*(?:[-*•–—]|\d{1,2}[.)])[ \t]))"  # the next item of a list
)
_ABBREVIATION_LIST = (
    "no nr num inv ref art reg mr mrs ms dr st vs etc approx bzw ca z zzgl inkl abs usw tel "
    "руб коп грн тыс млн стр ст п пп ул тел им г гг т д е к р вн и н núm pág sr sra cf env"
)
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
_LONGEST_ABBREVIATION = 6
_LAST_WORD = re.compile(r"\w*\Z")
# An ordinal ("am 18. September", "14. Tag"), not a sum at the end of a sentence ("statt 25. Ich").
_ORDINAL = re.compile(
    r"\d\.\s+(?:[a-zà-ÿа-я]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Tag|Monat|Jahr)"
)
_MARKED = re.compile(
    "[\u0080-\u024f]"
)  # Latin: Cyrillic й and ї keep their marks, they are letters of their own
_LINE_START = re.compile(r"[ \t]*[\"'«“„(¿¡]*(?:[A-ZА-ЯЁІЇЄҐÀ-ÖØ-Þ0-9]|[-*•])")


class Span(NamedTuple):
    """A sentence: its words, and its place in the text (code points); a tuple, for a long mail has hundreds."""

    first: int  # index of its first word
    last: int  # index after its last word
    start: int
    end: int


_span = partial(tuple.__new__, Span)  # what `Span(…)` does, in half the time
_first = attrgetter("first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as words: folded for comparison, each with its place, sentence by sentence."""

    text: Redacted
    part: str  # the part's name, see `RedactedMessage`
    words: tuple[str, ...]
    starts: Sequence[int]
    sentences: tuple[Span, ...]
    aside: frozenset[int]  # words said in passing: addresses, what was redacted, short brackets
    steps: Sequence[int]  # for each word, how many before it are not said in passing
    _shown: dict[int, Evidence] = field(default_factory=dict, compare=False, repr=False)  # by sentence

    def evidence(self, start: int, end: int) -> Evidence:
        """The exact slice from `start` up to `end`, without blanks around it."""
        text = self.text.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        return Evidence(text=self.text.slice(start, end), part=self.part, start=start, end=end)

    def sentence_at(self, offset: int) -> int:
        """The sentence round a place in the text; -1 where there is none."""
        word = bisect_right(self.starts, offset) - 1
        return bisect_right(self.sentences, word, key=_first) - 1

    def length(self, sentence: int) -> int:
        """Words and marks of one sentence."""
        return self.sentences[sentence].last - self.sentences[sentence].first

    def sentence_evidence(self, sentence: int) -> Evidence:
        """One sentence as evidence."""
        shown = self._shown.get(sentence)
        if shown is None:
            span = self.sentences[sentence]
            shown = self._shown[sentence] = self.evidence(span.start, span.end)
        return shown


def read(text: Redacted, part: str) -> Passage:
    """Split one part of a message into folded words and sentences."""
    shown = text.text[:MAX_CHARACTERS]
    pieces = list(chain.from_iterable(_WORD.findall(shown)))  # blanks, a word, blanks, a word, …
    bounds = list(accumulate(map(len, pieces)))
    starts = bounds[::2]
    sentences = _sentences(starts, _cuts(shown))
    words = tuple(map(FOLDED.__getitem__, pieces[1::2]))
    aside = _asides(shown, words)
    return Passage(
        text=text,
        part=part,
        words=words,
        starts=starts,
        sentences=sentences,
        aside=aside,
        steps=_steps(len(words), aside),
    )


def _asides(text: str, words: tuple[str, ...]) -> frozenset[int]:
    """What interrupts a statement: "the mailbox (ann@example.org) is gone", "to the card [card •••• 1111] I used"."""
    found: set[int] = set()
    if "@" in text or "[" in text:
        found = {
            index for index, word in enumerate(words) if len(word) > 1 and ("@" in word or word[0] == "[")
        }
    if "(" not in text:
        return frozenset(found)
    opened = -1
    for index, word in enumerate(words):
        if word == "(":
            opened = index
        elif word == ")" and opened >= 0:
            if index - opened <= _SHORT_ASIDE:
                found.update(range(opened, index + 1))
            opened = -1
    return frozenset(found)


def _steps(length: int, aside: frozenset[int]) -> Sequence[int]:
    if not aside:
        return range(length)
    return list(accumulate((index not in aside for index in range(length - 1)), initial=0))


def _cuts(text: str) -> list[int]:
    """Where sentences end, in order; the last is the text's end."""
    cuts = {match.end() for match in _STOP.finditer(text) if not _goes_on(text, match.start())}
    if "\n" in text:
        cuts.update([match.end() for match in _BREAK.finditer(text)])
        cuts.update(_line_cuts(text))
    cuts.add(len(text))
    return sorted(cuts)


def _goes_on(text: str, at: int) -> bool:
    """Whether the dot at `at` ends an abbreviation or makes an ordinal: the sentence goes on."""
    if text[at] != ".":
        return False
    before = _LAST_WORD.search(text, max(0, at - _LONGEST_ABBREVIATION), at)
    word = before.group().lower() if before else ""
    return (
        word in _ABBREVIATIONS
        or (len(word) == 1 and ("a" <= word <= "z" or "а" <= word <= "я"))
        or _ORDINAL.match(text, max(0, at - 1)) is not None
    )


def _line_cuts(text: str) -> Iterator[int]:
    """Single line ends that end a sentence: a short line (not wrapped by the mail client), or a stop before it."""
    after = 0
    for whole in text.split("\n")[:-1]:
        after += len(whole) + 1
        line = whole.rstrip()
        if not line:
            continue
        ended = line[-1] in ".!?:…" or (line[-1] == "," and len(line) < 40)
        if ended or (len(line) < 55 and _LINE_START.match(text, after)):
            yield after


def _sentences(starts: list[int], cuts: list[int]) -> tuple[Span, ...]:
    """Sentences that hold at least one word."""
    found = []
    first = start = 0
    for end in cuts:
        last = bisect_left(starts, end)
        if last > first:
            found.append(_span((first, last, start, end)))
        first, start = last, end
    return tuple(found)


def split(text: str) -> list[str]:
    """The words of a text, as typed."""
    return [word for _, word in _WORD.findall(text)]


def fold(word: str) -> str:
    """One spelling for each word, or text: lower case, straight apostrophes, no accents on Latin letters, е for ё."""
    lower = word.lower().replace("`", "'")
    if lower.isascii():
        return lower
    lower = lower.replace("’", "'").replace("ʼ", "'").replace("ё", "е")
    lower = lower.replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    return _MARKED.sub(lambda match: unicodedata.normalize("NFKD", match.group())[0], lower)


FOLDED = Memo(fold)
"""The same, looked up: what each word is folded to."""
