"""How people review: the table [review] of the config."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from intake.config.section import Section, wrong


class ReviewConfig(Section):
    """Four eyes, the lease on a case, the time of undoing."""

    four_eyes: dict[str, Decimal] = Field(default_factory=dict)
    hold_minutes: Annotated[int, Field(ge=1, le=480)] = 15
    undo_s: Annotated[int, Field(ge=0, le=3600)] = 60

    @field_validator("four_eyes")
    @classmethod
    def _currencies(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        from rules.vocabulary import MINOR_DIGITS

        for code, limit in value.items():
            if code not in MINOR_DIGITS or not limit.is_finite() or limit < 0:
                raise wrong(
                    "no limit for a currency",
                    'write four_eyes = { EUR = "500.00" }: a currency of ISO 4217, a sum of money',
                )
        return value
