"""TOML → `Policy`: all problems at once, each with file, place and remedy."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rules import shape
from rules.expr import Const, Node, Or, walk
from rules.parse import ExpressionError, Parser
from rules.problems import PolicyError, Problem
from rules.types import LANGUAGES, Alternative, Deadline, Policy, RefundTerms, Required, Rule
from rules.vocabulary import FACTS

__all__ = ["PolicyError", "Problem", "digest", "read_policy"]

Table = Mapping[str, Any]


class _Loader:
    """Reads one parsed TOML table into a policy, noting each problem on the way."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self.parser = Parser({}, {})

    def say(self, place: str, detail: str) -> None:
        self.problems.append(Problem(place=place, detail=detail))

    def check_keys(
        self, place: str, table: Table, allowed: Mapping[str, type], needed: Iterable[str] = ()
    ) -> None:
        for key, value in table.items():
            if key not in allowed:
                self.say(f"{place}{key}", f"is no setting here; there are {', '.join(allowed)}")
            elif not isinstance(value, allowed[key]) or (allowed[key] is int and isinstance(value, bool)):
                self.say(f"{place}{key}", f"must be a {_NAMES[allowed[key]]}")
        for key in needed:
            if key not in table:
                self.say(f"{place}{key}", "is missing; every policy needs it")

    def word(self, place: str, table: Table, key: str, words: Sequence[str], default: str) -> str:
        value = table.get(key, default)
        if value not in words:
            self.say(f"{place}{key}", f"must be one of {', '.join(words)}")
            return default
        return str(value)

    def texts(
        self, place: str, table: Table, key: str, allowed: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        values = table.get(key, ())
        if not isinstance(values, list | tuple):
            self.say(f"{place}{key}", "must be a list")
            return ()
        known = None if allowed is None else set(allowed)
        for value in values:
            if not isinstance(value, str):
                self.say(f"{place}{key}", "must hold texts only")
            elif known is not None and value not in known:
                self.say(f"{place}{key}", f"names {value}, which does not exist here")
        return tuple(value for value in values if isinstance(value, str))

    def condition(self, place: str, text: object) -> Node:
        if not isinstance(text, str):  # left out: always true; a wrong type is told by `check_keys`
            return Const(value=True)
        try:
            return self.parser.parse(text)
        except ExpressionError as error:
            self.say(place, str(error))
            return Const(value=True)

    def load(self) -> Policy | None:
        table = self.table
        self.check_keys("", table, shape.TOP, shape.NEEDED)
        if self.problems:
            return None
        if type(table["in_force_from"]) is not date:
            self.say("in_force_from", "must be a date without quotes, like 2026-05-24")
        deadlines = self.deadlines()
        defines = {name: text for name, text in table.get("define", {}).items() if isinstance(text, str)}
        terms = {name: line.term for name, line in deadlines.items() if not line.business}
        self.parser = Parser(terms, defines)
        for name in defines:
            self.named(name)
        rules = self.rules()
        policy = Policy(
            id=table["id"],
            title=table["title"],
            version=table["version"],
            in_force_from=table["in_force_from"],
            language=table["language"],
            otherwise=self.word("", table, "otherwise", shape.OTHERWISE, "manual_review"),
            table=self.texts("", table, "table") or _table_of(rules),
            calendar=table.get("calendar", ""),
            timezone=table.get("timezone", "UTC"),
            account_default="sender"
            if self.word("", table, "account_default", shape.ACCOUNT_DEFAULTS, "none") == "sender"
            else "none",
            support_addresses=self.texts("", table, "support_addresses"),
            authserv_ids=self.texts("", table, "authserv_ids"),
            defines=defines,
            ground=self.ground(rules),
            rules=rules,
            required=self.required(),
            needs_information_cites=self.texts("", table, "needs_information_cites"),
            deadlines=deadlines,
            alternatives=self.alternatives(),
            refund=self.refund(),
            settles={
                key: self.texts("settles.", table["settles"], key, FACTS) for key in table.get("settles", {})
            },
            proofs=self.texts("", table, "proofs", FACTS),
            questions=self.questions(),
            digest=digest(table),
        )
        return None if self.problems else policy

    def ground(self, rules: Sequence[Rule]) -> Node:
        """Where the claimed reason's ground is met; unless the policy says so itself, where a clause approves."""
        if "ground" in self.table:
            return self.condition("ground", self.table["ground"])
        return Or(tuple(rule.condition for rule in rules if rule.then == "approve"))

    def named(self, name: str) -> None:
        try:
            self.parser.named(name)
        except ExpressionError as error:
            self.say(f"define.{name}", str(error))

    def deadlines(self) -> dict[str, Deadline]:
        found = {}
        for name, line in self.table.get("deadline", {}).items():
            place = f"deadline.{name}."
            if not isinstance(line, dict):
                self.say(f"deadline.{name}", "must be a table with from and days")
                continue
            self.check_keys(place, line, shape.DEADLINE, ("from", "days"))
            start = line.get("from")
            names = (start,) if isinstance(start, str) else tuple(start) if isinstance(start, list) else ()
            if not names or any(key not in FACTS or FACTS[key].kind != "date" for key in names):
                self.say(f"{place}from", "must name a fact that is a date, like order.paid_on")
                continue
            found[name] = Deadline(
                start=names,
                days=line.get("days", 0) if isinstance(line.get("days"), int) else 0,
                business=self.word(place, line, "count", shape.COUNTS, "calendar") == "business",
                complete=line.get("when_complete") is True,
                unless=frozenset(self.texts(place, line, "unless")),
            )
        return found

    def rules(self) -> tuple[Rule, ...]:
        rows = [row for row in self.table["clause"] if isinstance(row, dict)]
        ids = [str(row.get("id")) for row in rows]
        found = []
        for place, row in enumerate(rows):
            where = f"clause {row.get('id', f'no. {place + 1}')}."
            before = len(self.problems)
            self.check_keys(where, row, shape.CLAUSE, ("id", "text", "when", "then"))
            if ids.count(ids[place]) > 1:
                self.say(f"{where}id", "stands twice; give each rule its own part, like 2.duplicate")
            if len(self.problems) > before:
                continue
            found.append(self.rule(where, row, ids))
        return tuple(found)

    def rule(self, where: str, row: Table, ids: Sequence[str]) -> Rule:
        then = self.word(where, row, "then", shape.THENS, "manual_review")
        recalculated = self.table.get("refund", {}).get("method") == "recalculated"
        paid = "claimed" if recalculated else "whole"
        cites = self.texts(where, row, "cites") if "cites" in row else (row["id"].split(".")[0],)
        return Rule(
            id=row["id"],
            text=row["text"],
            source=row.get("source", ""),
            when=row["when"],
            condition=self.condition(f"{where}when", row["when"]),
            then=then,  # type: ignore[arg-type]  # one of THENS
            overrides=self.texts(where, row, "overrides", ids),
            amount=self.word(where, row, "amount", shape.AMOUNTS, paid if then == "approve" else "none"),  # type: ignore[arg-type]  # one of AMOUNTS
            cites=cites,
            beside=frozenset(self.texts(where, row, "beside", shape.THENS)),
            open=row.get("open", then == "approve"),
        )

    def required(self) -> tuple[Required, ...]:
        found = []
        for row in self.table.get("required", []):
            where = f"required {row.get('field', '?')}."
            self.check_keys(where, row, shape.REQUIRED, ("field", "met"))
            met = self.condition(f"{where}met", row.get("met"))
            claimed = {key for node in walk(met) if (key := getattr(node, "key", "")).startswith("claim.")}
            when = self.condition(f"{where}when", row.get("when"))
            found.append(Required(field=str(row.get("field")), when=when, met=met, facts=frozenset(claimed)))
        return tuple(found)

    def alternatives(self) -> tuple[Alternative, ...]:
        found = []
        for row in self.table.get("alternative", []):
            where = f"alternative {row.get('id', '?')}."
            self.check_keys(where, row, shape.ALTERNATIVE, ("id",))
            found.append(
                Alternative(id=str(row.get("id")), when=self.condition(f"{where}when", row.get("when")))
            )
        return tuple(found)

    def refund(self) -> RefundTerms:
        row = self.table.get("refund", {})
        self.check_keys("refund.", row, shape.REFUND)
        reasons, products = FACTS["claim.reason"].words, FACTS["order.product"].words
        provided = row.get("provided_from", {})
        for product, key in provided.items():
            if product not in products or key not in FACTS or FACTS[key].kind != "date":
                self.say(
                    f"refund.provided_from.{product}", "must lead from a product to a fact that is a date"
                )
        return RefundTerms(
            recalculated=self.word("refund.", row, "method", shape.METHODS, "whole") == "recalculated",
            to_wish=self.word("refund.", row, "to", shape.DESTINATIONS, "original") == "wish",
            period_products=self.texts("refund.", row, "period_products", products),
            no_share_for=self.texts("refund.", row, "no_share_for", reasons),
            failure_reasons=self.texts("refund.", row, "failure_reasons", reasons),
            provided_from=provided,
        )

    def questions(self) -> dict[str, Mapping[str, str]]:
        found = dict(_shared_questions())
        for key, words in self.table.get("question", {}).items():
            if not isinstance(words, dict) or "en" not in words or set(words) - set(LANGUAGES):
                self.say(f"question.{key}", f"must have en, and may have {', '.join(LANGUAGES[1:])}")
            else:
                found[key] = words
        return found


_NAMES: Final = {
    str: "text in quotes",
    list: "list",
    dict: "table",
    int: "whole number",
    bool: "true or false",
    object: "value",
}


def _table_of(rules: Sequence[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause for rule in rules for clause in rule.cites))


@cache
def _shared_questions() -> dict[str, Mapping[str, str]]:
    text = files("rules").joinpath("questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["question"]  # type: ignore[no-any-return]  # our own file, tested


def digest(table: Table) -> str:
    """SHA-256 of a policy's data: keys sorted, no spaces; comments and layout do not count."""
    canonical = json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_policy(text: str, path: Path) -> Policy:
    """A policy from the text of its file.

    Raises:
        PolicyError: with every problem found.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(path, [Problem(place="file", detail=f"is no TOML: {error}")]) from None
    loader = _Loader(table)
    policy = loader.load()
    if policy is None:
        raise PolicyError(path, list(dict.fromkeys(loader.problems)))
    return policy
