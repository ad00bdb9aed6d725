"""The same payments in a file, a database and behind an endpoint: the same answers; and what each does when it is gone."""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from intake.config.orders import OrdersConfig
from intake.errors import ConfigError
from intake.orders.records import RecordsUnreachableError
from intake.orders.source import Source, open_records

HEAD = "order_number,account_email,paid_on,amount,currency,method"
ROWS = [
    ("A-1", "Ann@Example.org", "2026-06-01", "49.00", "EUR", "card"),
    ("A-1", "ann@example.org", "2026-06-02", "49.00", "EUR", "card"),
    ("B/2 ?&", "bo@example.org", "2026-06-05", "7.00", "USD", "paypal"),
]
TOKEN = "s3cr3t-token"


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A company's API."""

    status = 200
    asked: list[str] = []  # noqa: RUF012 - emptied by each test
    body: bytes | None = None

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        query = parse_qs(urlsplit(self.path).query)
        names = HEAD.split(",")
        rows = [dict(zip(names, row, strict=True)) for row in ROWS]
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            found, status = [], 401
        else:
            status = type(self).status
            found = [
                row
                for row in rows
                if row["order_number"] in query.get("order", [])
                or row["account_email"].lower() in query.get("account", [])
            ]
        data = type(self).body or json.dumps({"data": {"payments": found}}).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://192.0.2.1/")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("BILLING_TOKEN", TOKEN)
    Endpoint.status, Endpoint.body, Endpoint.asked = 200, None, []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def csv_config(folder: Path, text: str | None = None) -> OrdersConfig:
    path = folder / "payments.csv"
    lines = [HEAD, *(",".join(row) for row in ROWS)]
    path.write_text(text if text is not None else "\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    return OrdersConfig(source="csv", csv_file=path)


def sql_config(folder: Path) -> OrdersConfig:
    path = folder / "pay ments.db"
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE payments ({HEAD})")
    database.executemany("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    database.commit()
    database.close()
    return OrdersConfig(
        source="sql",
        database_file=path,
        by_number="SELECT * FROM payments WHERE order_number = :order_number",
        by_account="select * from payments where lower(account_email) = :account_email",
    )


def http_config(url: str) -> OrdersConfig:
    return OrdersConfig(
        source="http",
        url_by_number=url + "/payments?order={order_number}",
        url_by_account=url + "/payments?account={account_email}",
        list_at="data.payments",
        token_env="BILLING_TOKEN",
        timeout_s=2,
    )


@pytest.fixture(params=["csv", "sql", "http"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    make: dict[str, Callable[[], OrdersConfig]] = {
        "csv": lambda: csv_config(tmp_path),
        "sql": lambda: sql_config(tmp_path),
        "http": lambda: http_config(request.getfixturevalue("endpoint")),
    }
    opened = open_records(make[request.param]())
    yield opened
    opened.close()


def test_payments_are_found_by_number_and_by_account(source: Source) -> None:
    assert [row.order["paid_on"] for row in source.by_number(" A-1 ")] == ["2026-06-01", "2026-06-02"]
    assert len(source.by_account("ANN@example.org")) == 2
    assert not source.by_number("A-9")
    assert not source.by_account("nobody@example.org")
    assert not source.problems()


def test_a_hostile_order_number_is_a_value_and_nothing_else(source: Source) -> None:
    assert [row.order["amount"] for row in source.by_number("B/2 ?&")] == ["7.00"]
    for hostile in (
        "' OR 1=1 --",
        "../../admin",
        "A-1&account=ann@example.org",
        "A-1\r\nHost: evil",
        "..",
        "%2e%2e",
        "{x}",
    ):
        assert not source.by_number(hostile)


def test_an_endpoint_is_asked_on_its_own_host_and_path(endpoint: str) -> None:
    config = http_config(endpoint).model_copy(
        update={"url_by_number": endpoint + "/o/{order_number}/payments"}
    )
    source = open_records(config)
    source.by_number("../../../admin?x=")
    source.close()
    assert Endpoint.asked == ["/o/%2E%2E%2F%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D/payments"]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (503, None, "http_503"),
        (302, None, "http_302"),
        (401, None, "http_401"),
        (200, b"<html>", "not_json"),
        (200, b'{"data": {"payments": 3}}', "not_a_list"),
        (200, b'{"data": "maintenance"}', "not_a_list"),
        (200, b'{"data": {"payments": {"error": "try later"}}}', "not_a_payment"),
        (200, b"[" * 100_000, "not_json"),
        (200, b" " * (1024 * 1024 + 1), "too_large"),
    ],
)
def test_what_is_no_answer_is_no_absence(endpoint: str, status: int, body: bytes | None, code: str) -> None:
    Endpoint.status, Endpoint.body = status, body
    source = open_records(http_config(endpoint))
    with pytest.raises(RecordsUnreachableError) as caught:
        source.by_number("A-1")
    source.close()
    assert caught.value.code == code
    assert TOKEN not in str(caught.value)


def test_an_answer_that_drips_for_ever_is_cut_off(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter(range(0, 3600 * 100, 3600))
    monkeypatch.setattr("intake.orders.http.monotonic", lambda: float(next(hours)))
    source = open_records(http_config(endpoint))
    with pytest.raises(RecordsUnreachableError) as caught:
        source.by_number("A-1")
    source.close()
    assert caught.value.code == "timeout"


def test_a_database_that_is_down_at_the_start_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    config = OrdersConfig(source="sql", database_url_env="BILLING_URL", by_number="SELECT :order_number")
    source = open_records(config)  # the daemon starts
    assert source.revision is None
    for _ in range(2):
        with pytest.raises(RecordsUnreachableError) as caught:
            source.by_number("A-1")
        assert (caught.value.code, "nobody@" in str(caught.value)) == ("OperationalError", False)
    source.close()


def test_an_authority_that_is_none_is_named_before_anybody_is_asked(tmp_path: Path) -> None:
    config = http_config("https://billing.example.org").model_copy(update={"ca_file": tmp_path / "none.pem"})
    with pytest.raises(ConfigError, match=r"orders: .*no file .*none\.pem"):
        open_records(config)


def test_404_means_that_there_is_none(endpoint: str) -> None:
    Endpoint.status = 404
    source = open_records(http_config(endpoint))
    assert not source.by_number("A-1")
    source.close()


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    source = open_records(csv_config(tmp_path))
    before = source.revision
    assert len(source.by_number("A-1")) == 2
    csv_config(tmp_path, HEAD + "\nA-1,ann@example.org,2026-06-01,49.00,EUR,card\n")
    assert source.revision != before
    assert len(source.by_number("A-1")) == 1


def test_a_file_that_is_gone_or_broken_is_unreachable(tmp_path: Path) -> None:
    config = csv_config(tmp_path)
    source = open_records(config)
    assert config.csv_file is not None
    config.csv_file.unlink()
    with pytest.raises(RecordsUnreachableError):
        source.by_number("A-1")
    config.csv_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecordsUnreachableError):
        source.by_number("A-1")


def test_check_names_lines_and_columns_that_cannot_be_used(tmp_path: Path) -> None:
    source = open_records(csv_config(tmp_path, "number,paid_on\nA-1,1 June\n"))
    told = [str(problem) for problem in source.problems()]
    assert "no column for order_number; there are: number, paid_on" in told[0]
    assert "line 2" in told[1]
    assert "paid_on" in told[1]


def test_a_query_that_writes_is_refused_by_the_database_too(tmp_path: Path) -> None:
    config = sql_config(tmp_path).model_copy(
        update={"by_number": "WITH x AS (SELECT 1) DELETE FROM payments WHERE order_number = :order_number"}
    )
    source = open_records(config)
    with pytest.raises(RecordsUnreachableError):
        source.by_number("A-1")
    assert len(source.by_account("ann@example.org")) == 2
    source.close()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    config = sql_config(tmp_path).model_copy(update={"database_file": tmp_path / "other.db"})
    source = open_records(config)
    with pytest.raises(RecordsUnreachableError):
        source.by_number("A-1")
    source.close()
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y"])
def test_a_url_that_opens_nothing_is_named_and_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_URL", url)
    config = OrdersConfig(source="sql", database_url_env="BILLING_URL", by_number="SELECT :order_number")
    with pytest.raises(ConfigError) as caught:
        open_records(config)
    assert url not in str(caught.value)
