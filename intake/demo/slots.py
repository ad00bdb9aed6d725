"""Slots in a letter, so that its dates are near today and copies of it differ.

`{day -8 d MMMM yyyy}`   a day, counted from the day on which the letter is sent, as Babel (CLDR) writes it
`{number order EO-7412}` a number; in a copy the digits of its last run but the first are others,
                         the same ones wherever the name `order` stands in a thread
`{sum paid 49.00}`       a sum, likewise; the minor unit stays
`{say Hello|Hi there}`   words; the first as written, any in a copy
`{first}` `{last}` `{address}` of who writes, `{support}` the mailbox's address
`{id}` `{id NAME}` the Message-ID of this or another letter, `{sent}` the date as RFC 5322 has it
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from babel.dates import format_date

from intake.demo.letters import Letter, Person, people

SUPPORT = {"eofferix": "support@eofferix.com", "pars": "support@pars.example"}
_SLOT = re.compile(r"\{(day|number|sum|say|first|last|address|support|id|sent)(?: ([^{}]*))?\}")
_LAST_RUN = re.compile(r"(?<=\d)\d+(?=\D*$)")
_MAJOR = re.compile(r"^(.*?)((?:[.,]\d\d)?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What goes into the slots of one letter: the same values for the same letter, copy and seed."""

    letter: Letter
    thread: str  # name of the letter with which the matter began: its replies repeat its numbers
    copy: str | None  # None: as written
    sent: datetime  # in the sender's zone

    @property
    def person(self) -> Person:
        """Who writes this copy."""
        if self.copy is None:
            return self.letter.person
        pool = people()[self.letter.language]
        dice = self.dice("person")
        person = dice.choice(pool.f if self.letter.person.gender == "f" else pool.m)
        local, _, domain = person.address.partition("@")
        return person.model_copy(update={"address": f"{local}{dice.randrange(10, 9999)}@{domain}"})

    def message_id(self, name: str | None = None) -> str:
        """The Message-ID of the letter `name` in this copy."""
        digest = hashlib.sha256(f"{self.copy} {name or self.letter.name}".encode()).hexdigest()
        return f"<{digest[:20]}@mail.example.org>"

    def fill(self, text: str) -> str:
        """`text` with every slot filled."""
        return _SLOT.sub(lambda match: self._value(match.group(1), match.group(2) or ""), text)

    def _value(self, kind: str, words: str) -> str:
        head, _, rest = words.partition(" ")
        match kind:
            case "day":
                day = self.sent.date() + timedelta(days=int(head))
                return format_date(day, rest, locale=self.letter.language)
            case "number" | "sum":
                return self._vary(kind, head, rest)
            case "say":
                options = words.split("|")
                return options[0] if self.copy is None else self.dice(words).choice(options)
            case "first" | "last" | "address":
                return str(getattr(self.person, kind))
        return {
            "support": SUPPORT[self.letter.to],
            "sent": format_datetime(self.sent),
            "id": self.message_id(words or None),
        }[kind]

    def _vary(self, kind: str, name: str, example: str) -> str:
        if self.copy is None:
            return example
        dice = self.dice(name)
        if kind == "number":
            return _LAST_RUN.sub(lambda run: _digits(run.group(), dice), example)
        match = _MAJOR.match(example)
        major, minor = match.groups() if match else (example, "")
        return major[:1] + _digits(major[1:], dice) + minor

    def dice(self, what: str) -> random.Random:
        """Chance for one purpose, the same for all letters of a thread in one copy."""
        return random.Random(f"{self.copy} {self.thread} {what}")  # noqa: S311 - invented mail, not a key


def _digits(text: str, dice: random.Random) -> str:
    return "".join(str(dice.randrange(10)) if c.isdecimal() else c for c in text)
