"""Passwords under a label. A label without a value ("password reset fails") has nothing to cut."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.scan import Scan
from intake.redaction.wordforms import ORDERLY, QUOTED, inside, made_up, strong, trimmed

_WORD = re.compile(r"[^\s\x1a]{1,128}")
TOKEN = re.compile(r"[^\s\x1a]{3,128}")
# a row of dots is taken as one, for it could be split in every way
_EXPLICIT = re.compile(r"[^\S\n]*(?:[:=]|->|=>|→|\||\s-\s|\.{4,}+)+[\s>*_\"']*$|\t+$")
_PHRASE = re.compile(
    r"[^\W\d_]{3,16}(?: [^\W\d_]{3,16}){1,3}(?: [0-9]{1,6})?(?=[^\S\n]*(?:\n|\Z))"
)  # several words, alone on their line
_SPEAKING = frozenset(Kind) - {Kind.THING, Kind.NUMBER, Kind.BACK, Kind.FRONT}
_LOGIN_NEAR = 60  # characters from a login to its password
_DIGITS_ENOUGH = re.compile(r"[^\W\d_]{5,}[0-9]|[0-9]{3}|[0-9][^\W\d_]")  # no iPhone 14
_NEARBY = 36  # characters from a label to what qualifies it
_FEW, _HINT = 5, 12  # words; and those of a hint before the password itself
_OTHERS = (Kind.LABEL, Kind.NOT_CODE, Kind.MONEY)
_PARAMETER = re.compile(r"&[^\s=&]{1,40}=")
_SECOND = re.compile(r"[^\S\n]*[/|:,][^\S\n]*(\x1a|[^\s\x1a]{3,128})")
SENTENCE = re.compile(r"[.!?]\s|\n\s*\n")


def find_passwords(scan: Scan) -> None:
    """Cut passwords under a label."""
    for hit, floor, ceiling in scan.hits.apart(Kind.PASSWORD):
        if not (_after(scan, hit) or _further(scan, hit, ceiling)):
            _before(scan, hit, floor)
    for hit, _, ceiling in scan.hits.apart(Kind.NOT_PASSWORD):
        _further(scan, hit, ceiling)


def _after(scan: Scan, hit: Hit) -> bool:
    text = scan.folded.plain
    match, gap_end = _next_value(scan, hit.end)
    gap = text[hit.end : gap_end]
    if match is None or "\n\n" in gap or "\x1a" in gap:
        return False
    start, end, quoted = match
    value = text[start:end]
    explicit = bool(_EXPLICIT.search(gap))
    if explicit and (phrase := _PHRASE.match(text, start)) and _passphrase(scan, hit, phrase):
        return _cut_value(scan, hit, *phrase.span())
    if quoted or explicit or _announced(scan, gap):
        denied = not quoted and not explicit and value.isalpha() and _denied(scan, gap)
        if not denied and _plausible(scan, value, end, explicit=explicit or quoted, closed=quoted):
            return _cut_value(scan, hit, start, end)
        return False
    counted = _unit_follows(text, end) or (value.isdigit() and _dated(scan, value, start, end))
    telling = (
        strong(value) or (value.isdigit() and len(value) >= 4) or _of_other_script(scan, hit, start, end)
    )
    if telling and not counted and value.lower() not in scan.lexicon.brand:
        return _cut_value(scan, hit, start, end)
    return False


def _of_other_script(scan: Scan, hit: Hit, start: int, end: int) -> bool:
    """Whether a plain word in Latin letters stands straight behind a Cyrillic label, and names nothing known."""
    value = scan.folded.plain[start:end]
    plain = value.isascii() and value.isalpha() and value.islower() and len(value) > _FEW
    return (
        plain
        and "а" <= scan.folded.words[hit.start] <= "я"
        and not scan.folded.plain[hit.end : start].strip()
        and not scan.hits.within(start, end, *Kind)
    )


def _dated(scan: Scan, value: str, start: int, end: int) -> bool:
    """Whether digits are a year or count something: "since 2017"."""
    words = scan.folded.lower[max(0, start - 12) : start].split()
    year = len(value) == 4 and value[:2] in {"19", "20"}
    return (year and bool(words) and words[-1] in scan.lexicon.dating) or bool(
        scan.hits.within(end, end + 12, Kind.UNIT)
    )


def _passphrase(scan: Scan, hit: Hit, phrase: re.Match[str]) -> bool:
    """Whether several words below or beside a login, or with a number, are a password: none says anything about one."""
    start, end = phrase.span()
    if not phrase.group()[-1].isdigit() and not scan.near(hit.start, hit.end, _LOGIN_NEAR, 0, Kind.LOGIN):
        return False
    words = phrase.group().lower().split()
    return not scan.hits.within(start, end, *_SPEAKING) and not any(
        word in scan.lexicon.no_value or word in scan.lexicon.filler or word in scan.lexicon.denials
        for word in words
    )


def _next_value(scan: Scan, at: int) -> tuple[tuple[int, int, bool] | None, int]:
    """The first token after `at` that is no linking word, as (start, end, quoted), and where it starts."""
    text = scan.folded.plain
    position = at
    for _ in range(8):
        while position < len(text) and text[position] in " \t\n\r>:=|-*–→,#_([" and position - at < 60:
            if text[position] in "(*[" and (quoted := QUOTED.match(text, position)):
                return (*inside(quoted), True), position
            position += 1
        if quoted := QUOTED.match(text, position):
            return (*inside(quoted), True), position
        token = _WORD.match(text, position)
        if token is None or position - at > 60:
            return None, position
        bare = token.group().strip(".,;:!?\"'").lower()
        ends = token.group()[-1] in ".!?;"
        named = bare in scan.lexicon.brand and not _told(scan, text[at:position])
        if bare and (ends or not (named or bare in scan.lexicon.filler)):
            start, end = trimmed(text, token.start(), _parameter_end(text, *token.span()))
            return (start, end, False), position
        position += len(token.group().rstrip(":="))
    return None, position


def _told(scan: Scan, gap: str) -> bool:
    """Whether what stands between a label and a word says that the word is the value."""
    return bool(_EXPLICIT.search(gap)) or _announced(scan, gap)


def _parameter_end(text: str, start: int, end: int) -> int:
    """Where a value ends at the latest: a URL's next parameter is none of it."""
    match = _PARAMETER.search(text, start, end)
    return match.start() if match else end


