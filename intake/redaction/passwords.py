"""Passwords under a label. A label without a value ("password reset fails") has nothing to cut."""

from __future__ import annotations

import re
from itertools import pairwise

from intake.redaction.findings import SecretType
from intake.redaction.labels import Hit, Kind
from intake.redaction.scan import Scan

_QUOTED = re.compile(
    r"\"([^\"\n]{3,64})\"|'([^'\n]{3,64})'|\(([^()\n]{3,64})\)|\[([^\[\]\n]{3,64})\]|<([^<>\n]{3,64})>|\*([^*\n]{3,64})\*"
)
_WORD = re.compile(r"[^\s\x1a]{1,128}")
_TOKEN = re.compile(r"[^\s\x1a]{3,128}")
_EXPLICIT = re.compile(r"[^\S\n]*(?:[:=]|->|=>|→|\||\s-\s)+[\s>*_\"']*$|\t+$")
_ORDERLY = re.compile(  # what has letters and digits and is no password: order, e-mail, link, date, version, amount, file
    r"(?:[A-ZА-ЯЁІЇЄ]{1,6}[-/#№]?[0-9][0-9-/]*|[a-zа-яёіїє]{1,6}[-/][0-9][0-9-/]*|[^\W\d_]{1,4}[0-9]{1,3}|[^\s@]+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+|[0-9][0-9.,:/\-]*(?:[^\W\d_]{1,4})?|v?[0-9]+(?:\.[0-9x]+)+|"
    r"[\w\-]+\.(?:png|jpe?g|gif|pdf|txt|csv|zip|docx?|xlsx?|log|html?|com|net|org|example)|[€$£₽₴][0-9.,]+|\w+\.example\S*)"
)
_PRODUCT = re.compile(
    r"[^\W\d_]+-?[0-9]{1,3}(?:\.[0-9]+)?|[0-9]+(?:st|nd|rd|th|-[^\W\d_]+)|[^\W\d_]+\.[^\W\d_].*"
)
_PHRASE = re.compile(
    r"[^\W\d_]{3,16}(?: [^\W\d_]{3,16}){1,3}(?=[^\S\n]*(?:\n|\Z))"
)  # several words, alone on their line
_SPEAKING = frozenset(Kind) - {Kind.THING, Kind.NUMBER, Kind.BACK, Kind.FRONT}
_LOGIN_NEAR = 60  # characters from a login to its password
_DIGITS_ENOUGH = re.compile(r"[^\W\d_]{5,}[0-9]|[0-9]{3}|[0-9][^\W\d_]")  # no iPhone 14
_NEARBY = 36  # characters from a label to what qualifies it
_FEW = 5  # words
_SECOND = re.compile(r"[^\S\n]*[/|:,][^\S\n]*(\x1a|[^\s\x1a]{3,128})")
SENTENCE = re.compile(r"[.!?]\s|\n\s*\n")
_TRAILING = ".,;:)]}>\"'»”"


def find_passwords(scan: Scan) -> None:
    """Cut passwords under a label."""
    for hit, floor, ceiling in scan.hits.apart(Kind.PASSWORD):
        if not (_after(scan, hit) or _further(scan, hit, ceiling)):
            _before(scan, hit, floor)
    for hit, _, ceiling in scan.hits.apart(Kind.NOT_PASSWORD):
        _further(scan, hit, ceiling)


def strong(value: str) -> bool:
    """Whether a token looks like a made-up secret: letters with digits or signs inside, and no order, link or date."""
    if len(value) < 4 or _ORDERLY.fullmatch(value):
        return False
    inner = value.strip("\"'«»()[]{}<>*.,;:!?-…")
    has_digit = any(c.isdigit() for c in inner)
    has_letter = any(c.isalpha() for c in inner)
    sign = any(not c.isalnum() and c not in "-'/.,’" for c in inner)
    hump = any(a.islower() and b.isupper() for a, b in pairwise(inner))
    return (has_digit and has_letter) or (has_letter and (sign or hump)) or (has_digit and sign)


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
        if _plausible(scan, value, end, explicit=explicit or quoted, closed=quoted):
            return _cut_value(scan, hit, start, end)
        return False
    if (strong(value) or (value.isdigit() and len(value) >= 4)) and not _unit_follows(text, end):
        return _cut_value(scan, hit, start, end)
    return False


