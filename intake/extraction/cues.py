"""The cue grammar: patterns over folded words, kept as data, found in one pass over a passage.

A pattern is one line, words between blanks:

    charged .. twice        a gap of up to four words, inside the sentence (`..2`: of up to two)
    debit*|bill*|<pay>      one of several: a word, a stem, or a class of words named in common.toml
    back|came_through       one of several may be a phrase, in a class too
    (my|our)                a word that may be missing
    #                       a word that holds a digit
    @                       an e-mail address

A match is negated where a negator of the language stands inside its gaps or just before it in the same
clause, unless the pattern holds a negator itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from intake.extraction.passage import Passage, Span

GAP = 4  # words that `..` may skip
NEGATION_REACH = 4  # words before a match in which a negator still speaks of it
NARROW = frozenset({"kind.nowish", "kind.received", "kind.arrived"})
_CLAUSE_MARKS = frozenset(',;:()–—-"«»')
NUMBER, ADDRESS = "#", "@"
MEMO_LIMIT = 20_000  # words looked up once: those of a language repeat, those of an attack do not
_Fit: TypeAlias = tuple[frozenset[str], tuple[str, ...], bool, bool]  # what a slot fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One word of a pattern, and how many words may stand between it and the one before."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    number: bool = False  # any word with a digit
    address: bool = False  # any e-mail address
    gap: int = 0

    def fits(self, word: str) -> bool:
        """Whether `word` may stand here."""
        return (
            word in self.words
            or word.startswith(self.stems)
            or (self.number and any(char.isdigit() for char in word))
            or (self.address and is_address(word))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A compiled pattern and what it speaks for."""

    label: str  # such as "reason.duplicate_payment"
    weight: float
    slots: tuple[Slot, ...]
    anchor: int  # index of the slot that is looked up
    negative: bool  # holds a negator itself: nothing before it can turn it round
    narrow: bool  # speaks of one clause only: "no refund needed", not "nothing works, refund needed"
    source: str  # the pattern as written, for `--explain`


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A cue found in a passage."""

    cue: Cue
    first: int  # index of the first word
    last: int  # index of the last word
    sentence: int
    negated: bool

    @property
    def label(self) -> str:
        """What the cue speaks for."""
        return self.cue.label

    def overlaps(self, other: Hit) -> bool:
        """Whether both lie on some of the same words."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How a language negates."""

    negators: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()  # words that open a new clause: but, because, что, weil
    only: frozenset[str] = frozenset()  # after a negator these lift it: "not only"
    fixed: frozenset[str] = frozenset()  # in a pattern they carry the negation: "no longer", "nicht mehr"
    after: bool = False  # the negator may follow: "kündigen möchte ich nicht"


