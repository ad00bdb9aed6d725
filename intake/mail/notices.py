"""What machines say where no header says that they do: absence notes, receipts, answers to invitations, bounces.

One formula is never enough, since persons use each of them ("I am on holiday until Friday, the form comes later").
A note says two things, that nobody is there and what becomes of anybody's message; a receipt, that something came in
and what will follow. And whoever asks, quotes somebody, or speaks of money or goods is a person.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake.mail.phrases import phrases, squeezed

_LONGEST = 1_500  # characters of a note or a receipt; persons' stories are longer
_TALK = re.compile(r"[?«»“”„\"€$£₽₴'‘](?<!\w['‘])")  # asks, quotes (no apostrophe), names a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Matchers over all languages: titles for the beginning of a subject, the rest for search in folded text."""

    robots: frozenset[str]  # last words of the local parts of machines
    roles: frozenset[str]  # local parts of desks
    title: re.Pattern[str]
    calendar_title: re.Pattern[str]
    absent: re.Pattern[str]
    anyone: re.Pattern[str]
    received: re.Pattern[str]
    promised: re.Pattern[str]
    calendar: re.Pattern[str]
    failed: re.Pattern[str]
    over: re.Pattern[str]
    matter: re.Pattern[str]


@cache
def notices() -> Notices:
    """The formulae of `notices.toml`, read once."""
    table = tomllib.loads((files("intake.mail") / "notices.toml").read_text("utf-8"))
    senders = table.pop("senders")
    found = {name: "|".join(one for few in table[name].values() for one in few) for name in table}
    first = "".join(sorted({one[0] for few in table["matter"].values() for one in few}))
    word = r"\b(?:{})"  # tried at the beginnings of words only, which is several times as fast
    shapes = {
        "title": r"[\W_]*(?:{}).*\b(?:re|aw|rif|sv|antw|ha|отв|відп)\s?:",
        "calendar_title": r"[\W_]*(?:{})\s*:",
        "matter": rf"(?=[{first}])" + word,  # most places have none of them: one look
        **dict.fromkeys(("absent", "anyone", "received", "promised", "over"), word),
    }
    return Notices(
        robots=frozenset(senders["robots"]),
        roles=frozenset(senders["roles"]),
        **{
            name: re.compile(
                shapes.get(name, "{}").replace("{}", every),
                re.IGNORECASE if name.endswith("title") else 0,  # folded text needs none, which is faster
            )
            for name, every in found.items()
        },
    )


def is_answer(subject: str, text: str, *, answers: bool) -> bool:
    """An absence note or a receipt.

    `answers`: it answers a message of ours; else its subject must be a title over ours ("Closed: Re: …"). What most
    persons say is looked for first: most mail is theirs.
    """
    if not (answers or notices().title.match(subject)) or len(text) > _LONGEST or _TALK.search(text):
        return False
    plain = _plain(text)
    return not is_own_matter(plain) and (_is_absence(plain) or _is_receipt(plain))


def _is_absence(plain: str) -> bool:
    """Without a word on the messages a holiday may be how a customer's story begins."""
    words = notices()
    return (
        words.anyone.search(plain) is not None
        and words.absent.search(plain) is not None
        and words.over.search(plain) is None
    )


def _is_receipt(plain: str) -> bool:
    """A ticket system's "we have received your request, we shall answer within two days"."""
    if phrases().first_person.search(plain):
        return False
    words = notices()
    return words.received.search(plain) is not None and words.promised.search(plain) is not None


def is_calendar(subject: str, text: str) -> bool:
    """An answer to an invitation, or a reminder of a date; one without a text might be a person's."""
    words = notices()
    if ":" not in subject or words.calendar_title.match(subject) is None or len(text) > _LONGEST:
        return False
    plain = _plain(text)
    return (
        words.calendar.search(plain) is not None
        and phrases().first_person.search(plain) is None
        and not is_own_matter(plain)
    )


def is_failure(text: str) -> bool:
    """Whether the text says that mail did not reach its addressee; parcels do not either, so look who says it."""
    return notices().failed.search(_plain(text[:_LONGEST])) is not None


def is_own_matter(plain: str) -> bool:
    """Whether folded text speaks of money back, money or goods."""
    return phrases().asks.search(plain) is not None or notices().matter.search(plain) is not None


def _plain(text: str) -> str:
    return squeezed(text).replace("’", "'")
