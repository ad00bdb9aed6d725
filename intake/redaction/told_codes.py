"""Codes told in prose: which number a label means, by weighing what speaks for it and against it.

The finders before this one know fixed orders ("CVV: 737"). People also write "when it asked for the CVV I put 737",
or "I got an SMS. 482913." Here each number that is left is weighed against the labels of its own sentence, of the two
before and of the one after: kind and size, what links the two, what is done with the number. What reaches `_ENOUGH`
is cut: in doubt, redact. The weights are by hand; tests/redaction holds the cases that they were set by.
"""

from __future__ import annotations

from collections.abc import Mapping

from intake.redaction.against import COUNTERS, SECRETS
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.reading import CARD_NEAR, LONGEST, Reading, apposed
from intake.redaction.scan import WORDS, Scan
from intake.redaction.told_meaning import CVV, DEVICES, FIT, OTP, ROW, ROW_WORDS, meant, speaks
from intake.redaction.values import Value, values

_ENOUGH = 3.0
_LABELS = (*SECRETS, Kind.BANK, *DEVICES)
# How much a label says by itself.
_BASE: Mapping[Kind, float] = {
    Kind.CVV: 2.0,
    Kind.OTP: 2.0,
    Kind.PIN: 2.0,
    Kind.CODE: 1.9,
    Kind.WARNING: 1.6,
    Kind.PASSWORD: 1.4,
    Kind.SMS: 1.2,
    Kind.BACK: 1.2,
    Kind.FRONT: 1.5,
    Kind.ATM: 0.9,
    Kind.OTP_CONTEXT: 0.6,
    Kind.BANK: 0.6,
    Kind.LABEL: 0.4,
    Kind.THING: 0.4,
    Kind.LOGIN: 0.4,
}


def find_told_codes(scan: Scan) -> None:
    """Cut CVVs, PINs and one-time codes that a sentence tells in its own words."""
    labels = [hit for hit in scan.hits.of(*_LABELS) if speaks(scan, hit)]
    if not labels and not (scan.cards and not scan.hits.kinds.isdisjoint((Kind.CARD, Kind.EXPIRY))):
        return
    reading = Reading(scan, labels, [hit.start for hit in labels])
    edges = {edge: cut.type for cut in scan.earlier if cut.type in FIT for edge in (cut.start, cut.end)}
    found = [
        value
        for value in values(scan, reading.close, spelled=reading.spelled())
        if scan.free(value.start, value.end)
    ]
    for value in found:
        kind = _judged(reading, value) or _last_of_card(reading, value) or _listed(reading, value, edges)
        if kind is not None and scan.cut(value.start, value.end, kind, f"{kind.value}.told"):
            edges[value.start] = edges[value.end] = kind
    for value in reversed(found):
        kind = _listed(reading, value, edges, ahead=True)
        if kind is not None and scan.cut(value.start, value.end, kind, f"{kind.value}.listed"):
            edges[value.start] = kind


def _judged(reading: Reading, value: Value) -> SecretType | None:
    """The type of the label that a number belongs to, if enough speaks for it."""
    contrary = reading.against(value)
    if contrary >= _ENOUGH + 1:
        return None
    own = reading.scan.sentences().at(value.start)
    best, kind, several = 0.0, None, 0
    for label in reading.near(value):
        if (
            value.start < label.start
            and reading.scan.served(label.end)
            and not _is(reading.scan, value, label)
        ):
            continue
        theirs = reading.scan.sentences().at(label.start)
        type_ = meant(reading, label, value, theirs, own) if own - 2 <= theirs <= own + 1 else None
        if type_ is None:
            continue
        several += theirs in {own, own - 1}
        weight = _weight(reading, label, value, type_, own - theirs)
        if weight > best:
            best, kind = weight, type_
    if several > 1:
        best += 0.4  # two words that both speak of a secret
    return kind if best - contrary >= _ENOUGH else None


def _is(scan: Scan, value: Value, label: Hit) -> bool:
    """Whether a number is said to be what the label behind it says: "7431 was my PIN, the new one is …"."""
    words = WORDS.findall(scan.folded.lower, value.end, label.start)
    return bool(words) and words[0] in scan.lexicon.copula and scan.lexicon.filler.issuperset(words)


def _weight(reading: Reading, label: Hit, value: Value, kind: SecretType, apart: int) -> float:
    """How much speaks for a label and a number that stand so many sentences apart."""
    scan = reading.scan
    fit = 1.0 if label.kind is Kind.FRONT else FIT[kind][len(value.digits)]
    linked = _across(reading, label, value, apart) if apart else _linked(scan, label, value)
    weight = _BASE[label.kind] + fit + linked + _doing(scan, value)
    if kind is SecretType.OTP and len(value.digits) < OTP and _sender(scan, value):
        weight -= 3.0
    return weight


def _sender(scan: Scan, value: Value) -> bool:
    """Whether a short number is who sent a message, or to whom: "came from 60777"."""
    words = WORDS.findall(scan.folded.lower, max(0, value.start - 16), value.start)
    return bool(words) and (words[-1] in scan.lexicon.origin or words[-1] in scan.lexicon.into)


def _doing(scan: Scan, value: Value) -> float:
    """What is done with a number: it is typed, it came, it is what something said."""
    text = scan.folded.lower
    first, last = scan.sentences().span(scan.sentences().at(value.start))
    weight = 0.6 if scan.hits.within(first, last, Kind.TOLD) else 0.0
    told = scan.last_before(value.start, min(24, value.start - first), Kind.TOLD)
    if told is not None and scan.joins(told.end, value.start, 16):
        weight += 0.4
    before = WORDS.findall(text, max(first, value.start - 16), value.start)
    if before and (before[-1] in scan.lexicon.using or before[-1] in scan.lexicon.recited):
        weight += 0.5
    behind = WORDS.search(text, value.end, min(last, value.end + 16))
    if behind and not text[first : value.start].strip(" '\"(>-*"):
        says = behind.group() in scan.lexicon.copula
        weight += 0.6 if says or scan.hits.within(*behind.span(), Kind.TOLD, Kind.EXPIRY) else 0.0
    return weight


