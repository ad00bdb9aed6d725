"""From what is stated of a case to the rules' decision: the same at every time and from every place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from intake.calendars import days_off
from intake.casework.facts import FactSource, FactValue, Stated, facts_file, winners
from rules.decide import decide
from rules.facts import check_facts
from rules.load import PolicySet
from rules.types import Decision, Policy

_COMPLETED: Final = "claim.completed_on"
_MAIL: Final = frozenset({FactSource.CLAIM, FactSource.ASSUMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision, and exactly the facts that it rests on."""

    decision: Decision
    known: Mapping[str, FactValue]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules, with every version of every policy at hand."""

    policies: PolicySet

    def judge(self, policy: str, stated: Iterable[Stated], *, doubt: str | None = None) -> Judged:
        """What the current facts give.

        Args:
            policy: the policy's id; its version is the one in force on `claim.requested_on`.
            stated: everything that was stated, in any order.
            doubt: why it is not sure that a refund is asked for at all (`rules.decide`).

        Raises:
            FactErrors: statements that cannot be true together (a period that ends before it starts).
            UnknownPolicyError: there is no policy of that id.
        """
        found = list(stated)
        known: dict[str, FactValue] = {key: one.value for key, one in winners(found).items()}
        if _COMPLETED not in known and (day := self._completed_on(policy, found)) is not None:
            known[_COMPLETED] = day
        decision, version = self._decide(policy, known, doubt)
        return Judged(decision=decision, known=known, policy=version)

    def _decide(
        self, policy: str, known: Mapping[str, FactValue], doubt: str | None = None
    ) -> tuple[Decision, Policy]:
        facts = check_facts(facts_file(known))
        version = self.policies.chosen(policy, facts.requested_on)
        off = days_off(version.policy)
        return decide(facts, version.policy, off, note=version.note, doubt=doubt), version.policy

    def _completed_on(self, policy: str, found: list[Stated]) -> date | None:
        """The day of the mail that completed the required details; None: the first one did, or none yet.

        What a person or the records say counts from the start: it corrects the reading, not the mail.
        """
        mails = {one.message: one for one in found if one.key == "claim.requested_on" and one.source in _MAIL}
        if len(mails) < 2:
            return None
        firm = [one for one in found if one.source not in _MAIL]
        said: list[Stated] = []
        for place, mail in enumerate(sorted(mails.values(), key=lambda one: (one.at, str(one.value)))):
            said += [one for one in found if one.source in _MAIL and one.message == mail.message]
            known = {key: one.value for key, one in winners(firm + said).items()}
            if not self._decide(policy, known)[0].missing:
                return mail.value if place and isinstance(mail.value, date) else None
        return None
