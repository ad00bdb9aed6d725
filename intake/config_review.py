"""How people review: the table [review] of the config."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError


class ReviewConfig(BaseModel):
    """Four eyes, the lease on a case, the time of undoing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    four_eyes: dict[str, Decimal] = Field(default_factory=dict)
    hold_minutes: Annotated[int, Field(ge=1, le=480)] = 15
    undo_s: Annotated[int, Field(ge=0, le=3600)] = 60

    @field_validator("four_eyes")
    @classmethod
    def _currencies(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        from rules.vocabulary import MINOR_DIGITS

        for code, limit in value.items():
            if code not in MINOR_DIGITS or not limit.is_finite() or limit < 0:
                context = {
                    "what": "no limit for a currency",
                    "remedy": 'write four_eyes = { EUR = "500.00" }: a currency of ISO 4217, a sum of money',
                }
                raise PydanticCustomError("setting", "{what}", context)
        return value
