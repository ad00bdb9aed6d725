"""Decisions a second on one core, and how time grows with clauses and with unknown facts.

Run by hand: `python tests/benchmarks/bench_rules.py`. No asserts: figures belong to the machine they were taken on.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from intake.calendars import days_off
from rules.compiled import compiled
from rules.decide import decide
from rules.facts import Facts, check_facts
from rules.load import folders, load_cases, load_policy, shipped_folder
from rules.read import read_policy
from rules.readings import Reader
from rules.ruling import rule
from rules.types import Policy
from rules.vocabulary import FACTS

HEAD = 'id = "x"\ntitle = "x"\nversion = "1"\nin_force_from = 2026-01-01\nlanguage = "en"\n'
YES_NO = [key for key, spec in FACTS.items() if spec.kind == "bool"]


def seconds(facts: list[Facts], policy: Policy, rounds: int) -> float:
    """Seconds for one decision with its JSON object, the median of the rounds."""
    calendar = days_off(policy)
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for known in facts:
            decide(known, policy, calendar).to_dict()
        taken.append((time.perf_counter() - begun) / len(facts))
    return statistics.median(taken)


def shipped() -> None:
    for folder in folders(shipped_folder()):
        policy, cases = load_policy(folder), load_cases(folder)
        begun = time.perf_counter()
        model = compiled(policy)
        built = time.perf_counter() - begun
        print(
            f"{policy.id}: {len(policy.rules)} clauses, {len(model.store.var)} nodes, built in {built * 1e3:.0f} ms"
        )
        typical = seconds([case.facts for case in cases], policy, 15)
        print(f"  its own {len(cases)} cases: {1 / typical:,.0f} decisions a second")
        print(f"  nothing known: {seconds([check_facts({})], policy, 50) * 1e3:.2f} ms")
        claimed = [only_claims(case.facts) for case in cases]
        remembered, anew = seconds(claimed, policy, 15), working_out(claimed, policy)
        print(
            f"  claims known, records unknown: {remembered * 1e3:.2f} ms remembered, "
            f"{remembered / anew:.2f} of working the ruling out ({anew * 1e3:.2f} ms)"
        )
        full = cases[0].facts
        for unknown in (0, 5, 10, 15, 20):
            print(
                f"  {unknown} of {len(full.values)} facts unknown: {seconds(less(full, unknown), policy, 5) * 1e3:.2f} ms"
            )


def only_claims(known: Facts) -> Facts:
    """What a message can tell: the customer's side alone."""
    return Facts(values={key: value for key, value in known.values.items() if key.startswith("claim.")})


def working_out(facts: list[Facts], policy: Policy) -> float:
    """Seconds for one ruling that is not in memory yet, the median."""
    taken = []
    for known in facts:
        begun = time.perf_counter()
        rule(Reader(known, policy))
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def less(full: Facts, unknown: int) -> list[Facts]:
    """Sixty sets of facts with so many of them taken away."""
    random = Random(7)
    found = []
    for _ in range(60):
        gone = set(random.sample(sorted(full.values), min(unknown, len(full.values))))
        values = {key: value for key, value in full.values.items() if key not in gone}
        found.append(Facts(values=values, usage=full.usage))
    return found


def many(clauses: int) -> Policy:
    """A policy of so many clauses: a reason, a product, a number of days and a yes-no fact each."""
    random = Random(clauses)
    rows = []
    for number in range(clauses):
        reason, product = (
            random.choice(FACTS["claim.reason"].words),
            random.choice(FACTS["order.product"].words),
        )
        days, asked = random.choice([7, 14, 30, 60]), random.choice(YES_NO)
        when = f"claim.reason == '{reason}' and order.product == '{product}' and derived.days_after_payment <= {days} and {asked}"
        then = random.choice(["approve", "deny", "manual_review"])
        rows.append(f'[[clause]]\nid = "{number}"\ntext = "t"\nwhen = "{when}"\nthen = "{then}"\n')
    return read_policy(HEAD + "".join(rows), Path("x"))


def growing() -> None:
    known = check_facts(
        {
            "claim": {"reason": "cancellation", "requested_on": "2026-06-20"},
            "order": {"product": "plan", "paid_on": "2026-06-01", "amount": "30", "currency": "EUR"},
            "verified": {"identity": True},
        }
    )
    for clauses in (10, 100, 1_000):
        policy = many(clauses)
        begun = time.perf_counter()
        model = compiled(policy)
        built = time.perf_counter() - begun
        typical, nothing = seconds([known], policy, 15), seconds([check_facts({})], policy, 5)
        print(
            f"{clauses} clauses: built in {built:.2f} s ({len(model.store.var)} nodes), "
            f"typical {typical * 1e3:.2f} ms, nothing known {nothing * 1e3:.1f} ms"
        )


if __name__ == "__main__":
    shipped()
    growing()
