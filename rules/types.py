"""The values that rules pass to each other, all frozen: a policy as data, and a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from rules.expr import Node
from rules.parse import DateTerm

Outcome = Literal[
    "not_applicable",
    "hold_identity",
    "deny",
    "needs_information",
    "manual_review",
    "approve_if_verified",
    "approve",
]
Then = Literal["hold_identity", "deny", "manual_review", "approve", "cite", "note"]
AmountBasis = Literal["none", "whole", "claimed", "cancelled"]
Otherwise = Literal["manual_review", "deny"]
"""What a policy can say of all that no clause decides."""

RANK: Final[tuple[Then, ...]] = ("deny", "manual_review", "approve")
"""Outcomes that rules give, first wins; a hold stands above them all."""
LANGUAGES: Final = ("en", "ru", "de", "fr", "es")
"""Languages in which a customer can be asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One `[[clause]]`: a condition and what follows from it.

    Attributes:
        id: clause id, with a part where a clause needs several rules: `2.duplicate`.
        text: what it says, in our own words, shown to agents.
        source: where the policy document says so.
        when: text of the condition; `condition` is the same, parsed.
        then: the outcome; `cite` and `note` only explain.
        overrides: ids of the rules that this one beats.
        amount: which sum goes with the outcome.
        cites: ids of the policy's table that a decision names for this rule.
        beside: of a `cite`: the outcomes beside which it is named.
        open: of a `cite`: named while its condition is merely not refuted, as a ground is.
    """

    id: str
    text: str
    source: str
    when: str
    condition: Node
    then: Then
    overrides: tuple[str, ...] = ()
    amount: AmountBasis = "none"
    cites: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    open: bool = False

    @property
    def clause(self) -> str | None:
        """The id of the policy's table that the rule belongs to."""
        return self.cites[0] if self.cites else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Required:
    """A field that the policy wants from the customer.

    Attributes:
        field: its name in `missing`.
        when: it is wanted where this is certainly true.
        met: it is there where this is certainly true.
        facts: the `claim.` facts that it would fill.
    """

    field: str
    when: Node
    met: Node
    facts: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A `[deadline.NAME]`; what a name other than `shape.DEADLINE_NAMES` sets only serves conditions.

    Attributes:
        start: facts to count from, the first known one; that day itself does not count.
        days: how many.
        business: only Monday to Friday less the calendar's days off.
        complete: only while nothing is missing and the case is not held.
        unless: outcomes under which there is none.
    """

    start: tuple[str, ...]
    days: int
    business: bool = False
    complete: bool = False
    unless: frozenset[str] = frozenset()

    @property
    def term(self) -> DateTerm:
        """The deadline as a date that conditions compare with."""
        return DateTerm(fact=self.start[0], days=self.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """What may be offered instead of money, and where."""

    id: str
    when: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundTerms:
    """How the sum is found and where it goes.

    Attributes:
        recalculated: by `rules.amount`, less what was used; else the whole payment.
        to_wish: the customer's wished destination counts; else always `original`.
        period_products: products of which an elapsed share is retained.
        no_share_for: reasons for which no elapsed share counts.
        failure_reasons: reasons for which use ends at `verified.unusable_from`.
        provided_from: date from which such a product counts as provided at all.
    """

    recalculated: bool
    to_wish: bool = False
    period_products: tuple[str, ...] = ()
    no_share_for: tuple[str, ...] = ()
    failure_reasons: tuple[str, ...] = ()
    provided_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Policy:
    """One version of one company's refund terms, checked and parsed.

    Attributes:
        table: ids of the document's clauses in its order.
        calendar: ISO 3166 country of the public holidays; empty where no business days are counted.
        settles: for a fact to verify, the facts that stand in `verify` beside it while unknown.
        proofs: facts that lift a hold once they are true.
        digest: SHA-256 of the policy's data in canonical form.
    """

    id: str
    title: str
    version: str
    in_force_from: date
    language: str
    otherwise: Otherwise
    table: tuple[str, ...]
    calendar: str
    timezone: str
    account_default: Literal["sender", "none"]
    support_addresses: tuple[str, ...]
    authserv_ids: tuple[str, ...]
    defines: Mapping[str, str]
    ground: Node
    rules: tuple[Rule, ...]
    required: tuple[Required, ...]
    needs_information_cites: tuple[str, ...]
    deadlines: Mapping[str, Deadline]
    alternatives: tuple[Alternative, ...]
    refund: RefundTerms
    settles: Mapping[str, tuple[str, ...]]
    proofs: tuple[str, ...]
    questions: Mapping[str, Mapping[str, str]]
    digest: str

    def question(self, key: str, language: str) -> str:
        """What to ask the customer for a missing field or a fact, in `language`, else in English.

        Raises:
            KeyError: for a field or fact that a customer is never asked.
        """
        words = self.questions[key]
        return words.get(language, words["en"])


IN_DOUBT: Final = "request"
"""The rule of the step that says why it is not sure that a refund is asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of how a decision came about; `value` is None while unknown."""

    rule: str
    clause: str | None
    value: bool | None
    because: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """The step, as JSON."""
        return {"rule": self.rule, "clause": self.clause, "value": self.value, "because": list(self.because)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """What goes back, and where to; `amount` is text to the minor unit, None while it cannot be computed."""

    amount: str | None
    currency: str | None
    to: str

    @property
    def written(self) -> str | None:
        """The sum as people read it, `49.00 EUR`."""
        return None if self.amount is None else f"{self.amount} {self.currency}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A preliminary decision; a person takes the final one. Fields are those of the JSON."""

    id: object
    policy: str
    policy_version: str
    outcome: Outcome
    ground: str | None
    refund: Refund
    clauses: tuple[str, ...]
    missing: tuple[str, ...]
    verify: tuple[str, ...]
    conflicts: tuple[str, ...]
    deadlines: Mapping[str, date | None]
    provisional: tuple[str, ...]
    alternatives: tuple[str, ...]
    policy_digest: str
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        """The JSON object; `id` only where the facts had one."""
        shown: dict[str, object] = {} if self.id is None else {"id": self.id}
        days = {name: day and day.isoformat() for name, day in self.deadlines.items()}
        return shown | {
            "policy": self.policy,
            "policy_version": self.policy_version,
            "outcome": self.outcome,
            "ground": self.ground,
            "refund": {
                "amount": self.refund.amount,
                "currency": self.refund.currency,
                "to": self.refund.to,
            },
            "clauses": list(self.clauses),
            "missing": list(self.missing),
            "verify": list(self.verify),
            "conflicts": list(self.conflicts),
            "deadlines": {**days, "provisional": list(self.provisional)},
            "alternatives": list(self.alternatives),
            "policy_digest": self.policy_digest,
            "steps": [step.to_dict() for step in self.steps],
        }
