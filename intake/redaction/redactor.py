"""The redactor: fold, find, cut in the original, again until nothing is found (so twice changes nothing)."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from intake.redaction.beside import find_beside_cards, find_expiries
from intake.redaction.codes import find_one_time_codes, find_pins
from intake.redaction.columns import find_columns
from intake.redaction.cvvs import find_cvvs
from intake.redaction.encoded import encoded_texts
from intake.redaction.findings import Finding, Redaction, SecretType
from intake.redaction.iban import find_ibans, find_tracks
from intake.redaction.kinds import Kind
from intake.redaction.labels import Lexicon, lexicon
from intake.redaction.logins import find_logins
from intake.redaction.lookalikes import find_lookalikes
from intake.redaction.mixed_codes import find_mixed_codes
from intake.redaction.normalise import fold
from intake.redaction.opening_codes import OPENING_KINDS, find_opening_codes
from intake.redaction.pan import find_cards
from intake.redaction.password_rows import find_changed_passwords
from intake.redaction.passwords import find_passwords
from intake.redaction.repeats import find_repeats
from intake.redaction.scan import Cut, Scan, digit_rows, digit_runs, key_runs
from intake.redaction.settings import RedactionSettings, compile_pattern
from intake.redaction.spoken import find_spoken_cards
from intake.redaction.text import Redacted, Sensitive, sealed
from intake.redaction.tokens import find_known_tokens, find_labelled_tokens
from intake.redaction.told_codes import find_told_codes
from intake.redaction.told_words import find_told_passwords

_PLACEHOLDER = re.compile(
    r"\[(?:(card|iban) •••• [0-9A-Z]{4}|(cvv|expiry|track|pin|password|code|token) [^\W\d_]+(?: [^\W\d_]+){0,2})\]"
)
_NAMES = {kind: kind.value for kind in SecretType} | {SecretType.PAN: "card", SecretType.OTP: "code"}
# What stands for a placeholder while a text is searched; a sign within tells what was cut.
_SIGNS = {"card": "#", "cvv": "^", "code": "~", "pin": "{", "password": "}"}
_CUT = {
    "#": SecretType.PAN,
    "^": SecretType.CVV,
    "~": SecretType.OTP,
    "{": SecretType.PIN,
    "}": SecretType.PASSWORD,
}
_HIDDEN = re.compile(r"\x1a{3}([#^~{}])?\x1a*")
# What is cut may part two words that were one, so that a later pass finds more: so many passes at least, and in a short
# text, where secrets stand glued together in a long row, more of them.
_PASSES, _MOST_PASSES = 12, 250
_WORK = 1_000_000  # characters of all passes together: a second
_BY_FORM = (find_known_tokens,)
_BY_DIGITS = (find_tracks, find_ibans, find_cards, find_lookalikes)
# These go from a word of the label files or from a card, but for `find_logins`; of some, the kinds of word they need.
_BY_WORDS: tuple[tuple[Callable[[Scan], None], frozenset[Kind] | None], ...] = (
    (find_columns, None),  # before those that look round a label: the cell beside it is another column
    (find_spoken_cards, None),
    (find_beside_cards, None),
    (find_cvvs, frozenset({Kind.CVV, Kind.CODE, Kind.BACK, Kind.FRONT})),
    (find_expiries, None),
    (find_one_time_codes, None),
    (find_mixed_codes, frozenset({Kind.OTP, Kind.CODE, Kind.CVV})),
    (find_pins, frozenset({Kind.PIN})),
    (find_opening_codes, frozenset(OPENING_KINDS)),
    (find_changed_passwords, frozenset({Kind.PASSWORD, Kind.NOT_PASSWORD})),
    (find_passwords, frozenset({Kind.PASSWORD, Kind.NOT_PASSWORD})),
    (find_logins, None),
    (find_labelled_tokens, frozenset({Kind.TOKEN, Kind.PIN})),
)
_UNLABELLED = ((find_logins, None),)
_LAST = (find_told_codes, find_told_passwords)  # where the others find nothing


class RedactionError(Exception):
    """The text does not come to rest: nothing of it may be stored."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Cuts card data and other secrets out of text (PCI DSS v4.0.1, 3.3.1 and 3.5.1)."""

    settings: RedactionSettings = field(default_factory=RedactionSettings)
    _extra: tuple[tuple[str, tuple[str, ...]], ...] = field(init=False, repr=False, compare=False)
    _keep: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        extra = tuple(sorted((kind, tuple(words)) for kind, words in self.settings.extra_labels.items()))
        object.__setattr__(self, "_extra", extra)
        object.__setattr__(self, "_keep", tuple(map(compile_pattern, self.settings.keep_patterns)))

    @property
    def _lexicon(self) -> Lexicon:
        """Read with the first text: the daemon has redactors for what seldom happens, and 25 MB are not nothing."""
        return lexicon(self._extra)

    def redact(self, text: Sensitive, part: str = "body") -> Redaction:
        """Redact one part of a message.

        Raises:
            RedactionError: the text does not come to rest after several passes; quarantine the message.
        """
        return self._redact(text.reveal(), part)

    def redact_text(self, text: Redacted, part: str = "body") -> Redaction:
        """Redact again what was joined from redacted pieces: a card may have been cut in two by the joint."""
        return self._redact(text.text, part)

    def _redact(self, text: str, part: str) -> Redaction:
        if not text:
            return Redaction(text=sealed(text), findings=())
        findings: list[Finding] = []
        for _ in range(max(_PASSES, min(_MOST_PASSES, _WORK // len(text)))):
            scan = self._scan(text)
            if not scan.cuts:
                return Redaction(text=sealed(text), findings=tuple(findings))
            text, findings = self._apply(text, scan, findings, part)
        raise RedactionError("redaction found something new in every pass")

    def _scan(self, text: str) -> Scan:
        hidden, placeholders = _hide_placeholders(text)
        folded = fold(hidden)
        taken = bytearray(len(folded.plain))
        earlier: list[Cut] = []
        for match in _HIDDEN.finditer(folded.plain) if placeholders else ():
            taken[match.start() : match.end()] = b"\x01" * len(match.group())
            if match.group(1):
                earlier.append(Cut(*match.span(), _CUT[match.group(1)], "earlier"))
        words = self._lexicon
        hits = words.find(folded)
        numbers = digit_runs(folded.ascii)
        kept = sorted(match.span() for pattern in self._keep for match in pattern.finditer(folded.plain))
        scan = Scan(
            folded=folded,
            hits=hits,
            lexicon=words,
            earlier=earlier,
            cards=[(cut.start, cut.end) for cut in earlier if cut.type is SecretType.PAN],
            numbers=numbers,
            runs=key_runs(folded.ascii),
            kept=kept,
            rows=digit_rows(numbers),
            taken=taken,
        )
        if scan.runs:
            self._cut_encoded(scan)
        for finder in (*_BY_FORM, *_BY_DIGITS) if numbers else _BY_FORM:
            finder(scan)
        labelled = hits.starting or scan.cards
        for word_finder, kinds in _BY_WORDS if labelled else _UNLABELLED:
            if kinds is None or not kinds.isdisjoint(hits.kinds):
                word_finder(scan)
        if labelled and not scan.cuts:
            for finder in _LAST:
                finder(scan)
        if scan.cuts:
            find_repeats(scan)
        return scan

    def _cut_encoded(self, scan: Scan) -> None:
        """Cut the whole of what is base64 and holds a secret, as the first that is found in it."""
        for start, end, text in encoded_texts(scan):
            for cut in self._scan(text).cuts[:1]:
                scan.cut(start, end, cut.type, "encoded", cut.last_four)

    def _apply(self, text: str, scan: Scan, earlier: list[Finding], part: str) -> tuple[str, list[Finding]]:
        cuts = sorted(scan.cuts, key=lambda cut: cut.start)
        pieces: list[str] = []
        placed: list[Finding] = []
        moves: list[tuple[int, int]] = []  # (offset in `text`, shift of what follows)
        copied = length = 0
        for cut in cuts:
            start, end = scan.folded.origin(cut.start, cut.end)
            start = max(start, copied)
            name = _NAMES[cut.type]
            shown = (
                f"[{name} •••• {cut.last_four}]" if cut.last_four else f"[{name} {self.settings.placeholder}]"
            )
            pieces += (text[copied:start], shown)
            length += start - copied
            placed.append(
                Finding(
                    type=cut.type,
                    part=part,
                    start=length,
                    end=length + len(shown),
                    last_four=cut.last_four,
                    rule=cut.rule,
                )
            )
            length += len(shown)
            copied = max(end, start)
            moves.append((copied, length - copied))
        pieces.append(text[copied:])
        moved = [_moved(finding, moves) for finding in earlier]
        return "".join(pieces), sorted([*placed, *moved], key=lambda finding: finding.start)


def _moved(finding: Finding, moves: list[tuple[int, int]]) -> Finding:
    at = bisect_right(moves, (finding.start, sys.maxsize))
    shift = moves[at - 1][1] if at else 0
    return replace(finding, start=finding.start + shift, end=finding.end + shift)


def _hide_placeholders(text: str) -> tuple[str, bool]:
    """Blank out what an earlier pass put in, so that its words label nothing and its digits are no value."""
    hidden = text.replace("\x1a", " ")
    if "[" not in text:
        return hidden, False
    hidden, count = _PLACEHOLDER.subn(_blank, hidden)
    return hidden, count > 0


def _blank(match: re.Match[str]) -> str:
    """As many marks as the placeholder has characters; a sign among them tells what was cut."""
    sign = _SIGNS.get(match.group(1) or match.group(2), "\x1a")
    return "\x1a\x1a\x1a" + sign + "\x1a" * (len(match.group()) - 4)


def shown(finding: Finding) -> str:
    """What stands for a finding in lists: the last four, or the type."""
    return f"•••• {finding.last_four}" if finding.last_four else f"[{finding.type.value}]"


def summary(findings: Iterable[Finding]) -> list[dict[str, str | int]]:
    """The contract's `redactions`: count by type and by what is shown, in the order of the first of each."""
    counts = Counter((finding.type.value, shown(finding)) for finding in findings)
    return [{"type": kind, "count": count, "shown": text} for (kind, text), count in counts.items()]
