"""A host that falls asleep in the midst of a transaction keeps nothing locked for others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, cast

import psycopg
import pytest
from psycopg.pq.abc import PGconn
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from intake.keys import Keys
from intake.store.engine import database_url, make_engine
from intake.store.errors import UnavailableError, edge
from intake.store.sessions import end_frozen
from intake.store.store import Store
from intake.store.values import Lease
from tests.intake.store.conftest import MAILBOX, TTL_S
from tests.intake.store.test_leases import run_out

DATABASES = ["postgresql"]
_HOLDS = b"UPDATE mailbox SET epoch = epoch"


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = make_engine(database_url(url))
    try:
        yield engine
    finally:
        engine.dispose()


def in_a_row(connection: PGconn) -> None:
    """More statements were to come."""
    connection.send_query_params(_HOLDS, None)
    connection.send_flush_request()
    connection.flush()


def after_a_row(connection: PGconn) -> None:
    """The row is done, and no more than a Flush has come of the next one."""
    connection.send_query_params(_HOLDS, None)
    connection.pipeline_sync()
    connection.flush()
    time.sleep(0.1)  # else the server reads both at once
    connection.send_flush_request()
    connection.flush()


@contextmanager
def frozen_host(url: str, moment: Callable[[PGconn], None]) -> Iterator[None]:
    """A daemon that was stopped in the midst of a transaction: the rest never comes."""
    impatient = make_url(url).update_query_dict({"options": "-c idle_in_transaction_session_timeout=200ms"})
    with engine_of(impatient.render_as_string(hide_password=False)) as engine:
        wrapped = engine.raw_connection()
        connection = cast("psycopg.Connection[Any]", wrapped.driver_connection)
        connection.execute(_HOLDS)
        connection.pgconn.enter_pipeline_mode()
        moment(connection.pgconn)
        time.sleep(0.3)  # the server's own patience is at an end
        yield
        wrapped.invalidate()


@pytest.mark.parametrize("moment", [in_a_row, after_a_row])
def test_a_mailbox_is_taken_over_from_who_froze_between_two_statements(
    store: Store, lease: Lease, url: str, moment: Callable[[PGconn], None]
) -> None:
    run_out(url)
    with frozen_host(url, moment):
        for _ in range(50):  # each look a transaction of its own: pg_stat_activity is one picture within one
            with store.reading() as connection:
                if end_frozen(connection, silent_s=0.2):
                    break
            time.sleep(0.1)
        taken = store.take_lease(MAILBOX, "host:2", TTL_S)
        assert taken is not None
        assert taken.epoch > lease.epoch


def test_who_works_or_waits_for_us_is_left_alone(store: Store, url: str) -> None:
    with engine_of(url) as engine, engine.begin() as reads, engine.begin() as works:
        reads.execute(text("SELECT pg_sleep(0.1)"))  # and is slow to fetch more
        works.execute(text("UPDATE mailbox SET epoch = epoch"))
        busy = Thread(target=works.execute, args=(text("SELECT pg_sleep(0.6)"),))
        busy.start()
        time.sleep(0.3)
        with store.reading() as connection:
            assert end_frozen(connection, silent_s=0.05) == 0
        busy.join()
        assert reads.scalar(text("SELECT 1")) == works.scalar(text("SELECT 1")) == 1


def test_nobody_waits_for_a_lock_without_end(url: str, keys: Keys) -> None:
    Store.open(url, keys).close()
    impatient = make_url(url).update_query_dict({"options": "-c lock_timeout=50ms"})
    hold = text("LOCK TABLE mailbox")
    with (
        engine_of(url) as one,
        engine_of(impatient.render_as_string(hide_password=False)) as two,
        one.begin() as first,
        two.begin() as second,
        edge(),
    ):
        assert first.scalar(text("SHOW lock_timeout")) == "30s"
        # ours holds beside what the URL asks for
        assert second.scalar(text("SHOW idle_in_transaction_session_timeout")) == "15s"
        first.execute(hold)
        with pytest.raises(UnavailableError), edge():
            second.execute(hold)
