"""Today, as the cases' policies count it: a due day is over when it is over in the zone of the policy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from intake.casework.states import OPEN

if TYPE_CHECKING:
    import typer

    from intake.store.values import CaseRow

_A_DAY = timedelta(days=1)


class Days:
    """The present day of each policy; the policies are read only where zones can matter."""

    def __init__(self, ctx: typer.Context, now: datetime | None = None) -> None:
        self._ctx = ctx
        self._now = now or datetime.now(UTC)

    @property
    def utc(self) -> date:
        """The day of policies that are gone."""
        return self._now.astimezone(UTC).date()

    @property
    def all(self) -> tuple[tuple[str, date], ...]:
        """Each policy with its day."""
        return tuple((name, self._now.astimezone(ZoneInfo(zone)).date()) for name, zone in self.zones.items())

    @cached_property
    def zones(self) -> dict[str, str]:
        """The time zone of each policy, by id; none where the policies cannot be read: `intake check` tells why."""
        from intake.config.load import load_config
        from rules.load import policies_in
        from rules.problems import PolicyError

        try:
            return {
                one.id: one.timezone for one in policies_in(load_config(self._ctx.obj.config_path).policy_dir)
            }
        except PolicyError:
            return {}

    def late(self, row: CaseRow) -> bool:
        """Whether the due day of an open case is over."""
        if row.due is None or row.state not in OPEN:
            return False
        if abs(row.due - self.utc) > _A_DAY:  # no zone is further away than a day
            return row.due < self.utc
        return row.due < dict(self.all).get(row.policy, self.utc)

    def told(self) -> str:
        """The zones, for people."""
        by_zone: dict[str, list[str]] = {}
        for name, zone in self.zones.items():
            by_zone.setdefault(zone, []).append(name)
        return "; ".join(f"{', '.join(names)}: {zone}" for zone, names in by_zone.items()) or "UTC"
