"""The spaCy text classifiers: what each sentence says (a reason, a wish, a detail, none), what a whole letter asks.

Linear bags of words (spacy.TextCatBOW) over folded words, pieces of them, and each two in a row; data and training
in `model`. They rank what the cues leave open, so they may be unsure. Loaded with the first message (about 1 s).

Being linear, their score of a text is the sum of their scores of the words and pairs: spaCy is asked once for each of
a language, not again for each sentence, at a tenth of the cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, chain, count, pairwise
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from intake.extraction.memo import Memo

if TYPE_CHECKING:  # at run time spaCy comes with the first message: half a second and 90 MB
    from spacy.language import Language
    from spacy.pipeline import TextCategorizer
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

WEIGHTS = Path(__file__).parent / "model" / "weights.npz"
NONE = "none"  # the label of a sentence that asks for something else, or for nothing
WISH = "wish"  # of one that asks for money back and gives no reason
PIPE = "textcat"
_NUMBER = "#"  # any word that holds a digit
MODEL = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,  # pairs of words are features of our own, beside pieces of words
    "no_output_layer": False,
    "length": 262_144,  # places for 200,000 features: with a quarter of it collisions cost two points in a hundred
}
# Weights are stored as whole parts of these, one byte each: the same answers as with four.
GRAIN = {"statements": 256, "letters": 32}
# Letters in a piece: inflected and compounded words share some, a slip of the pen spoils few of them.
_PIECES = (4, 5, 6)
_MOST_TERMS = 60_000  # and pairs, scored and kept; more than a message that is read can hold
_MOST_LETTERS = 1_000_000  # of those: a word of an attack has thousands

EVIDENCE = 600  # features that a letter needs for its own word to count; of one that asks in few words the cues say more
LETTER_LABELS = ("other", "refund_request")  # the labels of letters
_FOR = np.asarray((-1, 1), dtype=np.float32)  # of these, for the second against the first

_Scores: TypeAlias = NDArray[np.float32]  # a row a word or pair, a column a label
_Places: TypeAlias = NDArray[np.intp]  # of rows
_Term: TypeAlias = str | tuple[str, str]  # a word, or two in a row


class Sound(NamedTuple):
    """What a letter sounds like."""

    asks: float  # as a whole, like one that asks for money back (log odds)
    likely: Mapping[str, list[float]]  # for each label of sentences how likely it is in each of these


class Classifier:
    """The trained pipelines, and their score of each word and pair met so far; for one thread at a time.

    Each word and each pair has a row in two tables: its scores for the labels of sentences; that for a letter that
    asks for money back, and how many features it has.
    """

    def __init__(self, statements: Language, letters: Language) -> None:
        pipe, other = _textcat(statements), _textcat(letters)
        self.labels = pipe.labels
        self.version = str(statements.meta["version"])
        # without what counts the features before, and the softmax after it
        self._linear, self._of_letters = (one.model.get_ref("output_layer") for one in (pipe, other))
        self._bias: _Scores = np.asarray(self._linear.get_param("b"))
        self._letter_bias: _Scores = np.asarray(self._of_letters.get_param("b"))
        self._words: dict[str, int] = {}  # its row
        self._pairs: dict[int, int] = {}  # the same, by the rows of its words: `_code`
        self._letters = 0  # of these terms together
        self._rows: _Scores = np.zeros((_MOST_TERMS, len(self.labels)), dtype=np.float32)
        self._asking: _Scores = np.zeros((_MOST_TERMS, 2), dtype=np.float32)

    def listen(self, words: Sequence[str], sentences: Sequence[tuple[int, int]]) -> Sound:
        """What a letter sounds like, given as folded words, and from where to where among these each sentence goes."""
        if not words:
            return Sound(0.0, {})
        ones, pairs = self._places(list(map(_SIGNS.__getitem__, words)))
        whole = self._asking.take(np.concatenate((ones, pairs)), axis=0)
        score, features = whole.sum(axis=0).tolist()
        asks = float(score / sqrt(features + EVIDENCE) + self._letter_bias @ _FOR)
        return Sound(asks, self._likelihoods(ones, pairs, sentences) if sentences else {})

    def _likelihoods(
        self, ones: _Places, pairs: _Places, sentences: Sequence[tuple[int, int]]
    ) -> dict[str, list[float]]:
        terms = [some for first, last in sentences for some in (ones[first:last], pairs[first : last - 1])]
        starts = [0, *accumulate(2 * (last - first) - 1 for first, last in sentences[:-1])]
        rows = self._rows.take(np.concatenate(terms), axis=0)
        scores = np.add.reduceat(rows, starts, axis=0) + self._bias
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= np.add.reduce(shares, axis=1, keepdims=True)
        return dict(zip(self.labels, shares.T.tolist(), strict=True))

    def _places(self, signs: list[str]) -> tuple[_Places, _Places]:
        """The rows of words, and of each two in a row."""
        try:
            return self._known(signs)
        except KeyError:
            self._learn(signs)
        return self._known(signs)

    def _known(self, signs: list[str]) -> tuple[_Places, _Places]:
        ones = np.asarray(list(map(self._words.__getitem__, signs)), dtype=np.intp)
        pairs = (ones[:-1] * _MOST_TERMS + ones[1:]).tolist()  # see `_code`
        return ones, np.asarray(list(map(self._pairs.__getitem__, pairs)), dtype=np.intp)

    def _learn(self, signs: list[str]) -> None:
        words, pairs = list(dict.fromkeys(signs)), list(dict.fromkeys(pairwise(signs)))
        new = [word for word in words if word not in self._words]
        new_pairs = [pair for pair in pairs if self._code(pair) not in self._pairs]
        held = len(self._words) + len(self._pairs)
        if held + len(new) + len(new_pairs) > _MOST_TERMS or self._letters > _MOST_LETTERS:
            self._words.clear()
            self._pairs.clear()
            held = self._letters = 0
            new, new_pairs = words, pairs
        terms: list[_Term] = [*new, *new_pairs]
        end = held + len(terms)
        self._rows[held:end], self._asking[held:end] = self._scores(terms)
        self._letters += sum(map(len, new)) + sum(len(one) for one, _ in new_pairs)
        self._words.update(zip(new, count(held)))
        self._pairs.update(zip(map(self._code, new_pairs), count(held + len(new))))

    def _code(self, pair: tuple[str, str]) -> int:
        """One number for a pair, -1 where one of the words has no row yet."""
        one, other = map(self._words.get, pair)
        return -1 if one is None or other is None else one * _MOST_TERMS + other

    def _scores(self, terms: list[_Term]) -> tuple[_Scores, _Scores]:
        features = list(map(_features, terms))
        counted = _counted(features)
        scores: _Scores = self._linear.predict(counted) - self._bias
        asking: _Scores = (self._of_letters.predict(counted) - self._letter_bias) @ _FOR
        return scores, np.column_stack((asking, list(map(len, features))))


def _counted(features: list[list[str]]) -> tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.int32]]:
    """Features, a list a term, as spaCy's models count them in a document: what, how often, how many of each term.

    A document of spaCy's for each term would come to the same at ten times the cost.
    """
    from spacy.strings import get_string_id

    counts = [sorted(Counter(map(get_string_id, listed)).items()) for listed in features]
    every = list(chain.from_iterable(counts))
    return (
        np.asarray([key for key, _ in every], dtype=np.uint64),
        np.asarray([times for _, times in every], dtype=np.float32),
        np.asarray(list(map(len, counts)), dtype=np.int32),
    )


def sound(words: Sequence[str], sentences: Sequence[tuple[int, int]]) -> Sound:
    """What a letter sounds like, see `Classifier.listen`."""
    return classifier().listen(words, sentences)


def model_version() -> str:
    """Digest of the data that the weights were trained on: part of the reader's version."""
    return classifier().version


