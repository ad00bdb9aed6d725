"""Nothing but redacted text gets into a column, by whatever road."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Table, insert, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, registry

from intake.extraction.types import Kind
from intake.keys import Keys
from intake.mail.redacted import Author
from intake.redaction.text import Sensitive, sealed
from intake.store import schema, tables
from intake.store.bulk import insert_all
from intake.store.documents import Document, document
from intake.store.engine import database_url, make_engine
from intake.store.errors import StoreError
from intake.store.store import Store
from intake.store.types import CHECKED

PAN = "4111 1111 1111 1111"
STORE = Path(tables.__file__).parent
SOURCES = [path for path in STORE.glob("**/*.py") if "migrations" not in path.parts]
COLUMNS = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in [*tables.METADATA.sorted_tables, schema._VERSION]
    for column in table.columns
]
HOSTILE: list[object] = [
    PAN,
    f"my card is {PAN}",
    "password: hunter2 and more",
    "",
    "4111111111111111",
    b"4111111111111111",
    Sensitive(PAN),
    [PAN],
    (PAN,),
    {"text": PAN},
    object(),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('locks') / 'locks.db'}"
    Store.open(url, Keys.random()).close()
    engine = make_engine(database_url(url))
    yield engine
    engine.dispose()


def by_its_type(error: StatementError) -> bool:
    """Whether the column refused the value, and not the database the row, which names a message that is not there."""
    return isinstance(error.orig, TypeError)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_has_a_checked_type(column: Column[Any]) -> None:
    assert isinstance(column.type, tuple(CHECKED))


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_takes_a_card_number_or_a_sentence(column: Column[Any], engine: Engine) -> None:
    bind = column.type.bind_processor(engine.dialect)
    assert bind is not None
    names_of_the_config = type(column.type).__name__ == "Name"
    for value in HOSTILE:
        if names_of_the_config and isinstance(value, str) and value:
            continue  # a folder may be called anything; it is the operator's own word
        with pytest.raises((TypeError, ValueError)) as caught:
            bind(value)
        assert "4111" not in str(caught.value)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "value", [PAN, Sensitive(PAN), 4111111111111111, b"text", datetime.now(UTC), document({})], ids=type
)
def test_free_text_is_redacted_or_refused_in_core(engine: Engine, value: object) -> None:
    part = tables.MessagePart
    row = {"message": 1, "name": "body", "author": None, "forwarded": False, "text": value}
    with engine.begin() as connection, pytest.raises(StatementError) as caught:
        connection.execute(insert(part), [row])
    assert "4111" not in str(caught.value)
    assert by_its_type(caught.value)
    with engine.begin() as connection, pytest.raises(StatementError) as caught:
        connection.execute(update(part).values(text=value))
    assert by_its_type(caught.value)
    with engine.begin() as connection, pytest.raises(StatementError) as caught:
        connection.execute(select(part).where(part.c.text == value))
    assert by_its_type(caught.value)


WHOLE = {"message": 1, "name": "body", "author": Author.CUSTOMER, "forwarded": False, "text": sealed("words")}
TEXTS = [{"text": value} for value in (PAN, Sensitive(PAN), 4111111111111111, b"text", document({}))]
EQUALS: list[dict[str, object]] = [{"forwarded": 0}, {"author": "customer"}, {"message": True}]


@pytest.mark.parametrize("odd", [*TEXTS, *EQUALS, {"message": 2**63}], ids=lambda odd: next(iter(odd)))
def test_what_does_not_belong_into_its_column_is_refused_in_bulk(engine: Engine, odd: dict[str, Any]) -> None:
    with engine.begin() as connection, pytest.raises(StoreError) as caught:
        insert_all(connection, tables.MessagePart, [WHOLE, WHOLE | {"name": "subject"} | odd])
    assert "4111" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("row", [{"name": "subject"}, {"x' --": 1}], ids=["fewer", "unknown"])
def test_rows_in_bulk_all_fill_columns_that_there_are(engine: Engine, row: dict[str, Any]) -> None:
    rows = [row] if "name" not in row else [WHOLE, row]
    with engine.begin() as connection, pytest.raises(StoreError) as caught:
        insert_all(connection, tables.MessagePart, rows)
    assert "x'" not in str(caught.value)


def test_free_text_is_redacted_or_refused_in_an_orm_that_somebody_maps(engine: Engine) -> None:
    class Part: ...

    registry().map_imperatively(Part, tables.MessagePart)
    with Session(engine) as session:
        part = Part()
        part.message, part.name, part.forwarded, part.text = 1, "body", False, PAN  # type: ignore[attr-defined] # mapped
        session.add(part)
        with pytest.raises(StatementError) as caught:
            session.flush()
    assert "4111" not in str(caught.value)
    assert by_its_type(caught.value)


def test_errors_of_the_engine_hide_what_was_written(engine: Engine) -> None:
    mailbox = tables.Mailbox
    row = {"name": "very-secret-name", "owner": None, "epoch": 1, "leased_until": 0}
    with engine.begin() as connection:
        connection.execute(insert(mailbox), [row])
    with engine.begin() as connection, pytest.raises(StatementError) as caught:
        connection.execute(insert(mailbox), [row])
    assert "very-secret-name" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        PAN,
        {"claim": {"note": "pay to my card"}},
        [Sensitive("x")],
        {PAN: 1},
        {"a b": 1},
        1.5,
        b"x",
        float("nan"),
        Decimal("NaN"),
        Decimal("1E+50"),
        datetime(2026, 1, 1),  # noqa: DTZ001 - a moment without a zone is what is refused
    ],
    ids=str,
)
def test_documents_are_built_of_typed_values_only(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        document(value)


def test_no_one_else_makes_a_document() -> None:
    with pytest.raises(TypeError):
        Document('{"text":"4111 1111 1111 1111"}', object())
    one = document({"text": sealed("words of a customer")})
    assert one == document({"text": sealed("words of a customer")})
    assert len({one, document({})}) == 2
    assert "customer" not in repr(one)


def test_a_document_keeps_what_is_typed() -> None:
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    value = {
        "day": date(2026, 6, 1),
        "at": moment,
        "sum": Decimal("49.00"),
        "kind": Kind.REPLY,
        "text": sealed("any text at all"),
        "list": [1, True, None, "word"],
    }
    assert document(value).value == {
        "day": "2026-06-01",
        "at": "2026-06-01T12:00:00+00:00",
        "sum": "49.00",
        "kind": "reply",
        "text": "any text at all",
        "list": [1, True, None, "word"],
    }


BANNED = {
    "text",
    "literal_column",
    "literal",
    "cast",
    "type_coerce",
    "bindparam",
    "column",
    "table",
    "values",
    "try_cast",
}
RAW_TYPES = {
    "String",
    "Text",
    "Unicode",
    "UnicodeText",
    "JSON",
    "LargeBinary",
    "VARCHAR",
    "TEXT",
    "PickleType",
    "Enum",
}
FUNCTIONS = {"count", "max", "min", "sum", "pg_advisory_xact_lock"}  # over numbers and rows, never text
ROADS_ROUND = {
    "exec_driver_sql",
    "driver_connection",
    "raw_connection",
    "cursor",
    "op",
    "bool_op",
    "literal_binds",
}
ALLOWED = {
    ("engine.py", "exec_driver_sql"),  # BEGIN and settings, constants
    ("bulk.py", "exec_driver_sql"),  # an INSERT made of the table; each value went through its column's check
    ("figures.py", "coalesce"),  # reads one of two columns of times, writes nothing
    ("sessions.py", "text"),  # a constant that asks for PostgreSQL's own sessions, writes nothing
    ("types.py", "String"),
    ("types.py", "Text"),
    ("number_types.py", "String"),
}


def names(path: Path) -> Iterator[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for alias in node.names:
                if alias.name in BANNED | RAW_TYPES | {"*"}:
                    yield alias.name, node.lineno
        elif isinstance(node, ast.Import):
            yield from (
                (alias.name, node.lineno) for alias in node.names if alias.name.startswith("sqlalchemy")
            )
        elif isinstance(node, ast.Attribute):
            of_func = isinstance(node.value, ast.Name) and node.value.id == "func"
            if node.attr in ROADS_ROUND or (of_func and node.attr not in FUNCTIONS):
                yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg == "literal_binds":
            yield node.arg, node.value.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_road_leads_round_the_column_types(path: Path) -> None:
    found = [f"{path.name}:{line}: {name}" for name, line in names(path) if (path.name, name) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import text",
        "from sqlalchemy.sql import literal_column",
        "import sqlalchemy as sa",
        "from sqlalchemy import func\nfunc.lower('x')",
        "connection.exec_driver_sql('x')",
        "from sqlalchemy import *",
    ],
)
def test_the_search_for_such_roads_finds_them(code: str, tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text(code)
    assert list(names(path))


def test_every_engine_of_the_store_hides_parameters(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'x.db'}", "postgresql://user@127.0.0.1/none"):
        engine = make_engine(database_url(url))
        assert engine.hide_parameters
        engine.dispose()


def test_a_table_has_no_index_over_free_text() -> None:
    free = ("RedactedText", "TypedJson")
    every: list[Table] = tables.METADATA.sorted_tables
    indexed = [column for table in every for index in table.indexes for column in index.columns]
    unique = [column for table in every for column in table.primary_key.columns]
    assert [str(column) for column in [*indexed, *unique] if type(column.type).__name__ in free] == []
