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

from intake.mail.persons import speaks, tells, unquoted
from intake.mail.phrases import folded, phrases

_LONGEST = 1_500  # characters of a note or a receipt; persons' stories are longer
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_DATUM = re.compile(
    r"(?:[^\W\d_]{1,20}[ ,:]{1,3}){0,3}(?:№ ?|# ?)?[0-9](?:[0-9./-]{0,20}[0-9])?(?:[ ,:]{1,3}\w{1,20}){0,4}\s{0,9}(?:[.!\n]|$)"
)  # a first sentence that is an answer: "12 June.", "The order is 7712."
_SPAN = re.compile(
    r"\b(?:i|i'm|we|ich|wir|bin|je|nous|estoy|я|мы|ми|меня|мене|from|vom|ab|du|del|desde|с|з|від|out|off|back|until|bis)\b"
)  # … but the first days of a holiday are none
_WORD = r"\b[^\W\d_]+ "
_TALK = re.compile(r"[?«»“”„\"€$£₽₴'‘](?<!\w['‘])")  # asks, quotes (no apostrophe), names a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Matchers over all languages: titles for the beginning of a subject, the rest for search in folded text."""

    robots: frozenset[str]  # last words of the local parts of machines
    roles: frozenset[str]  # local parts of desks
    monitors: frozenset[str]  # local parts of machines that watch others
    desks: frozenset[str]  # local parts from which services and firms write
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
    redirect: re.Pattern[str]  # "for invoices please write to …"
    returns: re.Pattern[str]  # "back on Monday"
    read: re.Pattern[str]  # "was read on …"
    account: re.Pattern[str]
    deputy: re.Pattern[str]
    ticket: re.Pattern[str]  # "[#4411]" in a subject


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
        "redirect": rf"(?:{_WORD}(?:(?:and|or|und|oder|и|или|та|або|et|ou|y|o) {_WORD})?)?\b(?:{{}})",
        **dict.fromkeys(
            ("absent", "anyone", "received", "promised", "over", "returns", "account", "deputy"), word
        ),
    }
    return Notices(
        robots=frozenset(senders["robots"]),
        roles=frozenset(senders["roles"]),
        monitors=frozenset(senders["monitors"]),
        desks=frozenset(senders["desks"]),
        **{
            name: re.compile(
                shapes.get(name, "{}").replace("{}", every),
                re.IGNORECASE
                if name.endswith("title") or name == "ticket"
                else 0,  # folded text needs none, which is faster
            )
            for name, every in found.items()
        },
    )


def is_answer(subject: str, text: str, *, sender: str, answers: bool) -> bool:
    """An absence note or a receipt.

    `answers`: it answers a message of ours; else its subject must be a title over ours ("Closed: Re: …") or bear the
    number of a ticket. What most persons say is looked for first: most mail is theirs.
    """
    if len(text) > _LONGEST:
        return False
    words = notices()
    titled = words.title.match(subject) is not None
    if titled:
        return _is_titled_absence(folded(text))
    if not answers:
        numbered = words.ticket.search(subject) is not None and "?" not in text
        return numbered and _is_receipt(folded(text))
    if _TALK.search(text) or _gives_datum(text):
        return False
    plain = folded(text)
    if _is_absence(plain) or _names_colleague(plain, sender):
        return not _is_own_matter_beside(plain)
    return _is_receipt(plain)


def _gives_datum(text: str) -> bool:
    """Whether the first words answer what we asked, not when somebody is back."""
    found, words = _DATUM.match(text.lstrip()), notices()
    if found is None:
        return False
    plain, away = folded(found.group()), (_SPAN, words.absent, words.anyone, words.returns, words.received)
    return not any(note.search(plain) for note in away)


def _is_absence(plain: str) -> bool:
    """Without a word on the messages a holiday may be how a customer's story begins."""
    words = notices()
    return (
        words.absent.search(plain) is not None
        and (words.anyone.search(plain) is not None or words.redirect.search(plain) is not None)
        and words.over.search(plain) is None
    )


def _names_colleague(plain: str, sender: str) -> bool:
    """Away, and somebody else's address at the same domain: no account's address, as nothing of one is said."""
    local, _, domain = sender.partition("@")
    others = [found for found in _ADDRESS.findall(plain) if found.partition("@")[2] == domain]
    if not others or local in {found.partition("@")[0] for found in others}:
        return False
    words = notices()
    away = words.absent.search(plain) is not None or words.returns.search(plain) is not None
    deputed = away and words.deputy.search(plain) is not None
    return deputed and words.over.search(plain) is None and words.account.search(plain) is None


def _is_titled_absence(plain: str) -> bool:
    """A program has put "Away:" over our subject: any word of an absence will do, but for a matter of one's own."""
    words = notices()
    away = any(found.search(plain) for found in (words.absent, words.anyone, words.redirect, words.returns))
    return away and words.over.search(plain) is None and not _is_own_matter_beside(plain)


def _is_own_matter_beside(plain: str) -> bool:
    """Whether money or goods are spoken of but where anybody is sent elsewhere with them."""
    rest = notices().redirect.sub(" ", plain)
    return is_own_matter(rest)


def _is_receipt(plain: str) -> bool:
    """A ticket system's "we have received your request, we shall answer within two days"."""
    words = notices()
    told = words.received.search(plain) is not None and words.promised.search(plain) is not None
    return told and not (is_own_matter(plain) or speaks(plain))


def is_calendar(subject: str, text: str) -> bool:
    """An answer to an invitation, or a reminder of a date; one without a text might be a person's."""
    words = notices()
    if ":" not in subject or words.calendar_title.match(subject) is None or len(text) > _LONGEST:
        return False
    plain = folded(text)
    return (
        words.calendar.search(plain) is not None
        and phrases().first_person.search(plain) is None
        and not is_own_matter(plain)
    )


def is_failure(text: str) -> bool:
    """Whether the text says that mail did not reach its addressee; parcels do not either, so look who says it."""
    return notices().failed.search(folded(text[:_LONGEST])) is not None


def is_read(text: str) -> bool:
    """Whether the text says that a message was shown to its addressee, and no more."""
    plain = folded(text[:_LONGEST])
    return notices().read.search(plain) is not None and phrases().first_person.search(plain) is None


def tells_own_matter(text: str) -> bool:
    """Whether somebody tells of himself and of his own money or goods, outside quotation marks."""
    plain = unquoted(text)
    return tells(plain) and _is_own_matter_beside(plain)


def is_own_matter(plain: str) -> bool:
    """Whether folded text speaks of money back, money or goods."""
    return phrases().asks.search(plain) is not None or notices().matter.search(plain) is not None
