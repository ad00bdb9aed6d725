"""Trains the classifier from `statements.tsv`: `python -m intake.extraction.model.train`.

The data are short statements, invented, one a line: text, label, language. A label is a reason, "wish" (money
back, no reason given), "plain" (a detail, a greeting) or "none" (something else is wanted, or nothing).
The same data give the same weights. `--check` cross-validates instead: five parts, each judged by a model that
never saw it.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.training import Example
from thinc.api import fix_random_seed

from intake.extraction.nlp import NONE, PIPE, WEIGHTS, document
from intake.extraction.passage import fold, split

STATEMENTS = Path(__file__).parent / "statements.tsv"
_EPOCHS = 10
_BATCH = 16
_DROPOUT = 0.2
_SEED = 20
_PARTS = 5
_MODEL = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,  # pairs of words did not help in cross-validation
    "no_output_layer": False,
    "length": 32768,  # 1.8 MB of weights
}

Statement = tuple[str, str, str]


def main() -> None:
    """Train and save, or check."""
    statements = list(read_statements())
    if "--check" in sys.argv[1:]:
        for line in check(statements):
            print(line)  # noqa: T201 - a developer's tool, on a terminal
        return
    pipeline = train(statements)
    pipeline.meta["version"] = data_digest()
    pipeline.to_disk(WEIGHTS, exclude=["vocab"])


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
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 - repeatable order, no secret
    pipeline = spacy.blank("xx")
    pipeline.add_pipe(PIPE, config={"model": _MODEL})
    labels = sorted({label for _, label, _ in statements})
    examples = [
        Example.from_dict(
            document(pipeline, words_of(text)), {"cats": {name: float(name == label) for name in labels}}
        )
        for text, label, _ in statements
    ]
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(_EPOCHS):
        shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            pipeline.update(examples[start : start + _BATCH], sgd=optimizer, drop=_DROPOUT)
    return pipeline


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
            cats = pipeline(document(pipeline, words_of(text))).cats
            total[language] += 1
            right[language] += max(cats, key=lambda name: cats[name]) == label
    for language in sorted(total):
        yield f"{language}: {right[language] / total[language]:.3f} of {total[language]}"
    yield f"all: {right.total() / total.total():.3f} of {total.total()} ({NONE} counted)"


def _part(statement: Statement) -> int:
    return int(hashlib.sha256(statement[0].encode()).hexdigest(), 16) % _PARTS


if __name__ == "__main__":
    main()
