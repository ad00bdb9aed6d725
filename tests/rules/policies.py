"""Small policies for tests, written as text."""

from functools import cache
from pathlib import Path

from rules.facts import Facts, check_facts
from rules.load import PolicySet, policies_in
from rules.read import read_policy
from rules.types import Policy

HEAD = """
id = "small"
title = "Small"
version = "1"
in_force_from = 2026-01-01
language = "en"
"""
CLAUSE = """
[[clause]]
id = "{id}"
text = "text of {id}"
when = "{when}"
then = "{then}"
{more}
"""


@cache
def shipped_policies() -> PolicySet:
    return policies_in(None)


def clause(id_: str, when: str, then: str = "approve", more: str = "") -> str:
    return CLAUSE.format(id=id_, when=when, then=then, more=more)


def small(*clauses: str, head: str = "") -> Policy:
    """A policy of these clauses; `head` holds further settings (before any table)."""
    return read_policy(HEAD + head + "".join(clauses), Path("small/policy.toml"))


def facts(**groups: object) -> Facts:
    """Checked facts from groups: `facts(claim={...})`."""
    return check_facts(groups)
