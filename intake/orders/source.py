"""Opens the records that the config names: one line a kind."""

from __future__ import annotations

from typing import Final, Protocol

from intake.config.orders import OrdersConfig
from intake.errors import Problem
from intake.orders.csv_file import CsvRecords
from intake.orders.match import Records


class Source(Records, Protocol):
    """Records that are open."""

    @property
    def revision(self) -> str | None:
        """Another one means that all may have changed; None: this source does not tell."""

    def problems(self) -> list[Problem]:
        """What a person has to mend, for `intake check`."""

    def close(self) -> None:
        """Closes every connection."""


def open_records(config: OrdersConfig) -> Source:
    """The source of records.

    Raises:
        ConfigError: it cannot be what the config says.
    """
    return _KINDS[config.source](config)


def _sql(config: OrdersConfig) -> Source:
    from intake.orders.sql import SqlRecords

    return SqlRecords(config)


def _http(config: OrdersConfig) -> Source:
    from intake.orders.http import HttpRecords  # httpx takes 0.1 s to load

    return HttpRecords(config)


_KINDS: Final = {"csv": CsvRecords, "sql": _sql, "http": _http}
