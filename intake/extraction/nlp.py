"""The spaCy text classifier: for each sentence, how likely each reason is, a bare wish, a mere detail, or none.

A linear bag of words (spacy.TextCatBOW) over folded words and pieces of them; data and training in `model`.
It ranks what the cues leave open, so it may be unsure. Loaded when the first message is read (about 1 s).

Being linear, its score of a sentence is the sum of its scores of the words: spaCy is asked once for each word
of a language, not again for each sentence, at a tenth of the cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # at run time spaCy comes with the first message: half a second and 90 MB
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

WEIGHTS = Path(__file__).parent / "model" / "weights"
NONE = "none"  # the label of a sentence that asks for something else, or for nothing
WISH = "wish"  # of one that asks for money back and gives no reason
PIPE = "textcat"
_PIECES = (3, 4)  # letters: inflected and compounded words share pieces, a slip of the pen spoils few of them
_MOST_WORDS = 20_000  # scored and kept; more than a message that is read can hold
_MOST_LETTERS = 1_000_000  # of those: a word of an attack has thousands

_Scores: TypeAlias = NDArray[np.float32]  # a row a word or sentence, a column a label


class Classifier:
    """The trained pipeline, and its score of each word met so far."""

    def __init__(self, pipeline: Language) -> None:
        from spacy.pipeline import TextCategorizer

        pipe = pipeline.get_pipe(PIPE)
        if not isinstance(pipe, TextCategorizer):
            raise TypeError(f"the model's {PIPE} is no text classifier: train it again")
        self.labels = pipe.labels
        self.version = str(pipeline.meta["version"])
        self._linear = pipe.model.layers[0]  # without the softmax after it
        self._bias: _Scores = np.asarray(pipe.model.get_ref("output_layer").get_param("b"))
        self._known: dict[str, int] = {}  # word: its row
        self._letters = 0  # of these words together
        self._rows: _Scores = np.zeros((_MOST_WORDS, len(self.labels)), dtype=np.float32)

    def likelihoods(self, sentences: Sequence[Sequence[str]]) -> Mapping[str, list[float]]:
        """For each label how likely it is in each sentence, given as one folded word or more."""
        places = self._places(list(chain.from_iterable(sentences)))
        starts = [0, *accumulate(map(len, sentences[:-1]))]
        scores = np.add.reduceat(self._rows.take(places, axis=0), starts, axis=0)
        scores += self._bias
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= np.add.reduce(shares, axis=1, keepdims=True)
        return dict(zip(self.labels, shares.T.tolist(), strict=True))

    def _places(self, words: list[str]) -> list[int]:
        try:
            return list(map(self._known.__getitem__, words))
        except KeyError:
            self._learn(words)
        return list(map(self._known.__getitem__, words))

    def _learn(self, words: list[str]) -> None:
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        if len(self._known) + len(new) > _MOST_WORDS or self._letters > _MOST_LETTERS:
            self._known.clear()
            self._letters = 0
            new = list(dict.fromkeys(words))
        self._letters += sum(map(len, new))
        first = len(self._known)
        self._rows[first : first + len(new)] = self._scores(new)
        self._known.update(zip(new, range(first, first + len(new)), strict=True))

    def _scores(self, words: list[str]) -> _Scores:
        from spacy.vocab import Vocab

        vocab = Vocab()  # a new one each time: one that is kept grows with every word of every mail
        scores: _Scores = self._linear.predict([document(vocab, [word]) for word in words])
        return scores - self._bias


def likelihoods(sentences: Sequence[Sequence[str]]) -> Mapping[str, list[float]]:
    """For each reason and `NONE`, how likely it is in each sentence, given as folded words."""
    return _likelihoods(tuple(map(tuple, sentences))) if sentences else {}


@lru_cache(maxsize=1)  # of a doubtful message the kind is asked first, then the reason
def _likelihoods(sentences: tuple[tuple[str, ...], ...]) -> Mapping[str, list[float]]:
    return classifier().likelihoods(sentences)


def model_version() -> str:
    """Digest of the data that the weights were trained on: part of the reader's version."""
    return classifier().version


def document(vocab: Vocab, words: Sequence[str]) -> Doc:
    """Words as the classifier sees them."""
    from spacy.tokens import Doc

    return Doc(vocab, words=[feature for word in words for feature in features_of(word)])


def features_of(word: str) -> list[str]:
    """What the classifier sees of a word: itself and its pieces, one sign for any number, nothing of other signs."""
    if any(char.isdigit() for char in word):
        return ["#"]
    if not word[0].isalpha():
        return []
    whole = f"^{word}$"
    pieces = (whole[start : start + length] for length in _PIECES for start in range(len(whole) - length + 1))
    return [word, *pieces]


@cache
def classifier() -> Classifier:
    """The classifier of this version, loaded once."""
    import spacy

    return Classifier(spacy.load(WEIGHTS))
