"""A database with cases of an older version: what their mails claim is stated, and decided upon, as before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine

from intake.casework.facts import FactSource
from intake.keys import Keys
from intake.store import deliveries, schema
from intake.store.admin import upgrade_database
from intake.store.engine import database_url
from intake.store.store import Store

AT = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)
FACTS = (
    '{"claim": {"reason": "cancellation", "account_email": "ann@example.org", "amount": "49.00", '
    '"requested_on": "2026-06-02", "third_party": false, "method": null}}'
)
BLANK: dict[str, object] = {"VARCHAR": "x", "TEXT": "[]", "BIGINT": 1, "INTEGER": 1, "BOOLEAN": False}
SAID: dict[str, dict[str, object]] = {
    "mailbox": {"name": "support"},
    "case_file": {"id": 1, "mailbox": "support", "policy": "eofferix", "state": "ready", "outcome": "deny",
                  "kind": "refund_request"},
    "message": {"id": 7, "case_id": 1, "mailbox": "support", "disposition": "case", "facts": FACTS,
                "received_at": AT, "stored_at": AT, "original_id": None},
    "field": {"id": 1, "case_id": 1, "message": 7, "name": "account_email", "rank": 0, "source": "header"},
}  # fmt: skip


def an_older_database(
    url: str, revision: str = "0002", more: dict[str, dict[str, object]] | None = None
) -> None:
    engine = create_engine(database_url(url))
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        tables = MetaData()
        tables.reflect(connection)
        for name, said in (SAID | (more or {})).items():
            table = tables.tables[name]
            row: dict[str, object] = {}
            for column in table.columns:
                kind = str(column.type).split("(")[0]
                if not column.nullable:
                    row[column.name] = AT if kind in {"DATETIME", "TIMESTAMP"} else BLANK.get(kind, "x")
            connection.execute(table.insert(), [row | said])
    engine.dispose()


def test_what_was_delivered_to_the_one_webhook_is_not_told_again(url: str, keys: Keys) -> None:
    told: dict[str, object] = {
        "id": "a" * 32,
        "event": "case.ready",
        "done": True,
        "attempts": 2,
        "body": "{}",
    }
    an_older_database(url, "0005", {"notification": told | {"case_id": 1, "not_before": 1}})
    assert upgrade_database(url) == ("0005", schema.HEAD)
    with Store.open(url, keys) as store, store.writing() as connection:
        assert deliveries.counts(connection) == {"delivered": 1, "given_up": 0, "failed": 1}
        claim = partial(deliveries.claim, connection, lease_s=60, events=("case.ready",), since=AT)
        assert claim("webhook") is None
        assert claim("another") is not None


def test_what_older_mails_claim_is_stated(url: str, keys: Keys) -> None:
    an_older_database(url)
    assert upgrade_database(url) == ("0002", schema.HEAD)
    with Store.open(url, keys) as store, store.change("R-1001") as change:
        said = {one.key: one for one in change.stated}
    assert said.keys() == {
        "claim.reason",
        "claim.account_email",
        "claim.amount",
        "claim.requested_on",
        "claim.third_party",
    }
    assert said["claim.requested_on"].value == date(2026, 6, 2)
    assert said["claim.third_party"].value is False
    assert {one.at for one in said.values()} == {AT}
    assert said["claim.account_email"].source is FactSource.ASSUMED  # nobody said it: it was the sender's
    assert said["claim.reason"].source is FactSource.CLAIM
