"""Facts + policy → decision. Read `decide` from top to bottom; each step below is one thing that it says."""

from datetime import date
from functools import cached_property
from typing import Final

from rules import expr
from rules.amount import written
from rules.breakdown import breakdown
from rules.deadlines import NO_DAYS_OFF, DaysOff, last_day
from rules.facts import Facts
from rules.kleene import same
from rules.readings import Reader
from rules.ruling import ruled
from rules.shape import DEADLINE_NAMES
from rules.types import IN_DOUBT, Decision, Outcome, Policy, Refund, Step
from rules.vocabulary import FACTS

CONFLICTS: Final = (
    ("account_email", "claim.account_email", "order.account_email"),
    ("payment_date", "claim.payment_date", "order.paid_on"),
    ("amount", "claim.amount", "order.amount"),
    ("currency", "claim.currency", "order.currency"),
    ("method", "claim.method", "order.method"),
)
"""Fields in which claim and order can differ, in the order of the JSON."""


def decide(
    facts: Facts,
    policy: Policy,
    days_off: DaysOff = NO_DAYS_OFF,
    *,
    note: str | None = None,
    doubt: str | None = None,
) -> Decision:
    """Judge one request.

    Args:
        facts: what is known, checked by `check_facts`.
        policy: the version in force on the day of the request.
        days_off: the days off of the policy's calendar.
        note: why this version judges, for the steps, where the date alone does not say.
        doubt: why it is not sure that a refund is asked for at all; then a person has to look first, and the
            outcome is `manual_review`, unless the rules hold the case for its identity.

    Returns:
        The preliminary decision. Checked facts never make it raise.

    Raises:
        TooLargeError: the policy is one that `intake policy check` calls not proved.
    """
    case = _Case(facts, policy, doubt)
    return Decision(
        id=facts.id,
        policy=policy.id,
        policy_version=policy.version,
        outcome=case.outcome,
        ground=facts.text("claim.reason") if case.ruling.ground and not case.unsure else None,
        refund=case.refund,
        clauses=case.clauses,
        missing=case.missing,
        verify=case.verify,
        conflicts=_conflicts(facts),
        deadlines=(days := case.deadlines(days_off)),
        provisional=tuple(
            name
            for name, day in days.items()
            if day is not None and policy.deadlines[name].business and day.year > days_off.decreed_until
        ),
        alternatives=case.alternatives,
        policy_digest=policy.digest,
        steps=case.steps(note),
    )


class _Case(Reader):
    """One request under one policy: the ruling on facts like these, filled in with the facts themselves."""

    def __init__(self, facts: Facts, policy: Policy, doubt: str | None) -> None:
        super().__init__(facts, policy)
        self.doubt = doubt
        self.ruling = ruled(self)
        self.unsure = bool(doubt) and self.ruling.outcome != "hold_identity"

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The required fields that neither the customer nor the records give."""
        return tuple(
            row.field
            for row in self.policy.required
            if self.kleene.read(row.when)[0] and not self.kleene.read(row.met)[0]
        )

    @property
    def outcome(self) -> Outcome:
        """The ruling's outcome, unless a person has to look or a field has to be asked for first."""
        if self.unsure:
            return "manual_review"
        if self.missing and self.ruling.outcome not in {"hold_identity", "deny"}:
            return "needs_information"
        return self.ruling.outcome

    @property
    def clauses(self) -> tuple[str, ...]:
        """The table's ids of the rules that carry the outcome; none does in doubt."""
        if self.unsure:
            return ()
        asked = self.outcome == "needs_information"
        return self.policy.needs_information_cites if asked else self.ruling.clauses

    @property
    def verify(self) -> tuple[str, ...]:
        """The facts to verify, less what the missing fields will bring; none in doubt."""
        if self.unsure:
            return ()
        asked = {key for row in self.policy.required if row.field in self.missing for key in row.facts}
        return tuple(sorted(self.ruling.verify - asked))

    @property
    def refund(self) -> Refund:
        """The sum of the claimed ground while it is met or unknown, else of what remains possible."""
        currency = self.facts.text("order.currency")
        wish = self.facts.text("claim.destination") if self.policy.refund.to_wish else None
        values = {self.worlds.sum(kind).value for kind in self.ruling.sums}
        minor = values.pop() if len(values) == 1 and not self.unsure else None
        return Refund(
            amount=written(minor, currency) if currency and minor is not None else None,
            currency=currency or self.facts.text("claim.currency"),
            to=wish or "original",
        )

    def deadlines(self, days_off: DaysOff) -> dict[str, date | None]:
        """The last days, under the conditions that the policy sets."""
        return {name: self.deadline(name, days_off) for name in DEADLINE_NAMES}

    def deadline(self, name: str, days_off: DaysOff) -> date | None:
        """One last day."""
        line = self.policy.deadlines.get(name)
        complete = not self.missing and self.outcome != "hold_identity"
        if line is None or self.outcome in line.unless or (line.complete and not complete):
            return None
        return last_day(self.facts, line, days_off)

    @property
    def alternatives(self) -> tuple[str, ...]:
        """What may be offered instead, unless the case is denied or held."""
        if self.outcome in {"deny", "hold_identity"}:
            return ()
        return tuple(line.id for line in self.policy.alternatives if self.kleene.read(line.when)[0])

    def steps(self, note: str | None) -> tuple[Step, ...]:
        """Each rule with its value and what it rests on; notes only where they apply."""
        told = [Step(rule="version", clause=None, value=True, because=(note,))] if note else []
        told += [Step(rule=IN_DOUBT, clause=None, value=None, because=(self.doubt,))] if self.doubt else []
        words: dict[str, str] = {}
        for rule, (value, keys) in zip(self.policy.rules, self.ruling.readings, strict=True):
            if rule.then == "note" and not value:
                continue
            because = tuple([words.get(key) or words.setdefault(key, self.tell(key)) for key in keys])
            told.append(Step(rule=rule.id, clause=rule.clause, value=value, because=because))
        told += [
            Step(rule=f"sum.{kind}", clause=None, value=True, because=breakdown(self.facts, kind))
            for kind in self.ruling.sums
        ]
        return tuple(told)

    def tell(self, key: str) -> str:
        """One fact in words: `claim.reason = duplicate_payment`, `order.paid_twice unknown`."""
        value = self.facts.values.get(key)
        if key == "usage":
            return "usage unknown" if self.facts.usage is None else f"usage = {len(self.facts.usage)} items"
        if value is None:
            return f"{key} unknown"
        if FACTS[key].kind == "text":  # addresses and numbers stay where they are
            return f"{key} known"
        return f"{key} = {str(value).lower() if isinstance(value, bool) else value}"


def _conflicts(facts: Facts) -> tuple[str, ...]:
    return tuple(field for field, claim, order in CONFLICTS if same(facts, expr.Same(claim, order)) is False)
