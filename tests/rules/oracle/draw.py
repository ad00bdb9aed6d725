"""Random facts for the oracle: dates close to each other, so that every boundary is met often."""

from datetime import date, timedelta
from random import Random

from rules.vocabulary import FACTS
from tests.rules.oracle.brute import COMPARED, READ, UNDATED, values
from tests.rules.oracle.common import Flat

BASE = date(2026, 6, 10)
EVERY = [*FACTS, "usage"]
USAGES = [
    [],
    [("fee", "3")],
    [("period", "12.345")],
    [("credits", "41")],
    [("other", "0.005"), ("server", "20")],
]
MONEY = ["40", "40.00", "100", "0.01", "33.335", "0"]


def value(key: str, random: Random) -> object:  # noqa: PLR0911 - one flat reading of the table, on purpose
    if key == "usage":
        return random.choice(USAGES)
    spec = FACTS[key]
    if spec.kind == "word":
        return random.choice(spec.words)
    if spec.kind == "bool":
        return random.random() < 0.6
    if spec.kind == "money":
        return random.choice(MONEY)
    if spec.kind == "currency":
        return random.choice(["EUR", "EUR", "JPY", "KWD"])
    if spec.kind == "text":
        return random.choice(["ann@example.org", "Ann@example.org", "bob@example.org"])
    return BASE + timedelta(days=random.choice([-9, -8, -7, -6, -1, 0, 0, 1, 2, 6, 7, 8, 9]))


def draw(policy: str, random: Random, most_worlds: int) -> Flat:  # noqa: C901 - one flat reading of the table, on purpose
    """Facts whose unknown part has at most so many completions."""
    facts = {key: value(key, random) for key in EVERY}
    for key in EVERY:
        if key not in READ[policy] and random.random() < (0.9 if key in COMPARED else 0.4):
            del facts[key]
    if facts["claim.third_party"] and random.random() < 0.7:
        facts["claim.third_party"] = False
    if random.random() < 0.6:
        facts |= {"verified.identity": True, "claim.several_requests": False, "claim.problem": True}
    for key in UNDATED:
        if random.random() < 0.5:
            facts.pop(key, None)
    start, end = facts.get("order.period_start"), facts.get("order.period_end")
    if start and end and end <= start:
        facts["order.period_end"] = start + timedelta(days=random.choice([1, 3, 10, 30]))
    count = 1
    for key in random.sample(READ[policy], random.randrange(len(READ[policy]))):
        if key not in facts:
            continue
        known = facts.pop(key)
        count *= len(values(key, facts)) + (30 if FACTS.get(key) and FACTS[key].kind == "date" else 0)
        if count > most_worlds:
            facts[key] = known
            break
    for key in UNDATED:  # each is an unknown of its own
        if key not in facts and facts.get("order.status") != "pending" and count > 50:
            facts["order.status"] = random.choice(["active", "pending"])
    return facts
