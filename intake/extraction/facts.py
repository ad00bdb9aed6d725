"""The facts file's object of one message: what the customer claims, and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from intake.extraction.types import Extraction, Field, FieldName, Flag, Money, json_value
from intake.mail.redacted import RedactedMessage
from intake.mail.settings import ReadingSettings

Claim: TypeAlias = dict[str, str | bool | None]

_FLAGS = (Flag.THIRD_PARTY, Flag.LOST_EMAIL_ACCESS, Flag.SENDER_DIFFERS, Flag.SEVERAL_REQUESTS)
_FIELDS = (
    FieldName.REASON,
    FieldName.ACCOUNT_EMAIL,
    FieldName.ORDER_NUMBER,
    FieldName.PAYMENT_DATE,
    FieldName.METHOD,
)


def claim_facts(
    message: RedactedMessage, extraction: Extraction, settings: ReadingSettings
) -> dict[str, Claim]:
    """`{"claim": …}`: a flag not seen is false, anything else not known is absent."""
    claim: Claim = {name.value: json_value(field.chosen.value) for name, field in _known(extraction)}
    money = extraction.fields.get(FieldName.AMOUNT)
    if money is not None and isinstance(money.chosen.value, Money):
        claim["amount"] = json_value(money.chosen.value)
        claim["currency"] = money.chosen.value.currency
    claim["problem"] = extraction.fields.get(FieldName.PROBLEM) is not None
    claim |= {flag.value: extraction.has(flag) for flag in _FLAGS}
    claim["declines_waiting"] = extraction.declines_waiting
    claim["declines_alternative"] = extraction.declines_alternative
    claim["destination"] = extraction.destination
    claim["requested_on"] = _day(message.received_at, settings)
    return {"claim": {key: value for key, value in claim.items() if value is not None}}


def _known(extraction: Extraction) -> list[tuple[FieldName, Field]]:
    return [(name, field) for name in _FIELDS if (field := extraction.fields.get(name)) is not None]


def _day(moment: datetime | None, settings: ReadingSettings) -> str | None:
    """The calendar day of `moment` in the policy's zone."""
    if moment is None:
        return None
    day: date = moment.astimezone(ZoneInfo(settings.zone)).date()
    return day.isoformat()
