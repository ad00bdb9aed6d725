"""Where the company's own records of payments lie: the table [orders] of the config."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from intake.config.section import Section, Variable, is_private_url, wrong
from rules.vocabulary import FACTS, USAGE_ITEMS

COLUMNS: Final = (
    "order_number",
    *(key.removeprefix("order.") for key in FACTS if key.startswith("order.")),
    "usage",
    *(f"usage_{item}" for item in USAGE_ITEMS),
)
"""What a record may tell: the order's number, the facts of its payment, what is retained (as a list or one by one)."""
WORDS: Final = {
    key.removeprefix("order."): spec.words
    for key, spec in FACTS.items()
    if key.startswith("order.") and spec.words
}
"""Facts whose value is one of our words, with those words (rules/vocabulary.toml)."""

_PLACE = re.compile(r"\{(\w*)\}")
_READS = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class OrdersConfig(Section):
    """One source of records: a CSV file, an SQL database, or an HTTP endpoint."""

    source: Literal["csv", "sql", "http"]
    columns: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    minor_units: bool = False
    every_payment: bool = False
    identity_by_sender: bool = False
    refresh_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24

    csv_file: Path | None = None
    csv_delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","

    database_file: Path | None = None
    database_url_env: Variable | None = None
    database_url_file: Path | None = None
    by_number: str | None = None
    by_account: str | None = None

    url_by_number: str | None = None
    url_by_account: str | None = None
    list_at: str = ""
    token_env: Variable | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    timeout_s: Annotated[float, Field(ge=1, le=60)] = 10

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, value: dict[str, str]) -> dict[str, str]:
        if strange := sorted(value.keys() - set(COLUMNS)):
            raise wrong(f"no fact of a payment: {', '.join(strange)}", f"there are: {', '.join(COLUMNS)}")
        return value

    @field_validator("words")
    @classmethod
    def _known_words(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for fact, words in value.items():
            if fact not in WORDS:
                raise wrong(f"{fact} is no fact with words of its own", f"there are: {', '.join(WORDS)}")
            if bad := sorted(set(words.values()) - set(WORDS[fact])):
                raise wrong(f"{fact}: unknown {', '.join(bad)}", f"there are: {', '.join(WORDS[fact])}")
        return value

    @field_validator("by_number", "by_account")
    @classmethod
    def _reading_query(cls, value: str | None) -> str | None:
        if value is not None and not _READS.match(value):
            raise wrong("not a query that only reads", "begin it with SELECT or WITH")
        return value

    @field_validator("url_by_number", "url_by_account")
    @classmethod
    def _fixed_host(cls, value: str | None) -> str | None:
        """The claim goes into path or query alone: nobody's order number can choose the host."""
        if value is not None and (not is_private_url(value) or "{" in urlsplit(value).netloc):
            raise wrong("no address that claims may be sent to", "write https://HOST/…, without a password")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [text for text in _NEEDS[self.source](self) if text]
        if problems:
            raise wrong("; ".join(problems), f'that is what source = "{self.source}" needs')
        return self


def _csv(config: OrdersConfig) -> list[str]:
    return ["" if config.csv_file else "csv_file is missing"]


def _sql(config: OrdersConfig) -> list[str]:
    urls = (config.database_file, config.database_url_env, config.database_url_file)
    one = sum(url is not None for url in urls) == 1
    return [
        "" if one else "one of database_file, database_url_env, database_url_file has to be there",
        *_asks(config.by_number, "by_number", "order_number", _PARAMETER, ":"),
        *_asks(config.by_account, "by_account", "account_email", _PARAMETER, ":"),
    ]


def _http(config: OrdersConfig) -> list[str]:
    return [
        *_asks(config.url_by_number, "url_by_number", "order_number", _PLACE, "{}"),
        *_asks(config.url_by_account, "url_by_account", "account_email", _PLACE, "{}"),
    ]


def _asks(text: str | None, name: str, key: str, form: re.Pattern[str], signs: str) -> list[str]:
    """A question by the order's number is needed, one by the account is welcome; each with its one parameter."""
    if text is None:
        return [f"{name} is missing"] if key == "order_number" else []
    wanted = signs[0] + key + signs[1:]
    return [] if set(form.findall(text)) == {key} else [f"{name} has to ask by {wanted} and by nothing else"]


_NEEDS: Final[dict[str, Any]] = {"csv": _csv, "sql": _sql, "http": _http}