def _passphrase(scan: Scan, hit: Hit, phrase: re.Match[str]) -> bool:
    """Whether several words below or beside a login are its password: none of them says anything about one."""
    start, end = phrase.span()
    if not scan.near(hit.start, hit.end, _LOGIN_NEAR, 0, Kind.LOGIN):
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
            if text[position] in "(*[" and (quoted := _QUOTED.match(text, position)):
                return (*_inside(quoted), True), position
            position += 1
        if quoted := _QUOTED.match(text, position):
            return (*_inside(quoted), True), position
        token = _WORD.match(text, position)
        if token is None or position - at > 60:
            return None, position
        bare = token.group().strip(".,;:!?\"'").lower()
        ends = token.group()[-1] in ".!?;"
        if bare not in scan.lexicon.filler or ends:
            start, end = trimmed(text, *token.span())
            return (start, end, False), position
        position += len(token.group().rstrip(":="))
    return None, position


def _inside(match: re.Match[str]) -> tuple[int, int]:
    group = next(at for at in range(1, 7) if match.group(at) is not None)
    return match.span(group)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the quotes and stops round it."""
    while end > start + 1 and text[end - 1] in _TRAILING:
        end -= 1
    while start < end - 1 and text[start] in "\"'«“([<*":
        start += 1
    return start, end


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
    if _ORDERLY.fullmatch(value.strip(".,;:!?")):
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
    for match in _TOKEN.finditer(text, end, end + 48):
        if SENTENCE.search(text, end, match.start()):
            return
        start, last = trimmed(text, *match.span())
        value = text[start:last]
        if (
            match.group()[0] in "\"'"
            and scan.announced(end, match.start())
            and (quoted := _QUOTED.match(text, match.start()))
        ):
            scan.cut(*_inside(quoted), SecretType.PASSWORD, "password.second")
            return
        if scan.last_before(start, 12, Kind.LOGIN):
            return
        if strong(value) and any(c.isdigit() for c in value) and (made_up(value) or value.lower() != value):
            scan.cut(start, last, SecretType.PASSWORD, "password.second")
            return


def _further(scan: Scan, hit: Hit, ceiling: int) -> bool:
    """A value later in the sentence: after a colon or "is", or one that looks like nothing but a secret."""
    text = scan.folded.plain
    for match in _TOKEN.finditer(text, hit.end, min(hit.end + 140, ceiling)):
        gap = text[hit.end : match.start()]
        if SENTENCE.search(gap) or "\x1a" in gap:
            return False
        start, end = trimmed(text, *match.span())
        value = text[start:end]
        told = bool(_EXPLICIT.search(gap)) or scan.announced(hit.end, match.start())
        mixed = strong(value) and any(c.isdigit() for c in value) and any(c.islower() for c in value)
        if mixed and (
            told or (len(gap) <= _NEARBY and _loosely_told(scan, gap, value, text[match.end() :][:1]))
        ):
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
    if words and words[0] in scan.lexicon.copula:
        return len(words) <= _FEW - 2
    return gap.rstrip().endswith((",", "-", "–")) and len(words) <= _FEW and (not after or after == "\n")


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


def made_up(value: str) -> bool:
    """Whether a token can only be a secret: small letters and digits with signs or capitals, and no product's name."""
    return (
        len(value) >= 6
        and strong(value)
        and any(c.islower() for c in value)
        and any(c.isdigit() for c in value)
        and any(c.isupper() or not c.isalnum() for c in value)
        and not _PRODUCT.fullmatch(value)
    )


def _before(scan: Scan, hit: Hit, floor: int) -> None:
    """Cut a value that stands before its label, such as: X is my password."""
    text = scan.folded.plain
    head = max(floor, hit.start - 90)
    line = text[max(head, text.rfind("\n", head, hit.start) + 1) : hit.start]
    offset = hit.start - len(line)
    tokens = list(_TOKEN.finditer(line))
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
