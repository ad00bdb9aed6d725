"""A message as the readers see it: subject and new words as passages, with every cue in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from intake.extraction.cues import Hit, Lexicon
from intake.extraction.language import detect
from intake.extraction.lexicon import LANGUAGES, lexicon
from intake.extraction.passage import MAX_CHARACTERS, Passage, read
from intake.extraction.types import Evidence
from intake.mail.redacted import Author, RedactedMessage

_NOWHERE = frozenset[int]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A passage and the cues found in it."""

    passage: Passage
    hits: tuple[Hit, ...]
    _named: dict[str, list[Hit]] = field(init=False, compare=False, repr=False)  # by label
    _said: dict[str, list[Hit]] = field(init=False, compare=False, repr=False)  # those that are not negated
    _denied: dict[str, list[Hit]] = field(init=False, compare=False, repr=False)  # those that are

    def __post_init__(self) -> None:
        named = said = _by_label(self.hits)
        denied = _by_label([hit for hit in self.hits if hit.negated])
        if denied:
            said = _by_label([hit for hit in self.hits if not hit.negated])
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_said", said)
        object.__setattr__(self, "_denied", denied)

    def of(self, *labels: str, negated: bool = False) -> Sequence[Hit]:
        """The hits that speak for one of `labels`, in their order."""
        by_label = self._denied if negated else self._said
        if len(labels) == 1:
            return by_label.get(labels[0], ())
        found = by_label.keys() & labels
        if len(found) < 2:
            return by_label[found.pop()] if found else ()
        return [hit for hit in self.hits if hit.negated is negated and hit.cue.label in found]

    def named(self, *labels: str) -> list[Hit]:
        """The hits for `labels`, label by label, negated or not: what they are for is named all the same."""
        return [hit for label in labels if label in self._named for hit in self._named[label]]

    def sentences_of(self, *labels: str) -> frozenset[int]:
        """The sentences in which one of `labels` is spoken for."""
        hits = self.of(*labels)
        return frozenset([hit.sentence for hit in hits]) if hits else _NOWHERE

    def evidence(self, hit: Hit) -> Evidence:
        """The sentence of a hit."""
        return self.passage.sentence_evidence(hit.sentence)


def _by_label(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        label = hit.cue.label
        if label in found:
            found[label].append(hit)
        else:
            found[label] = [hit]
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The customer's own words, marked; the same only as itself, so that what is made of it can be kept for a while."""

    language: str
    subject: Marked
    body: Marked
    lexicon: Lexicon
    _quotes: dict[int, Marked] = field(default_factory=dict)  # marked so far, by their place in the message

    @property
    def parts(self) -> tuple[Marked, Marked]:
        """Subject, then body."""
        return self.subject, self.body

    def quotes(self, message: RedactedMessage, author: Author, *labels: str) -> Iterator[Marked]:
        """The quoted passages of one kind of author, marked on demand; what lies deep in a long chain is left out.

        With `labels` only those that may speak for one of them: most do not, and need no marking.
        """
        left = MAX_CHARACTERS
        for index, quote in enumerate(message.quotes):
            if left <= 0:
                return
            left -= len(quote.text)
            if quote.author is not author:
                continue
            if index not in self._quotes:
                if labels and not self.lexicon.may_say(quote.text.text[:MAX_CHARACTERS], *labels):
                    continue
                self._quotes[index] = mark(read(quote.text, f"quoted:{index}"), self.lexicon)
            yield self._quotes[index]


def mark(passage: Passage, cues: Lexicon) -> Marked:
    """Find the cues of a passage."""
    return Marked(passage=passage, hits=tuple(cues.find(passage)))


def mark_nothing(marked: Marked) -> Marked:
    """The same passage as if it said nothing."""
    return Marked(passage=replace(marked.passage, sentences=()), hits=())


def marked(message: RedactedMessage) -> Reading:
    """Read subject and body: in the language found, and in English, which many write besides their own.

    Of automatic mail nobody asks what it says: it is read as if it were empty.
    """
    language = detect(message)
    cues = lexicon(*_languages(language))
    subject, body = message.subject, message.body
    if message.automatic:
        subject, body = subject.slice(0, 0), body.slice(0, 0)
    return Reading(
        language=language,
        subject=mark(read(subject, "subject"), cues),
        body=mark(read(body, "body"), cues),
        lexicon=cues,
    )


def _languages(language: str) -> tuple[str, ...]:
    """The cue data to read with: Russian and Ukrainian mix in one mail, English stands in for the rest."""
    if language in {"ru", "uk"}:
        return (language, "uk" if language == "ru" else "ru", "en")
    return (language, "en") if language in LANGUAGES and language != "en" else ("en",)


def first_evidence(parts: tuple[Marked, ...], *labels: str) -> Evidence | None:
    """The sentence of the strongest cue for one of `labels`; the body before the subject."""
    best: tuple[float, Marked, Hit] | None = None
    for marked in reversed(parts):
        for hit in marked.of(*labels):
            if best is None or hit.cue.weight > best[0]:
                best = (hit.cue.weight, marked, hit)
    return best[1].evidence(best[2]) if best else None
