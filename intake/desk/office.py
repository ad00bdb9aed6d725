"""Where letters are written: made ready from a case, written down, handed over, told in the history.

A letter is a row before it leaves. A kill in between leaves it `begun`: it may have left, so nobody makes it
again that day; only a hand-over that surely failed can be tried once more, with the same Message-ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cached_property
from zoneinfo import ZoneInfo

from intake.casework.identity import Relation
from intake.casework.states import Action, ForbiddenError, HeldError, State
from intake.clock import Clock, utc_now
from intake.config.model import Config
from intake.errors import ConfigError, IntakeError, Problem
from intake.keys import Keys
from intake.letters.address import addressee
from intake.letters.basis import Basis
from intake.letters.content import context, fitting_kind, language_of
from intake.letters.kinds import ASKING, Addressee, LetterKind, Way
from intake.letters.mail import (
    Deliver,
    Envelope,
    UncertainError,
    letter_mail,
    new_mail_id,
    usable_ids,
    with_mark,
)
from intake.letters.template import Filled, texts
from intake.people import Actor, Role
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted
from intake.store import letters
from intake.store.store import Store
from intake.threads import plus_address, token_of
from rules.load import PolicySet
from rules.types import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A letter, ready to leave."""

    basis: Basis
    kind: LetterKind
    language: str
    addressee: Addressee
    recipient: Redacted
    filled: Filled
    policy: Policy


