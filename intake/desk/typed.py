"""What a person types for a fact, by the rules' own vocabulary."""

from __future__ import annotations

from typing import Final

from intake.casework.facts import FactValue, typed
from intake.errors import BadDataError, Problem
from intake.extraction.types import FieldName
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive
from rules.facts import FactErrors, check_facts
from rules.vocabulary import FACTS, USAGE_ITEMS

_YES: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def fact_key(name: str) -> str:
    """The fact's key behind what was typed: a field's name, a fact's key, or `usage`.

    Raises:
        BadDataError: there is no such fact.
    """
    key = f"claim.{name}" if name in {field.value for field in FieldName} else name
    if key not in FACTS and key != "usage":
        remedy = "a field (amount), or a fact like order.paid_on, verified.identity, usage"
        raise BadDataError(Problem(where=_shown(name), what="is no field and no fact", remedy=remedy))
    return key


def values_of(name: str, text: str, redactor: Redactor) -> dict[str, FactValue]:
    """The facts that `text` sets: one, or with an amount its currency too (`49.00 EUR`).

    Raises:
        BadDataError: the fact cannot have this value, or it holds something that may not be stored.
    """
    key, text = fact_key(name), text.strip()
    if key.endswith(".amount") and " " in text:
        amount, _, currency = text.partition(" ")
        group = key.partition(".")[0]
        return {
            **_one(key, amount, redactor),
            **_one(f"{group}.currency", currency.strip().upper(), redactor),
        }
    return _one(key, text, redactor)


def _one(key: str, text: str, redactor: Redactor) -> dict[str, FactValue]:
    plain: object = text
    if key == "usage":
        plain = _usage(text)
    elif FACTS[key].kind == "bool":
        plain = _YES.get(text.lower(), text)
    group, _, name = key.partition(".")
    try:
        check_facts({group: {name: plain}} if name else {group: plain})
    except FactErrors as error:
        raise BadDataError(
            *(Problem(where=where or key, what=what) for where, what in error.problems)
        ) from None
    return {key: typed(key, plain, lambda found: clean(key, found, redactor))}


def _usage(text: str) -> object:
    """`none`, or `fee 2.00, credits 1.50`."""
    if text.lower() == "none":
        return []
    rows = [part.split() for part in text.replace("=", " ").split(",")]
    if any(len(row) != 2 for row in rows):
        remedy = f"none, or items with amounts: fee 2.00, credits 1.50; items: {', '.join(USAGE_ITEMS)}"
        raise BadDataError(Problem(where="usage", what="is no list of retained amounts", remedy=remedy))
    return [{"item": item, "amount": amount} for item, amount in rows]


def clean(where: str, text: str, redactor: Redactor) -> Redacted:
    """A value that goes into the rules: typed as it is, or not at all.

    Raises:
        BadDataError: the redactor would cut something out of it.
    """
    made = redactor.redact(Sensitive(text)).text
    if made.text != text:
        raise BadDataError(
            Problem(where=where, what="holds what may not be stored (a card number, a password)")
        )
    return made


def _shown(name: str) -> str:
    return name if name.replace(".", "").replace("_", "").isalpha() and len(name) < 60 else "the fact"
