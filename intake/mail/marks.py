"""The marks that mail programs put above other people's words: attributions, header blocks, forward rules.

They are recognised by their build (a time, an address, a verb of writing, labels one under the other) and the
words of `languages/`, so that a customer's own sentence is not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.mail.phrases import phrases

Line = Callable[[int], str]

_EMAIL = re.compile(r"[\w.+%'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_EMAIL_LAST = re.compile(r"@[\w.-]{3,250}[>)\]]*\s*[:：]$")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d{2})(?!\d)"
)
_NUMBER = re.compile(r"\d")
_TO_LAST_NUMBER = re.compile(r".*\d", re.DOTALL)
_SENTENCE = re.compile(
    r"[!?;]|[.,]\s+[^\W\d_]{3,}\s+[a-zа-яёіїєґ]{4,}\s+[a-zа-яёіїєґ]{4,}\s+[a-zа-яёіїєґ]{4,}"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_PARTICLES = frozenset(  # small words in names, and between a time and a name
    [
        "von",
        "van",
        "de",
        "del",
        "der",
        "den",
        "di",
        "da",
        "la",
        "le",
        "du",
        "dos",
        "das",
        "zu",
        "y",
        "e",
        "et",
        "und",
        "via",
        "from",
        "at",
        "um",
        "от",
        "від",
        "am",
        "pm",
        "a",
        "p",
        "m",
        "à",
        "о",
        "в",
        "г",
        "р",
        "h",
        "uhr",
        "as",
        "las",
        "mailto",
    ]
)
_MAX_LINE = 250  # characters of a line that could be part of an attribution
_MAX_ATTRIBUTION = 400
_MAX_ATTRIBUTION_LINES = 3
_MAX_LABELLED = 2_000  # characters of a line of addresses
_MAX_CONTINUATION = 4  # lines of a long To in a header block


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who a passage is from, as the line or block above it says."""

    text: str
    lines: int
    by_machine: bool  # so clearly written by a program that what follows is a quote even without marks
    emails: frozenset[str]  # of the author, lower case
    named: bool  # names an address or a person
    first_person: bool = False


Alone = dict[int, Attribution | None]


def attribution_at(line: Line, index: int, count: int, alone: Alone) -> Attribution | None:
    """The attribution that begins at a line and ends in a colon, up to three lines long, else None.

    `alone` keeps what lines are by themselves: each is asked about three times, by those above it too.
    """
    pieces: list[str] = []
    for offset in range(min(_MAX_ATTRIBUTION_LINES, count - index)):
        piece = line(index + offset).strip()
        if not piece or len(piece) > _MAX_LINE:
            return None
        pieces.append(piece)
        if piece.endswith((":", "：")):
            break
    else:
        return None
    last = index + len(pieces) - 1
    if last not in alone:
        alone[last] = _attribution(pieces[-1], 1)
    if last == index:
        return alone[last]
    if alone[last] and _has_moment(pieces[-1]):
        return None  # the last line does alone: what stands above it are somebody's words
    joined = " ".join(pieces)
    if len(joined) > _MAX_ATTRIBUTION or any(map(_is_mark, pieces[1:])):
        return None
    return _attribution(joined, len(pieces))


def _is_mark(text: str) -> bool:
    words = phrases()
    return (
        text.startswith(">")
        or words.forwarded.match(text) is not None
        or words.original.match(text) is not None
    )


def _attribution(text: str, lines: int) -> Attribution | None:
    words = phrases()
    emails = _EMAIL.findall(text) if "@" in text else []
    verb = words.wrote.search(text)
    if not verb and not emails:
        return _moment_and_name(text, lines)
    moment = _has_moment(text)
    if not verb and not (moment and _EMAIL_LAST.search(text)):
        return None
    if not _starts_like_one(text.partition(emails[0])[0] if emails else text):
        return None
    by_machine = moment and _only_a_name(_EMAIL.sub(" ", text) if emails else text)
    if not by_machine and not (verb and _NUMBER.search(text)):
        return None
    return Attribution(
        text=text,
        lines=lines,
        by_machine=by_machine,
        emails=frozenset(map(str.lower, emails)),
        named=bool(emails) or verb is not None,
        first_person=words.own_words.search(text) is not None,
    )


