"""What services write to a company that no header marks: payment processors, monitors, registrars, banks.

Their words are a company's, not a customer's: payouts, cardholders, "your dashboard". Words of two families and the
address of a desk tell a notice; whoever says "I" or "our order", asks or wants money back is a person.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake.mail.persons import says_i, speaks
from intake.mail.phrases import folded

_LOOKED_AT = 3_000  # characters; notices are short
_ENOUGH = 2  # families
_PLENTY = 3  # where only the shape of the text speaks for a machine
_ROWS = 3
_ROW = re.compile(
    r"[^:]{2,40}(?::|[ \t]{2}).*[0-9]"
)  # of one line: three of them in one pattern try every split


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Matchers over all languages, one a family of words."""

    merchant: tuple[re.Pattern[str], ...]
    notice: tuple[re.Pattern[str], ...]
    either: tuple[re.Pattern[str], ...]  # words of both sides
    alarm: re.Pattern[str]  # "PROBLEM: …", which persons write too
    program: re.Pattern[str]  # "Cron <root@…", which they do not


@cache
def services() -> Services:
    """The formulae of `services.toml`, read once."""
    table = tomllib.loads((files("intake.mail") / "services.toml").read_text("utf-8"))

    def families(section: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(rf"(?<!\w)(?:{'|'.join(words)})") for words in table[section].values())

    return Services(
        merchant=families("merchant"),
        notice=families("notice"),
        either=families("either"),
        alarm=re.compile("|".join(table["subjects"]["alarm"])),
        program=re.compile("|".join(table["subjects"]["program"])),
    )


def is_service_notice(subject: str, text: str, *, desk: bool, monitor: bool) -> bool:
    """A notice by a service.

    `desk`: the address is one from which machines or desks write. `monitor`: it is a machine's that watches others.
    """
    words = services()
    if words.program.match(subject):
        return not speaks(text)
    monitor = monitor or words.alarm.match(subject) is not None
    known = desk or monitor
    if not (known or _is_table(text)) or says_i(text):
        return False
    plain = folded(f"{subject}\n{text[:_LOOKED_AT]}")
    merchant = _families(words.merchant, plain)
    sure = merchant + (_families(words.notice, plain) if known else 0)
    if sure + monitor == 0 or sure + _families(words.either, plain) < (_ENOUGH if known else _PLENTY):
        return False
    return not speaks(text)


def _is_table(text: str) -> bool:
    """Whether three lines on end are a label and a value; most letters have no three marks of one, one look."""
    if text.count(":") + text.count("   ") + text.count("\t") < _ROWS:
        return False
    run = 0
    for line in text[:_LOOKED_AT].split("\n"):
        run = run + 1 if _ROW.match(line) else 0
        if run == _ROWS:
            return True
    return False


def is_merchant_mail(plain: str) -> bool:
    """Whether folded text is what a payment processor writes to a merchant."""
    return _families(services().merchant, plain) >= 1 and _families(services().either, plain) >= 1


def _families(families: tuple[re.Pattern[str], ...], plain: str) -> int:
    return sum(family.search(plain) is not None for family in families)
