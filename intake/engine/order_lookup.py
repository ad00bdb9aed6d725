"""Claims become verified facts: open cases are looked up in the company's records, and decided again.

Nobody waits: no transaction is open while the records are asked, a case that cannot be looked up now keeps
what is known and is asked about again, and a kill anywhere repeats a look-up that changes nothing.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from intake.casework.facts import FactSource, FactValue, Stated, plain, typed
from intake.casework.identity import Relation
from intake.casework.judge import Judge
from intake.config.model import Config
from intake.config.orders import OrdersConfig
from intake.errors import ConfigError, NoInputError, TryAgainError
from intake.keys import Keys
from intake.log import Event, emit
from intake.orders.match import Answer, Result, look_up
from intake.orders.records import Payment, RecordsUnreachableError
from intake.orders.source import Source, open_records
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive
from intake.store import lookups
from intake.store.lookups import Due
from intake.store.store import Store
from rules.facts import FactErrors

RECORDS = Actor(name="records", role=Role.SYSTEM)
"""Whose word it is."""
_AT_ONCE = 200
_RETRY_FIRST_S, _RETRY_MOST_S = 30, 3600


@contextmanager
def order_lookups(
    config: Config, keys: Keys, store: Store, judge: Judge, stop: threading.Event
) -> Iterator[OrderLookups | None]:
    """The company's records, open, with the judge that decides again; None where the config names none.

    Raises:
        ConfigError: they cannot be what the config says.
    """
    if config.orders is None:
        yield None
        return
    with closing(open_records(config.orders)) as source:
        yield OrderLookups(
            config=config.orders,
            source=source,
            store=store,
            judge=judge,
            redactor=Redactor(config.redaction.settings),
            fingerprint=keys.fingerprint,
            stop=stop,
        )


class OrderLookups:
    """Looks up the open cases of mailboxes; for one thread at a time."""

    def __init__(  # noqa: PLR0913 - everything that a look-up touches, named where it is put together
        self,
        *,
        config: OrdersConfig,
        source: Source,
        store: Store,
        judge: Judge,
        redactor: Redactor,
        fingerprint: Callable[[bytes], str],
        stop: threading.Event,
    ) -> None:
        self._config = config
        self._source = source
        self._store = store
        self._judge = judge
        self._redactor = redactor
        self._fingerprint = fingerprint
        self._stop = stop
        self._revisions: dict[str, str | None] = {}  # by mailbox: what its cases were looked up in
        self._turn = threading.Lock()  # mailboxes poll side by side

    def work_off(self, mailbox: str) -> None:
        """Looks up every case of the mailbox that is due; once no answer comes, the rest is put off unasked.

        Raises:
            UnavailableError, StoreError: our own database.
        """
        with self._turn:
            code: str | None = None
            waiting = 0
            for due in self._due(mailbox):
                if self._stop.is_set():
                    return
                asked = self._asked(due)
                code = code or self._case(due, asked)
                if code is not None:
                    waiting += 1
                    self._put_off(due, asked, code)
            if code is not None:
                emit(Event.ORDERS_UNREACHABLE, mailbox=mailbox, error_code=code, waiting=waiting)

    def _due(self, mailbox: str) -> Iterator[Due]:
        """Those of a case that has changed or waits; after the records have changed as a whole, all."""
        try:
            revision = self._source.revision
        except RecordsUnreachableError:
            revision = self._revisions.get(mailbox)  # the look-ups themselves will say so
        everything = self._revisions.get(mailbox, revision) != revision
        self._revisions[mailbox] = revision
        while True:
            with self._store.reading() as connection:
                found = lookups.due(connection, mailbox, everything=everything, limit=_AT_ONCE)
            yield from found
            if everything or len(found) < _AT_ONCE:
                return

    def _asked(self, due: Due) -> str:
        claim = json.dumps(dataclasses.asdict(due.claim), sort_keys=True)
        return self._fingerprint(claim.encode())

    def _case(self, due: Due, asked: str) -> str | None:
        """One case; the code of what keeps the records from answering."""
        if asked == due.asked and not due.retry and due.result is not Result.UNREACHABLE:
            with self._store.writing() as connection:
                lookups.touch(connection, due)
            return None
        try:
            answer = look_up(self._source, due.claim, every_payment=self._config.every_payment)
        except RecordsUnreachableError as error:
            return error.code
        except ConfigError:  # a token that cannot be read
            return "credential"
        self._answered(due, asked, answer)
        return None

    def _answered(self, due: Due, asked: str, answer: Answer) -> None:
        said = list(self._statements(answer.payment)) if answer.payment else []
        result, version = answer.result, due.version
        try:
            with self._store.change(due.case, expected=due.version) as change:
                if self._proves_identity(change.row["identity"], change.known, said):
                    said.append(self._stated("verified.identity", True))
                changed = change.state_facts(FactSource.RECORDS, said, actor=RECORDS)
                if due.result is not result:
                    change.note(
                        "orders.looked_up",
                        RECORDS,
                        None if due.result is None else {"result": due.result},
                        {"result": result},
                    )
                if changed:
                    change.decide_again(self._judge, actor=RECORDS)
            version = change.version
        except FactErrors:  # what a person stated cannot be true beside it: he stands, the records are told
            result = Result.CONTRADICTORY
        except (NoInputError, TryAgainError):
            return  # erased, or changed meanwhile: then it is due again
        candidates = [self._candidate(one) for one in answer.candidates]
        with self._store.writing() as connection:
            lookups.save(
                connection,
                due,
                version=version,
                asked=asked,
                result=result,
                again_in_s=self._config.refresh_hours * 3600,
                candidates=candidates,
            )
        if result is not due.result:
            unusable = len(answer.payment.dropped) if answer.payment else 0
            emit(
                Event.ORDERS_LOOKED_UP,
                case_id=due.case,
                version=version,
                result=result.value,
                candidates=len(candidates),
                unusable=unusable,
            )

    def _put_off(self, due: Due, asked: str, code: str) -> None:
        wait = min(_RETRY_MOST_S, _RETRY_FIRST_S * 2 ** min(due.attempts, 10))
        with self._store.writing() as connection:
            lookups.save(
                connection,
                due,
                version=due.version,
                asked=asked,
                result=Result.UNREACHABLE,
                again_in_s=wait,
                error_code=code,
            )

    def _statements(self, payment: Payment) -> Iterator[Stated]:
        facts: dict[str, object] = {f"order.{name}": value for name, value in payment.order.items()}
        if payment.usage is not None:
            facts["usage"] = [dict(row) for row in payment.usage]
        for key, value in facts.items():
            yield self._stated(key, typed(key, value, self._redacted))

    def _stated(self, key: str, value: FactValue) -> Stated:
        at = datetime.now(UTC)
        return Stated(key=key, value=value, source=FactSource.RECORDS, actor=RECORDS.label, at=at)

    def _proves_identity(
        self, relation: Relation | None, known: Mapping[str, Stated], said: list[Stated]
    ) -> bool:
        """Whether the mail comes, authenticated, from the address that the records give for the account."""
        accounts = [one.value for one in said if one.key == "order.account_email"]
        claimed = known.get("claim.account_email")
        if not self._config.identity_by_sender or not accounts or claimed is None:
            return False
        same = str(plain(accounts[0])).casefold() == str(plain(claimed.value)).casefold()
        return same and relation is Relation.MATCH

    def _candidate(self, payment: Payment) -> dict[str, object]:
        """What an agent needs to tell it from the others."""
        told: dict[str, object] = {}
        for name in ("paid_on", "amount", "currency", "product", "status"):
            if name in payment.order:
                key = f"order.{name}"
                told[name] = typed(key, payment.order[name], self._redacted)
        if payment.number:
            told["order_number"] = self._redacted(payment.number)
        return told

    def _redacted(self, text: str) -> Redacted:
        """Records are the company's own, and still nothing is stored that has not been through the redactor."""
        return self._redactor.redact(Sensitive(text), "records").text
