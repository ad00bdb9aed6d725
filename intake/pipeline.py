"""ONE MESSAGE, TOP TO BOTTOM: read this first.

`bytes → RawMessage → ParsedMessage → RedactedMessage → Extraction → facts → Decision → Processed`

Frozen values between the stages; `Sensitive` text until the redactor, `Redacted` after it. Nothing here
touches a disk, a database or a network: `intake.poll` fetches before and records after, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from intake.calendars import days_off
from intake.extraction.extract import extract
from intake.extraction.facts import claim_facts
from intake.fingerprints import fingerprints
from intake.keys import Keys
from intake.log import failure_place
from intake.mail.limits import ParseLimits, UnreadableError
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from intake.mail.redact import redact_message
from intake.mail.settings import ReadingSettings
from intake.processed import Processed, StageError
from intake.redaction.redactor import Redactor
from rules.decide import decide
from rules.facts import check_facts
from rules.load import PolicySet

_IN_DOUBT: Final = "kind = other, in doubt"

Stages = Callable[[str], None]
"""Hears which stage begins: of a process that had to be killed nothing else tells where it was."""


def _nobody(_stage: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Everything that one mailbox's messages go through."""

    policies: PolicySet
    policy: str  # the policy's id
    reading: ReadingSettings
    redactor: Redactor
    keys: Keys
    limits: ParseLimits

    def process(self, raw: RawMessage, stages: Stages = _nobody) -> Processed:
        """One message, from its bytes to a preliminary decision.

        Raises:
            StageError: this message cannot be processed; its neighbours can.
        """
        stages("parse")
        with _stage("parse", "unreadable"):
            parsed = parse(raw, self.limits)
            prints = fingerprints(parsed, self.keys)
        stages("redact")
        with _stage("redact", "redaction_failed"):
            message = redact_message(parsed, self.redactor, self.reading)
        del parsed  # from here on nothing unredacted is in reach
        stages("extract")
        with _stage("extract", "unreadable"):
            extraction = extract(message, self.reading)
        stages("decide")
        with _stage("decide", "unreadable"):
            facts = claim_facts(message, extraction, self.reading)
            checked = check_facts(facts)
            version = self.policies.chosen(self.policy, checked.requested_on)
            policy = version.policy
            doubt = _IN_DOUBT if extraction.doubtful else None
            decision = decide(checked, policy, days_off(policy), note=version.note, doubt=doubt)
        asks = extraction.asks or extraction.doubtful
        return Processed(
            key=raw.key,
            size=len(raw.data),
            fingerprints=prints,
            message=message,
            extraction=extraction,
            facts=facts,
            missing=decision.missing if asks else (),
            decision=decision if asks else None,
            policy=policy.id,
        )

    def submit(self, raw: RawMessage) -> Future[Processed]:
        """The same as a future that is done already: for pollers without worker processes."""
        future: Future[Processed] = Future()
        try:
            future.set_result(self.process(raw))
        except StageError as error:
            future.set_exception(error)
        return future


@contextmanager
def _stage(name: str, code: str) -> Iterator[None]:
    """The one broad `except` of the house: whatever a hostile message provokes, only that message stops.

    The error's own text may repeat the mail, so it ends here: class and place go on.
    """
    try:
        yield
    except UnreadableError as error:
        raise StageError(stage=name, code=error.code, detail=error.code) from None
    except (MemoryError, ImportError):  # a worker's limit, which also keeps a library from being loaded
        raise StageError(stage=name, code="over_budget", detail="memory") from None
    except Exception as error:  # noqa: BLE001 - bad mail is data: quarantined, its neighbours go on
        kind, place = failure_place(error)
        raise StageError(stage=name, code=code, detail=f"{kind} at {place}") from None