def _linked(scan: Scan, label: Hit, value: Value) -> float:
    """How closely a label and a number of one sentence belong together."""
    text = scan.folded.lower
    after = label.end <= value.start
    start, end = (label.end, value.start) if after else (value.end, label.start)
    gap = text[start:end]
    words = WORDS.findall(gap)
    strangers = sum(word not in scan.lexicon.linking for word in words)
    weight = 1.0 - 0.05 * len(words) - 0.1 * strangers
    weight -= 1.0 if ";" in gap else 0.2 if "," in gap else 0.0
    if 1 in scan.taken[start:end]:
        weight -= 2.0  # the label has its value
    elif scan.digits_within(start, end):
        weight -= 0.6
    if after:
        weight += 0.0 if strangers else 1.0
        weight += 0.8 if scan.announced(start, end) or gap[-1:] in {"(", '"'} or apposed(gap) else 0.0
    else:
        clause = gap[:1] == "," and not (words and words[0] in scan.lexicon.pointing)
        weight -= 1.5 if label.kind is Kind.BACK and clause else 0.3
        weight += 0.8 if not strangers or words[0] in scan.lexicon.copula else 0.0
    if strangers and _nothing_came(scan, label.start):
        weight -= 1.5
    return weight


def _nothing_came(scan: Scan, at: int) -> bool:
    """Whether a sentence says that there is no code: "it never arrived", "was not asked"."""
    first, last = scan.sentences().span(scan.sentences().at(at))
    words = WORDS.findall(scan.folded.lower, first, min(last, first + LONGEST))
    lexicon = scan.lexicon
    came = [at for at, word in enumerate(words) if word in lexicon.arrived or word in lexicon.asked]
    return any(not lexicon.denials.isdisjoint(words[max(0, at - 2) : at + 2]) for at in came)


def _across(reading: Reading, label: Hit, value: Value, apart: int) -> float:
    """How closely a number belongs to a label of a sentence beside its own: the shorter its own, the closer."""
    sentences = reading.scan.sentences()
    first, last = sentences.span(sentences.at(value.start))
    words = len(WORDS.findall(reading.scan.folded.lower, first, min(last, first + LONGEST)))
    weight = -0.3 if apart == 1 else -0.5 if apart < 0 else -0.8
    weight += 1.2 if words <= 2 else 0.4 if words <= 8 else 0.2 if words <= 14 else 0.0
    if apart < 0 and _points_back(reading.scan, label):
        weight += 0.6
    if 1 in reading.scan.taken[slice(*sentences.span(sentences.at(label.start)))]:
        weight -= 1.0  # the label has its value
    return weight


def _points_back(scan: Scan, label: Hit) -> bool:
    """Whether a label's sentence speaks of the one before: "It is the code that I got"."""
    sentences = scan.sentences()
    first = WORDS.search(scan.folded.lower, sentences.span(sentences.at(label.start))[0], label.start)
    return first is not None and first.group() in scan.lexicon.pointing


def _last_of_card(reading: Reading, value: Value) -> SecretType | None:
    """Three digits told straight after a card and its expiry: "4111 …, 04/29, and the last bit is 092"."""
    scan = reading.scan
    if len(value.digits) != CVV or not scan.beside_card(value.start, value.end, CARD_NEAR):
        return None
    start = max(0, value.start - ROW)
    cut = scan.taken.rfind(b"\x01", start, value.start) + 1
    if not cut or scan.hits.within(cut, value.start, *COUNTERS) or reading.against(value) >= 1:
        return None
    words = WORDS.findall(scan.folded.lower, cut, value.start)
    few = len(words) <= 3 and sum(word not in scan.lexicon.linking for word in words) < 2
    told = few or (len(words) < ROW_WORDS and scan.announced(cut, value.start))
    return SecretType.CVV if told else None


def _listed(
    reading: Reading, value: Value, edges: Mapping[int, SecretType], *, ahead: bool = False
) -> SecretType | None:
    """The type of what was cut beside a number, where a row goes on: "119, of the new one: 554"."""
    scan = reading.scan
    if not scan.free(value.start, value.end):
        return None
    near = range(value.end, value.end + ROW) if ahead else range(value.start, value.start - ROW, -1)
    edge = next((at for at in near if at in edges), None)
    if edge is None or FIT[edges[edge]].get(len(value.digits), -1) < 0:
        return None
    start, end = (value.end, edge) if ahead else (edge, value.start)
    words = WORDS.findall(scan.folded.lower, start, end)
    strangers = sum(word not in scan.lexicon.linking for word in words)
    sentences = scan.sentences()
    if (
        scan.digits_within(start, end)
        or len(words) > ROW_WORDS
        or sentences.at(start - 1) != sentences.at(end)
        or not (strangers < 2 or (strangers == 2 and len(words) < 6) or scan.announced(start, end))
        or (ahead and not (scan.last_before(value.start, 24, Kind.TOLD) or _instead(scan, value)))
    ):
        return None
    return edges[edge] if reading.against(value) < 1 else None


def _instead(scan: Scan, value: Value) -> bool:
    """Whether a number is what should have been typed: "instead of 882014 I put 882041"."""
    words = WORDS.findall(scan.folded.lower, max(0, value.start - 16), value.start)
    return not scan.lexicon.instead.isdisjoint(words[-2:])
