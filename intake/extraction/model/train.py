"""Trains the classifiers from `statements.tsv` and `letters.tsv`: `python -m intake.extraction.model.train`.

The data are short statements, invented, one a line: text, label, language. A label is a reason, "wish" (money
back, no reason given), "plain" (a detail, a greeting) or "none" (something else is wanted, or nothing). And letters,
invented too, that start a matter, one a line: kind, language, subject, body.
The same data give the same weights. `--check` cross-validates the statements instead: five parts, each judged by a model that
never saw it.

spaCy's own training goes through the statements a few at a time and stops early; for a linear model over many
rare features that lost five to ten points in a hundred on statements never seen. Here the model is fitted to all
at once, and a weight costs the more the more statements it speaks in: what is common says little.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, Model, fix_random_seed

from intake.extraction.nlp import (
    EVIDENCE,
    GRAIN,
    LETTER_LABELS,
    NONE,
    PIPE,
    WEIGHTS,
    document,
    terms_of,
    untrained,
)
from intake.extraction.passage import fold, split

STATEMENTS = Path(__file__).parent / "statements.tsv"
LETTERS = Path(__file__).parent / "letters.tsv"
_STEPS = 100
_RATE = 0.03  # of the first step; the last ones are small
_PENALTY = 0.03  # of 0.015 to 0.1 tried; more or less of it told fewer statements of other hands
_LETTER_STEPS, _LETTER_RATE = 150, 0.1
_LETTER_PENALTY = 3e-5  # with three times as much they do as well
_STATEMENT = 0.1  # of a letter
_PLAIN = "plain"
_SEED = 20
_PARTS = 5
Statement = tuple[str, str, str]
Letter = tuple[str, str, str, str]
Features = tuple[
    NDArray[np.uint64], NDArray[np.float32], NDArray[np.int32]
]  # what, how often, how many of each text


def main() -> None:
    """Train and save, or check."""
    statements = list(read_statements())
    if "--check" in sys.argv[1:]:
        for line in check(statements):
            print(line)  # noqa: T201 - a developer's tool, on a terminal
        return
    save({"statements": train(statements), "letters": train_letters(list(read_letters()), statements)})


def save(pipelines: Mapping[str, Language]) -> None:
    """Write what `nlp.trained` reads."""
    stored: dict[str, NDArray[Any]] = {"version": np.asarray(data_digest())}
    for what, pipeline in pipelines.items():
        pipe = pipeline.get_pipe(PIPE)
        assert isinstance(pipe, TextCategorizer)  # noqa: S101 - for the type checker
        linear = pipe.model.get_ref("output_layer")
        weights = np.rint(np.asarray(linear.get_param("W")) * GRAIN[what])
        stored[f"{what}.weights"] = weights.clip(-127, 127).astype(np.int8)
        stored[f"{what}.bias"] = np.asarray(linear.get_param("b"))
        stored[f"{what}.labels"] = np.asarray(pipe.labels)
    np.savez_compressed(WEIGHTS, allow_pickle=False, **stored)


def read_statements() -> Iterator[Statement]:
    """Text, label and language of each line."""
    for line in STATEMENTS.read_text(encoding="utf-8").splitlines():
        text, label, language = line.split("\t")
        yield text, label, language


def read_letters() -> Iterator[Letter]:
    """Kind, language, subject and body of each line."""
    for line in LETTERS.read_text(encoding="utf-8").splitlines():
        kind, language, subject, body = line.split("\t")
        yield kind, language, subject, body


def data_digest() -> str:
    """Eight digits that change with the data."""
    return hashlib.sha256(STATEMENTS.read_bytes() + LETTERS.read_bytes()).hexdigest()[:8]


def train(statements: Sequence[Statement]) -> Language:
    """A pipeline with one trained text classifier; the same data give the same one."""
    texts = [text for text, _, _ in statements]
    pipeline, model, docs, wanted = _begun(texts, [label for _, label, _ in statements])
    linear, features = _linear(model), _extracted(model, docs)
    penalty, counts = _penalty(linear, features, wanted.shape), np.ones(len(docs), dtype=np.float32)
    _fit(linear, features, wanted, penalty, counts=counts, steps=_STEPS, rate=_RATE)
    return pipeline


def train_letters(letters: Sequence[Letter], statements: Sequence[Statement]) -> Language:
    """The same for whole letters; a long one says no more than a short one, so the root of its length divides.

    Statements are letters of few words, each counting for little: most of the letters are hard ones, and from these
    alone one would learn that who says "refund" wants none.
    """
    other, request = LETTER_LABELS
    brief = [(text, other if label == NONE else request) for text, label, _ in statements if label != _PLAIN]
    texts = [f"{subject} {body}" for _, _, subject, body in letters] + [text for text, _ in brief]
    labels = [kind for kind, _, _, _ in letters] + [label for _, label in brief]
    counts = np.repeat(np.asarray((1, _STATEMENT), dtype=np.float32), (len(letters), len(brief)))
    pipeline, model, docs, wanted = _begun(texts, labels)
    keys, values, lengths = _extracted(model, docs)
    scale = np.repeat([1 / sqrt(len(doc) + EVIDENCE) for doc in docs], lengths).astype(np.float32)
    features, penalty = (keys, values * scale, lengths), np.float32(_LETTER_PENALTY)
    _fit(_linear(model), features, wanted, penalty, counts=counts, steps=_LETTER_STEPS, rate=_LETTER_RATE)
    return pipeline


def _begun(
    texts: Sequence[str], labels: Sequence[str]
) -> tuple[Language, Model[Any, Any], list[Doc], NDArray[np.float32]]:
    """A pipeline to be fitted, its model, the texts as it sees them, and what it should say of them."""
    fix_random_seed(_SEED)
    pipeline, pipe = untrained()
    names = sorted(set(labels))
    docs = [document(pipeline.vocab, terms_of(words_of(text))) for text in texts]
    examples = [
        Example.from_dict(doc, {"cats": {name: float(name == label) for name in names}})
        for doc, label in zip(docs, labels, strict=True)
    ]
    pipeline.initialize(lambda: examples)
    wanted = [[float(label == name) for name in pipe.labels] for label in labels]
    return pipeline, pipe.model, docs, np.asarray(wanted, dtype=np.float32)


def _linear(model: Model[Any, Any]) -> Model[Any, Any]:
    return model.get_ref("output_layer")


def _extracted(model: Model[Any, Any], docs: list[Doc]) -> Features:
    extract = next(layer for layer in model.walk() if layer.name == "extract_ngrams")
    keys, values, lengths = extract.predict(docs)
    return keys, values, lengths


def _fit(  # noqa: PLR0913 - what is fitted, to what, and how, each by its name
    linear: Model[Any, Any],
    features: Features,
    wanted: NDArray[np.float32],
    penalty: NDArray[np.float32] | np.float32,
    *,
    counts: NDArray[np.float32],
    steps: int,
    rate: float,
) -> None:
    """Multinomial logistic regression with a ridge penalty, over all texts at once, each for as much as it counts."""
    shares = (counts / counts.sum())[:, np.newaxis]
    optimizer = Adam(rate, beta2=0.99, L2=0.0, grad_clip=0.0)
    for step in range(steps):
        scores, backprop = linear(features, is_train=True)
        backprop((linear.ops.softmax(scores) - wanted) * shares)
        linear.inc_grad("W", penalty * linear.get_param("W"))
        optimizer.learn_rate = rate * (1 - step / steps)
        linear.finish_update(optimizer)


def _penalty(linear: Model[Any, Any], features: Features, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """What each weight costs: less the fewer statements it speaks in (as inverse document frequency does)."""
    _, backprop = linear(features, is_train=True)
    backprop(np.ones(shape, dtype=np.float32))
    spoken = np.array(linear.get_grad("W"))  # with ones sent back, the gradient is how often each was used
    for name in ("W", "b"):
        linear.set_grad(name, linear.ops.alloc(linear.get_grad(name).shape))
    rarity = 1 + np.log((1 + shape[0]) / (1 + np.minimum(spoken, shape[0])))
    return np.asarray(_PENALTY / rarity**2, dtype=np.float32)


def words_of(text: str) -> list[str]:
    """A statement as folded words, as passages have them."""
    return [fold(word) for word in split(text)]


def check(statements: Sequence[Statement]) -> Iterator[str]:
    """Accuracy by language on statements that the model did not see; `none` counts as a label."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for part in range(_PARTS):
        seen = [one for one in statements if _part(one) != part]
        pipeline = train(seen)
        for text, label, language in (one for one in statements if _part(one) == part):
            cats = pipeline(document(pipeline.vocab, terms_of(words_of(text)))).cats
            total[language] += 1
            right[language] += max(cats, key=lambda name: cats[name]) == label
    for language in sorted(total):
        yield f"{language}: {right[language] / total[language]:.3f} of {total[language]}"
    yield f"all: {right.total() / total.total():.3f} of {total.total()} ({NONE} counted)"


def _part(statement: Statement) -> int:
    return int(hashlib.sha256(statement[0].encode()).hexdigest(), 16) % _PARTS


if __name__ == "__main__":
    main()
