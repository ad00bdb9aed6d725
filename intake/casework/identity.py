"""How the sender stands to the account: the identity panel's relations, the gravest that applies."""

from __future__ import annotations

from enum import StrEnum

from intake.mail.redacted import AuthResult, SenderCheck


class Relation(StrEnum):
    """Review pages, Identity panel."""

    MATCH = "match"  # sent from the account's address, authenticated
    MATCH_UNAUTHENTICATED = "match_unauthenticated"  # the address matches, but could be forged
    DIFFERENT_ADDRESS = "different_address"  # another address than the account's, or no account is known
    THIRD_PARTY = "third_party"
    LOST_EMAIL_ACCESS = "lost_email_access"
    SUSPICIOUS = "suspicious"  # refused by the domain's own policy, answers go elsewhere, look-alike letters


def relation(  # noqa: PLR0913 - each is one thing that the panel looks at
    *,
    sender: str | None,
    reply_to: str | None,
    account: str | None,
    check: SenderCheck,
    third_party: bool,
    lost_email_access: bool,
) -> Relation:
    """The gravest relation that applies.

    Args:
        sender: the From address of the mail that opened the case.
        reply_to: where answers to it go, if elsewhere.
        account: the account's address as it is known now.
        check: what the configured receiving server says of the sender.
        third_party: written for somebody else.
        lost_email_access: says that the account's address can no longer be used.
    """
    if _suspicious(sender, reply_to, check):
        return Relation.SUSPICIOUS
    if lost_email_access:
        return Relation.LOST_EMAIL_ACCESS
    if third_party:
        return Relation.THIRD_PARTY
    if sender is None or account is None or sender.casefold() != account.casefold():
        return Relation.DIFFERENT_ADDRESS
    return Relation.MATCH if check.from_domain_passed else Relation.MATCH_UNAUTHENTICATED


def _suspicious(sender: str | None, reply_to: str | None, check: SenderCheck) -> bool:
    domain = _domain(sender)
    lookalike = not domain.isascii() or any(part.startswith("xn--") for part in domain.split("."))
    elsewhere = bool(reply_to) and _domain(reply_to) != domain
    return check.dmarc is AuthResult.FAIL or lookalike or elsewhere


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2].casefold()
