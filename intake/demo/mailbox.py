"""What lies in the demo's two mailboxes: the hand-written letters, then as many varied copies as asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice

from intake.demo.letters import Letter, hand_written
from intake.demo.mime import message
from intake.demo.slots import Filling

MAILBOXES = ("eofferix", "pars")  # a policy each, of the same name
_UNDERWAY = timedelta(seconds=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """One message of the demo."""

    name: str  # of the letter, with the number of the copy
    mailbox: str
    data: bytes = field(repr=False)
    received_at: datetime
    payments: tuple[dict[str, str], ...] = ()  # the company's records of it


def demo_mail(*, messages: int | None, seed: int, now: datetime) -> dict[str, list[DemoMail]]:
    """Mail for each mailbox, oldest first: the first `messages` letters, or copies beyond the hand-written ones.

    Deterministic in `seed` and the day of `now` (aware). None: the hand-written letters.
    """
    mails = list(islice(_all(seed, now), messages)) if messages is not None else list(_round(None, now))
    return {
        box: sorted((mail for mail in mails if mail.mailbox == box), key=lambda mail: mail.received_at)
        for box in MAILBOXES
    }


def _all(seed: int, now: datetime) -> Iterator[DemoMail]:
    yield from _round(None, now)
    for number in count(1):
        yield from _round(f"{seed}:{number}", now)


def _round(copy: str | None, now: datetime) -> Iterator[DemoMail]:
    """Every letter once; a copy leaves out those that only make sense once."""
    roots: dict[str, str] = {}
    for letter in hand_written():
        roots[letter.name] = roots.get(letter.answers or "", letter.answers or letter.name)
        if copy is None or not letter.once:
            yield from _delivered(letter, roots[letter.name], copy, now)


def _delivered(letter: Letter, thread: str, copy: str | None, now: datetime) -> Iterator[DemoMail]:
    shift = timedelta(0)
    if copy is not None:  # a whole thread moves together, up to eight days back
        dice = Filling(letter=letter, thread=thread, copy=copy, sent=now).dice("shift")
        shift = timedelta(minutes=dice.randrange(8 * 24 * 60))
    sent = _earlier(letter.sent, now, shift)
    filling = Filling(letter=letter, thread=thread, copy=copy, sent=sent)
    name = letter.name if copy is None else f"{letter.name}+{copy}"
    payments = tuple({key: filling.fill(text) for key, text in one.items()} for one in letter.payments)
    for box in (letter.to, letter.also_to):
        if box is not None:
            received = (sent + _UNDERWAY).astimezone(now.tzinfo)
            data = message(filling, box, received)
            yield DemoMail(name=name, mailbox=box, data=data, received_at=received, payments=payments)


def _earlier(sent: str, now: datetime, shift: timedelta) -> datetime:
    """The instant of `-6 09:41 +0100`: six days before today at that time, `shift` earlier still."""
    days, clock, zone = sent.split()
    stamp = datetime.strptime(f"{now:%Y-%m-%d} {clock} {zone}", "%Y-%m-%d %H:%M %z")
    return stamp + timedelta(days=int(days)) - shift
