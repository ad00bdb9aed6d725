"""The evaluator against a second reading of the tables, world by world."""

from random import Random

import pytest

from rules.decide import decide
from rules.facts import check_facts
from tests.rules.oracle.brute import expected
from tests.rules.oracle.common import nest
from tests.rules.oracle.draw import draw
from tests.rules.policies import shipped_policies

COMPARED = ("outcome", "ground", "clauses", "missing", "verify", "conflicts", "alternatives")


@pytest.mark.parametrize("policy", ["eofferix", "pars"])
@pytest.mark.parametrize("seed", range(8))
def test_the_evaluator_agrees_with_all_completions_of_the_unknown_facts(policy: str, seed: int) -> None:
    random = Random(seed)
    version = shipped_policies().in_force(policy, None)
    for _ in range(25):
        facts = draw(policy, random, 40)
        wanted = expected(facts, policy)
        decided = decide(check_facts(nest(facts)), version).to_dict()
        refund = decided["refund"]
        assert isinstance(refund, dict)
        found = {key: decided[key] for key in COMPARED} | {"amount": refund["amount"]}
        assert found == wanted, nest(facts)
