"""Facts + policy → decision. Read `decide` from top to bottom; each step below it is one row of the contract."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Final

from rules import expr
from rules.amount import SumKind, written
from rules.breakdown import breakdown
from rules.compiled import HOLD, World
from rules.deadlines import NO_DAYS_OFF, DaysOff, last_day
from rules.facts import Facts
from rules.judge import Reader
from rules.kleene import same
from rules.shape import DEADLINE_NAMES
from rules.types import Decision, Outcome, Policy, Refund, Rule, Step
from rules.vocabulary import FACTS
from rules.worlds import View, Worlds

CONFLICTS: Final = (
    ("account_email", "claim.account_email", "order.account_email"),
    ("payment_date", "claim.payment_date", "order.paid_on"),
    ("amount", "claim.amount", "order.amount"),
    ("currency", "claim.currency", "order.currency"),
    ("method", "claim.method", "order.method"),
)
"""Fields in which claim and order can differ, in the contract's order."""


def decide(
    facts: Facts, policy: Policy, days_off: DaysOff = NO_DAYS_OFF, *, note: str | None = None
) -> Decision:
    """Judge one request.

    Args:
        facts: what is known, checked by `check_facts`.
        policy: the version in force on the day of the request.
        days_off: the days off of the policy's calendar.
        note: why this version judges, for the steps, where the date alone does not say.

    Returns:
        The preliminary decision. Checked facts never make it raise.

    Raises:
        TooLargeError: the policy is one that `intake policy check` calls not proved.
    """
    case = _Case(facts, policy)
    missing = case.missing
    outcome = case.outcome
    return Decision(
        id=facts.id,
        policy=policy.id,
        policy_version=policy.version,
        outcome=outcome,
        ground=case.ground,
        refund=case.refund,
        clauses=case.clauses,
        missing=missing,
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
    """One request under one policy; each part of its decision is worked out once."""

    @cached_property
    def view(self) -> View:
        """What the case can come to, by all that is known."""
        return View(self.worlds, self.model.world)

    @cached_property
    def held(self) -> bool:
        """Somebody else's request, or a right in doubt: by one rule, or by one or other in every world."""
        return self.true("hold_identity") or self.view.raw == {HOLD}

    @cached_property
    def lifted(self) -> View:
        """The worlds after a hold: as few of the proofs that failed as lift it are supposed to succeed in the end."""
        view = self.view
        failed = [key for key in self.policy.proofs if self.facts.values.get(key) is False]
        for count in range(1, len(failed) + 1):
            for chosen in combinations(failed, count):
                if view.raw != {HOLD}:
                    return view
                later = replace(self.facts, values={**self.facts.values, **dict.fromkeys(chosen, True)})
                view = View(Worlds(self.model, later), self.model.world)
        return view

    @cached_property
    def possible(self) -> set[World]:
        """What the case can come to, a hold set aside."""
        return {leaf for leaf in self.lifted.raw if isinstance(leaf, tuple) and leaf != HOLD}

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The required fields that neither the customer nor the records give."""
        return tuple(
            row.field
            for row in self.policy.required
            if self.kleene.read(row.when)[0] and not self.kleene.read(row.met)[0]
        )

    @cached_property
    def outcome(self) -> Outcome:
        """The contract's table, from the top."""
        outcomes = {leaf[0] for leaf in self.possible}
        if self.held:
            return "hold_identity"
        if outcomes == {"deny"}:
            return "deny"
        if self.missing:
            return "needs_information"
        if "approve" not in outcomes or self.true("manual_review"):
            return "manual_review"
        if self.verify:
            return "approve_if_verified"
        return "approve"

    @cached_property
    def open_facts(self) -> frozenset[str]:
        """The unknown facts that can still change outcome or amount, once a hold is lifted."""
        found = self.lifted.essential()
        for key, beside in self.policy.settles.items():
            if key in found:
                found |= {other for other in beside if other not in self.facts.values}
        return frozenset(found)

    @cached_property
    def verify(self) -> tuple[str, ...]:
        """`open_facts` less what the missing fields will bring; a certain denial has none, once it is not held."""
        found = self.open_facts
        if {leaf[0] for leaf in self.possible} == {"deny"}:
            found &= self.holding
        asked = {key for row in self.policy.required if row.field in self.missing for key in row.facts}
        return tuple(sorted(found - asked))

    @cached_property
    def holding(self) -> frozenset[str]:
        """The unknown facts that the present hold rests on, for they lift it."""
        if not self.held:
            return frozenset()
        true = [
            rule.id for rule in self.policy.rules if rule.then == "hold_identity" and self.applies[rule.id]
        ]
        keys = frozenset(key for id_ in true for key in self.readings[id_][1])
        return keys if true else self.open_facts  # by one rule or another: whatever tells them apart

    @cached_property
    def ground(self) -> str | None:
        """The claimed reason while its ground is met or unknown."""
        if self.outcome in {"hold_identity", "deny"} or not any(met for _, met, _ in self.possible):
            return None
        return self.facts.text("claim.reason")

    @cached_property
    def refund(self) -> Refund:
        """The sum of the claimed ground while it is met or unknown, else of what remains possible."""
        currency = self.facts.text("order.currency")
        wish = self.facts.text("claim.destination") if self.policy.refund.to_wish else None
        minor = self.minor_units()
        return Refund(
            amount=written(minor, currency) if currency and minor is not None else None,
            currency=currency or self.facts.text("claim.currency"),
            to=wish or "original",
        )

    @cached_property
    def sums(self) -> tuple[SumKind, ...]:
        """The kinds of sum that can go with the outcome; none where the matter or its reason is not named."""
        if self.outcome == "hold_identity" or self.facts.text("claim.reason") is None:
            return ()
        paid = [leaf for leaf in self.possible if leaf[2] != "none"]
        kinds: set[SumKind] = {kind for _, met, kind in paid if met} or {kind for _, _, kind in paid}
        return tuple(sorted(kinds))

    def minor_units(self) -> int | None:
        """The sum shown, None while it is open or none goes with the outcome."""
        values = {self.worlds.sum(kind).value for kind in self.sums}
        return values.pop() if len(values) == 1 else None

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The table's ids of the rules that carry the outcome."""
        if self.outcome == "needs_information":
            return self.policy.needs_information_cites
        base = "approve" if self.outcome == "approve_if_verified" else self.outcome
        cited = {id_ for rule in self.policy.rules if self.carries(rule, base) for id_ in rule.cites}
        return tuple(id_ for id_ in self.policy.table if id_ in cited)

    def carries(self, rule: Rule, outcome: str) -> bool:
        """Whether a decision with this outcome rests on the rule. A ground carries it while it is not refuted."""
        if rule.then == "approve":
            fits = outcome in {"approve", "manual_review"}
        else:
            fits = outcome in rule.beside if rule.then == "cite" else rule.then == outcome
        value = self.applies[rule.id]
        return fits and (value is not False if rule.open else value is True)

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

    @cached_property
    def alternatives(self) -> tuple[str, ...]:
        """What may be offered instead, unless the case is denied or held."""
        if self.outcome in {"deny", "hold_identity"}:
            return ()
        return tuple(line.id for line in self.policy.alternatives if self.kleene.read(line.when)[0])

    def steps(self, note: str | None) -> tuple[Step, ...]:
        """Each rule with its value and what it rests on; notes only where they apply."""
        told = [Step(rule="version", clause=None, value=True, because=(note,))] if note else []
        for rule in self.policy.rules:
            value, keys = self.readings[rule.id]
            if rule.then == "note" and not value:
                continue
            told.append(Step(rule=rule.id, clause=rule.clause, value=value, because=self.because(keys)))
        told += [
            Step(rule=f"sum.{kind}", clause=None, value=True, because=breakdown(self.facts, kind))
            for kind in self.sums
        ]
        return tuple(told)

    def because(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Facts in words: `claim.reason = duplicate_payment`, `order.paid_twice unknown`."""
        return tuple(self.tell(key) for key in dict.fromkeys(keys))

    def tell(self, key: str) -> str:
        """One fact in words."""
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
