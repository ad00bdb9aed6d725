"""The hand-written mail of the demo: one TOML file a letter, in the order in which `--messages N` takes them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Strict):
    """Who writes. All of them are invented, at domains that RFC 2606 reserves."""

    first: str
    last: str
    address: str
    gender: Literal["f", "m"] = "f"  # of the words in the letter: copies draw a name that fits


class Attached(_Strict):
    """An attachment: exactly one of the last four says what is in it."""

    name: str
    text: str | None = None  # with slots
    pdf: str | None = None  # one line of text a line, with slots
    message: str | None = None  # an attached message, headers and all, with slots
    picture: bool = False
    type: str = "text/plain"  # of `text`


class Letter(_Strict):
    """One letter; `subject`, `text`, `html` and `raw` have the slots of `slots.py`."""

    name: str
    to: Literal["eofferix", "pars"]
    language: Literal["en", "ru", "de", "fr", "es"]
    person: Person
    sent: str = Field(pattern=r"^-\d+ \d\d:\d\d [+-]\d{4}$")  # days before today, the sender's time and zone
    subject: str = ""
    text: str | None = None
    html: str | None = None
    raw: str | None = None  # the whole message instead, from the first header on
    charset: str = "utf-8"
    encoding: Literal["7bit", "8bit", "quoted-printable", "base64"] = "quoted-printable"
    flowed: bool = False
    headers: dict[str, str] = {}
    answers: str | None = None  # name of the earlier letter that this one continues
    support_answered: bool = False  # an answer of support lies between the two
    authentication: Literal["pass", "fail"] | None = None  # what the receiving server found
    also_to: Literal["eofferix", "pars"] | None = None  # the same mail lies in this mailbox too
    attachments: tuple[Attached, ...] = ()
    payments: tuple[dict[str, str], ...] = ()  # the company's records, by the columns of [orders]; with slots
    log_kib: int = 0  # this much of a program's log is pasted below the text
    once: bool = False  # not for copies


class Pool(_Strict):
    """Names for varied copies, by language and gender."""

    f: tuple[Person, ...]
    m: tuple[Person, ...]


@cache
def hand_written() -> tuple[Letter, ...]:
    """Every letter, in order."""
    folder = files("intake.demo") / "mail"
    return tuple(
        Letter.model_validate(
            {"name": path.name.removesuffix(".toml"), **tomllib.loads(path.read_text("utf-8"))}
        )
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    )


@cache
def people() -> dict[str, Pool]:
    """Who else may write, by language."""
    data = tomllib.loads((files("intake.demo") / "people.toml").read_text("utf-8"))
    return {language: Pool.model_validate(pool) for language, pool in data.items()}
