"""A decision told clause by clause, as plain lines for a terminal, a page or a letter's author."""

from collections.abc import Iterator
from typing import Final

from rules.types import Decision, Policy, Rule, Step

_MARKS: Final = {True: "yes", False: "no", None: "open"}
_SUMMED: Final = "sum."


def explain_decision(decision: Decision, policy: Policy) -> Iterator[str]:
    """The decision in words: outcome first, then what is missing and open, then every clause that was not refuted.

    Args:
        decision: what `decide` found.
        policy: the version that judged, for the clauses' texts.

    Yields:
        Lines without a line end.
    """
    ground = f", ground {decision.ground}" if decision.ground else ""
    yield f"{decision.policy} {decision.policy_version}: {decision.outcome}{ground}"
    refund = decision.refund
    yield f"amount: {refund.written or 'not known'}, to {refund.to}"
    for name, values in (
        ("clauses", decision.clauses),
        ("missing", decision.missing),
        ("to verify", decision.verify),
        ("claim and order differ in", decision.conflicts),
        ("may be offered instead", decision.alternatives),
    ):
        if values:
            yield f"{name}: {', '.join(values)}"
    for name, day in decision.deadlines.items():
        if day is not None:
            provisional = " (provisional: that year's days off are not decreed yet)"
            yield f"{name}: {day.isoformat()}{provisional if name in decision.provisional else ''}"
    rules = {rule.id: rule for rule in policy.rules}
    refuted = []
    for step in decision.steps:
        if step.value is False:
            refuted.append(step.rule)
        else:
            yield from _step(step, rules.get(step.rule))
    if refuted:
        yield f"[no] {', '.join(refuted)}"


def _step(step: Step, rule: Rule | None) -> Iterator[str]:
    if rule is None:
        title = "calculation" if step.rule.startswith(_SUMMED) else step.rule
        yield f"[{title}]"
        yield from (f"    {line}" for line in step.because)
        return
    yield f"[{_MARKS[step.value]}] {rule.id} -> {rule.then}: {rule.text}"
    if step.because:
        yield f"    {'; '.join(step.because)}"
