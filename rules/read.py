"""TOML → `Policy`: all problems at once, each with file, place and remedy."""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from rules import shape
from rules.expr import Const, Node, Or, walk
from rules.form import Form, Table
from rules.parse import ExpressionError, Parser
from rules.problems import PolicyError, Problem
from rules.types import LANGUAGES, Alternative, AmountBasis, Deadline, Policy, RefundTerms, Required, Rule
from rules.vocabulary import FACTS

__all__ = ["PolicyError", "Problem", "digest", "read_policy"]


class _Loader(Form):
    """Reads one parsed TOML table into a policy, noting each problem on the way."""

    parser: Parser  # from `load` on, once the names are known

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
        self.check_keys("define.", table.get("define", {}), dict.fromkeys(table.get("define", {}), str))
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
            account_default=self.word("", table, "account_default", shape.ACCOUNT_DEFAULTS, "none"),
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
            settles=self.settles(),
            proofs=self.texts("", table, "proofs", FACTS),
            questions=self.questions(),
            digest=digest(table),
        )
        return None if self.problems else policy

    def settles(self) -> dict[str, tuple[str, ...]]:
        rows = self.table.get("settles", {})
        for key in rows:
            if key not in FACTS:
                self.say(f"settles.{key}", "is no fact")
        return {key: self.texts("settles.", rows, key, FACTS) for key in rows}

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
            if not names or not all(map(_is_date, names)):
                self.say(f"{place}from", "must name a fact that is a date, like order.paid_on")
                continue
            days = line.get("days")
            found[name] = Deadline(
                start=names,
                days=days if isinstance(days, int) else 0,
                business=self.word(place, line, "count", shape.COUNTS, "calendar") == "business",
                complete=line.get("when_complete") is True,
                unless=frozenset(self.texts(place, line, "unless", shape.OUTCOMES)),
            )
        return found

    def rules(self) -> tuple[Rule, ...]:
        rows = self.rows("clause")
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
        paid: AmountBasis = "claimed" if recalculated else "whole"
        cites = self.texts(where, row, "cites") if "cites" in row else (row["id"].split(".")[0],)
        listed = self.table.get("table", cites)
        for clause in cites:
            if clause not in listed and then != "note":
                self.say(f"{where}cites", f"names {clause}, which `table` does not list")
        return Rule(
            id=row["id"],
            text=row["text"],
            source=row.get("source", ""),
            when=row["when"],
            condition=self.condition(f"{where}when", row["when"]),
            then=then,
            overrides=self.texts(where, row, "overrides", ids),
            amount=self.word(where, row, "amount", shape.AMOUNTS, paid if then == "approve" else "none"),
            cites=cites,
            beside=frozenset(self.texts(where, row, "beside", shape.BESIDE)),
            open=row.get("open", then == "approve"),
        )

    def required(self) -> tuple[Required, ...]:
        found = []
        for row in self.rows("required"):
            where = f"required {row.get('field', '?')}."
            self.check_keys(where, row, shape.REQUIRED, ("field", "met"))
            met = self.condition(f"{where}met", row.get("met"))
            claimed = {key for node in walk(met) if (key := getattr(node, "key", "")).startswith("claim.")}
            when = self.condition(f"{where}when", row.get("when"))
            found.append(Required(field=str(row.get("field")), when=when, met=met, facts=frozenset(claimed)))
        return tuple(found)

    def alternatives(self) -> tuple[Alternative, ...]:
        found = []
        for row in self.rows("alternative"):
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
        provided = row.get("provided_from")
        provided = provided if isinstance(provided, dict) else {}
        for product, key in provided.items():
            if product not in products or not _is_date(key):
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
            texts = isinstance(words, dict) and all(isinstance(text, str) for text in words.values())
            if not texts or "en" not in words or set(words) - set(LANGUAGES):
                self.say(
                    f"question.{key}", f"must have a text for en, and may for {', '.join(LANGUAGES[1:])}"
                )
            else:
                found[key] = words
        return found


def _is_date(key: object) -> bool:
    return isinstance(key, str) and key in FACTS and FACTS[key].kind == "date"


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
