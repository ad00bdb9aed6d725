"""A policy's own tests: facts, and what the decision has to say about them. Kept beside the policy as `cases.toml`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rules.deadlines import DaysOff
from rules.decide import decide
from rules.facts import GROUPS, FactErrors, Facts, check_facts
from rules.types import Decision, Policy
from rules.vocabulary import FACTS

EXPECTED: Final = (
    "outcome",
    "ground",
    "amount",
    "currency",
    "to",
    "clauses",
    "missing",
    "verify",
    "conflicts",
    "claim_by",
    "review_by",
    "refund_by",
    "provisional",
    "alternatives",
)
"""What a case can expect; `""` stands for null, which TOML lacks."""
_OWN_KEYS: Final = {"name", "expect", "unknown"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One test of a policy.

    Attributes:
        name: what it shows, in words.
        facts: the facts, checked.
        expect: contract fields and their values; a field that is not named is not looked at.
    """

    name: str
    facts: Facts
    expect: Mapping[str, object]


class CaseError(ValueError):
    """Cases that cannot be run; `problems` names each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_cases(table: Mapping[str, Any]) -> list[Case]:
    """The cases of a parsed `cases.toml`: `[base]` facts, and in each `[[case]]` those that differ.

    Raises:
        CaseError: with every problem.
    """
    base, rows = table.get("base", {}), table.get("case", [])
    if not isinstance(base, Mapping) or not isinstance(rows, list):
        raise CaseError(["facts stand under [base], and each case under [[case]]"])
    found, problems = [], []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            problems.append(f"case no. {number}: must be a table, [[case]]")
            continue
        name, expect = str(row.get("name", f"no. {number}")), row.get("expect")
        problems += [f"case {name}: {detail}" for detail in (*_expected(expect), *_taken_away(row))]
        try:
            found.append(Case(name=name, facts=check_facts(_facts(base, row)), expect=expect or {}))
        except FactErrors as errors:
            problems += [f"case {name}: {key}: {detail}" for key, detail in errors.problems]
    if problems:
        raise CaseError(problems)
    return found


def _expected(expect: object) -> Iterator[str]:
    if not expect or not isinstance(expect, Mapping):
        yield "expects nothing; say at least expect.outcome"
        return
    for key in expect:
        if key not in EXPECTED:
            yield f"cannot expect {key}; can: {', '.join(EXPECTED)}"


def _taken_away(row: Mapping[str, Any]) -> Iterator[str]:
    unknown = row.get("unknown", [])
    if not isinstance(unknown, list):
        yield 'unknown must be a list of facts, like ["order.product"]'
        return
    for key in unknown:
        if key not in (*FACTS, *GROUPS, "usage"):
            yield f"unknown names {key}, which is no fact"


def _facts(base: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The base facts, overlaid with the case's own, less those that the case calls unknown."""
    merged = dict(base)
    for key, value in row.items():
        if key not in _OWN_KEYS:
            both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
            merged[key] = {**merged[key], **value} if both else value
    gone = set(map(str, row["unknown"])) if isinstance(row.get("unknown"), list) else set()
    return {key: _plain(_without(key, value, gone)) for key, value in merged.items() if key not in gone}


def _without(group: str, value: object, gone: set[str]) -> object:
    if not isinstance(value, Mapping):
        return value
    return {key: inner for key, inner in value.items() if f"{group}.{key}" not in gone}


def _plain(value: object) -> object:
    """TOML's dates as the contract writes them."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


def run_case(case: Case, policy: Policy, days_off: DaysOff) -> Iterator[str]:
    """Where the decision differs from what the case expects; nothing for a case that holds."""
    shown = _shown(decide(case.facts, policy, days_off))
    for key, wanted in case.expect.items():
        plain = None if wanted == "" else _plain(wanted)
        if shown[key] != plain:
            yield f"{key}: expected {plain}, decided {shown[key]}"


def _shown(decision: Decision) -> dict[str, object]:
    days = {name: day and day.isoformat() for name, day in decision.deadlines.items()}
    return {
        "outcome": decision.outcome,
        "ground": decision.ground,
        "amount": decision.refund.amount,
        "currency": decision.refund.currency,
        "to": decision.refund.to,
        "clauses": list(decision.clauses),
        "missing": list(decision.missing),
        "verify": list(decision.verify),
        "conflicts": list(decision.conflicts),
        "provisional": list(decision.provisional),
        "alternatives": list(decision.alternatives),
        **days,
    }
