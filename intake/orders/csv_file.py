"""Records in a CSV file, read into memory and again whenever the file has changed."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence

from intake.config.orders import OrdersConfig
from intake.errors import Problem
from intake.log import Event, emit
from intake.orders.records import Payment, RecordsUnreachableError, payment

_MAX_BYTES = 256 * 1024 * 1024  # a larger one belongs into a database


class CsvRecords:
    """One file: a header line, then a payment a line (RFC 4180; UTF-8, with or without byte order mark)."""

    def __init__(self, config: OrdersConfig) -> None:
        if config.csv_file is None:
            raise AssertionError("the config was checked")
        self._path = config.csv_file
        self._config = config
        self._seen: tuple[int, int, int] | None = None
        self._numbers: dict[str, list[Payment]] = {}
        self._accounts: dict[str, list[Payment]] = {}

    @property
    def revision(self) -> str:
        """Another one means: the file has changed, and everything may be looked up again.

        Raises:
            RecordsUnreachableError: the file cannot be read.
        """
        self._read()
        return ".".join(map(str, self._seen or ()))

    def by_number(self, number: str) -> Sequence[Payment]:
        """All payments of an order."""
        self._read()
        return self._numbers.get(_key(number), ())

    def by_account(self, account: str) -> Sequence[Payment]:
        """All payments of an account."""
        self._read()
        return self._accounts.get(_key(account), ())

    def problems(self) -> list[Problem]:
        """What is wrong in the file, for `intake check`: missing columns, values that cannot be used, by line.

        Raises:
            RecordsUnreachableError: the file cannot be read.
        """
        found, where = [], f"orders.csv_file {self._path}"
        columns, rows = self._load()
        if self._config.columns.get("order_number", "order_number") not in columns:
            told = ", ".join(columns) or "none"
            found.append(
                Problem(
                    where=where,
                    what=f"has no column for order_number; there are: {told}",
                    remedy='name it: columns = { order_number = "…" }',
                )
            )
        for line, row in rows:
            if row.dropped:
                what = f"unusable in {', '.join(row.dropped)}: those facts stay unknown"
                remedy = (
                    "write dates as 2026-06-01, sums as 49.00, words as rules/vocabulary.toml has them, "
                    "or name yours in words"
                )
                found.append(Problem(where=f"{where}, line {line}", what=what, remedy=remedy))
        return found

    def close(self) -> None:
        """Nothing is kept open."""

    def _read(self) -> None:
        try:
            stat = self._path.stat()
        except OSError as error:
            raise _unreachable(self._config, type(error).__name__) from None
        state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if state == self._seen:
            return
        _, rows = self._load()
        numbers, accounts = defaultdict(list), defaultdict(list)
        for _, row in rows:
            if row.number:
                numbers[_key(row.number)].append(row)
            if account := row.order.get("account_email"):
                accounts[_key(str(account))].append(row)
        self._numbers, self._accounts, self._seen = dict(numbers), dict(accounts), state
        unusable = sum(1 for _, row in rows if row.dropped)
        emit(Event.ORDERS_LOADED, rows=len(rows), unusable=unusable)

    def _load(self) -> tuple[list[str], list[tuple[int, Payment]]]:
        """The columns' names, and each payment with its line."""
        try:
            if self._path.stat().st_size > _MAX_BYTES:
                raise _unreachable(self._config, "too_large")
            with self._path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream, delimiter=self._config.csv_delimiter, strict=True)
                rows = [(reader.line_num, payment(row, self._config)) for row in reader]
                return list(reader.fieldnames or ()), rows
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise _unreachable(self._config, type(error).__name__) from None


def _key(text: str) -> str:
    return text.strip().casefold()


def _unreachable(config: OrdersConfig, code: str) -> RecordsUnreachableError:
    return RecordsUnreachableError(
        code,
        Problem(
            where=f"orders.csv_file {config.csv_file}",
            what=f"cannot be read ({code})",
            remedy="write it as UTF-8 CSV with a header line, in one step (to another name, then rename)",
        ),
    )