@dataclass(frozen=True, kw_only=True)
class Office:
    """Writes letters."""

    config: Config
    store: Store
    keys: Keys
    policies: PolicySet
    now: Clock = utc_now

    def ready(self, case: str, kind: LetterKind | None = None, language: str | None = None) -> Ready:
        """The letter that a case calls for, or the one of a kind.

        Raises:
            NoInputError: there is no such case.
            LetterError: this letter does not fit the case, or nobody may get it.
            ConfigError: no sender's address is configured, or a template is not right.
        """
        before = letters.settled_before(self.now(), self.config.review.undo_s)
        with self.store.reading() as connection:
            basis = letters.basis(connection, case, settled_before=before)
        policy = self._policy(basis)
        kind = kind or fitting_kind(basis, policy)
        told = texts(language or language_of(basis), self.config.letters.dir)
        who, recipient = addressee(basis, kind, self._own(basis, policy))
        sender = self.sender(basis.mailbox, policy)
        words = context(basis, policy, kind, told, sender.display_name or sender.addr_spec)
        return Ready(
            basis=basis,
            kind=kind,
            language=told.language,
            addressee=who,
            recipient=recipient,
            filled=told.fill(kind, words, self._redactor),
            policy=policy,
        )

    def post(self, ready: Ready, way: Way, actor: Actor, deliver: Deliver) -> None:
        """Hands a letter over, once.

        Raises:
            ForbiddenError: an operator's command.
            HeldError: somebody else reviews the case.
            ConflictError: the case was changed since the letter was made ready.
            LetterTwiceError: there is one of this kind on this day.
            IntakeError: whatever the hand-over raises.
        """
        basis = ready.basis
        _may(basis, actor)
        now = self.now()
        sender = self.sender(basis.mailbox, ready.policy)
        row = self._row(ready, way, actor, now, sender)
        with self.store.change(basis.label, expected=basis.version) as change:
            own_id = letters.begin(change.connection, row)
        plus = self._plus(basis, sender)
        data = self._message(ready, now, sender, own_id, plus)
        try:
            # what comes back then names its case, whatever the server that returns it leaves of the letter
            deliver(data, own_id, plus or sender.addr_spec, ready.recipient.text)
        except UncertainError:
            raise
        except IntakeError:
            with self.store.writing() as connection:
                letters.settle(connection, own_id, "failed")
            raise
        with self.store.change(basis.label) as change:
            letters.settle(change.connection, own_id, "done")
            told = {"letter": ready.kind, "to": ready.addressee, "language": ready.language}
            change.note(f"letter.{'sent' if way == 'send' else 'drafted'}", actor, None, told)
            mine = change.state is State.IN_REVIEW and change.row["owner"] == actor.name
            if way == "send" and ready.kind in ASKING and mine:
                change.act(Action.ASK, actor)  # the clock rests until the answer

    def subject(self, ready: Ready) -> str:
        """The subject as it leaves."""
        return with_mark(ready.filled.subject.text, token_of(self.keys, ready.basis.case_id))

    def sender(self, mailbox: str, policy: Policy) -> Address:
        """Who writes: as configured for the mailbox, else its first support address.

        Raises:
            ConfigError: there is none.
        """
        box = self.config.mailbox.get(mailbox)
        configured = self.config.letters.senders.get(mailbox)
        own = (
            policy.support_addresses
            if box is None or box.support_addresses is None
            else box.support_addresses
        )
        if configured is None and not own:
            remedy = f'add senders = {{ {mailbox} = "Support <support@example.org>" }}'
            raise ConfigError(Problem(where="letters", what=f"no sender for {mailbox}", remedy=remedy))
        name, address = parseaddr(configured or own[0])
        return Address(name, addr_spec=address)

    def _plus(self, basis: Basis, sender: Address) -> str | None:
        """The address of ours that bears the case's token; None: the server takes no such addresses."""
        token = token_of(self.keys, basis.case_id)
        return plus_address(sender.addr_spec, token) if self.config.letters.plus_address else None

    def _message(self, ready: Ready, now: datetime, sender: Address, own_id: str, plus: str | None) -> bytes:
        basis = ready.basis
        token = token_of(self.keys, basis.case_id)
        to_sender = ready.addressee == "sender" or basis.identity is Relation.MATCH_UNAUTHENTICATED
        envelope = Envelope(
            sender=sender,
            recipient=ready.recipient.text,
            own_id=own_id,
            token=token,
            reply_to=plus,
            thread=usable_ids(basis.thread) if to_sender else (),  # another's Message-IDs are nobody else's
            date=now,
        )
        return letter_mail(ready.kind, ready.language, ready.filled, envelope)

    def _row(self, ready: Ready, way: Way, actor: Actor, now: datetime, sender: Address) -> dict[str, object]:
        own_id = new_mail_id(ready.basis.label, sender.domain)
        return {
            "case_id": ready.basis.case_id,
            "kind": ready.kind,
            "day": now.astimezone(ZoneInfo(ready.policy.timezone)).date(),
            "made_at": now,
            "actor": actor.label,
            "way": way,
            "standing": "begun",
            "language": ready.language,
            "addressee": ready.addressee,
            "recipient": ready.recipient,
            "recipient_print": self.keys.sender(ready.recipient.text),
            "own_id": own_id,
            "mail_print": self.keys.message_id(own_id),
            "subject": ready.filled.subject,
            "text": ready.filled.text,
        }

    def _policy(self, basis: Basis) -> Policy:
        """The version that decided; where it is gone, the newest."""
        versions = self.policies.versions(basis.policy)
        return next((one for one in versions if one.digest == basis.decision.policy_digest), versions[-1])

    def _own(self, basis: Basis, policy: Policy) -> frozenset[str]:
        """Our own addresses, lower case, of every mailbox."""
        own = {address for box in self.config.mailbox.values() for address in box.support_addresses or ()}
        own |= {address for one in self.policies for address in one.support_addresses}
        own |= {parseaddr(text)[1] for text in self.config.letters.senders.values()}
        own.add(self.sender(basis.mailbox, policy).addr_spec)
        return frozenset(address.lower() for address in own)

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor(self.config.redaction.settings)


def _may(basis: Basis, actor: Actor) -> None:
    if actor.role not in {Role.AGENT, Role.LEAD}:
        what = f"letters are for agent or lead, not {actor.role.value}"
        raise ForbiddenError(Problem(where=f"case {basis.label}", what=what))
    if basis.state is State.IN_REVIEW and basis.owner != actor.name:
        raise HeldError(
            Problem(
                where=f"case {basis.label}", what=f"is held by {basis.owner}", remedy="ask for its release"
            )
        )
