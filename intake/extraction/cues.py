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

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import chain
from operator import itemgetter, or_
from string import digits
from typing import NamedTuple, TypeAlias

from intake.extraction.memo import Memo
from intake.extraction.negation import Scope
from intake.extraction.passage import Passage, fold
from intake.extraction.shapes import Shape, Wanted, leftwards, rightwards

GAP = 4  # words that `..` may skip
NARROW = frozenset({"kind.nowish", "kind.received", "kind.arrived", "flag.refuses"})
NUMBER, ADDRESS = "#", "@"
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

    @property
    def rarity(self) -> tuple[int, int]:
        """Long words are rare, few of them rarer: the greatest is the best to look up first."""
        shortest = min(len(word) for word in (*self.words, *self.stems, *_signs(self)))
        return (min(5, shortest), -len(self.words) - len(self.stems))


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


class Hit(NamedTuple):
    """A cue found in a passage (a tuple: a long mail has hundreds)."""

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


# Among the cues of one word which comes first where two lie alike, the cue, and its shape taken apart: the bits
# of all slots but the anchor, those to its left and to its right.
_Ranked: TypeAlias = tuple[int, Cue, int, Wanted, Wanted]
_Literals: TypeAlias = list[tuple[str, ...]]  # a slot each
_Matched: TypeAlias = tuple[int, Cue, int, tuple[int, ...]]  # rank, cue, anchor, all of its words
_Found: TypeAlias = tuple[int, int, int, int, Hit]  # first and last word, anchor, rank: the order of hits


_HIT = itemgetter(4)
_FITS = itemgetter(0)
_NEGATOR = 1  # the bit of words that negate
_hit = partial(tuple.__new__, Hit)  # what `Hit(…)` does, in half the time


