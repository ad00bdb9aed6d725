"""Persons behind machines: a contact form, a ticket system or a company's program sends what somebody wrote.

Their mail bears every mark of a machine, yet it asks for money back. That is looked for only where a message would
else be set aside as mass mail, and only outside quotation marks: machines quote customers.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake.mail.phrases import folded, phrases

_QUOTED = re.compile(r"\"[^\"\n]{0,400}\"|«[^»]{0,400}»|“[^”]{0,400}”|„[^“”]{0,400}[“”]")
_LOOKED_AT = 6_000  # characters: a letter that a program sends is short


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """Matchers over all languages."""

    demand: re.Pattern[str]
    own: re.Pattern[str]
    complaint: re.Pattern[str]
    teller: re.Pattern[str]
    carried: re.Pattern[str]
    address: re.Pattern[str]
    customer: re.Pattern[str]
    message: re.Pattern[str]


@cache
def persons() -> Persons:
    """The formulae of `persons.toml`, read once."""
    table = tomllib.loads((files("intake.mail") / "persons.toml").read_text("utf-8"))
    found = {name: "|".join(one for few in table[name].values() for one in few) for name in table}
    flags = re.IGNORECASE | re.MULTILINE
    label = r"^[^\w\n]{{0,4}}(?:{})[ \t*]*(?:[:=][ \t]*|\n[ \t]*|:[ \t]*\n[ \t]*)"
    return Persons(
        demand=re.compile(rf"\b(?:{found['demand']})"),
        own=re.compile(rf"\b(?:{found['own']})"),
        complaint=re.compile(rf"\b(?:{found['complaint']})\b"),
        teller=re.compile(rf"\b(?:{found['teller']})"),
        carried=re.compile(rf"\b(?:{found['carried']})"),
        address=re.compile(label.format(found["address"]) + r"<?([^\s@<>]{1,64}@[^\s@<>]{1,190})", flags),
        customer=re.compile(label.format(found["customer"]) + r"\S", flags),
        message=re.compile(label.format(found["message"]) + r"\S", flags),
    )


def unquoted(text: str) -> str:
    """Folded text without what stands in quotation marks: machines quote customers."""
    return folded(_QUOTED.sub(" ", text[:_LOOKED_AT]))


def demands(text: str) -> bool:
    """Whether somebody asks for money back in so many words of his own."""
    return persons().demand.search(unquoted(text)) is not None


def tells(plain: str) -> bool:
    """Whether somebody tells of himself in folded text, other than on the buttons of a machine ("My account")."""
    return persons().teller.search(plain) is not None


def is_passed_on(subject: str, text: str) -> bool:
    """Whether a machine says that it carries somebody's words (a voice message, a fax), and these ask for money back.

    Quotation marks count for nothing here: the words that it quotes are the person's.
    """
    plain, words = folded(f"{subject}\n{text[:_LOOKED_AT]}"), persons()
    return words.carried.search(plain) is not None and words.demand.search(plain) is not None


def says_i(text: str) -> bool:
    """Whether a single person speaks, outside quotation marks: most letters show it in their first words."""
    own = _QUOTED.sub(" ", text[:_LOOKED_AT])
    return phrases().first_person.search(own) is not None


def speaks(text: str) -> bool:
    """Whether somebody speaks for himself or his firm: "I", "our order", asks for money, or tells what is amiss."""
    own, words = unquoted(text), persons()
    return any(
        found.search(own) for found in (phrases().first_person, words.own, words.complaint, words.demand)
    )


def is_case(text: str) -> bool:
    """What a sales program tells of a customer who asks for a refund: his name and his words under their labels."""
    words = persons()
    return (
        words.customer.search(text, 0, _LOOKED_AT) is not None
        and words.message.search(text, 0, _LOOKED_AT) is not None
        and phrases().asks.search(text, 0, _LOOKED_AT) is not None
    )


def is_form(text: str, others: tuple[str, ...]) -> bool:
    """A contact form in a text: the address of somebody who is none of `others`, and a message under its label."""
    labelled = persons().address.search(text, 0, _LOOKED_AT)
    return (
        labelled is not None
        and labelled.group(1).lower() not in others
        and persons().message.search(text, 0, _LOOKED_AT) is not None
    )
