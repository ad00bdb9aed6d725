"""A text cut into tokens, clauses and sentences, without changing a single offset.

Folding (case, Latin accents, blanks and dashes of all kinds) is one character to one character, so
every match in the folded text is an exact slice of the redacted part.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, compress

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_QUOTES = "\u2018\u2019\u201b\u02bc\u2032\u00b4`"


def _folded(char: str) -> str:
    lower = char.lower()
    if len(lower) != 1:
        return char
    if lower == "ё":
        return "е"
    base = unicodedata.normalize("NFD", lower)[0]
    # Latin letters lose their accents; Cyrillic й and ї are letters of their own
    return base if base.isascii() and base.isalpha() else lower


_PLAIN = dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _BLANKS), " ")
_PLAIN |= dict.fromkeys(map(ord, _QUOTES), "'")
_UNPLAIN = re.compile(f"[{_DASHES}{_BLANKS}{_QUOTES}]")
_LETTERS = [*range(0x41, 0x250), *range(0x386, 0x530), *range(0x1E00, 0x1F00)]
_FOLD = {code: _folded(chr(code)) for code in _LETTERS} | _PLAIN

_TOKEN = re.compile(  # most words first: letters written out are told apart sooner than classes
    r"([a-zа-яёіїєґß]++(?=[ \n,.;:!?()-])|[^\W\d_]++|\d++|\S)"
)
_STOPS = frozenset(".!?…;")
_CLAUSE_MARKS = frozenset(",:()-|")
_CLOSING = frozenset("\"')]»”")
_SIGNS = _STOPS | _CLAUSE_MARKS | _CLOSING
# A dot after these ends no sentence; all languages at once, as a miss costs a little distance and no more.
_ABBREVIATION_LIST = (
    "no nr num n mr mrs ms dr st approx incl excl ca usw bzw z b vgl inkl zzgl art sr sra ud uds mme "
    "ref inv ord acc руб р г т коп ст п д ул им тел эл грн гр чел ном bestellnr rg rech rechn tel mob "
    "jan feb mar apr jun jul aug sep sept oct nov dec янв фев февр мар апр июн июл авг сент сен окт "
    "нояб ноя дек okt dez avr juil janv fevr ene abr ago dic "
    "d j cmd cde ped fact fra best auftr bestell bez опл зам рах накл дог зак сч плат тр арт "
)
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
# "Validé le 11. Malgré ça": here the day ends its sentence. Of German any noun has a capital: few words begin one.
_AFTER_DAY = r"(?<=\d\.\s)(?<![\d.,:/-]\d\d\.\s)"
_NO_MONTH = r"\s*(?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?=[A-ZÀ-ÞА-ЯЁІЇЄҐ¿¡])"  # "11. June"
_DAY_ENDS = re.compile(r"\.\s" + _AFTER_DAY + _NO_MONTH)  # from the full stop on: it is searched for quickly
_ENGLISH_ENDS = re.compile(  # "ago" is August elsewhere, "fact." an invoice, "best." an order
    rf"\.\s(?:{_AFTER_DAY}|(?<=\bago\.\s)|(?<=\bfact\.\s)|(?<=\bbest\.\s)){_NO_MONTH}"
)
_GERMAN_DAY_ENDS = re.compile(
    r"\.\s(?<=\d\.\s)\s*(?=(?:Ich|Wir|Sie|Ihr|Er|Es|Das|Die|Der|Meine?|Meinem|Unsere?|Unserem|Bitte|Danke|Leider|Trotzdem|"
    r"Dennoch|Nun|Jetzt|Dann|Danach|Seither|Seitdem|Aber|Und|Doch|Bezahlt|Abgebucht|Heute|Gestern|Im|Auf|Laut|Bei|Nach|"
    r"Bis|Was|Wie|Da)\b)"
)
_WRAPPED = 46  # a line longer than this runs on in the next one: mail is wrapped at 60 to 78 columns
_NEW_STATEMENT = re.compile(r"\n[ >]*(?:\n|[-*•·–]\s|\d{1,2}[.)]\s|[^\W\d_][^\n:]{1,28}:(?!//)\s)")


def plain(text: str) -> str:
    """`text` with every blank, dash and apostrophe in its plain form; case and letters stay."""
    if text.isascii():
        return text.replace("\t", " ").replace("`", "'")  # all there is of them, at a tenth of the cost
    return _UNPLAIN.sub(lambda match: _PLAIN[ord(match.group())], text)


def fold(text: str) -> str:
    """`text` in lower case without Latin accents, as long as it was."""
    if text.isascii():
        return plain(text).lower()
    lines = text.split("\n")  # in most letters few lines hold an accent
    return "\n".join([plain(line).lower() if line.isascii() else line.translate(_FOLD) for line in lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of one part, in parallel sequences (a part has hundreds: objects would cost more than reading)."""

    words: list[str]  # folded
    starts: list[int]  # code points in the part
    ends: list[int]
    sentences: list[int]  # number of the sentence that a token stands in
    clauses: list[int]  # number of the clause, running through the whole part

    def range(self, start: int, end: int) -> tuple[int, int]:
        """First and past-the-last index of the tokens in the slice from `start` up to `end`.

        It may begin inside a token: what is a figure to one pattern is part of a word to another ("ab１２2061").
        """
        first = bisect_left(self.starts, start)
        if first and self.ends[first - 1] > start:
            first -= 1
        return first, bisect_left(self.starts, end)

    def __len__(self) -> int:
        return len(self.words)


