"""Whatever comes in: parsed, or refused with a stage and a reason; nothing beyond its budget."""

from __future__ import annotations

from intake.mail.message import RawMessage
from intake.processed import Processed, StageError
from intake.worker.main import STAGES, Task
from intake.worker.pool import Workers
from tests.fuzz import hostile

MESSAGES = 250
CODES = {"unreadable", "too_large", "redaction_failed"}


def test_hostile_mail_is_read_or_refused_and_kills_nobody() -> None:
    task = Task(config=None, key_file=None, secret=bytes(32), policy="pars", memory_mib=512)
    with Workers(task, count=1, seconds=120) as workers:
        futures = [workers.submit(RawMessage(data=data, source="test")) for data in hostile(MESSAGES, seed=7)]
        for future in futures:
            error = future.exception()
            if error is None:
                assert isinstance(future.result(), Processed)
            else:
                assert isinstance(error, StageError)
                assert error.stage in STAGES
                assert error.code in CODES
