"""The database as a file and a schema: made once, checked at each start, never opened to others."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from intake.errors import CannotCreateError, ConfigError, Exit, UnavailableError
from intake.keys import Keys
from intake.store import schema
from intake.store.admin import back_up, current_revision, upgrade_database
from intake.store.engine import database_url, reading
from intake.store.store import Store
from intake.store.tables import METADATA
from tests.intake.store import make
from tests.intake.store.conftest import MAILBOX, TTL_S


def write(url: str, statement: str, **values: str) -> None:
    engine = create_engine(database_url(url))
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def test_the_migrations_give_what_the_tables_say(store: Store) -> None:
    with reading(store._engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_revision_is_the_one_that_starts_ask_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_an_empty_database_is_made_once(url: str, keys: Keys) -> None:
    assert current_revision(url) is None
    assert upgrade_database(url) == (None, schema.HEAD)
    assert upgrade_database(url) == (schema.HEAD, schema.HEAD)
    assert current_revision(url) == schema.HEAD
    Store.open(url, keys, create=False).close()


def test_daemons_that_start_at_once_make_it_once(url: str, keys: Keys) -> None:
    code = (
        "import sys; from intake.keys import Keys; from intake.store.store import Store;"
        "Store.open(sys.argv[1], Keys(bytes(range(32)))).close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    with Store.open(url, keys) as store:
        assert store.cases() == []


def test_threads_that_start_at_once_make_it_once(url: str, keys: Keys) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(lambda _: Store.open(url, keys), range(4)):
            assert store.cases() == []
            store.close()


@pytest.mark.parametrize(
    ("revision", "remedy"), [("0000", "intake db upgrade"), ("9999", "install the version")]
)
def test_another_schema_is_refused_with_its_remedy(url: str, keys: Keys, revision: str, remedy: str) -> None:
    Store.open(url, keys).close()
    write(url, "UPDATE alembic_version SET version_num = :revision", revision=revision)
    with pytest.raises(ConfigError, match=remedy) as caught:
        Store.open(url, keys)
    assert caught.value.exit is Exit.CONFIG
    if revision == "9999":
        with pytest.raises(ConfigError, match="newer"):
            upgrade_database(url)


def test_somebody_else_s_database_is_left_alone(url: str, keys: Keys) -> None:
    write(url, "CREATE TABLE theirs (id INTEGER PRIMARY KEY)")
    with pytest.raises(ConfigError, match="not ours"):
        Store.open(url, keys)
    engine = create_engine(database_url(url))
    assert inspect(engine).get_table_names() == ["theirs"]
    engine.dispose()


def test_who_only_looks_makes_nothing(url: str, keys: Keys) -> None:
    with pytest.raises(ConfigError, match="intake run"):
        Store.open(url, keys, create=False)
    assert current_revision(url) is None


def test_another_secret_key_is_refused(url: str, keys: Keys) -> None:
    Store.open(url, keys).close()
    with pytest.raises(ConfigError, match="not the one") as caught:
        Store.open(url, Keys.random())
    assert caught.value.exit is Exit.CONFIG


def test_a_damaged_database_is_told_as_such(url: str, keys: Keys) -> None:
    with Store.open(url, keys) as store:
        write(url, "DROP TABLE audit_value")
        write(url, "DROP TABLE outbox")
        with pytest.raises(ConfigError, match="intake db upgrade"):
            store.due_actions(MAILBOX, 1)


@pytest.mark.parametrize("bad", ["", "not a url", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_usable_url_is_told_with_the_remedy(bad: str, keys: Keys) -> None:
    with pytest.raises(ConfigError, match="sqlite:////") as caught:
        Store.open(bad, keys)
    assert caught.value.exit is Exit.CONFIG


def test_a_server_that_is_not_there_is_unavailable_and_its_password_is_not_told(keys: Keys) -> None:
    with pytest.raises(UnavailableError) as caught:
        Store.open("postgresql://ann:hunter2@127.0.0.1:1/none", keys)
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit is Exit.UNAVAILABLE


def test_postgresql_without_its_driver_is_told_with_the_remedy(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr("intake.store.engine.create_engine", missing)
    with pytest.raises(ConfigError, match=r"refund-intake\[postgres\]"):
        Store.open("postgresql://user@127.0.0.1/name", keys)


def test_a_file_that_is_no_database_is_told(tmp_path: Path, keys: Keys) -> None:
    path = tmp_path / "intake.db"
    path.write_text("this is a letter, not a database " * 100)
    with pytest.raises((ConfigError, UnavailableError)):
        Store.open(f"sqlite:///{path}", keys)


def test_the_files_are_their_owner_s_alone(tmp_path: Path, keys: Keys) -> None:
    folder = tmp_path / "state"
    path = folder / "intake.db"
    for _ in range(2):
        with Store.open(f"sqlite:///{path}", keys) as store:
            lease = store.take_lease(MAILBOX, "host:1", TTL_S)
            assert lease is not None
            store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)
            names = sorted(file.name for file in folder.iterdir())
            modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        assert names == ["intake.db", "intake.db-shm", "intake.db-wal"]
        assert modes == {0o600}
        path.chmod(0o644)  # the second time round it is mended
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="check owner and mode"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'intake.db'}", keys)


def test_a_copy_holds_what_was_there(tmp_path: Path, keys: Keys) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    with Store.open(url, keys) as store:
        lease = store.take_lease(MAILBOX, "host:1", TTL_S)
        assert lease is not None
        store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)
        copy = back_up(url, tmp_path / "backups")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with Store.open(f"sqlite:///{copy}", keys, create=False) as store:
        assert [row.label for row in store.cases()] == ["R-1001"]


def test_a_copy_that_cannot_be_made_is_told(tmp_path: Path, keys: Keys) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    with pytest.raises(ConfigError, match="no database"):
        back_up(url, tmp_path)
    Store.open(url, keys).close()
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotCreateError) as caught:
        back_up(url, tmp_path / "file")
    assert caught.value.exit is Exit.CANNOT_CREATE
    with pytest.raises(ConfigError, match="pg_dump"):
        back_up("postgresql://user@127.0.0.1/name", tmp_path)
