"""A policy's rules read under one set of facts: what each comes to, and which beat which."""

from functools import cached_property

from rules import expr
from rules.compiled import compiled
from rules.facts import Facts
from rules.kleene import Kleene, Reading
from rules.types import Policy, Rule
from rules.worlds import View, Worlds


class Reader:
    """The rules of one policy under one set of facts; each is read once."""

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self.facts = facts
        self.policy = policy
        self.model = compiled(policy)
        self.worlds = Worlds(self.model, facts)
        self.kleene = Kleene(facts, self.left)

    def left(self, basis: expr.Basis) -> Reading:
        """Whether the calculation leaves nothing in every world that is open."""
        view = View(self.worlds, self.model.left[basis])
        return view.certain(), tuple(sorted(view.essential())) or ("order.amount", "usage")

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Each rule's value and the facts it rests on. What Kleene leaves open may be certain all the same."""
        return {rule.id: self.read(rule) for rule in self.policy.rules}

    def read(self, rule: Rule) -> Reading:
        """One rule's value."""
        value, keys = self.kleene.read(rule.condition)
        if value is None:
            value = View(self.worlds, self.model.rule[rule.id]).certain()
        return value, keys

    @cached_property
    def applies(self) -> dict[str, bool | None]:
        """Each rule's value after those that beat it."""
        beaten = {id_ for rule in self.policy.rules if self.readings[rule.id][0] for id_ in rule.overrides}
        return {id_: False if id_ in beaten else value for id_, (value, _) in self.readings.items()}

    def true(self, then: str) -> bool:
        """Whether a rule with this consequence is true."""
        return any(rule.then == then and self.applies[rule.id] for rule in self.policy.rules)