def _announced(scan: Scan, gap: str) -> bool:
    words = gap.lower().split()
    return bool(words) and (
        words[-1].strip(".,:;-–*>") in scan.lexicon.copula or words[-1] in {"-", "–", ">"}
    )


def _plausible(scan: Scan, value: str, end: int, *, explicit: bool, closed: bool = False) -> bool:
    """Whether what stands in a value's place is one: not "forgotten", not the start of a sentence."""
    text = scan.folded.plain
    lower = value.lower().strip(".,;:!?")
    if len(value) < 3 or lower in scan.lexicon.no_value or lower in scan.lexicon.filler:
        return False
    if re.fullmatch(r"[*•x.·_\-]+", lower):
        return False
    if strong(value):
        return True
    if ORDERLY.fullmatch(value.strip(".,;:!?")):
        return explicit and (value.isdigit() or "@" not in value) and not _unit_follows(text, end)
    if value[0].isalpha() and value.isalpha():
        rest = text[end : end + 24]
        return (
            closed
            or bool(re.match(r"[\"'»”)*]*(?:[.,;!?]?\s*$|[.,;!?)]|\s*\n|\s*[|/,;(]|\t)", rest))
            or (explicit and bool(re.match(r"\s+(?:and|or|login|user|и|und|et|y|та)\b", rest)))
        )
    return explicit or not value.isdigit()


def _unit_follows(text: str, end: int) -> bool:
    return bool(
        re.match(
            r"\s?(?:times|days?|hours?|minutes?|weeks?|раз|дн|час|мин|mal|tage|stunden|fois|jours|veces|días|€|\$|£|₽|%|eur|usd|руб)",
            text[end : end + 12].lower(),
        )
    )


def _cut_value(scan: Scan, hit: Hit, start: int, end: int) -> bool:
    if not scan.free(start, end):
        return False  # cut, or the heading of another column
    text = scan.folded.plain
    login = scan.last_before(hit.start, 16, Kind.LOGIN)
    if login is not None and text[login.end : hit.start].strip() in {"/", "|", "&", "+", ""}:
        for sign in ("/", ":", "|"):
            at = text.find(sign, start, end)
            if at > start and at + 1 < end:
                return scan.cut(at + 1, end, SecretType.PASSWORD, "password.pair")
        if pair := _SECOND.match(text, end):
            hidden = text[pair.start(1)] == "\x1a"  # cut by an earlier pass
            return hidden or scan.cut(*trimmed(text, *pair.span(1)), SecretType.PASSWORD, "password.pair")
    done = scan.cut(start, end, SecretType.PASSWORD, "password.label")
    _second(scan, end)
    return done


