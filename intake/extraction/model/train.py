"""Trains the classifier from `statements.tsv`: `python -m intake.extraction.model.train`.

The data are short statements, invented, one a line: text, label, language. A label is a reason, "wish" (money
back, no reason given), "plain" (a detail, a greeting) or "none" (something else is wanted, or nothing).
The same data give the same weights. `--check` cross-validates instead: five parts, each judged by a model that
never saw it.

spaCy's own training goes through the statements a few at a time and stops early; for a linear model over many
rare features that lost five to ten points in a hundred on statements never seen. Here the model is fitted to all
at once, and a weight costs the more the more statements it speaks in: what is common says little.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, Model, fix_random_seed

from intake.extraction.nlp import GRAIN, NONE, PIPE, WEIGHTS, document, terms_of, untrained
from intake.extraction.passage import fold, split

STATEMENTS = Path(__file__).parent / "statements.tsv"
_STEPS = 100
_RATE = 0.03  # of the first step; the last ones are small
_PENALTY = 0.03  # of 0.015 to 0.1 tried; more or less of it told fewer statements of other hands
_SEED = 20
_PARTS = 5
Statement = tuple[str, str, str]


def main() -> None:
    """Train and save, or check."""
    statements = list(read_statements())
    if "--check" in sys.argv[1:]:
        for line in check(statements):
            print(line)  # noqa: T201 - a developer's tool, on a terminal
        return
    save(train(statements))


def save(pipeline: Language) -> None:
    """Write what `nlp.trained` reads."""
    pipe = pipeline.get_pipe(PIPE)
    assert isinstance(pipe, TextCategorizer)  # noqa: S101 - for the type checker
    linear = pipe.model.get_ref("output_layer")
    weights, bias = np.asarray(linear.get_param("W")), np.asarray(linear.get_param("b"))
    np.savez_compressed(
        WEIGHTS,
        weights=np.rint(weights * GRAIN).clip(-127, 127).astype(np.int8),
        bias=bias,
        labels=np.asarray(pipe.labels),
        version=np.asarray(data_digest()),
    )


def read_statements() -> Iterator[Statement]:
    """Text, label and language of each line."""
    for line in STATEMENTS.read_text(encoding="utf-8").splitlines():
        text, label, language = line.split("\t")
        yield text, label, language


def data_digest() -> str:
    """Eight digits that change with the data."""
    return hashlib.sha256(STATEMENTS.read_bytes()).hexdigest()[:8]


def train(statements: Sequence[Statement]) -> Language:
    """A pipeline with one trained text classifier; the same data give the same one."""
    fix_random_seed(_SEED)
    pipeline, pipe = untrained()
    labels = sorted({label for _, label, _ in statements})
    docs = [document(pipeline.vocab, terms_of(words_of(text))) for text, _, _ in statements]
    examples = [
        Example.from_dict(doc, {"cats": {name: float(name == label) for name in labels}})
        for doc, (_, label, _) in zip(docs, statements, strict=True)
    ]
    pipeline.initialize(lambda: examples)
    wanted = [[float(label == name) for name in pipe.labels] for _, label, _ in statements]
    _fit(pipe.model, docs, np.asarray(wanted, dtype=np.float32))
    return pipeline


def _fit(model: Model[Any, Any], docs: Sequence[Doc], wanted: NDArray[np.float32]) -> None:
    """Multinomial logistic regression with an uneven ridge penalty, over all statements at once."""
    extract = next(layer for layer in model.walk() if layer.name == "extract_ngrams")
    linear = model.get_ref("output_layer")
    features = extract.predict(docs)
    penalty = _penalty(linear, features, (len(wanted), wanted.shape[1]))
    optimizer = Adam(_RATE, beta2=0.99, L2=0.0, grad_clip=0.0)
    for step in range(_STEPS):
        scores, backprop = linear(features, is_train=True)
        backprop((linear.ops.softmax(scores) - wanted) / len(wanted))
        linear.inc_grad("W", penalty * linear.get_param("W"))
        optimizer.learn_rate = _RATE * (1 - step / _STEPS)
        linear.finish_update(optimizer)


def _penalty(linear: Model[Any, Any], features: object, shape: tuple[int, int]) -> NDArray[np.float32]:
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
