"""The spaCy text classifier: for each sentence, how likely each reason is, or none.

A linear bag of words (spacy.TextCatBOW) over folded words and their stems; data and training in `model`.
It ranks what the cues leave open, so it may be unsure. Loaded when the first message is read (about 1 s).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc

WEIGHTS = Path(__file__).parent / "model" / "weights"
NONE = "none"  # the label of a sentence that asks for no money back
PIPE = "textcat"
_STEMS = (4, 6)  # letters: inflected languages share the head of a word
_EMPTY = "-"


def likelihoods(sentences: Sequence[Sequence[str]]) -> list[Mapping[str, float]]:
    """For each sentence, given as folded words, the likelihood of each reason and of `NONE`."""
    if not sentences:
        return []
    pipeline = _pipeline()
    classifier = _classifier()
    with pipeline.memory_zone():  # or the string store would keep every new word of every mail
        docs = [document(pipeline, words) for words in sentences]
        scores = classifier.predict(docs).tolist()
    return [dict(zip(classifier.labels, row, strict=True)) for row in scores]


def model_version() -> str:
    """Digest of the data that the weights were trained on: part of the reader's version."""
    return str(_pipeline().meta["version"])


def document(pipeline: Language, words: Sequence[str]) -> Doc:
    """A sentence as the classifier sees it: words, stems, and a sign for each number."""
    return Doc(pipeline.vocab, words=list(_features(words)) or [_EMPTY])


def _features(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if any(char.isdigit() for char in word):
            yield "#"
        elif word[0].isalpha():
            yield word
            for length in _STEMS:
                if len(word) > length:
                    yield f"{word[:length]}*"


@cache
def _pipeline() -> Language:
    pipeline = spacy.load(WEIGHTS)
    # Shape, prefix, "like a URL" …: half the time, and nothing reads them.
    pipeline.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]  # missing in spaCy's stub
    return pipeline


@cache
def _classifier() -> TextCategorizer:
    pipe = _pipeline().get_pipe(PIPE)
    if not isinstance(pipe, TextCategorizer):
        raise TypeError(f"the model's {PIPE} is no text classifier: train it again")
    return pipe