def _second(scan: Scan, end: int) -> None:
    """The other one of two: from X to Y, X or the old one Y."""
    text = scan.folded.plain
    for match in TOKEN.finditer(text, end, end + 48):
        if SENTENCE.search(text, end, match.start()):
            return
        start, last = trimmed(text, *match.span())
        value = text[start:last]
        if scan.hits.within(end, match.start(), *_OTHERS):
            return  # a field of its own
        if (
            match.group()[0] in "\"'"
            and scan.announced(end, match.start())
            and (quoted := QUOTED.match(text, match.start()))
        ):
            scan.cut(*inside(quoted), SecretType.PASSWORD, "password.second")
            return
        if scan.last_before(start, 12, Kind.LOGIN):
            return
        if strong(value) and any(c.isdigit() for c in value) and (made_up(value) or value.lower() != value):
            scan.cut(start, last, SecretType.PASSWORD, "password.second")
            return


def _further(scan: Scan, hit: Hit, ceiling: int) -> bool:
    """A value later in the sentence: after a colon or "is", or one that looks like nothing but a secret."""
    text = scan.folded.plain
    for match in TOKEN.finditer(text, hit.end, min(hit.end + 140, ceiling)):
        gap = text[hit.end : match.start()]
        if SENTENCE.search(gap) or "\x1a" in gap:
            return False
        start, end = trimmed(text, *match.span())
        value = text[start:end]
        told = bool(_EXPLICIT.search(gap)) or scan.announced(hit.end, match.start())
        mixed = strong(value) and any(c.isdigit() for c in value) and any(c.islower() for c in value)
        if mixed and (told or _loosely_told(scan, gap, value, text[match.end() :][:1])):
            return _cut_value(scan, hit, start, end)
        if len(gap) <= _NEARBY and made_up(value) and not ("," in gap and _denied(scan, gap)):
            return _cut_value(scan, hit, start, end)
        if (
            told
            and len(gap) <= _NEARBY
            and _qualified(scan, hit.end, match.start())
            and _plausible(scan, value, end, explicit=True)
        ):
            return _cut_value(scan, hit, start, end)
    return False


def _loosely_told(scan: Scan, gap: str, value: str, after: str) -> bool:
    """Whether "is" stands further back ("is by the way X1"), or a comma and then X1 alone: "an easy one, X1"."""
    words = gap.lower().split()
    if _denied(scan, gap) or not _DIGITS_ENOUGH.search(value):
        return False
    hinted = bool(words) and words[0] in scan.lexicon.copula
    if hinted and len(words) <= _FEW - 2 and len(gap) <= _NEARBY:
        return True
    if words and words[-1] in scan.lexicon.filler:
        words.pop()  # "…, so X"
    last = not after or after == "\n"
    return (
        bool(words)
        and words[-1].endswith((",", "-", "–"))
        and len(words) <= (_HINT if hinted else _FEW)
        and last
    )


def _denied(scan: Scan, gap: str) -> bool:
    """Whether what stands before a comma says that there is no value: "does not work, …"."""
    return not scan.lexicon.denials.isdisjoint(gap.lower().replace(",", " ").split())


def _qualified(scan: Scan, start: int, end: int) -> bool:
    """Whether a gap says what the password is for: "for the wifi:"."""
    gap = scan.folded.lower[start:end]
    words = gap.split()
    named = bool(words) and (
        words[0] in scan.lexicon.filler or bool(scan.hits.within(start, end, Kind.LOGIN))
    )
    return ":" in gap and len(words) <= _FEW and named


def _before(scan: Scan, hit: Hit, floor: int) -> None:
    """Cut a value that stands before its label, such as: X is my password."""
    text = scan.folded.plain
    head = max(floor, hit.start - 90)
    line = text[max(head, text.rfind("\n", head, hit.start) + 1) : hit.start]
    offset = hit.start - len(line)
    tokens = list(TOKEN.finditer(line))
    for token in reversed(tokens[-6:]):
        start, end = trimmed(text, offset + token.start(), offset + token.end())
        value = text[start:end]
        if value.lower() in scan.lexicon.filler or not any(c.isalnum() for c in value):
            continue
        gap = text[end : hit.start]
        words = gap.lower().split()
        linked = any(word in scan.lexicon.copula for word in words) or any(sign in gap for sign in "=-(")
        linked = linked or (
            bool(words) and made_up(value) and all(word in scan.lexicon.filler for word in words)
        )
        if strong(value) and linked and not re.search(r"[.;!?]\s", gap):
            scan.cut(start, end, SecretType.PASSWORD, "password.before")
        return