class _Known(NamedTuple):
    """What a word may be to the cues of a lexicon, looked up once."""

    fits: int  # a bit for each slot that the word fits
    cues: tuple[
        tuple[int, Cue], ...
    ]  # those that it may anchor, each with the bits that its sentence must hold


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All cues of one or more languages, indexed by the words that may start a comparison.

    Each distinct slot has a bit. A sentence's words together tell which slots it can fill at all, and a cue
    that needs another one is never compared: of thousands of cues, few are left for a sentence.
    """

    scope: Scope
    exact: dict[str, list[Cue]] = field(default_factory=dict)
    stems: dict[str, list[Cue]] = field(default_factory=dict)
    _bits: dict[_Fit, int] = field(default_factory=dict)
    _word_bits: dict[str, int] = field(default_factory=dict)
    _stem_bits: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, _Known] = field(default_factory=dict)

    def add(self, cue: Cue) -> None:
        """Index one cue by the words of its anchor."""
        slot = cue.slots[cue.anchor]
        for word in slot.words:
            self.exact.setdefault(word, []).append(cue)
        for stem in slot.stems:
            self.stems.setdefault(stem, []).append(cue)
        if slot.number:
            self.exact.setdefault(NUMBER, []).append(cue)
        if slot.address:
            self.exact.setdefault(ADDRESS, []).append(cue)
        for other in cue.slots:
            self._number(other)
        self._seen.clear()

    def find(self, passage: Passage) -> list[Hit]:
        """Every cue in the passage, in order; of one cue in one place only once."""
        hits: dict[tuple[int, int], Hit] = {}
        words = passage.words
        for sentence in passage.sentences:
            known = [self._known(word) for word in words[sentence.first : sentence.last]]
            held = 0
            for one in known:
                held |= one.fits
            for index, one in enumerate(known, sentence.first):
                for needed, cue in one.cues:
                    if needed & held != needed:
                        continue
                    span = _match(cue, passage, index, sentence)
                    if span and (id(cue), span[0]) not in hits and self.in_reach(cue, passage, span):
                        hits[id(cue), span[0]] = self._hit(cue, passage, span)
        return sorted(hits.values(), key=_place)

    def _number(self, slot: Slot) -> None:
        """Give a slot its bit, unless one that fits the same words has it."""
        fit = (slot.words, slot.stems, slot.number, slot.address)
        if fit in self._bits:
            return
        bit = self._bits[fit] = 1 << len(self._bits)
        for word in (*slot.words, *(NUMBER,) * slot.number, *(ADDRESS,) * slot.address):
            self._word_bits[word] = self._word_bits.get(word, 0) | bit
        for stem in slot.stems:
            self._stem_bits[stem] = self._stem_bits.get(stem, 0) | bit

    def _known(self, word: str) -> _Known:
        known = self._seen.get(word)
        if known is None:
            known = self._look_up(word)
            if len(self._seen) < MEMO_LIMIT:
                self._seen[word] = known
        return known

    def _look_up(self, word: str) -> _Known:
        cues = list(self.exact.get(word, ()))
        fits = self._word_bits.get(word, 0)
        for length in range(1, len(word) + 1):
            head = word[:length]
            if head in self._stem_bits:
                cues.extend(self.stems.get(head, ()))
                fits |= self._stem_bits[head]
        if word != NUMBER and any(char.isdigit() for char in word):
            cues.extend(self.exact.get(NUMBER, ()))
            fits |= self._word_bits.get(NUMBER, 0)
        if is_address(word):
            cues.extend(self.exact.get(ADDRESS, ()))
            fits |= self._word_bits.get(ADDRESS, 0)
        return _Known(fits, tuple((self._needed(cue), cue) for cue in cues))

    def _needed(self, cue: Cue) -> int:
        needed = 0
        for slot in cue.slots:
            needed |= self._bits[slot.words, slot.stems, slot.number, slot.address]
        return needed

    def _hit(self, cue: Cue, passage: Passage, span: tuple[int, ...]) -> Hit:
        return Hit(
            cue=cue,
            first=span[0],
            last=span[-1],
            sentence=passage.sentence_of[span[0]],
            negated=not cue.negative and self._negated(passage, span),
        )

    def in_reach(self, cue: Cue, passage: Passage, span: tuple[int, ...]) -> bool:
        """A negator of the pattern speaks of its own clause; a narrow cue stays in one clause altogether."""
        for left, right in pairwise(span):
            negating = cue.narrow or passage.words[left] in self.scope.negators
            if negating and any(self._breaks(passage, at) for at in range(left + 1, right)):
                return False
        return True

    def _breaks(self, passage: Passage, at: int) -> bool:
        word = passage.words[at]
        return (word in _CLAUSE_MARKS or word in self.scope.breaks) and at not in passage.aside

    def _negated(self, passage: Passage, span: tuple[int, ...]) -> bool:
        words, scope = passage.words, self.scope
        sentence = passage.sentences[passage.sentence_of[span[0]]]
        matched = set(span)
        if any(self._negator(words, at) for at in range(span[0], span[-1]) if at not in matched):
            return True
        for at in range(span[0] - 1, max(sentence.first, span[0] - NEGATION_REACH) - 1, -1):
            if self._breaks(passage, at):
                break
            if self._negator(words, at):
                return True
        return scope.after and self._negated_after(passage, span[-1] + 1, sentence.last)

    def _negated_after(self, passage: Passage, start: int, end: int) -> bool:
        """A negator that closes the clause: "kündigen möchte ich nicht", but not "den nicht genutzten Teil"."""
        words = passage.words
        for at in range(start, min(end, start + 4)):
            if self._breaks(passage, at):
                return False
            if self._negator(words, at):
                after = words[at + 1] if at + 1 < end else "."
                return not after[0].isalnum() or after in self.scope.breaks or after in self.scope.fixed
        return False

    def _negator(self, words: tuple[str, ...], at: int) -> bool:
        if words[at] not in self.scope.negators:
            return False
        return at + 1 >= len(words) or words[at + 1] not in self.scope.only


def _place(hit: Hit) -> tuple[int, int]:
    return hit.first, hit.last


def is_address(word: str) -> bool:
    """Whether a word is an e-mail address."""
    return "@" in word and len(word) > 1


def _match(cue: Cue, passage: Passage, at: int, sentence: Span) -> tuple[int, ...] | None:
    """The words of `cue` round its anchor at word `at`, or None."""
    left = _leftwards(cue, passage, cue.anchor, at, sentence.first)
    if left is None:
        return None
    right = _rightwards(cue, passage, cue.anchor, at, sentence.last)
    return None if right is None else (*left, at, *right)


def _leftwards(cue: Cue, passage: Passage, slot: int, at: int, floor: int) -> tuple[int, ...] | None:
    if slot == 0:
        return ()
    wanted, gap = cue.slots[slot - 1], cue.slots[slot].gap
    for place in range(at - 1, floor - 1, -1):
        if passage.steps[at] - passage.steps[place + 1] > gap:
            return None
        if wanted.fits(passage.words[place]):
            rest = _leftwards(cue, passage, slot - 1, place, floor)
            if rest is not None:
                return (*rest, place)
    return None


def _rightwards(cue: Cue, passage: Passage, slot: int, at: int, ceiling: int) -> tuple[int, ...] | None:
    if slot + 1 == len(cue.slots):
        return ()
    wanted = cue.slots[slot + 1]
    for place in range(at + 1, ceiling):
        if passage.steps[place] - passage.steps[at + 1] > wanted.gap:
            return None
        if wanted.fits(passage.words[place]):
            rest = _rightwards(cue, passage, slot + 1, place, ceiling)
            if rest is not None:
                return (place, *rest)
    return None