def _moment_and_name(text: str, lines: int) -> Attribution | None:
    """Such as "15.10.2026 в 18:00, Example Support:", no verb in it: an attribution where marked lines follow."""
    last = _TO_LAST_NUMBER.match(text)
    if last is None or not (_DATE.search(text) and _TIME.search(text)) or not _WORD.search(text, last.end()):
        return None
    if not _starts_like_one(text) or not _only_a_name(text):
        return None
    return Attribution(text=text, lines=lines, by_machine=False, emails=frozenset(), named=True)


def _has_moment(text: str) -> bool:
    return _TIME.search(text) is not None or _DATE.search(text) is not None


def _starts_like_one(head: str) -> bool:
    """Begins with a date, a weekday, "On", "Am", "Le", "El" … or a name: short words, no sentence before."""
    return _SENTENCE.search(head[:120]) is None


def _only_a_name(text: str) -> bool:
    """Whether what is left beside date, time and verb is a name: capitals and particles."""
    rest = phrases().wrote.sub(" ", text)
    dated = _TO_LAST_NUMBER.match(rest)
    last = dated.end() if dated else 0
    head = _WORD.findall(rest[:last])  # "On Monday, 1 June 2026 at"
    tail = _WORD.findall(rest[last:])
    return len(tail) <= 7 and len(head) <= 12 and all(w[0].isupper() or w.lower() in _PARTICLES for w in tail)


def header_block_at(line: Line, index: int, count: int) -> tuple[int, Attribution] | None:
    """A header block that begins at a line, maybe under a rule: the line after it, and whom it names, else None.

    It has From and at least one of Date and Subject, one under the other ("From: … Sent: … To: … Subject: …").
    """
    if index >= count:
        return None
    start = index
    if phrases().original.match(line(index)) is not None or not line(index).strip().strip("_-*= "):
        start += 1
        while start < count and start < index + 3 and not line(start).strip():
            start += 1
    roles, end = _labels(line, start, count)
    others = roles.keys() & {"date", "subject"}
    if "from" not in roles or not others:
        return None
    sender = roles["from"]
    emails = frozenset(email.lower() for email in _EMAIL.findall(sender))
    if not emails and len(others) < 2:
        return None  # "From: Berlin, To: Munich, Date: …" is an order for a ticket
    named = bool(sender.strip())
    return end, Attribution(text=sender, lines=end - index, by_machine=True, emails=emails, named=named)


def _labels(line: Line, start: int, count: int) -> tuple[dict[str, str], int]:
    """The labelled lines from `start` on, by role, single blank lines and folded addresses allowed; the line after."""
    words = phrases()
    roles: dict[str, str] = {}
    last = start - 1
    for at in range(start, count):
        text = line(at)
        found = words.label_line.match(text.strip()) if len(text) <= _MAX_LABELLED else None
        if found:
            role = words.labels[" ".join(found[1].lower().split())]
            if role in roles and role != "cc":
                break
            roles[role] = found[2] or ""
            last = at
        elif (
            not roles
            or at - last > (_MAX_CONTINUATION if _continues(text) else 1)
            or (text.strip() and not _continues(text))
        ):
            break
    return roles, last + 1


def _continues(text: str) -> bool:
    """A folded line of addresses."""
    return text[:1] in {" ", "\t"} or "@" in text or text.rstrip().endswith((";", ","))


def forward_at(line: Line, index: int, count: int) -> int | None:
    """Where a line is a forward rule ("---------- Forwarded message ---------"): the line at which it ends."""
    words = phrases()
    text = line(index)
    if len(text) > 120 or words.forwarded.match(text) is None:
        return None
    if not text.strip().startswith(("-", "*", "_")) and not text.rstrip().endswith(":"):
        return None  # "forwarded message" alone on a line may be anybody's words
    for at in range(index + 1, count):
        candidate = line(at)
        if len(candidate) <= 120 and words.forwarded_end.match(candidate):
            return at
    return count
