"""Records behind an HTTP endpoint: GET, JSON, a bearer token; the host is the config's, whatever a customer wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from time import monotonic
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from intake.config.orders import COLUMNS, OrdersConfig
from intake.credentials import SecretPlace
from intake.errors import Problem
from intake.orders.records import Payment, RecordsUnreachableError, payment
from intake.tls import trusting

_MAX_BYTES: Final = 1024 * 1024
_NONE: Final = frozenset({204, 404, 410})


class HttpRecords:
    """One endpoint. No redirects are followed: they would carry claims and token to another host."""

    def __init__(self, config: OrdersConfig) -> None:
        """Nothing is asked yet.

        Raises:
            ConfigError: `ca_file` holds no certificates.
        """
        self._config = config
        context = trusting(config.ca_file, where="orders")
        self._client = httpx.Client(
            timeout=config.timeout_s, verify=context, follow_redirects=False, trust_env=False
        )

    @property
    def revision(self) -> None:
        """An endpoint does not tell that it has changed."""

    def by_number(self, number: str) -> Sequence[Payment]:
        """All payments of an order."""
        return self._ask(self._config.url_by_number, "order_number", number.strip())

    def by_account(self, account: str) -> Sequence[Payment]:
        """All payments of an account; none where no question for it is configured."""
        return self._ask(self._config.url_by_account, "account_email", account.strip().casefold())

    def problems(self) -> list[Problem]:
        """Nothing can be said of an endpoint but whether it answers, for `intake check`.

        Raises:
            RecordsUnreachableError: it does not.
        """
        self.by_number("0")
        return []

    def close(self) -> None:
        """Closes every connection."""
        self._client.close()

    def _ask(self, url: str | None, key: str, value: str) -> list[Payment]:
        if url is None:
            return []
        # quoted whole: no slash, dot segment or line break of a customer's gets any meaning
        address = url.replace("{" + key + "}", quote(value, safe="").replace(".", "%2E"))
        try:
            with self._client.stream("GET", address, headers=self._headers()) as response:
                if response.status_code in _NONE:
                    return []
                if response.status_code != httpx.codes.OK:
                    raise _unreachable(f"http_{response.status_code}")
                data = _body(response, self._config.timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(type(error).__name__) from None
        return [payment(row, self._config) for row in self._rows(data)]

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": "refund-intake"}
        headers["Accept-Encoding"] = "identity"  # a small answer cannot unpack into a huge one
        if token := self._token():
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        return headers

    def _token(self) -> SecretStr | None:
        """Read anew for each question, so that a changed one needs no restart."""
        config = self._config
        if config.token_env is None and config.token_file is None:
            return None
        place = SecretPlace(
            where="orders",
            key="token",
            env=config.token_env,
            file=config.token_file,
            credential="orders-token",
        )
        return place.read(os.environ)

    def _rows(self, data: bytes) -> list[Mapping[str, object]]:
        """The payments in an answer: one object or a list of them, at the place that `list_at` names."""
        try:
            found: object = _decoded(data)
            for name in [name for name in self._config.list_at.split(".") if name]:
                if not isinstance(found, dict):
                    raise _unreachable("not_a_list")
                found = found[name]
        except (ValueError, KeyError, RecursionError):
            raise _unreachable("not_json") from None
        if isinstance(found, dict) and not self._is_payment(found):
            raise _unreachable("not_a_payment")  # `{"error": …}` with status 200 says nothing of any order
        rows = [found] if isinstance(found, dict) else found
        if rows is None:
            return []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _unreachable("not_a_list")
        return rows

    def _is_payment(self, row: Mapping[str, object]) -> bool:
        """Whether anything in it is a column of ours."""
        return any(self._config.columns.get(name, name) in row for name in COLUMNS)


def _decoded(data: bytes) -> object:
    """Sums keep every digit: a float would not."""
    value: object = json.loads(data, parse_float=Decimal)
    return value


def _body(response: httpx.Response, seconds: float) -> bytes:
    """The whole answer; the time-out of the connection alone counts from byte to byte."""
    data, until = b"", monotonic() + seconds
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > _MAX_BYTES:
            raise _unreachable("too_large")
        if monotonic() > until:
            raise _unreachable("timeout")
    return data


def _unreachable(code: str) -> RecordsUnreachableError:
    remedy = "ask the address of [orders] by hand (curl); it is asked again by itself"
    return RecordsUnreachableError(
        code, Problem(where="orders", what=f"the records cannot be asked ({code})", remedy=remedy)
    )