class _Known(NamedTuple):
    """What a word may be to the cues of a lexicon, looked up once."""

    fits: int  # a bit for each slot that the word fits, and the first for a negator
    alone: tuple[tuple[int, Cue], ...]  # the cues of one word that it is, each with its rank
    partners: int  # the bits by which `others` are sorted
    others: dict[int, tuple[_Ranked, ...]]  # the cues that it may anchor, by the partner that they need


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All cues of one or more languages, indexed by the words that may start a comparison.

    Each distinct slot has a bit, unless it is only looked up. A sentence's words together tell which slots it can fill at all, and a cue
    that needs another one is never compared: of thousands of cues, few are left for a sentence.
    """

    scope: Scope
    exact: dict[str, list[Cue]] = field(default_factory=dict)
    stems: dict[str, list[Cue]] = field(default_factory=dict)
    _bits: dict[_Fit, int] = field(default_factory=dict)
    _word_bits: dict[str, int] = field(default_factory=dict)
    _stem_bits: dict[str, int] = field(default_factory=dict)
    _shapes: dict[int, Shape] = field(default_factory=dict)  # by the cue's id
    _known: Memo[_Known] = field(init=False)
    _asked: dict[str, dict[str, list[_Literals]]] = field(default_factory=dict)  # by label: `_literals_of`

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", Memo(self._look_up))

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
        for other in (*cue.slots[: cue.anchor], *cue.slots[cue.anchor + 1 :]):
            self._number(other)
        self._known.clear()

    def find(self, passage: Passage) -> list[Hit]:
        """Every cue in the passage, in order; of one cue in one place only once."""
        known = list(map(self._known.__getitem__, passage.words))
        fits, steps, scope = list(map(_FITS, known)), passage.steps, self.scope
        found: list[_Found] = []
        for index, (first, last, _, _) in enumerate(passage.sentences):
            held = reduce(or_, fits[first:last])
            negating = scope.negating(passage.words, first, last) if held & _NEGATOR else None
            spans: list[_Matched] = []
            for at, (_, alone, partners, others) in enumerate(known[first:last], first):
                for rank, cue in alone:
                    negated = bool(
                        negating and not cue.negative and scope.negated(passage, (at,), last, negating)
                    )
                    found.append((at, at, at, rank, _hit((cue, at, at, index, negated))))
                common = partners & held
                while common:
                    partner = common.bit_length()
                    common ^= 1 << partner - 1
                    for rank, cue, needed, left, right in others[partner]:
                        if needed & held != needed:
                            continue
                        before = leftwards(left, fits, steps, at, first) if left else ()
                        if before is None:
                            continue
                        after = rightwards(right, fits, steps, at, last) if right else ()
                        if after is not None:
                            spans.append((rank, cue, at, (*before, at, *after)))
            if spans:
                found += self._hold(passage, index, spans, negating)
        found.sort()
        return list(map(_HIT, found))

    def _hold(
        self, passage: Passage, index: int, spans: list[_Matched], negating: list[int] | None
    ) -> Iterator[_Found]:
        """The matches in one sentence that hold, of one cue in one place the first; `negating` None: nothing does."""
        scope, last = self.scope, passage.sentences[index].last
        seen: set[tuple[int, int]] = set()
        for rank, cue, at, span in spans:
            start, end = span[0], span[-1]
            if (id(cue), start) in seen:
                continue
            if (cue.narrow or negating is not None) and not scope.in_reach(passage, span, narrow=cue.narrow):
                continue
            seen.add((id(cue), start))
            negated = bool(negating and not cue.negative and scope.negated(passage, span, last, negating))
            yield start, end, at, rank, _hit((cue, start, end, index, negated))

    def may_say(self, text: str, *labels: str) -> bool:
        """Whether a text can hold a cue for one of a few labels: far cheaper than to read it and find none."""
        folded = fold(text)
        if not text.isascii() or any(map(text.__contains__, digits)):
            folded += NUMBER
        return any(
            literal in folded
            and any(all(any(other in folded for other in slot) for slot in slots) for slots in others)
            for label in labels
            for literal, others in self._literals_of(label).items()
        )

    def _literals_of(self, label: str) -> dict[str, list[_Literals]]:
        """What may fill the rarest slot of a cue, each with the other slots of all cues that it may belong to."""
        if label not in self._asked:
            listed = chain(*self.exact.values(), *self.stems.values())
            found = self._asked[label] = {}
            for cue in {id(cue): cue for cue in listed if cue.label == label}.values():
                rarest, *others = _literals(cue)
                for literal in rarest:
                    found.setdefault(literal, []).append(others)
        return self._asked[label]

    def _number(self, slot: Slot) -> None:
        """Give a slot its bit, unless one that fits the same words has it."""
        fit = _fit(slot)
        if fit in self._bits:
            return
        bit = self._bits[fit] = _NEGATOR << 1 + len(self._bits)
        for word in (*slot.words, *_signs(slot)):
            self._word_bits[word] = self._word_bits.get(word, 0) | bit
        for stem in slot.stems:
            self._stem_bits[stem] = self._stem_bits.get(stem, 0) | bit

    def _look_up(self, word: str) -> _Known:
        cues = list(self.exact.get(word, ()))
        fits = self._word_bits.get(word, 0) if word not in {NUMBER, ADDRESS} else 0
        for length in range(1, len(word) + 1):
            head = word[:length]
            cues.extend(self.stems.get(head, ()))
            fits |= self._stem_bits.get(head, 0)
        if word != NUMBER and any(char.isdigit() for char in word):
            cues.extend(self.exact.get(NUMBER, ()))
            fits |= self._word_bits.get(NUMBER, 0)
        if is_address(word):
            cues.extend(self.exact.get(ADDRESS, ()))
            fits |= self._word_bits.get(ADDRESS, 0)
        if word in self.scope.negators:
            fits |= _NEGATOR
        alone: list[tuple[int, Cue]] = []
        others: dict[int, tuple[_Ranked, ...]] = {}
        partners = 0
        for rank, cue in enumerate({id(cue): cue for cue in cues}.values()):
            shape = self._shapes.get(id(cue)) or self._shape(cue)
            ranked = (rank, cue, shape.needed, shape.left, shape.right)
            partners |= shape.partner
            if shape.partner:
                partner = shape.partner.bit_length()
                others[partner] = (*others.get(partner, ()), ranked)
            else:
                alone.append((rank, cue))
        return _Known(fits, tuple(alone), partners, others)

    def _shape(self, cue: Cue) -> Shape:
        slots, anchor = cue.slots, cue.anchor
        others = [index for index in range(len(slots)) if index != anchor]
        bits = {index: self._bits[_fit(slots[index])] for index in others}
        shape = self._shapes[id(cue)] = Shape(
            needed=reduce(or_, bits.values(), 0),
            partner=bits[max(others, key=lambda index: slots[index].rarity)] if others else 0,
            left=tuple((bits[index], slots[index + 1].gap) for index in range(anchor - 1, -1, -1)),
            right=tuple((bits[index], slots[index].gap) for index in range(anchor + 1, len(slots))),
        )
        return shape


def _literals(cue: Cue) -> _Literals:
    """For each slot what a text must hold to fill it, the rarest first."""
    slots = sorted(cue.slots, key=lambda slot: slot.rarity, reverse=True)
    return [(*slot.words, *slot.stems, *_signs(slot)) for slot in slots]


def _signs(slot: Slot) -> tuple[str, ...]:
    return (NUMBER,) * slot.number + (ADDRESS,) * slot.address


def _fit(slot: Slot) -> _Fit:
    return slot.words, slot.stems, slot.number, slot.address


def is_address(word: str) -> bool:
    """Whether a word is an e-mail address."""
    return "@" in word and len(word) > 1
