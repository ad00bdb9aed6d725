"""Whom a letter may go to. Where identity is in doubt, the sender gets nothing but the question for proof."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from intake.casework.identity import Relation
from intake.errors import Exit, IntakeError, Problem
from intake.letters.basis import Basis
from intake.letters.kinds import Addressee, LetterKind
from intake.redaction.text import Redacted

# an addr-spec that every server takes; what the redactor cut into is none
_ADDR_SPEC: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
_MACHINE: Final = re.compile(
    r"(?:do[._-]?)?no[t]?[._-]?(?:reply|answer|response|responder)|mailer[._-]?daemon|postmaster|bounces?|"
    r"ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|(?:ne|no)[._-]?otvech\w*",
    re.IGNORECASE,
)


class LetterError(IntakeError):
    """This letter cannot be written now (1)."""

    exit = Exit.PROBLEM


def in_doubt(basis: Basis) -> bool:
    """Whether it is not certain that the sender is entitled to hear about the case."""
    if basis.decision.outcome == "hold_identity":
        return True
    if basis.identity is Relation.MATCH:
        return False
    proofs = ("verified.authority", "verified.identity")
    if basis.identity is Relation.THIRD_PARTY:
        return basis.fact(proofs[0]) is not True
    return basis.fact(proofs[1]) is not True


def addressee(basis: Basis, kind: LetterKind, own: Collection[str]) -> tuple[Addressee, Redacted]:
    """Where a letter goes: `sender` or `account`, and the address.

    Args:
        basis: the case.
        kind: the letter.
        own: our own addresses, lower case: writing to ourselves would never end.

    Raises:
        LetterError: nobody may get this letter.
    """
    doubt = in_doubt(basis)
    sender, account = _usable(basis.sender, own), _usable(basis.account, own)
    if sender is not None and (kind is LetterKind.PROOF or not doubt):
        return "sender", sender
    same = basis.identity is Relation.MATCH_UNAUTHENTICATED
    if account is not None and (doubt or sender is None) and (same or kind is not LetterKind.PROOF):
        return "account", account
    if kind is LetterKind.PROOF or not doubt:
        what = "the sender has no address that a letter could go to"
        raise LetterError(Problem(where=f"case {basis.label}", what=what, remedy="answer by hand"))
    raise LetterError(
        Problem(
            where=f"case {basis.label}",
            what="identity is in doubt and the account's address is not known",
            remedy="ask the sender for proof, which discloses nothing: --kind proof",
        )
    )


def _usable(address: Redacted | None, own: Collection[str]) -> Redacted | None:
    text = address.text if address else ""
    if not _ADDR_SPEC.fullmatch(text) or text.lower() in own or _MACHINE.fullmatch(text.partition("@")[0]):
        return None
    return address
