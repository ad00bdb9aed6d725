"""What the redactor reports: type, place, last four, rule; never the text that was cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from intake.redaction.text import Redacted


class SecretType(StrEnum):
    """The types of the contract's `redactions`."""

    PAN = "pan"
    CVV = "cvv"
    EXPIRY = "expiry"
    TRACK = "track"
    PIN = "pin"
    PASSWORD = "password"  # noqa: S105 - the name of a type, not a password
    OTP = "otp"
    TOKEN = "token"  # noqa: S105 - the name of a type, not a token
    IBAN = "iban"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One secret that was cut out."""

    type: SecretType
    part: str  # "body", "subject", "attachment:1" …
    start: int  # code points, in the redacted text: where the placeholder stands
    end: int
    last_four: str | None  # of a PAN or an IBAN, else None
    rule: str  # the rule that fired, for counts and for "this is not a card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A text after the redactor, and what was cut out of it."""

    text: Redacted
    findings: tuple[Finding, ...]
