"""The cue grammar: patterns over folded words, kept as data, found in one pass over a passage.

A pattern is one line, words between blanks:

    charged .. twice        a gap of up to four words, inside the sentence (`..2`: of up to two)
    debit*|bill*|<pay>      one of several: a word, a stem, or a class of words named in common.toml
    back|came_through       one of several may be a phrase
    (my|our)                a word that may be missing
    #                       a word that holds a digit

A match is negated where a negator of the language stands inside its gaps or just before it in the same
clause, unless the pattern holds a negator itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from intake.extraction.passage import Passage

GAP = 4  # words that `..` may skip
NEGATION_REACH = 4  # words before a match in which a negator still speaks of it
NARROW = frozenset({"kind.nowish"})
_CLAUSE_MARKS = frozenset(',;:()–—-"«»')
NUMBER = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One word of a pattern, and how many words may stand between it and the one before."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    number: bool = False  # any word with a digit
    gap: int = 0

    def fits(self, word: str) -> bool:
        """Whether `word` may stand here."""
        return (
            word in self.words
            or word.startswith(self.stems)
            or (self.number and any(char.isdigit() for char in word))
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All cues of one or more languages, indexed by the words that may start a comparison."""

    scope: Scope
    exact: dict[str, list[Cue]] = field(default_factory=dict)
    stems: dict[str, list[Cue]] = field(default_factory=dict)
    _seen: dict[str, tuple[Cue, ...]] = field(default_factory=dict)

    def add(self, cue: Cue) -> None:
        """Index one cue by the words of its anchor."""
        slot = cue.slots[cue.anchor]
        for word in slot.words:
            self.exact.setdefault(word, []).append(cue)
        for stem in slot.stems:
            self.stems.setdefault(stem, []).append(cue)
        if slot.number:
            self.exact.setdefault(NUMBER, []).append(cue)

    def find(self, passage: Passage) -> list[Hit]:
        """Every cue in the passage, in order; of one cue in one place only once."""
        hits: dict[tuple[int, int], Hit] = {}
        for index, word in enumerate(passage.words):
            for cue in self._candidates(word):
                span = _match(cue, passage, index)
                if span and (id(cue), span[0]) not in hits and self._in_reach(cue, passage.words, span):
                    hits[id(cue), span[0]] = self._hit(cue, passage, span)
        return sorted(hits.values(), key=lambda hit: (hit.first, hit.last))

    def _candidates(self, word: str) -> tuple[Cue, ...]:
        known = self._seen.get(word)
        if known is None:
            found = list(self.exact.get(word, ()))
            for length in range(2, len(word) + 1):
                found.extend(self.stems.get(word[:length], ()))
            if any(char.isdigit() for char in word):
                found.extend(self.exact.get(NUMBER, ()))
            known = tuple(found)
            if len(self._seen) < 20_000:  # the words of a language repeat; those of an attack do not
                self._seen[word] = known
        return known

    def _hit(self, cue: Cue, passage: Passage, span: tuple[int, ...]) -> Hit:
        return Hit(
            cue=cue,
            first=span[0],
            last=span[-1],
            sentence=passage.sentence_of[span[0]],
            negated=not cue.negative and self._negated(passage, span),
        )

    def _in_reach(self, cue: Cue, words: tuple[str, ...], span: tuple[int, ...]) -> bool:
        """A negator of the pattern speaks of its own clause; a narrow cue stays in one clause altogether."""
        for left, right in pairwise(span):
            negating = cue.narrow or words[left] in self.scope.negators
            if negating and any(self._breaks(words[at]) for at in range(left + 1, right)):
                return False
        return True

    def _breaks(self, word: str) -> bool:
        return word in _CLAUSE_MARKS or word in self.scope.breaks

    def _negated(self, passage: Passage, span: tuple[int, ...]) -> bool:
        words, scope = passage.words, self.scope
        sentence = passage.sentences[passage.sentence_of[span[0]]]
        matched = set(span)
        if any(self._negator(words, at) for at in range(span[0], span[-1]) if at not in matched):
            return True
        for at in range(span[0] - 1, max(sentence.first, span[0] - NEGATION_REACH) - 1, -1):
            if self._breaks(words[at]):
                break
            if self._negator(words, at):
                return True
        return scope.after and self._negated_after(words, span[-1] + 1, sentence.last)

    def _negated_after(self, words: tuple[str, ...], start: int, end: int) -> bool:
        """A negator that closes the clause: "kündigen möchte ich nicht", but not "den nicht genutzten Teil"."""
        for at in range(start, min(end, start + 4)):
            if self._breaks(words[at]):
                return False
            if self._negator(words, at):
                after = words[at + 1] if at + 1 < end else "."
                return not after[0].isalnum() or after in self.scope.breaks or after in self.scope.fixed
        return False

    def _negator(self, words: tuple[str, ...], at: int) -> bool:
        if words[at] not in self.scope.negators:
            return False
        return at + 1 >= len(words) or words[at + 1] not in self.scope.only


def _match(cue: Cue, passage: Passage, at: int) -> tuple[int, ...] | None:
    """The words of `cue` round its anchor at word `at`, or None."""
    sentence = passage.sentences[passage.sentence_of[at]]
    left = _leftwards(cue, passage.words, cue.anchor, at, sentence.first)
    if left is None:
        return None
    right = _rightwards(cue, passage.words, cue.anchor, at, sentence.last)
    return None if right is None else (*left, at, *right)


def _leftwards(cue: Cue, words: tuple[str, ...], slot: int, at: int, floor: int) -> tuple[int, ...] | None:
    if slot == 0:
        return ()
    wanted = cue.slots[slot - 1]
    for place in range(at - 1, max(floor, at - 1 - cue.slots[slot].gap) - 1, -1):
        if wanted.fits(words[place]):
            rest = _leftwards(cue, words, slot - 1, place, floor)
            if rest is not None:
                return (*rest, place)
    return None


def _rightwards(cue: Cue, words: tuple[str, ...], slot: int, at: int, ceiling: int) -> tuple[int, ...] | None:
    if slot + 1 == len(cue.slots):
        return ()
    wanted = cue.slots[slot + 1]
    for place in range(at + 1, min(ceiling, at + 2 + wanted.gap)):
        if wanted.fits(words[place]):
            rest = _rightwards(cue, words, slot + 1, place, ceiling)
            if rest is not None:
                return (place, *rest)
    return None
