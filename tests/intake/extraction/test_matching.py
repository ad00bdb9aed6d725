"""What is looked up first to be quick loses nothing: matched plainly, every cue is found where it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, chain
from math import sqrt
from pathlib import Path
from typing import cast

import pytest
from spacy.pipeline import TextCategorizer

from intake.extraction import nlp
from intake.extraction.cues import Cue, Hit, Lexicon, Slot
from intake.extraction.lexicon import LANGUAGES, lexicon
from intake.extraction.passage import Passage, read
from intake.redaction.text import sealed

_HERE = Path(__file__).parent
_TEXTS = 12  # of each language
_SPACES = {"ru": ("ru", "uk", "en"), "uk": ("uk", "ru", "en"), "en": ("en",)}


def texts(language: str) -> list[str]:
    rows = [line.split("\t") for line in (_HERE / "messages.tsv").read_text(encoding="utf-8").splitlines()]
    return [row[5].replace("\\n", "\n") for row in rows if row[0] == language][:_TEXTS]


def placed(slots: tuple[Slot, ...], passage: Passage, at: int, end: int) -> Iterator[tuple[int, ...]]:
    """Every way to put the rest of a pattern behind word `at`: what is said in passing takes no room in a gap."""
    if not slots:
        yield ()
        return
    for place in range(at + 1, end):
        between = sum(index not in passage.aside for index in range(at + 1, place))
        if between <= slots[0].gap and slots[0].fits(passage.words[place]):
            for rest in placed(slots[1:], passage, place, end):
                yield place, *rest


def plainly(cues: Lexicon, passage: Passage) -> dict[tuple[str, str], set[int]]:
    """Where each pattern begins, each word of the text tried for its first slot."""
    starting: dict[Slot, list[Cue]] = defaultdict(list)
    for cue in {
        id(cue): cue for listed in (*cues.exact.values(), *cues.stems.values()) for cue in listed
    }.values():
        starting[cue.slots[0]].append(cue)
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for word in set(passage.words):
        candidates = [cue for slot, listed in starting.items() if slot.fits(word) for cue in listed]
        for at in (index for index, one in enumerate(passage.words) if one == word):
            end = next(span.last for span in passage.sentences if span.first <= at < span.last)
            for cue in candidates:
                spans = [(at, *rest) for rest in placed(cue.slots[1:], passage, at, end)]
                if any(cues.scope.in_reach(passage, span, narrow=cue.narrow) for span in spans):
                    found[cue.label, cue.source].add(at)
    return found


def begins(hits: list[Hit]) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for hit in hits:
        found[hit.label, hit.cue.source].add(hit.first)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quick_look_up_finds_what_a_plain_one_finds(language: str) -> None:
    cues = lexicon(*_SPACES.get(language, (language, "en")))
    for text in texts(language):
        passage = read(sealed(text), "body")
        quick, plain = begins(cues.find(passage)), plainly(cues, passage)
        assert set(quick) == set(plain)
        assert all(places <= plain[pattern] for pattern, places in quick.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_scored_one_by_one_add_up_to_their_sentence(language: str) -> None:
    passages = [read(sealed(text), "body") for text in texts(language)]
    sentences = [passage.words[span.first : span.last] for passage in passages for span in passage.sentences]
    classifier = nlp.classifier()
    pipeline = nlp.trained("statements")
    whole = [pipeline(nlp.document(pipeline.vocab, nlp.terms_of(words))).cats for words in sentences]
    ends = list(accumulate(map(len, sentences)))
    seen = classifier.listen(list(chain(*sentences)), list(zip([0, *ends], ends, strict=False))).likely
    for index, wanted in enumerate(whole):
        assert {label: likely[index] for label, likely in seen.items()} == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_scored_one_by_one_add_up_to_their_letter(language: str) -> None:
    classifier, pipeline = nlp.classifier(), nlp.trained("letters")
    model = cast("TextCategorizer", pipeline.get_pipe(nlp.PIPE)).model
    none, asking = model.get_ref("output_layer").get_param("b")
    for text in texts(language):
        words = read(sealed(text), "body").words
        doc = nlp.document(pipeline.vocab, nlp.terms_of(words))
        other, request = model.layers[0].predict([doc])[0]
        wanted = (request - asking - other + none) / sqrt(len(doc) + nlp.EVIDENCE) + asking - none
        assert classifier.listen(words, []).asks == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("limit", ["_MOST_TERMS", "_MOST_LETTERS"])
def test_more_words_than_are_kept_are_scored_all_the_same(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(nlp, limit, 6)
    small = nlp.Classifier(nlp.trained("statements"), nlp.trained("letters"))
    sentences = [["charged", "twice", "again"], ["please", "cancel", "it"], ["charged", "twice", "again"]]
    scored = [small.listen(words, [(0, 3)]).likely for words in sentences]
    assert scored[0] == scored[2]
    known = nlp.sound(sentences[0], [(0, 3)]).likely
    assert all(likely == pytest.approx(known[label], abs=1e-5) for label, likely in scored[0].items())


def test_the_words_of_a_mail_leave_nothing_in_the_classifiers_vocabulary() -> None:
    pipelines = nlp.trained("statements"), nlp.trained("letters")
    held = [(len(pipeline.vocab), len(pipeline.vocab.strings)) for pipeline in pipelines]
    nlp.Classifier(*pipelines).listen(["never", "seen", "before", "aquavitriolic"], [(0, 4)])
    assert [(len(pipeline.vocab), len(pipeline.vocab.strings)) for pipeline in pipelines] == held