def split_words(phrase: str) -> list[str]:
    """A phrase of the data files as tokens, folded like a text; stems keep their `*`."""
    return re.findall(r"\d+|[^\W\d_]+\*?|\S", fold(phrase))


def days_end(text: str, language: str) -> list[int]:
    """Offsets in unfolded text at which a sentence begins after a day that closes another one."""
    pattern = {"de": _GERMAN_DAY_ENDS, "en": _ENGLISH_ENDS}.get(language, _DAY_ENDS)
    return [match.end() for match in pattern.finditer(text)]


def tokenise(folded: str, *, lines: bool, joins: frozenset[str], begins: Iterable[int] = ()) -> Tokens:
    """Cuts folded text.

    Args:
        folded: the text after `fold`.
        lines: each line is a statement of its own (receipts, tables), not wrapped prose.
        joins: words such as "and", "but" that open a clause.
        begins: offsets at which a sentence begins besides.
    """
    pieces = _TOKEN.split(folded)  # blanks, a token, blanks, a token, …, blanks
    bounds = list(accumulate(map(len, pieces)))
    words, starts, ends = pieces[1::2], bounds[:-1:2], bounds[1::2]
    opening = {bisect_right(starts, at) for at in _line_breaks(folded, lines=lines)}
    opening |= {bisect_left(starts, at) for at in begins}
    sentences, clauses = _units(words, starts, ends, opening, joins)
    return Tokens(words=words, starts=starts, ends=ends, sentences=sentences, clauses=clauses)


def _units(
    words: list[str], starts: list[int], ends: list[int], opening: set[int], joins: frozenset[str]
) -> tuple[list[int], list[int]]:
    """For each token the number of its sentence, and that of its clause.

    Both change at few tokens: only these are looked at.

    Args:
        words: the tokens.
        starts: where they begin.
        ends: where they end.
        opening: the tokens right after a line end that ends a sentence.
        joins: see `tokenise`.
    """
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = latest = 0
    outer: list[int] = []  # clauses that a bracket interrupts
    stopped = False  # a full stop stands before this token
    marks = list(compress(range(len(words)), map((_SIGNS | joins).__contains__, words)))
    for at in sorted({*marks, *[mark + 1 for mark in marks if words[mark] in _SIGNS], *opening}):
        if at == len(words):
            break
        word, previous = words[at], words[at - 1] if at else ""
        apart = at > 0 and starts[at] > ends[at - 1]
        before = sentence, clause
        if at in opening or (stopped and apart):
            sentence += 1
            clause = latest = latest + 1
            outer.clear()
        elif word == "(":
            outer.append(clause)
            clause = latest = latest + 1
        elif previous == ")" and outer:
            clause = outer.pop()
            latest += 2  # what follows is far from what the brackets hold
        elif word in joins or previous == ")" or (previous in _CLAUSE_MARKS and previous != "(" and apart):
            clause = latest = latest + 1
        if clause != before[1]:
            _fill(sentences, clauses, at, before)
        if word in _STOPS:
            stopped = word != "." or not _abbreviated(previous) or _numbered(words, at)
        elif word not in _CLOSING:
            stopped = False
    _fill(sentences, clauses, len(words), (sentence, clause))
    return sentences, clauses


def _fill(sentences: list[int], clauses: list[int], until: int, numbers: tuple[int, int]) -> None:
    """Numbers the tokens that have none yet, up to `until`."""
    count = until - len(sentences)
    sentences += [numbers[0]] * count
    clauses += [numbers[1]] * count


def _numbered(words: list[str], at: int) -> bool:
    """Whether the dot at `at` follows the end of a number: "6/12.", "77120-B."."""
    return at > 1 and (words[at - 2] == "/" or (words[at - 2] == "-" and len(words[at - 1]) == 1))


def _abbreviated(word: str) -> bool:
    """Whether a dot after `word` may belong to it: "Nr.", "Kundennr.", "руб.", "am 5. Mai"."""
    return word in _ABBREVIATIONS or (word.isdigit() and len(word) <= 2) or word.endswith("nr")


def _line_breaks(folded: str, *, lines: bool) -> set[int]:
    """Offsets of the line ends that end a sentence."""
    if lines:
        return {index for index, char in enumerate(folded) if char == "\n"}
    if "\n" not in folded:
        return set()
    found = {match.start() for match in _NEW_STATEMENT.finditer(folded)}
    at = -1
    for line in folded.split("\n")[:-1]:
        at += len(line) + 1
        if len(line) < _WRAPPED:
            found.add(at)
    return found
