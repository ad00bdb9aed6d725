"""Any order of mails, doubles, failures and take-overs: each message is accounted for once, and the rows agree."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from intake.extraction.types import Kind
from intake.mail.message import MessageKey
from intake.processed import Processed
from intake.store.store import Store
from intake.store.values import Disposition, Failed, Lease
from tests.intake.store import make

MAILBOXES = ("support", "billing")
places = st.builds(
    make.key,
    st.integers(1, 6),
    mailbox=st.sampled_from(MAILBOXES),
    uidvalidity=st.sampled_from((7, 8)),
)
seeds = st.sampled_from([f"mail{n}" for n in range(5)])
kinds = st.sampled_from(Kind)
WITHOUT_CASE = {Kind.AUTOMATIC: Disposition.IGNORED, Kind.OTHER: Disposition.SET_ASIDE}


class Machine(RuleBasedStateMachine):
    """A store beside a dictionary that says what it should hold."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(f"sqlite:///{self.folder / 'intake.db'}", make.KEYS)
        self.epoch = 0
        self.leases: dict[str, Lease] = {}
        self.take_over()
        self.fate: dict[MessageKey, Disposition] = {}
        self.known: set[str] = set()  # seeds of stored mails
        self.threads: set[str] = set()  # of these, those of a case
        self.cases = 0
        self.joined = 0

    @rule()
    def take_over(self) -> None:
        self.epoch += 1
        for mailbox in MAILBOXES:
            if mailbox in self.leases:
                self.store.release(self.leases[mailbox])
            lease = self.store.take_lease(mailbox, f"host:{self.epoch}", 60)
            assert lease is not None
            self.leases[mailbox] = lease

    @rule(items=st.lists(st.tuples(places, seeds, kinds, seeds), min_size=1, max_size=4))
    def receive(self, items: list[tuple[MessageKey, str, Kind, str]]) -> None:
        for mailbox in MAILBOXES:
            batch = [self.message(*item) for item in items if item[0].mailbox == mailbox]
            if batch:
                done = self.store.record(self.leases[mailbox], batch, after=make.KEEP, last_uid=None)
                for item, recorded in zip([i for i in items if i[0].mailbox == mailbox], done, strict=True):
                    assert recorded.disposition is self.expect(*item), item

    @rule(place=places)
    def fail(self, place: MessageKey) -> None:
        failed = Failed(key=place, stage="parse", error_code="X", place="a:b:1", size=1, raw_fingerprint=None)
        self.store.record(self.leases[place.mailbox], [failed], after=make.KEEP, last_uid=None)
        self.fate.setdefault(place, Disposition.QUARANTINED)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store.open(f"sqlite:///{self.folder / 'intake.db'}", make.KEYS, create=False)

    @invariant()
    def every_message_is_accounted_for_once(self) -> None:
        for mailbox in MAILBOXES:
            expected = {disposition.value: 0 for disposition in Disposition}
            for place, disposition in self.fate.items():
                expected[disposition.value] += place.mailbox == mailbox
            assert self.store.counts(mailbox) == expected
            uids = {place.uid for place in self.fate if (place.mailbox, place.uidvalidity) == (mailbox, 7)}
            assert self.store.known_uids(mailbox, "INBOX", 7, range(1, 7)) == uids

    @invariant()
    def the_queue_agrees(self) -> None:
        rows = self.store.cases()
        assert sorted(row.label for row in rows) == sorted(f"R-{1001 + n}" for n in range(self.cases))
        assert sum(row.messages for row in rows) == self.cases + self.joined
        assert all(row.version == row.messages for row in rows)
        assert self.store.broken_audit() == []
        stored = sum(fate is not Disposition.QUARANTINED for fate in self.fate.values())
        assert sum(self.store.pending_actions(mailbox) for mailbox in MAILBOXES) == stored

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def message(self, place: MessageKey, seed: str, kind: Kind, parent: str) -> Processed:
        if kind is Kind.REPLY:
            return make.reply(1, parent, key=place, seed=seed)
        return make.processed(1, key=place, seed=seed, kind=kind)

    def expect(self, place: MessageKey, seed: str, kind: Kind, parent: str) -> Disposition:
        """What the dictionary says becomes of a message; the rules of `record.py`, in short."""
        if self.fate.get(place, Disposition.QUARANTINED) is not Disposition.QUARANTINED:
            return self.fate[place]
        if seed in self.known:
            fate = Disposition.DUPLICATE
        elif kind in WITHOUT_CASE:
            fate = WITHOUT_CASE[kind]
        elif kind is Kind.REPLY and parent in self.threads:
            fate = Disposition.REPLY
            self.joined += 1
        else:
            fate = Disposition.CASE
            self.cases += 1
        self.known.add(seed)
        if fate in {Disposition.CASE, Disposition.REPLY}:
            self.threads.add(seed)
        self.fate[place] = fate
        return fate


Machine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = Machine.TestCase
