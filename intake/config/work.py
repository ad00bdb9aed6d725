"""How messages are worked on: the table [work] of the config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from intake.config.section import Section


class WorkConfig(Section):
    """Worker processes, and what one message may cost before it is set aside as `over_budget`."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    message_seconds: Annotated[float, Field(ge=1, le=600)] = 30
    message_mib: Annotated[int, Field(ge=64, le=16_384)] = 512
