from __future__ import annotations

from intake.store.store import Store
from intake.store.values import Disposition, Lease
from tests.intake.store import make


def test_a_request_becomes_a_case_and_its_answer_joins_it(store: Store, lease: Lease) -> None:
    done = store.record(lease, [make.processed(1), make.reply(2, "mail1")], after=make.KEEP, last_uid=2)
    assert [(one.disposition, one.case_id, one.version) for one in done] == [
        (Disposition.CASE, "R-1001", 1),
        (Disposition.REPLY, "R-1001", 2),
    ]