def document(vocab: Vocab, terms: Sequence[_Term]) -> Doc:
    """Terms as the classifier sees them."""
    from spacy.tokens import Doc

    return Doc(vocab, words=[feature for term in terms for feature in _features(term)])


def terms_of(words: Sequence[str]) -> list[_Term]:
    """What a sentence of folded words is scored by: each word, and each two in a row; all numbers are one word."""
    signs = list(map(_SIGNS.__getitem__, words))
    return [*signs, *pairwise(signs)]


def _features(term: _Term) -> list[str]:
    """A word itself and its pieces, a pair as it stands; of signs nothing, but for the pairs that they are in."""
    if isinstance(term, tuple):
        return [" ".join(term)]
    if term == _NUMBER:
        return [term]
    if not term[0].isalpha():
        return []
    whole = f"^{term}$"
    pieces = (whole[start : start + length] for length in _PIECES for start in range(len(whole) - length + 1))
    return [term, *pieces]


def _sign(word: str) -> str:
    return _NUMBER if any(char.isdigit() for char in word) else word


_SIGNS = Memo(_sign)


@cache
def classifier() -> Classifier:
    """The classifier of this version, loaded once."""
    return Classifier(trained("statements"), trained("letters"))


def trained(what: str) -> Language:
    """The pipeline for "statements" or "letters", with its weights."""
    from spacy.training import Example

    pipeline, pipe = untrained()
    with np.load(WEIGHTS) as stored:
        pipeline.meta["version"] = str(stored["version"])
        labels = stored[f"{what}.labels"].tolist()
        shape = Example.from_dict(document(pipeline.vocab, [_NUMBER]), {"cats": dict.fromkeys(labels, 0.0)})
        pipe.initialize(lambda: [shape], labels=labels)
        linear = pipe.model.get_ref("output_layer")
        linear.set_param("b", stored[f"{what}.bias"])
        weights = stored[f"{what}.weights"].astype(np.float32)
        weights /= GRAIN[what]
        linear.set_param("W", weights)
    return pipeline


def untrained() -> tuple[Language, TextCategorizer]:
    """The pipeline as training begins, and the classifier in it."""
    import spacy

    pipeline = spacy.blank("xx")
    pipeline.add_pipe(PIPE, config={"model": MODEL})
    return pipeline, _textcat(pipeline)


def _textcat(pipeline: Language) -> TextCategorizer:
    from spacy.pipeline import TextCategorizer

    pipe = pipeline.get_pipe(PIPE)
    assert isinstance(pipe, TextCategorizer)  # noqa: S101 - for the type checker
    return pipe
